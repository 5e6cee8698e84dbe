"""kernel/worlds: a world is made, forked, reset and dropped; it is isolated, lasting, and what its seed says."""

import asyncio
import statistics
from collections.abc import Callable, Coroutine, Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, TypeVar

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.exc import IntegrityError

from carrierbox import main
from carrierbox.kernel import clock, fixtures, worlds
from carrierbox.kernel.clock import BadTime, ClockWouldGoBack
from carrierbox.kernel.fixtures import BadFixture
from carrierbox.kernel.lifecycle import TimelineEntry
from carrierbox.kernel.store import NotOurs
from carrierbox.kernel.world import Box, Cause, Settings, UnknownWorld, World
from carrierbox.kernel.worlds import DEFAULT, BadWorld, Origin, Part, Progress, WorldRefused, Worlds

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


# ------------------------------------------------------------------------------------------------------------- creation


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


def test_a_world_does_not_start_where_no_clock_goes(house: Worlds) -> None:
    with pytest.raises(BadTime):
        done(house.create("t1", now=datetime(9000, 1, 1, tzinfo=UTC)))
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


# --------------------------------------------------------------------------------------------- fixtures that do not fit


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        ("toys: {names: [drum\n", ":2: "),
        ("- drum\n", ":1: is not a mapping"),
        ("", ":1: is not a mapping"),
        ("cars: {}\n", "unknown section cars"),
        ("toys: {}\n", "section toys: KeyError('names')"),
        ("toys: [drum]\n", "section toys: TypeError"),
        ("toys: {names: 7}\n", "section toys: TypeError"),
        ("toys: {names: [ball]}\n", "section toys: UNIQUE constraint failed: toy.name"),
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
    with pytest.raises(BadFixture, match=r"toys\.yaml: section toys: "):
        house.start(Origin(), Settings())
    assert [] == files(data)


def test_a_fixture_that_is_not_there_is_named(house: Worlds, tmp_path: Path) -> None:
    with pytest.raises(BadFixture, match=r"nowhere\.yaml: No such file"):
        done(house.create(files=(tmp_path / "nowhere.yaml",)))


# ---------------------------------------------------------------------------------------------------------------- forks


def test_a_fork_has_all_of_its_parents_state(house: Worlds, default: World) -> None:
    add(default, "drum")
    with default.transaction(CAUSE) as box:
        default.change_settings(box, Settings(11, "realistic", "open"))
        default.clock.freeze()
        default.clock.jump(LATER)
        default.save_clock(box)
    fork = done(house.create("t1", source=DEFAULT))
    assert toys(default) == toys(fork)
    assert "drum" in toys(fork)
    assert Settings(11, "realistic", "open") == fork.settings
    assert ("frozen", LATER) == (fork.clock.mode, fork.clock.now())


def test_what_happens_after_a_fork_does_not_cross_either_way(house: Worlds, default: World) -> None:
    fork = done(house.create("t1", source=DEFAULT))
    add(default, "drum")
    add(fork, "flute")
    fork.clock.jump(LATER)
    with fork.transaction(CAUSE) as box:
        fork.change_settings(box, Settings(pace="instant"))
    assert {"drum"} == set(toys(default)) - set(toys(fork))
    assert {"flute"} == set(toys(fork)) - set(toys(default))
    assert default.clock.now() < LATER
    assert "brisk" == default.settings.pace


def test_a_fork_has_keys_of_its_own(house: Worlds) -> None:
    done(house.create("t1", source=DEFAULT))
    done(house.create("t2", source="t1"))
    made_in = {name: house.get(name).store.sql("SELECT made_in FROM toy_key").fetchone()[0] for name in house.names()}
    assert {"default": "default", "t1": "t1", "t2": "t2"} == made_in


def test_a_fork_may_take_other_settings_and_a_later_time(house: Worlds, default: World) -> None:
    fork = done(house.create(source=DEFAULT, seed=8, pace="instant", auth="open", now=LATER))
    assert Settings(8, "instant", "open") == fork.settings
    assert LATER <= fork.clock.now()
    assert Settings() == default.settings


def test_a_fork_is_not_older_than_its_parent(house: Worlds, default: World) -> None:
    default.clock.jump(LATER)
    with pytest.raises(ClockWouldGoBack):
        done(house.create("t1", source=DEFAULT, now=LATER - timedelta(seconds=1)))
    assert ["default"] == house.names()


@pytest.mark.parametrize("wanted", [{"sims": 5}, {"files": ()}], ids=["sims", "fixture"])
def test_a_fork_takes_its_sims_from_its_parent(house: Worlds, wanted: dict[str, Any]) -> None:
    with pytest.raises(BadWorld):
        done(house.create("t1", source=DEFAULT, **wanted))
    assert ["default"] == house.names()


