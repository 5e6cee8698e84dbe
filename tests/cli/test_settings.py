"""Settings: each flag has its variable, and what is repeated of the kernel, for the sake of a fast start, is true."""

from typing import get_args

import pytest
import typer

from carrierbox import settings
from carrierbox.cli import world_files
from carrierbox.cli.app import app
from carrierbox.kernel import snapshots, world, worlds


def test_repeats_the_kernel_truly():
    assert get_args(world.Pace) == get_args(settings.Pace)
    assert get_args(world.Auth) == get_args(settings.Auth)
    assert (worlds.MOST_SIMS, worlds.DEFAULT) == (settings.MOST_SIMS, settings.DEFAULT_WORLD)
    assert "200" in settings.SimsFlag.__metadata__[0].help
    assert 200 == worlds.Origin().sims
    assert (snapshots.MAGIC, worlds.NAME) == (world_files.GZIP, world_files.NAME)


def commands(group, name=()):
    for verb, command in group.commands.items():
        if hasattr(command, "commands"):
            yield from commands(command, (*name, verb))
        else:
            yield (*name, verb), command


EVERY = {
    f"{' '.join(name)} {option.opts[0]}": option
    for name, command in commands(typer.main.get_command(app))
    for option in command.params
    if option.param_type_name == "option" and option.name not in {"help", "install_completion", "show_completion"}
}
#: Whose variable is called otherwise: CARRIERBOX_IN would say little.
OTHERWISE = {"--in": "CARRIERBOX_WORLD"}


@pytest.mark.parametrize("option", EVERY.values(), ids=EVERY.keys())
def test_each_flag_of_each_verb_has_its_variable(option):
    flag = option.opts[0]
    expected = f"CARRIERBOX_{flag.removeprefix('--').replace('-', '_').upper()}"
    assert OTHERWISE.get(flag, expected) == option.envvar[0]


@pytest.mark.parametrize("name", [name for name, _ in commands(typer.main.get_command(app))], ids=" ".join)
def test_each_verb_that_prints_takes_json(name):
    command = dict(commands(typer.main.get_command(app)))[name]
    prints = name[0] not in {"serve", "start", "up", "exec"}
    assert prints == any("--json" in option.opts for option in command.params)
