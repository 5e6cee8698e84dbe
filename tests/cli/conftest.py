"""The command line as a user has it: a process of its own, its exit code and its two outputs."""

import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from carrierbox.cli import main

READY = "carrierbox ready on http://"
PATIENCE_SECONDS = 60


@dataclass
class Ended:
    """A verb that has ended."""

    code: int
    out: str
    err: str

    @property
    def error_line(self) -> str:
        """The one line that says what was wrong."""
        assert self.err.count("\n") == 1, self.err
        assert self.err.startswith("carrierbox: ")
        return self.err.strip()


@dataclass
class Served:
    """A box that is running."""

    process: subprocess.Popen[str]
    out: list[str]  # its lines up to the ready line

    @property
    def url(self) -> str:
        return self.out[-1].removeprefix(READY.removesuffix("http://"))

    def end(self, how: signal.Signals = signal.SIGTERM) -> int:
        """End it by a signal; answers its exit code."""
        self.process.send_signal(how)
        return self.process.wait(PATIENCE_SECONDS)


def environment(**variables: str) -> dict[str, str]:
    """This environment without what would change a box, and with *variables*."""
    clean = {name: value for name, value in os.environ.items() if name != "PORT" and not name.startswith("CARRIERBOX_")}
    return clean | variables


def command(*arguments: object) -> list[str]:
    return [sys.executable, "-m", "carrierbox", *map(str, arguments)]


Run = Callable[..., Ended]
Serve = Callable[..., Served]


@pytest.fixture(scope="session")
def run() -> Run:
    """Run a verb to its end."""

    def run(*arguments: object, **variables: str) -> Ended:
        ended = subprocess.run(
            command(*arguments),
            env=environment(**variables),
            capture_output=True,
            text=True,
            timeout=PATIENCE_SECONDS,
            check=False,
        )
        return Ended(ended.returncode, ended.stdout, ended.stderr)

    return run


@pytest.fixture(scope="module")
def serve() -> Iterator[Serve]:
    """Start boxes on free ports, which end with the module."""
    started: list[subprocess.Popen[str]] = []

    def serve(*arguments: object, port: object = 0, verb: str = "serve", **variables: str) -> Served:
        on = () if port is None else ("--port", port)
        process = subprocess.Popen(
            command(verb, *on, *arguments),
            env=environment(**variables),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        started.append(process)
        assert process.stdout is not None
        watchdog = threading.Timer(PATIENCE_SECONDS, process.kill)
        watchdog.start()
        lines = []
        for line in process.stdout:
            lines.append(line.rstrip("\n"))
            if line.startswith(READY):
                break
        else:
            assert process.stderr is not None
            raise AssertionError(f"it was never ready: {process.stderr.read()}")
        watchdog.cancel()
        return Served(process, lines)

    yield serve
    for process in started:
        process.kill()
        process.communicate()


@pytest.fixture(scope="module")
def box(serve: Serve) -> Served:
    """One box that keeps nothing."""
    return serve("--data", "memory")


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """A data folder that is not there yet."""
    return tmp_path / "data"


@pytest.fixture
def here(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """Run a verb that speaks to a box to its end, within this process, which takes a fiftieth of the time."""

    def here(*arguments: object, **variables: str) -> Ended:
        with monkeypatch.context() as patch:
            for name in {*os.environ, *variables}:
                if name == "PORT" or name.startswith("CARRIERBOX_"):
                    patch.delenv(name, raising=False)
            for name, value in variables.items():
                patch.setenv(name, value)
            patch.setattr(sys, "argv", ["carrierbox", *map(str, arguments)])
            capsys.readouterr()
            with pytest.raises(SystemExit) as ended:
                main()
            said = capsys.readouterr()
        return Ended(int(ended.value.code or 0), said.out, said.err)

    return here


@pytest.fixture
def ask(here: Run, box: Served) -> Callable[..., Any]:
    """Run a verb against the box, which must work; answers the JSON that it prints."""

    def ask(*arguments: object, **variables: str) -> Any:
        ended = here(*arguments, "--json", **{"CARRIERBOX_URL": box.url, **variables})
        assert (0, "") == (ended.code, ended.err)
        return json.loads(ended.out)

    return ask


@pytest.fixture
def say(here: Run, box: Served) -> Callable[..., list[str]]:
    """Run a verb against the box, which must work; answers the lines that it prints."""

    def say(*arguments: object, **variables: str) -> list[str]:
        ended = here(*arguments, "--url", box.url, **variables)
        assert (0, "") == (ended.code, ended.err)
        return ended.out.splitlines()

    return say