def test_forks_take_milliseconds(house: Worlds) -> None:
    def fork() -> float:
        start = clock.monotonic()
        done(house.create(source=DEFAULT))
        return clock.monotonic() - start

    # a generous bound: what is looked for is work that grows, not a slow machine
    assert statistics.median(fork() for _ in range(20)) < 0.1


# ---------------------------------------------------------------------------------------------------------------- reset


def test_reset_goes_back_to_the_rows_settings_and_clock_of_creation(house: Worlds) -> None:
    world = done(house.create("t1", pace="instant", auth="open", now=LATER))
    before = toys(world)
    add(world, "drum")
    with world.transaction(CAUSE) as box:
        world.change_settings(box, Settings(99, "realistic", "strict"))
        world.clock.jump(LATER + timedelta(days=35))
        world.clock.freeze()
        world.save_clock(box)
    world = done(house.reset("t1"))
    assert before == toys(world)
    assert Settings(7462, "instant", "open") == world.settings
    assert "running" == world.clock.mode
    assert LATER <= world.clock.now() < LATER + timedelta(days=1)


def test_reset_works_time_and_again(house: Worlds) -> None:
    world = done(house.create("t1"))
    before = toys(world)
    for name in ("drum", "flute", "top"):
        add(house.get("t1"), name)
        assert before == toys(done(house.reset("t1")))


def test_a_world_without_a_time_of_its_own_is_reset_to_the_machines(house: Worlds, default: World) -> None:
    default.clock.jump(LATER)
    assert done(house.reset(DEFAULT)).clock.now() <= clock.real_now()


def test_a_fork_is_reset_to_where_it_was_forked(house: Worlds, default: World) -> None:
    add(default, "drum")
    fork = done(house.create("t1", source=DEFAULT))
    add(default, "flute")
    add(fork, "top")
    fork = done(house.reset("t1"))
    assert "drum" in toys(fork)
    assert not {"flute", "top"} & set(toys(fork))
    assert {"drum", "flute"} <= set(toys(default))


def test_a_fork_is_reset_though_its_parent_is_gone(house: Worlds) -> None:
    add(done(house.create("t1")), "drum")
    add(done(house.create("t2", source="t1")), "flute")
    done(house.drop("t1"))
    assert "drum" == toys(done(house.reset("t2")))[-1]


def test_reset_touches_no_other_world(house: Worlds, default: World) -> None:
    done(house.create("t1"))
    add(default, "drum")
    done(house.reset("t1"))
    assert "drum" in toys(default)


def test_who_holds_a_world_while_it_is_reset_holds_it_afterwards(house: Worlds) -> None:
    world = done(house.create("t1"))
    add(world, "drum")
    world.memo("toys", lambda: toys(world))
    done(house.reset("t1"))
    assert "drum" not in toys(world)
    assert "drum" not in world.memo("toys", lambda: toys(world))
    add(world, "flute")
    assert "flute" in toys(house.get("t1"))


def test_who_asks_for_a_world_while_it_is_reset_finds_it_before_or_after(house: Worlds) -> None:
    add(done(house.create("t1")), "drum")

    async def reset_and_ask() -> set[str]:
        resetting = asyncio.create_task(house.reset("t1"))
        while not resetting.done():
            toys(house.get("t1"))
            await asyncio.sleep(0)
        add(house.get("t1"), "flute")
        return set(toys(await resetting))

    found = done(reset_and_ask())
    assert "drum" not in found
    assert "flute" in found


def test_a_world_can_be_reset_by_many_at_once(house: Worlds) -> None:
    world = done(house.create("t1"))
    before = toys(world)
    add(world, "drum")

    async def reset() -> None:
        await asyncio.gather(*(house.reset("t1") for _ in range(5)))

    done(reset())
    assert before == toys(house.get("t1"))


def test_a_reset_world_lasts(house: Worlds, reopened: Callable[[], Worlds]) -> None:
    world = done(house.create("t1", pace="instant"))
    add(world, "drum")
    done(house.reset("t1"))
    add(world, "flute")
    again = reopened().get("t1")
    assert "flute" in toys(again)
    assert "drum" not in toys(again)
    assert "instant" == again.settings.pace


# ----------------------------------------------------------------------------------------------------------------- drop


