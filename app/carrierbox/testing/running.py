"""A box in a process of its own, started on a free port and stopped again."""

import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Self

READY = "carrierbox ready on "
STOP_SECONDS = 20


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
        command = [
            sys.executable,
            "-m",
            "carrierbox",
            "serve",
            "--port",
            "0",
            "--data",
            "memory",
            "--quiet",
            *arguments,
        ]
        with open(log or os.devnull, "ab") as logged:  # noqa: PTH123 - devnull is no path
            process = subprocess.Popen(  # noqa: S603 - our own command
                command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=logged, text=True, env=_environment()
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
