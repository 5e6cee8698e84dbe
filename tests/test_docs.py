"""docs/: made pages are up to date, and what the others show runs as it stands there."""

import inspect
import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from carrierbox import docs
from carrierbox.kernel import fixtures
from carrierbox.testing import Box, Rooms
from carrierbox.testing.calls import Line, call
from carrierbox.testing.running import RunningBox

ROOT = Path(__file__).parent.parent
FOLDER = ROOT / docs.FOLDER
QUICK_START = FOLDER / "quick-start.md"
TESTING = FOLDER / "testing.md"
FAULTS = FOLDER / "faults.md"


def blocks(page: Path, language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", page.read_text(encoding="utf-8"), re.DOTALL)


def calls(kind: type) -> list[str]:
    return [name for name in dir(kind) if isinstance(inspect.getattr_static(kind, name), call)]


@pytest.mark.parametrize("name", docs.PAGES)
def test_a_made_page_is_up_to_date(name: str) -> None:
    assert docs.PAGES[name]() == (FOLDER / name).read_text(encoding="utf-8"), "run python -m carrierbox.docs"


#: How each language of the quick start is run, as far as this machine can.
RUNNERS = {
    "bash": ["bash", "-eu"],
    "python": [sys.executable],
    "java": ["java"],
    "typescript": ["node"],
    "go": ["go", "run"],
}
FILES = {"bash": "q.sh", "python": "q.py", "java": "QuickStart.java", "typescript": "q.cjs", "go": "q.go"}


@pytest.mark.parametrize("language", RUNNERS)
def test_the_quick_start_activates_a_sim(language: str, tmp_path: Path) -> None:
    if shutil.which(RUNNERS[language][0]) is None:
        pytest.skip(f"there is no {RUNNERS[language][0]} here")
    [program] = blocks(QUICK_START, language)
    path = tmp_path / FILES[language]
    path.write_text(program, encoding="utf-8")
    box = RunningBox.start()
    try:
        done = subprocess.run(
            [*RUNNERS[language], str(path)],
            env=os.environ | {"CARRIERBOX_URL": box.url},
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
    finally:
        assert 0 == box.stop()
    assert 0 == done.returncode, done.stderr
    assert "ACTIVE" in done.stdout


def test_the_guide_to_faults_shows_what_happens(tmp_path: Path) -> None:
    [program] = blocks(FAULTS, "bash")
    box = RunningBox.start()
    try:
        done = subprocess.run(
            ["bash", "-eu", "-c", program],
            cwd=tmp_path,
            env=os.environ | {"CARRIERBOX_URL": box.url},
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
    finally:
        assert 0 == box.stop()
    assert 0 == done.returncode, done.stderr
    rule, refused, verdict, entries = map(json.loads, done.stdout.splitlines())
    assert (0, 503, {"holds": True}) == (rule["applied"], refused["status"], verdict)
    assert [rule["id"]] == [entry["fault"] for entry in entries]
    assert "1.2" == json.loads((tmp_path / "journal.har").read_text())["log"]["version"]


def test_the_testing_guides_tests_pass(tmp_path: Path) -> None:
    told = blocks(TESTING, "python")
    for number, block in enumerate(told):
        (tmp_path / f"test_{number}.py").write_text(block, encoding="utf-8")
    command = [sys.executable, "-m", "pytest", "-q", str(tmp_path)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False, cwd=tmp_path)
    assert 0 == done.returncode, done.stdout
    assert f"{sum(block.count('def test_') for block in told)} passed" in done.stdout


def test_the_testing_guides_shell_works_in_exec() -> None:
    [script] = blocks(TESTING, "bash")
    command = [sys.executable, "-m", "carrierbox", "exec", "--", "bash", "-euo", "pipefail", "-c", script]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
    assert (0, '{"holds":true}\n') == (done.returncode, done.stdout), done.stderr


@pytest.mark.parametrize("room", [*vars(Rooms(Line("http://nowhere"), "w")), *calls(Rooms)])
def test_every_room_and_call_of_a_world_is_told_of(room: str) -> None:
    if not room.startswith("_"):
        assert f"`{room}`" in TESTING.read_text(encoding="utf-8") or f"`.{room}" in TESTING.read_text(encoding="utf-8")


def test_the_fixture_that_is_shown_is_loaded(tmp_path: Path) -> None:
    [shown] = blocks(FOLDER / "fixtures.md", "yaml")
    path = tmp_path / "mine.yaml"
    path.write_text(shown, encoding="utf-8")
    box = RunningBox.start("--sims", "5", "--world", str(path))
    try:
        with Box(box.url) as control:
            world = control.create(fixture="mine", sims=0)
            assert "SUSPENDED" == world.sims.show("8955644900000000018")["state"]
            assert "FREE" == world.sims.show("8931080009000000010")["state"]
            assert 1 == len(world.callbacks.plans())
    finally:
        assert 0 == box.stop()


def test_every_section_of_a_fixture_is_described() -> None:
    told = (FOLDER / "fixtures.md").read_text(encoding="utf-8")
    missing = {
        f"{part}.{key} (in {path.name})"
        for path in fixtures.folder().glob("*.yaml")
        for part, section in fixtures.read_yaml(path).items()
        for key in section
        if f"| `{part}.{key}` |" not in told
    }
    assert not missing, "docs/fixtures.md wants a row for each key"