def test_fifty_worlds_dropped_leave_no_file(house: Worlds, data: Path) -> None:
    before = files(data)

    async def come_and_go() -> None:
        names = [(await house.create(source=DEFAULT)).name for _ in range(25)]
        names += [(await house.create(sims=i, seed=i)).name for i in range(25)]
        assert len(files(data)) >= len(before) + 4 * 25
        for name in names:
            await house.drop(name)

    done(come_and_go())
    assert before == files(data)
    assert ["default"] == house.names()
    assert [house.get(DEFAULT)] == house.open_worlds()


def test_a_template_goes_with_the_last_world_of_its_kind(house: Worlds, data: Path) -> None:
    before = files(data)
    done(house.create("t1", seed=8))
    done(house.create("t2", seed=8))
    templates = sorted((data / "templates").iterdir())
    assert 2 == len(templates)
    done(house.drop("t1"))
    assert templates == sorted((data / "templates").iterdir())
    done(house.drop("t2"))
    assert before == files(data)


def test_the_default_world_cannot_be_dropped(house: Worlds, data: Path) -> None:
    before = files(data)
    with pytest.raises(WorldRefused, match="only reset"):
        done(house.drop(DEFAULT))
    assert before == files(data)


def test_a_dropped_world_is_unknown_and_its_name_free(house: Worlds) -> None:
    add(done(house.create("t1")), "drum")
    done(house.drop("t1"))
    with pytest.raises(UnknownWorld):
        house.get("t1")
    assert "drum" not in toys(done(house.create("t1")))


def test_who_still_holds_a_dropped_world_is_told(house: Worlds) -> None:
    world = done(house.create("t1"))
    done(house.drop("t1"))
    with pytest.raises(UnknownWorld):
        add(world, "drum")


def test_a_world_is_dropped_once(house: Worlds) -> None:
    done(house.create("t1"))

    async def both() -> list[BaseException | None]:
        return await asyncio.gather(house.drop("t1"), house.drop("t1"), house.reset("t1"), return_exceptions=True)

    assert [type(None), UnknownWorld, UnknownWorld] == [type(answer) for answer in done(both())]


# ----------------------------------------------------------------------------------------------------------------- seed


def test_two_worlds_with_one_seed_draw_alike(house: Worlds) -> None:
    one, other = done(house.create(seed=5)), done(house.create(seed=5))
    assert draw(one) == draw(other)
    with one.transaction(CAUSE) as box, other.transaction(CAUSE) as other_box:
        assert [box.rng().random() for _ in range(3)] == [other_box.rng().random() for _ in range(3)]


def test_two_worlds_with_two_seeds_draw_apart(house: Worlds) -> None:
    assert not set(draw(done(house.create(seed=5)))) & set(draw(done(house.create(seed=6))))


def test_two_worlds_with_one_seed_have_one_fleet_and_with_two_seeds_two(house: Worlds) -> None:
    fleets = [toys(done(house.create(seed=seed)))[2:] for seed in (5, 5, 6)]
    assert fleets[0] == fleets[1]
    assert not set(fleets[0]) & set(fleets[2])


