"""All verbs, and what their endings mean as exit codes.

0 clean; 1 the verb failed, or a variable of the environment is bad: one line says what and what to do; 2 wrong usage;
3 what was to be verified does not hold.
"""

import os
import sys
from typing import Annotated

import typer

from carrierbox import __version__, settings
from carrierbox.cli import (
    callbacks,
    clock,
    doctor,
    fault,
    journal,
    lifecycle,
    outcome,
    serve,
    sim,
    world,
    world_settings,
)
from carrierbox.cli.exec import exec_
from carrierbox.cli.failed import Failed

app = typer.Typer(
    help="Four carriers' SIM-management APIs in one process, on a clock that you control.",
    no_args_is_help=True,
    rich_markup_mode=None,  # plain help needs no rich, whose import takes longer than all else here
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
app.command("serve")(serve.serve)
app.command("start", hidden=True)(serve.serve)
app.command("up", hidden=True)(serve.serve)
app.command("exec", context_settings={"allow_interspersed_args": False})(exec_)
app.command("doctor")(doctor.doctor)
app.command("explain")(sim.explain)
app.command("lifecycle")(lifecycle.lifecycle)
app.add_typer(world.app, name="world")
app.add_typer(clock.app, name="clock")
app.add_typer(fault.app, name="fault")
app.add_typer(outcome.app, name="outcome")
app.add_typer(journal.app, name="journal")
app.add_typer(callbacks.app, name="callbacks")
app.add_typer(sim.app, name="sim")
app.add_typer(world_settings.app, name="settings")


def _show_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"carrierbox {__version__}")
        raise typer.Exit


@app.callback()
def _carrierbox(
    version: Annotated[
        bool, typer.Option("--version", help="Print the version and end.", callback=_show_version, is_eager=True)
    ] = False,
) -> None:
    pass


def main() -> None:
    """Run the command line and end the process with its exit code."""
    try:
        sys.exit(app(prog_name="carrierbox", standalone_mode=False))
    except Failed as failed:
        _end(str(failed), 1)
    except typer.BadParameter as bad:
        bad.message = bad.message.removeprefix("Value error, ")
        if bad.ctx and bad.param and settings.came_from_variable(bad.ctx, bad.param):
            variable = next(name for name in bad.param.envvar or () if os.environ.get(name))
            _end(f"{variable}: {bad.message}; correct it or unset it", 1)
        _end_usage(bad)
    except typer.TyperException as wrong:
        _end_usage(wrong)


def _end_usage(wrong: typer.TyperException) -> None:
    context: typer.Context | None = getattr(wrong, "ctx", None)
    message = wrong.format_message()
    if variables := getattr(getattr(wrong, "param", None), "envvar", None):
        message = message.replace(f" (env var: '{variables}')", "")  # that is how Python writes a list
    if "\n" in message:  # no verb was named, and the message is the help
        typer.echo(message, err=True)
        sys.exit(wrong.exit_code)
    _end(f"{message.rstrip('.')}; see {context.command_path if context else 'carrierbox'} --help", wrong.exit_code)


def _end(line: str, code: int) -> None:
    typer.echo(f"carrierbox: {line}", err=True)
    sys.exit(code)
