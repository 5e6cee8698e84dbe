"""kernel/worlds: a full disk, too few files and a damaged world are called what they are, and leave nothing behind."""

import errno
import os
import resource
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from tests.kernel.worlds.conftest import CAUSE, TOYS, add, done, files, toys

from carrierbox.kernel.store import FILES, DiskFull, NotOurs, Store, TooManyFiles
from carrierbox.kernel.world import Box, Settings, UnknownWorld, World
from carrierbox.kernel.worlds import DEFAULT, SPARE_FILES, Origin, WorldRefused, Worlds


@pytest.fixture
def full_disk(monkeypatch: pytest.MonkeyPatch) -> Callable[[], None]:
    """From now on a file that is copied finds no room for its second half."""

    def copy(source: Path, target: Path) -> None:
        target.write_bytes(source.read_bytes()[: source.stat().st_size // 2])
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    return lambda: monkeypatch.setattr(shutil, "copyfile", copy)


def fills_the_disk(box: Box, *_: Any) -> None:
    """The database may not grow, and wants to: SQLite itself says that the disk is full."""
    box.sql("PRAGMA max_page_count = 1")
    box.sql("INSERT INTO toy (name) VALUES (hex(zeroblob(100000)))")


@contextmanager
def may_open(count: int) -> Iterator[None]:
    """Let this process open so many more files."""
    before = resource.getrlimit(resource.RLIMIT_NOFILE)
    held = [os.open(os.devnull, os.O_RDONLY) for _ in range(count)]  # those numbers are free afterwards, lower ones not
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(held) + 1, before[1]))
    for each in held:
        os.close(each)
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, before)


@pytest.mark.parametrize("wish", [{}, {"source": DEFAULT}, {"seed": 8}], ids=["made", "forked", "of another seed"])
def test_a_world_for_which_the_disk_has_no_room_leaves_nothing(
    house: Worlds, data: Path, full_disk: Callable[[], None], wish: dict[str, Any]
) -> None:
    before = files(data)
    full_disk()
    with pytest.raises(DiskFull, match=f"the disk is full on which {data}"):
        done(house.create("t1", **wish))
    assert before == files(data)
    assert ["default"] == house.names()


@pytest.mark.parametrize("step", ["load", "grow", "make_own"])
def test_a_disk_that_is_full_is_no_fault_of_a_fixture_and_leaves_nothing(data: Path, step: str) -> None:
    def then(*arguments: Any) -> None:
        getattr(TOYS, step)(*arguments)
        fills_the_disk(*arguments)

    house = Worlds(data, (replace(TOYS, **{step: then}),))
    with pytest.raises(DiskFull):
        house.start(Origin(sims=3), Settings())
    assert [] == [name for name in files(data) if not name.startswith("templates/") or name.endswith(".new")]


def test_a_reset_for_which_the_disk_has_no_room_leaves_the_world_as_it_was(
    house: Worlds, data: Path, full_disk: Callable[[], None]
) -> None:
    add(done(house.create("t1")), "drum")
    before = files(data)
    full_disk()
    with pytest.raises(OSError, match="No space"):
        done(house.reset("t1"))
    assert "drum" in toys(house.get("t1"))
    assert before == files(data)


def test_a_world_that_found_no_room_goes_on_when_there_is_some(default: World) -> None:
    before = toys(default)
    with pytest.raises(Exception, match="full"), default.transaction(CAUSE) as box:
        fills_the_disk(box)
    default.store.sql("PRAGMA max_page_count = 1000000")
    add(default, "drum")
    assert [*before, "drum"] == toys(default)


def test_a_world_that_would_leave_no_files_for_callers_is_not_made(
    house: Worlds, data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    most = 2 * FILES + SPARE_FILES
    monkeypatch.setattr(resource, "getrlimit", lambda _kind: (most, most))
    done(house.create("t1"))
    before = files(data)
    for source in (None, DEFAULT):
        with pytest.raises(TooManyFiles, match="drop some worlds"):
            done(house.create("t2", source=source))
    assert before == files(data)
    done(house.drop("t1"))
    assert "t2" == done(house.create("t2")).name


def test_a_world_that_cannot_be_opened_any_more_can_be_dropped(
    house: Worlds, reopened: Callable[[], Worlds], monkeypatch: pytest.MonkeyPatch
) -> None:
    done(house.create("t1"))
    again = reopened()
    monkeypatch.setattr(resource, "getrlimit", lambda _kind: (FILES + SPARE_FILES,) * 2)
    with pytest.raises(TooManyFiles):
        again.get("t1")
    done(again.drop("t1"))
    assert ["default"] == again.names()


@pytest.mark.parametrize("count", [1, 2])
def test_a_file_that_cannot_be_opened_for_want_of_files_is_not_called_damaged(tmp_path: Path, count: int) -> None:
    Store.create(path := tmp_path / "world.db").close()
    with may_open(count), pytest.raises(TooManyFiles):
        Store(path)
    Store(path).close()


def test_a_damaged_world_is_named_when_it_is_opened_and_can_be_dropped(
    house: Worlds, data: Path, reopened: Callable[[], Worlds]
) -> None:
    for name in ("keep", "whole"):
        done(house.create(name))
    house.close()
    path = data / "worlds" / "keep.db"
    content = bytearray(path.read_bytes())
    content[4096:8192] = b"\xa5" * 4096
    path.write_bytes(content)
    again = reopened()
    again.check_when_opened(["keep", "whole"])
    assert "whole" == again.get("whole").name
    for _ in range(2):
        with pytest.raises(NotOurs, match=r"keep\.db: is damaged"):
            again.get("keep")
    with pytest.raises(WorldRefused, match="already"):
        done(again.create("keep"))
    assert content == path.read_bytes()
    done(again.drop("keep"))
    with pytest.raises(UnknownWorld):
        again.get("keep")
    assert "keep" == done(again.create("keep")).name
