"""temporary: a folder goes with its maker, at the latest when a box starts later; nobody else's folder is touched."""

import os
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

import pytest

from carrierbox import temporary

MAKE = "from carrierbox import temporary; made = temporary.make(); print(made[0], flush=True); input()"


@pytest.fixture(autouse=True)
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where temporary folders lie."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    return tmp_path


def test_a_folder_goes_when_it_is_not_needed_any_more(place: Path) -> None:
    with temporary.folder() as made:
        (made / "worlds").mkdir()
        assert [made] == [*place.iterdir()]
    assert [] == [*place.iterdir()]


def test_a_folder_stays_while_its_maker_lives_and_is_swept_when_it_was_killed(place: Path) -> None:
    command = [sys.executable, "-c", MAKE]
    environment = os.environ | {"TMPDIR": str(place)}
    pipe = subprocess.PIPE
    with subprocess.Popen(command, stdin=pipe, stdout=pipe, env=environment, text=True) as maker:
        assert maker.stdout is not None
        made = Path(maker.stdout.readline().strip())
        (made / "worlds").mkdir()
        temporary.sweep()
        assert (made / "worlds").is_dir()
        maker.kill()
    temporary.sweep()
    assert [] == [*place.iterdir()]


def left(place: Path, name: str = "carrierbox-abcd_123") -> Path:
    """What somebody who was killed has left."""
    made, held = temporary.make()
    held.close()
    return made.rename(place / name)


def without_a_lock(place: Path) -> None:
    (left(place) / temporary.LOCK).unlink()


def not_yet_marked(place: Path) -> None:
    (left(place) / temporary.LOCK).write_bytes(b"")


def with_a_file_of_that_name(place: Path) -> None:
    (left(place) / temporary.LOCK).write_bytes(b"my run\n")


def with_a_link_for_a_lock(place: Path) -> None:
    lock = left(place) / temporary.LOCK
    lock.symlink_to(lock.rename(place / "mine"))


def a_link(place: Path) -> None:
    (place / "carrierbox-abcd_124").symlink_to(left(place, "elsewhere"))


def of_another_name(place: Path) -> None:
    left(place, "carrierbox-mine")


def a_file(place: Path) -> None:
    (place / "carrierbox-abcd_123").write_text("mine")


@pytest.mark.parametrize(
    "leave",
    [
        without_a_lock,
        not_yet_marked,
        with_a_file_of_that_name,
        with_a_link_for_a_lock,
        a_link,
        of_another_name,
        a_file,
    ],
)
def test_what_is_not_surely_ours_stays(place: Path, leave: Callable[[Path], None]) -> None:
    leave(place)
    before = sorted(place.rglob("*"))
    temporary.sweep()
    assert before == sorted(place.rglob("*"))


def test_what_belongs_to_another_user_stays(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    made = left(place)
    monkeypatch.setattr(os, "getuid", lambda: made.stat().st_uid + 1)
    temporary.sweep()
    assert made.is_dir()
