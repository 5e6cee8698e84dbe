"""The pytest plugin: a box a run, a world a test, nothing to import, and nothing left behind."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

PATIENCE_SECONDS = 120

USE = """
import pytest

SIM = {"iccid": "8955644099890700001", "imsi": "234500001087001"}

@pytest.mark.parametrize("number", range(6))
def test_nobody_sees_what_another_test_did(carrierbox_world, number):
    import httpx
    world = carrierbox_world
    path = "/subscription/sims/iccid/" + SIM["iccid"]
    with httpx.Client(base_url=world.urls["wing"] + "/api/v1", headers=world.headers("wing"), timeout=60) as wing:
        assert "ENTERPRISE-INVENTORY" == wing.get(path).json()["stateName"]
        world.clock.freeze()
        wing.post("/sim/update_state", json=SIM | {"newState": "ACTIVE", "newStateId": 3})
        world.clock.advance("1m")
        assert "ACTIVE" == wing.get(path).json()["stateName"]
    assert world.free["wing"]["iccid"] and world.credentials["stn"]
"""
SETTINGS = """
import pytest

@pytest.fixture
def carrierbox_world_settings():
    return {"pace": "instant", "seed": 12, "name": "mine"}

def test_a_world_is_made_as_it_is_wanted(carrierbox_world, carrierbox):
    shown = carrierbox_world.settings.show()
    assert ("mine", "instant", 12) == (carrierbox_world.name, shown["pace"], shown["seed"])
    assert {"default", "mine"} <= {world.name for world in carrierbox.control.worlds()}

def test_it_is_gone_with_its_test_and_made_anew(carrierbox_world):
    assert "mine" == carrierbox_world.name

def test_a_test_may_drop_it_itself(carrierbox_world):
    carrierbox_world.drop()
"""
FAILS = """
def test_that_fails(carrierbox_world):
    import httpx
    world = carrierbox_world
    httpx.get(world.url + "/gateway/echo")
    world.faults.add({"status": 503}, match={"carrier": "stn"})
    httpx.get(world.url + "/stn/api/QuerySimcard")
    body = {"partnerTransactionId": "T1", "iccid": "11986621644523024501", "action": "Suspend"}
    httpx.post(world.urls["dish"] + "/sps/v5/subscription/status", json=body, headers=world.headers("dish"))
    world.clock.advance("10s")
    assert False, "as it should"
"""
BREAKS = """
import pytest

@pytest.fixture
def activated(carrierbox_world):
    import httpx
    httpx.get(carrierbox_world.url + "/gateway/echo").raise_for_status()

def test_that_never_begins(activated):
    pass
"""
UNUSED = """
import sys

def test_that_uses_nothing():
    assert not {"httpx", "sqlalchemy", "fastapi", "importlib.metadata", "carrierbox.testing.client"} & (
        sys.modules.keys() - BEFORE
    )
"""
WAITS = """
import pathlib, time

def test_that_takes_long(carrierbox_world):
    pathlib.Path("started").touch()
    time.sleep(60)
