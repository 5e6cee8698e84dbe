"""kernel/worlds: a world is made of fixtures, a fleet and a seed, or not at all."""

import asyncio
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from tests.kernel.worlds.conftest import CAUSE, LATER, TOYS, add, done, files, toys

from carrierbox.kernel import clock, worlds
from carrierbox.kernel.clock import BadTime
from carrierbox.kernel.fixtures import BadFixture
from carrierbox.kernel.lifecycle import TimelineEntry
from carrierbox.kernel.world import Box, Settings, UnknownWorld, World
from carrierbox.kernel.worlds import DEFAULT, BadWorld, Origin, WorldRefused, Worlds


def test_a_new_house_has_a_default_world_of_the_shipped_fixtures_and_a_fleet(house: Worlds, default: World) -> None:
    assert ["default"] == house.names()
    assert ["ball", "kite"] == toys(default)[:2]
    assert 5 == len(toys(default))


def test_a_world_is_made_of_what_the_house_is_made_of(house: Worlds, default: World) -> None:
    world = done(house.create("t1"))
    assert "t1" == world.name
    assert world is house.get("t1")
    assert toys(default) == toys(world)
    assert ["default", "t1"] == house.names()


def test_a_world_without_a_name_is_given_one(house: Worlds) -> None:
    names = {done(house.create()).name for _ in range(5)}
    assert 5 == len(names)
    assert {*names, "default"} == set(house.names())


def test_a_world_is_made_of_another_size_seed_and_fixture(house: Worlds, default: World, tmp_path: Path) -> None:
    (extra := tmp_path / "extra.yaml").write_text("toys: {names: [drum]}\n")
    world = done(house.create("t1", files=(extra,), sims=10, seed=8))
    assert ["ball", "kite", "drum"] == toys(world)[:3]
    assert 13 == len(toys(world))
    assert 8 == world.settings.seed
    assert not set(toys(default)[2:]) & set(toys(world)[3:])


def test_a_world_may_have_no_fleet(house: Worlds) -> None:
    assert ["ball", "kite"] == toys(done(house.create(sims=0)))


