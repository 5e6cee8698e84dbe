"""`carrierbox exec`: a box for as long as a command runs, and the command's own ending."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

HEALTH = (
    "import os, urllib.request as u; print(u.urlopen(os.environ['CARRIERBOX_URL'] + '/_box/health').read().decode())"
)


def carrierbox(*arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "carrierbox", "exec", *arguments]
    return subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)


def test_the_command_finds_the_box_and_its_output_is_its_own() -> None:
    done = carrierbox("--", sys.executable, "-c", HEALTH)
    assert (0, "") == (done.returncode, done.stderr)
    assert done.stdout.startswith('{"status":"ok"')


@pytest.mark.parametrize("code", [0, 1, 3, 77])
def test_it_ends_with_the_commands_code(code: int) -> None:
    assert code == carrierbox("--", "sh", "-c", f"exit {code}").returncode


def test_a_command_that_is_not_there_is_one_line_and_no_box_stays() -> None:
    done = carrierbox("--", "no-such-command")
    assert (1, 1) == (done.returncode, len(done.stderr.splitlines()))
    assert "no-such-command" in done.stderr


def test_flags_of_the_command_are_the_commands() -> None:
    assert "-x --url y\n" == carrierbox("printf", "%s %s %s\\n", "-x", "--url", "y").stdout


@pytest.mark.parametrize(("value", "told"), [("mine.yaml", ""), ("t1", "t1")])
def test_the_command_is_told_a_worlds_name_and_not_what_the_box_is_made_from(
    value: str, told: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "mine.yaml").write_text("{}")
    monkeypatch.setenv("CARRIERBOX_WORLD", value)
    monkeypatch.chdir(tmp_path)
    done = carrierbox("--", "sh", "-c", "echo $CARRIERBOX_WORLD")
    assert (0, f"{told}\n") == (done.returncode, done.stdout), done.stderr


def test_without_a_command_it_is_wrong_usage() -> None:
    assert 2 == carrierbox().returncode


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGHUP])
def test_a_signal_ends_both(how: signal.Signals, tmp_path: Path) -> None:
    command = [sys.executable, "-m", "carrierbox", "exec", "--", "sh", "-c", "echo $CARRIERBOX_URL; exec sleep 60"]
    environment = os.environ | {"TMPDIR": str(tmp_path)}
    with subprocess.Popen(command, stdout=subprocess.PIPE, env=environment, text=True) as running:
        assert running.stdout is not None
        assert running.stdout.readline().startswith("http://")
        started = time.monotonic()
        os.kill(running.pid, how)
        assert 128 + signal.SIGTERM == running.wait(30)
        assert time.monotonic() - started < 30
    assert [] == [*tmp_path.iterdir()]


EARLY = """
import os, signal, subprocess, sys
from carrierbox.cli import exec as verb

start = subprocess.Popen


def and_a_signal(*asked, **more):
    child = start(*asked, **more)
    os.kill(os.getpid(), signal.SIGTERM)
    return child


subprocess.Popen = and_a_signal
sys.exit(verb._run(["sleep", "60"], "http://localhost"))
"""


def test_a_signal_that_comes_while_the_command_starts_ends_it_too() -> None:
    started = time.monotonic()
    assert 128 + signal.SIGTERM == subprocess.run([sys.executable, "-c", EARLY], timeout=50, check=False).returncode
    assert time.monotonic() - started < 30