"""


def environment(folder: Path) -> dict[str, str]:
    """An environment in which the run keeps its own things in that folder."""
    clean = {name: value for name, value in os.environ.items() if not name.startswith(("CARRIERBOX_", "PYTEST_"))}
    return clean | {"TMPDIR": str(folder)}


def command(*options: str) -> list[str]:
    return [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", *options]


def run(folder: Path, code: str, *options: str, **variables: str) -> subprocess.CompletedProcess[str]:
    """Run pytest on a file of tests that lies outside of the project."""
    (folder / "test_it.py").write_text(code)
    return subprocess.run(
        command(*options),
        cwd=folder,
        env=environment(folder) | variables,
        capture_output=True,
        text=True,
        timeout=PATIENCE_SECONDS,
        check=False,
    )


def boxes(folder: Path) -> list[str]:
    """The processes of boxes that a run in that folder has started."""
    told = subprocess.run(["ps", "-ww", "-eo", "pid,args"], capture_output=True, text=True, check=True).stdout
    return [line for line in told.splitlines() if "carrierbox serve" in line and str(folder) in line]


def assert_gone(folder: Path) -> None:
    """No box of that run is there any more, or will be within seconds."""
    until = time.monotonic() + PATIENCE_SECONDS
    while boxes(folder):
        assert time.monotonic() < until, boxes(folder)
        time.sleep(0.1)


@pytest.mark.parametrize("options", [(), ("-n", "3")], ids=["alone", "xdist"])
def test_each_test_has_its_world_and_the_run_its_box(tmp_path: Path, options: tuple[str, ...]) -> None:
    done = run(tmp_path, USE, "-W", "error", *options)
    assert 0 == done.returncode, done.stdout
    assert "6 passed" in done.stdout
    assert "carrierbox lifecycle steps taken: wing 1 of " in done.stdout
    assert [] == boxes(tmp_path)
    assert [] == [*tmp_path.glob("carrierbox-*")]


def test_settings_say_how_worlds_are_made(tmp_path: Path) -> None:
    done = run(tmp_path, SETTINGS)
    assert "3 passed" in done.stdout, done.stdout


@pytest.mark.parametrize("options", [(), ("-n", "2")], ids=["alone", "xdist"])
def test_a_failure_shows_what_was_asked_of_its_world_and_what_that_sent(
    tmp_path: Path, options: tuple[str, ...]
) -> None:
    done = run(tmp_path, FAILS, *options)
    assert 1 == done.returncode
    shown = done.stdout.partition("carrierbox world w-")[2].splitlines()[1:5]
    sent, suspended, fault, echo = shown
    assert "<- 204  POST /_box/worlds/" in sent
    assert "-> 200  POST /sps/v5/subscription/status  dish-update-subscription-status" in suspended
    assert "-> 503  GET /api/QuerySimcard" in fault
    assert "-> 401  GET /gateway/echo" in echo


def test_a_fixture_that_breaks_shows_it_too(tmp_path: Path) -> None:
    done = run(tmp_path, BREAKS)
    assert 1 == done.returncode
    assert "-> 401  GET /gateway/echo" in done.stdout.partition("carrierbox world w-")[2], done.stdout


def test_a_box_that_runs_already_is_used_and_left(tmp_path: Path, box: object) -> None:
    code = "import os\ndef test_it(carrierbox):\n    assert os.environ['CARRIERBOX_URL'] == carrierbox.url\n"
    done = run(tmp_path, code, CARRIERBOX_URL=getattr(box, "url", ""))
    assert "1 passed" in done.stdout, done.stdout
    assert [] == boxes(tmp_path)


def test_a_box_that_is_not_there_is_one_error_that_says_so(tmp_path: Path) -> None:
    done = run(tmp_path, SETTINGS, CARRIERBOX_URL="http://127.0.0.1:9")
    assert "NoBox: no box answers at http://127.0.0.1:9" in done.stdout
    assert 1 == done.returncode


def test_a_box_that_cannot_start_says_why(tmp_path: Path) -> None:
    done = run(tmp_path, SETTINGS, CARRIERBOX_WORLD="/no/such/fixture.yaml")
    assert "NotStarted: the box ended with 1 before it was ready" in done.stdout
    assert "/no/such/fixture.yaml" in done.stdout


@pytest.mark.parametrize("options", [(), ("-n", "2")], ids=["alone", "xdist"])
@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL], ids=lambda how: how.name)
def test_a_run_that_is_interrupted_leaves_no_box(tmp_path: Path, how: signal.Signals, options: tuple[str, ...]) -> None:
    (tmp_path / "test_it.py").write_text(WAITS)
    with (tmp_path / "out").open("w") as out:
        running = subprocess.Popen(
            command(*options), cwd=tmp_path, env=environment(tmp_path), stdout=out, stderr=out, start_new_session=True
        )
    try:
        until = time.monotonic() + PATIENCE_SECONDS
        while not (tmp_path / "started").exists():
            assert running.poll() is None, (tmp_path / "out").read_text()
            assert time.monotonic() < until
            time.sleep(0.05)
        assert 1 == len(boxes(tmp_path))
        running.send_signal(how)
        running.wait(PATIENCE_SECONDS)
    finally:
        running.kill()
        running.wait()
    assert_gone(tmp_path)


def test_unused_it_starts_nothing_and_imports_nothing_heavy(tmp_path: Path) -> None:
    before = "import sys, pytest, _pytest.config, pluggy; print(*sys.modules)"
    known = subprocess.run([sys.executable, "-c", before], capture_output=True, text=True, check=True).stdout.split()
    done = run(tmp_path, UNUSED.replace("BEFORE", repr(set(known))))
    assert "1 passed" in done.stdout, done.stdout
    assert [] == [*tmp_path.glob("carrierbox-*")]


def test_unused_it_costs_less_than_50_ms() -> None:
    code = (
        "import time, pytest, pluggy; t = time.perf_counter(); import carrierbox.testing.plugin;"
        "print(time.perf_counter() - t)"
    )
    took = [
        float(subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout)
        for _ in range(5)
    ]
    assert min(took) < 0.05, took
