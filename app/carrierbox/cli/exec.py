"""`carrierbox exec`: a box for as long as a command runs."""

import os
import signal
import subprocess
import sys
from types import FrameType
from typing import Annotated

import typer

from carrierbox import settings
from carrierbox.cli.failed import Failed
from carrierbox.cli.world_files import NAME


def exec_(
    command: Annotated[list[str], typer.Argument(metavar="COMMAND ...", help="What to run, after --.")],
    sims: settings.SimsFlag = None,
    auth: settings.AuthFlag = None,
    pace: settings.PaceFlag = None,
    world: settings.WorldFlag = None,
) -> None:
    """Start a box on a free port, run a command with CARRIERBOX_URL set, and stop it; ends with the command's code."""
    from carrierbox.testing.running import NotStarted, RunningBox, arguments, held

    flags = [("--sims", sims), ("--auth", auth), ("--pace", pace), *(("--world", each) for each in world or ())]
    with held() as file:
        log = file.with_name("box.log")
        try:
            box = RunningBox.start("--while-locked", str(file), *arguments(flags), log=log)
        except NotStarted as ended:
            raise Failed(str(ended), "carrierbox doctor says what is wrong") from ended
        try:
            sys.exit(_run(command, box.url))
        finally:
            box.stop()
            sys.stderr.write(log.read_text(errors="replace"))  # warnings, of which there should be none


def _environment(url: str) -> dict[str, str]:
    """What the command is told; CARRIERBOX_WORLD only where it names a world, and not what the box was made from."""
    told = {**os.environ, "CARRIERBOX_URL": url}
    if not NAME.fullmatch(told.get("CARRIERBOX_WORLD", "")):
        told.pop("CARRIERBOX_WORLD", None)
    return told


def _run(command: list[str], url: str) -> int:
    """Run the command; a signal that ends it becomes 128 and its number, as shells say."""
    child: subprocess.Popen[bytes] | None = None
    is_over = False

    def end(_signal: int, _frame: FrameType | None) -> None:
        nonlocal is_over
        is_over = True
        if child is not None:
            child.terminate()

    for each in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        if signal.getsignal(each) is not signal.SIG_IGN:  # as nohup has it
            signal.signal(each, end)
    try:
        child = subprocess.Popen(command, env=_environment(url))  # noqa: S603 - what the user asked for
    except OSError as refused:
        raise Failed(f"{command[0]} cannot be run: {refused.strerror}", "name a command after --") from refused
    if is_over:  # since before there was a child to be told
        child.terminate()
    ended = child.wait()
    return ended if ended >= 0 else 128 - ended