def test_a_world_starts_at_the_time_that_is_wished_for_and_runs_on(
    house: Worlds, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = clock.real_now()
    monkeypatch.setattr(clock, "real_now", lambda: real)
    world = done(house.create(now=LATER))
    assert LATER == world.clock.now() == world.created_at
    monkeypatch.setattr(clock, "real_now", lambda: real + timedelta(hours=1))
    assert LATER + timedelta(hours=1) == world.clock.now()


def test_a_world_may_start_in_the_past(house: Worlds) -> None:
    past = datetime(1999, 12, 31, tzinfo=UTC)
    assert 1999 == done(house.create(now=past)).clock.now().year


@pytest.mark.parametrize("now", [datetime(1969, 12, 31, 23, 59, 59, tzinfo=UTC), datetime(9000, 1, 1, tzinfo=UTC)])
def test_a_world_does_not_start_where_no_clock_goes(house: Worlds, now: datetime) -> None:
    with pytest.raises(BadTime):
        done(house.create("t1", now=now))
    assert ["default"] == house.names()


def test_a_new_world_takes_pace_and_auth_from_the_default_one_where_none_is_given(
    house: Worlds, default: World
) -> None:
    with default.transaction(CAUSE) as box:
        default.change_settings(box, Settings(7462, "realistic", "open"))
    assert Settings(7462, "realistic", "open") == done(house.create()).settings
    assert Settings(7462, "instant", "strict") == done(house.create(pace="instant", auth="strict")).settings


NAMES = ["a", "0", "t1", "t-1", "t--", "a" * 63, "1-"]
NO_NAMES = [
    "",
    "-a",
    "A",
    "a_b",
    "a.b",
    "a b",
    "ä",
    "a" * 64,
    "a\n",
    "a\x00",
    "..",
    "../t1",
    "/etc/passwd",
    "a/b",
    "a\\b",
    "default.origin",
    "٣",
]


@pytest.mark.parametrize("name", NAMES)
def test_a_name_that_fits_is_taken(house: Worlds, name: str) -> None:
    assert name == done(house.create(name)).name


@pytest.mark.parametrize("name", NO_NAMES)
def test_a_name_that_does_not_fit_is_refused_and_nothing_is_made(house: Worlds, data: Path, name: str) -> None:
    before = files(data.parent)
    with pytest.raises(BadWorld):
        done(house.create(name))
    assert before == files(data.parent)


@pytest.mark.parametrize("name", [*NO_NAMES, "t1", "default-"])
def test_a_name_that_no_world_has_is_unknown_whatever_lies_on_the_disk(house: Worlds, data: Path, name: str) -> None:
    (data / "worlds" / "a b.db").write_bytes(b"")
    before = files(data.parent)
    for ask in (house.get, lambda name: done(house.reset(name)), lambda name: done(house.drop(name))):
        with pytest.raises(UnknownWorld):
            ask(name)
    with pytest.raises(UnknownWorld):
        done(house.create(source=name))
    assert before == files(data.parent)


@pytest.mark.parametrize("source", [None, DEFAULT], ids=["made", "forked"])
def test_a_name_is_given_once(house: Worlds, source: str | None) -> None:
    add(done(house.create("t1")), "drum")
    with pytest.raises(WorldRefused, match="'t1' already"):
        done(house.create("t1", source=source))
    assert "drum" in toys(house.get("t1"))


def test_of_two_who_want_a_name_at_once_one_gets_it(house: Worlds) -> None:
    async def both() -> list[World | BaseException]:
        return await asyncio.gather(house.create("t1"), house.create("t1"), return_exceptions=True)

    assert {World, WorldRefused} == {type(answer) for answer in done(both())}


@pytest.mark.parametrize("sims", [-1, worlds.MOST_SIMS + 1])
def test_a_fleet_has_its_limits(house: Worlds, sims: int) -> None:
    with pytest.raises(BadWorld):
        done(house.create(sims=sims))
    assert ["default"] == house.names()


def test_a_house_has_its_limit(house: Worlds, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(worlds, "MOST_WORLDS", 3)
    done(house.create("t1"))
    done(house.create("t2", source=DEFAULT))
    for source in (None, DEFAULT):
        with pytest.raises(WorldRefused, match="3 worlds"):
            done(house.create("t3", source=source))
    done(house.drop("t1"))
    done(house.create("t3"))
    assert ["default", "t2", "t3"] == house.names()


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        ("toys: {names: [drum\n", ":2: "),
        ("- drum\n", ":1: is not a mapping"),
        ("", ":1: is not a mapping"),
        ("cars: {}\n", "unknown section cars"),
        ("toys: {}\n", "1: section toys: names is missing"),
        ("toys: [drum]\n", "1: section toys: is not a mapping"),
        ("toys: {names: 7}\n", "1: section toys: something is of another kind than is wanted: 'int'"),
        ("toys:\n  names:\n  - drum\n  - ball\n", "4: section toys: UNIQUE constraint failed: toy.name"),
        ("toys: {names: [null]}\n", "section toys: NOT NULL constraint failed: toy.name"),
    ],
)
def test_a_fixture_that_does_not_fit_is_named_with_what_is_wrong_and_leaves_nothing(
    house: Worlds, data: Path, tmp_path: Path, content: str, problem: str
) -> None:
    (extra := tmp_path / "extra.yaml").write_text(content)
    before = files(data)
    with pytest.raises(BadFixture) as refused:
        done(house.create("t1", files=(extra,)))
    assert str(extra) in str(refused.value)
    assert problem in str(refused.value)
    assert before == files(data)
    extra.write_text("toys: {names: [drum]}\n")
    assert "drum" in toys(done(house.create("t1", files=(extra,))))


def test_a_row_that_a_session_cannot_write_makes_a_bad_fixture(data: Path) -> None:
    def load(box: Box, section: Mapping[str, Any]) -> None:
        box.session.add(TimelineEntry(**section))

    house = Worlds(data, (replace(TOYS, load=load),))
    with pytest.raises(BadFixture, match=r"toys\.yaml:1: section toys: "):
        house.start(Origin(), Settings())
    assert [] == files(data)


def test_a_fixture_that_is_not_there_is_named(house: Worlds, tmp_path: Path) -> None:
    with pytest.raises(BadFixture, match=r"nowhere\.yaml: No such file"):
        done(house.create(files=(tmp_path / "nowhere.yaml",)))
