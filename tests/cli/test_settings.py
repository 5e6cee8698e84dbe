"""Settings: each flag has its variable, and what is repeated of the kernel, for the sake of a fast start, is true."""

import inspect
from typing import get_args

import pytest
import typer

from carrierbox import settings
from carrierbox.cli import world_files
from carrierbox.cli.serve import serve
from carrierbox.kernel import snapshots, world, worlds


def test_repeats_the_kernel_truly():
    assert get_args(world.Pace) == get_args(settings.Pace)
    assert get_args(world.Auth) == get_args(settings.Auth)
    assert (worlds.MOST_SIMS, worlds.DEFAULT) == (settings.MOST_SIMS, settings.DEFAULT_WORLD)
    assert "200" in settings.SimsFlag.__metadata__[0].help
    assert 200 == worlds.Origin().sims
    assert (snapshots.MAGIC, worlds.NAME) == (world_files.GZIP, world_files.NAME)


@pytest.mark.parametrize("name", inspect.signature(serve).parameters)
def test_each_flag_of_serve_has_its_variable(name):
    option = inspect.signature(serve).parameters[name].annotation.__metadata__[0]
    assert isinstance(option, type(typer.Option()))
    assert f"CARRIERBOX_{name.upper()}" == option.envvar[0]
