"""docs/: made pages are up to date, and what the others show runs as it stands there."""

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
from carrierbox.testing.running import RunningBox

ROOT = Path(__file__).parent.parent
FOLDER = ROOT / docs.FOLDER
QUICK_START = FOLDER / "quick-start.md"
TESTING = FOLDER / "testing.md"
FAULTS = FOLDER / "faults.md"


def blocks(page: Path, language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", page.read_text(encoding="utf-8"), re.DOTALL)


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
FILES = {"bash": "q.sh", "python": "q.py", "java": "QuickStart.java", "typescript": "q.mjs", "go": "q.go"}


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
    for number, block in enumerate(blocks(TESTING, "python")):
        (tmp_path / f"test_{number}.py").write_text(block, encoding="utf-8")
    command = [sys.executable, "-m", "pytest", "-q", "-p", "carrierbox.testing.plugin", str(tmp_path)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False, cwd=tmp_path)
    assert 0 == done.returncode, done.stdout
    assert "2 passed" in done.stdout


def test_every_section_of_a_fixture_is_described() -> None:
    told = (FOLDER / "fixtures.md").read_text(encoding="utf-8")
    for path in fixtures.folder().glob("*.yaml"):
        for part, section in fixtures.read_yaml(path).items():
            for key in section:
                assert f"`{part}.{key}`" in told, f"docs/fixtures.md does not tell of {part}.{key} in {path.name}"