def test_the_seed_decides_every_sim_of_the_real_house(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.undo()  # the real fixtures again

    def sims(folder: str, seed: int) -> list[tuple[Any, ...]]:
        house = Worlds(tmp_path / folder, main.PARTS)
        world = house.start(Origin(sims=20, seed=seed), Settings(seed))
        rows = [tuple(row) for row in world.store.sql("SELECT * FROM wing_sim ORDER BY id")]
        house.close()
        return rows

    one, same, another = sims("one", 5), sims("same", 5), sims("another", 6)
    assert one == same
    assert len(one) == len(another)
    assert one != another


def test_no_uuid_is_drawn_twice(house: Worlds, reopened: Callable[[], Worlds]) -> None:
    drawn = draw(house.get(DEFAULT), 100)
    for _ in range(3):
        drawn += draw(reopened().get(DEFAULT), 100)
    assert 400 == len(set(drawn))


def test_what_a_failed_transaction_drew_is_not_drawn_again(default: World) -> None:
    drawn = []
    with pytest.raises(Mishap), default.transaction(CAUSE) as box:  # noqa: PT012
        drawn.append(box.uuid())
        raise Mishap
    assert drawn != draw(default, 1)


def test_a_reset_world_draws_as_it_did_when_it_was_made(house: Worlds) -> None:
    drawn = draw(done(house.create("t1")), 1500)
    assert drawn == draw(done(house.reset("t1")), 1500)


@given(st.integers(0, 2**63 - 1))
def test_a_uuid_is_one_of_version_4(seed: int) -> None:
    class Seeded:
        draws = 0
        settings = Settings(seed)

    drawn = Box(Seeded(), LATER, CAUSE).uuid()  # type: ignore[arg-type] # it draws, and does nothing else
    assert ("4", True) == (drawn[14], drawn[19] in "89ab")


# ----------------------------------------------------------------------------------------------- what lasts, and memory


def test_settings_clock_and_rows_last(house: Worlds, reopened: Callable[[], Worlds]) -> None:
    world = done(house.create("t1"))
    add(world, "drum")
    with world.transaction(CAUSE) as box:
        world.change_settings(box, Settings(2**63 - 1, "realistic", "open"))
        world.clock.freeze()
        world.clock.jump(LATER)
        world.clock.run_at(60)
        world.save_clock(box)
    again = reopened().get("t1")
    assert "drum" in toys(again)
    assert Settings(2**63 - 1, "realistic", "open") == again.settings
    assert ("frozen", 60.0, LATER) == (again.clock.mode, again.clock.rate, again.clock.now())
    assert world.created_at == again.created_at


def test_a_start_keeps_the_default_world_that_is_there(default: World, reopened: Callable[[], Worlds]) -> None:
    add(default, "drum")
    assert "drum" in toys(reopened().get(DEFAULT))


def test_what_a_crash_left_half_made_is_swept_away(house: Worlds, data: Path, reopened: Callable[[], Worlds]) -> None:
    house.close()
    before = files(data)
    for leftover in ("worlds/t1.new", "templates/abc.new", "templates/abc.new-wal"):
        (data / leftover).write_bytes(b"half")
    reopened().close()
    assert before == files(data)


def test_a_default_world_that_is_not_ours_is_named_and_left(data: Path, house: Worlds) -> None:
    house.close()
    (path := data / "worlds" / "default.db").write_bytes(b"Dear diary" * 100)
    with pytest.raises(NotOurs, match=str(path)):
        Worlds(data, (TOYS,)).start(Origin(sims=3), Settings())
    assert b"Dear diary" * 100 == path.read_bytes()


def test_what_is_remembered_is_made_once_until_it_is_forgotten(default: World) -> None:
    made = iter(range(10))
    assert [0, 0, 1] == [default.memo(key, lambda: next(made)) for key in ("a", "a", "b")]
    default.forget("a")
    assert [2, 1] == [default.memo(key, lambda: next(made)) for key in ("a", "b")]
    default.forget()
    assert [3, 4] == [default.memo(key, lambda: next(made)) for key in ("a", "b")]


@pytest.mark.parametrize(
    ("statement", "is_forgotten"),
    [("INSERT INTO toy (name) VALUES ('drum')", True), ("SELECT * FROM toy", False)],
    ids=["that wrote", "that only read"],
)
def test_memory_is_dropped_when_a_transaction_fails(default: World, statement: str, is_forgotten: bool) -> None:
    default.memo("key", lambda: "before")
    with pytest.raises(Mishap), default.transaction(CAUSE) as box:  # noqa: PT012
        box.sql(statement)
        raise Mishap
    assert ("after" if is_forgotten else "before") == default.memo("key", lambda: "after")


def test_memory_outlives_a_transaction_that_holds(default: World) -> None:
    default.memo("key", lambda: "before")
    add(default, "drum")
    assert "before" == default.memo("key", lambda: "after")


def test_what_a_session_holds_is_written_at_the_end_of_the_transaction(default: World) -> None:
    with default.transaction(CAUSE) as box:
        box.session.add(
            TimelineEntry(carrier="toys", iccid="1", before="A", after="B", at="now", cause="rule", ref="test")
        )
    assert 1 == default.store.sql("SELECT count(*) FROM box_timeline").fetchone()[0]


def test_what_a_session_cannot_write_fails_the_transaction_whole(default: World) -> None:
    with pytest.raises(IntegrityError), default.transaction(CAUSE) as box:  # noqa: PT012
        box.sql("INSERT INTO toy (name) VALUES ('drum')")
        box.session.add(TimelineEntry(iccid="1"))
    assert "drum" not in toys(default)
    add(default, "flute")
    assert "flute" in toys(default)


def test_a_transaction_is_at_the_worlds_present_time_or_at_the_one_named(default: World) -> None:
    default.clock.freeze()
    with default.transaction(CAUSE) as box:
        assert default.clock.now() == box.now
    with default.transaction(CAUSE, LATER) as box:
        assert LATER == box.now


# ------------------------------------------------------------------------------------------------------------- due work


def test_the_earliest_due_time_is_expected(default: World) -> None:
    default.next_due = None
    for due in (LATER, LATER - timedelta(1), LATER + timedelta(1)):
        default.expect(due)
    assert LATER - timedelta(1) == default.next_due
