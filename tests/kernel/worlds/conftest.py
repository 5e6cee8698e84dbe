"""A house that has toys only, to make worlds in."""

import asyncio
from collections.abc import Callable, Coroutine, Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TypeVar

import pytest

from carrierbox.kernel import fixtures
from carrierbox.kernel.parts import Part, Progress
from carrierbox.kernel.world import Box, Cause, Settings, World
from carrierbox.kernel.worlds import DEFAULT, Origin, Worlds

Answer = TypeVar("Answer")

CAUSE = Cause("rule", "test")
LATER = datetime(2100, 1, 1, tzinfo=UTC)


class Mishap(Exception):
    """What goes wrong in the middle."""


# A carrier of the simplest kind: toys with a name, and a key that belongs to one world only.


def load(box: Box, section: Mapping[str, Any]) -> None:
    box.sql("CREATE TABLE IF NOT EXISTS toy (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE)")
    box.sql("CREATE TABLE IF NOT EXISTS toy_key (made_in TEXT)")
    box.sql("INSERT INTO toy_key VALUES ('the template')")
    for name in section["names"]:
        box.sql("INSERT INTO toy (name) VALUES (:name)", name=name)


def grow(box: Box, sims: int, progress: Progress) -> None:
    rng = box.rng()
    for i in range(sims):
        box.sql("INSERT INTO toy (name) VALUES (:name)", name=f"{i}-{rng.getrandbits(64):016x}")
    progress(f"{sims} toys")


def make_own(box: Box) -> None:
    box.sql("UPDATE toy_key SET made_in = :name", name=box.world.name)


TOYS = Part("toys", load=load, grow=grow, make_own=make_own)


def toys(world: World) -> list[str]:
    return [row["name"] for row in world.store.sql("SELECT name FROM toy ORDER BY id")]


def add(world: World, name: str) -> None:
    with world.transaction(CAUSE) as box:
        box.sql("INSERT INTO toy (name) VALUES (:name)", name=name)


def done(work: Coroutine[Any, Any, Answer]) -> Answer:
    return asyncio.run(work)


def draw(world: World, count: int = 5) -> list[str]:
    with world.transaction(CAUSE) as box:
        return [box.uuid() for _ in range(count)]


@pytest.fixture(autouse=True)
def toy_fixtures(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The shipped fixtures of a house that has toys only."""
    folder = tmp_path / "fixtures"
    folder.mkdir()
    (folder / "toys.yaml").write_text("toys: {names: [ball, kite]}\n")
    monkeypatch.setattr(fixtures, "folder", lambda: folder)
    return folder


@pytest.fixture
def data(tmp_path: Path) -> Path:
    return tmp_path / "data"


@pytest.fixture
def house(data: Path) -> Iterator[Worlds]:
    house = Worlds(data, (TOYS,))
    house.start(Origin(sims=3), Settings())
    yield house
    house.close()


@pytest.fixture
def default(house: Worlds) -> World:
    return house.get(DEFAULT)


@pytest.fixture
def reopened(house: Worlds, data: Path) -> Iterator[Callable[[], Worlds]]:
    """The house as a restart finds it."""
    opened = []

    def reopen() -> Worlds:
        for each in (house, *opened):
            each.close()
        opened.append(again := Worlds(data, (TOYS,)))
        again.start(Origin(sims=3), Settings())
        return again

    yield reopen
    for each in opened:
        each.close()


def files(data: Path) -> list[str]:
    return sorted(str(path.relative_to(data)) for path in data.rglob("*") if path.is_file())
