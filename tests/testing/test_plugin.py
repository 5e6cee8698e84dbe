"""The pytest plugin: a box a run, a world a test, nothing to import."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

USE = """
import pytest

SIM = {"iccid": "8955644099890700001", "imsi": "234500001087001"}

@pytest.mark.parametrize("number", range(6))
def test_nobody_sees_what_another_test_did(carrierbox_world, number):
    import httpx
    world = carrierbox_world
    wing = httpx.Client(base_url=world.urls["wing"] + "/api/v1", headers=world.headers("wing"), timeout=60)
    path = "/subscription/sims/iccid/" + SIM["iccid"]
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
"""
FAILS = """
def test_that_fails(carrierbox_world):
    import httpx
    httpx.get(carrierbox_world.url + "/gateway/echo")
    assert False, "as it should"
"""
UNUSED = """
def test_that_uses_nothing():
    pass
"""


def run(folder: Path, code: str, *options: str, **variables: str) -> subprocess.CompletedProcess[str]:
    """Run pytest on a file of tests that lies outside of the project."""
    (folder / "test_it.py").write_text(code)
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("CARRIERBOX_", "PYTEST_"))}
    return subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", *options],
        cwd=folder,
        env=environment | variables,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )


def boxes() -> set[str]:
    """The ids of all processes that are boxes which keep nothing."""
    told = subprocess.run(["ps", "-eo", "pid,args"], capture_output=True, text=True, check=True).stdout
    return {line.split()[0] for line in told.splitlines() if "carrierbox serve" in line and "--data memory" in line}


@pytest.mark.parametrize("options", [(), ("-n", "3")], ids=["alone", "xdist"])
def test_each_test_has_its_world_and_the_run_its_box(tmp_path: Path, options: tuple[str, ...]) -> None:
    before = boxes()
    done = run(tmp_path, USE, *options)
    assert 0 == done.returncode, done.stdout
    assert "6 passed" in done.stdout
    assert not boxes() - before


def test_settings_say_how_worlds_are_made(tmp_path: Path) -> None:
    done = run(tmp_path, SETTINGS)
    assert "2 passed" in done.stdout, done.stdout


def test_a_failure_shows_what_was_asked_of_its_world(tmp_path: Path) -> None:
    done = run(tmp_path, FAILS)
    assert 1 == done.returncode
    assert "carrierbox world w-" in done.stdout
    assert "/gateway/echo" in done.stdout.partition("carrierbox world")[2]
    assert "401" in done.stdout.partition("carrierbox world")[2]


def test_a_box_that_runs_already_is_used_and_left(tmp_path: Path, box: object) -> None:
    code = "import os\ndef test_it(carrierbox):\n    assert os.environ['CARRIERBOX_URL'] == carrierbox.url\n"
    done = run(tmp_path, code, CARRIERBOX_URL=getattr(box, "url", ""))
    assert "1 passed" in done.stdout, done.stdout


def test_unused_it_starts_nothing_and_imports_nothing_heavy(tmp_path: Path) -> None:
    check = "\nimport sys\ndef test_light():\n    assert not {'httpx', 'sqlalchemy', 'fastapi'} & sys.modules.keys()\n"
    done = run(tmp_path, UNUSED + check)
    assert "2 passed" in done.stdout, done.stdout
