"""A box in a process of its own, started on a free port and stopped again."""

import contextlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Self

from carrierbox import temporary
from carrierbox.kernel import clock

READY = "carrierbox ready on "
STOP_SECONDS = 20
_LOOK_SECONDS = 0.02


class NotStarted(Exception):
    """The box ended before it was ready; what it said."""


class RunningBox:
    """A box that this process has started."""

    def __init__(self, process: subprocess.Popen[str], url: str) -> None:
        self.process = process
        self.url = url

    @classmethod
    def start(cls, *arguments: str, log: Path | None = None) -> Self:
        """Start ``carrierbox serve`` on a free port, and wait until it answers; *log* takes what it logs.

        Raises: NotStarted.
        """
        command = [sys.executable, "-m", "carrierbox", "serve", "--port", "0", "--data", "memory", "--quiet"]
        with open(log or os.devnull, "ab") as logged:  # noqa: PTH123 - devnull is no path
            process = subprocess.Popen(  # noqa: S603 - our own command
                [*command, *arguments],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=logged,
                text=True,
                env=_environment(),
            )
        assert process.stdout is not None  # noqa: S101 - it is a pipe
        with process.stdout as said:
            for line in said:
                if line.startswith(READY):
                    return cls(process, line.removeprefix(READY).strip().rstrip("/"))
        ended = process.wait()
        raise NotStarted(f"the box ended with {ended} before it was ready{_last_line(log)}")

    def stop(self) -> int:
        """End it as Ctrl-C does; answers its exit code."""
        self.process.terminate()
        try:
            return self.process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self.process.kill()
            return self.process.wait()

    def let_go(self) -> int:
        """Leave it to whoever stops its process; answers that process's id."""
        self.process.returncode = 0  # else subprocess warns that nobody has waited for it
        return self.process.pid


@contextlib.contextmanager
def held() -> Iterator[Path]:
    """A file that is locked by this process: a box that was started with ``--while-locked`` ends with it.

    The folder in which it lies goes with it, and may hold more.
    """
    with temporary.folder() as folder:
        yield folder / temporary.LOCK


def stop(process: int) -> None:
    """End a box that any process has started, as Ctrl-C does, and wait until it is gone."""
    until = clock.monotonic() + STOP_SECONDS
    with contextlib.suppress(ProcessLookupError):
        os.kill(process, signal.SIGTERM)
        while not _is_gone(process):
            if clock.monotonic() > until:
                os.kill(process, signal.SIGKILL)
            time.sleep(_LOOK_SECONDS)


def _is_gone(process: int) -> bool:
    """Whether a process has ended. Raises: ProcessLookupError, which says the same."""
    try:
        return os.waitpid(process, os.WNOHANG) != (0, 0)
    except ChildProcessError:  # another one is its parent
        os.kill(process, 0)
        return False


def _environment() -> dict[str, str]:
    """The environment without what would make another box of it: only settings of worlds are passed on."""
    kept = {"CARRIERBOX_SIMS", "CARRIERBOX_PACE", "CARRIERBOX_AUTH", "CARRIERBOX_WORLD"}
    return {
        name: value
        for name, value in os.environ.items()
        if (not name.startswith("CARRIERBOX_") or name in kept) and name != "PORT"
    }


def _last_line(log: Path | None) -> str:
    lines = log.read_text(errors="replace").splitlines() if log else []
    return f": {lines[-1]}" if lines else ""


def arguments(settings: Sequence[tuple[str, object]]) -> list[str]:
    """Flags of ``serve`` for the settings that are given."""
    return [part for flag, value in settings if value is not None for part in (flag, str(value))]
