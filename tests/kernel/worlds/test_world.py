"""kernel/world: what lasts, what is only remembered, and when work is expected."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy.exc import IntegrityError
from tests.kernel.worlds.conftest import CAUSE, LATER, TOYS, Mishap, add, done, files, toys

from carrierbox.kernel.lifecycle import TimelineEntry
from carrierbox.kernel.store import NotOurs
from carrierbox.kernel.world import Box, Cause, Settings, World
from carrierbox.kernel.worlds import DEFAULT, Origin, Worlds


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


def test_the_earliest_due_time_is_expected(default: World) -> None:
    default.next_due = None
    for due in (LATER, LATER - timedelta(1), LATER + timedelta(1)):
        default.expect(due)
    assert LATER - timedelta(1) == default.next_due


def test_what_is_remembered_of_a_savepoint_that_fails_is_forgotten(default: World) -> None:
    def fail(box: Box) -> None:
        with box.savepoint():
            box.sql("INSERT INTO toy (name) VALUES ('drum')")
            assert "drum" in default.memo("toys", lambda: toys(default))
            raise Mishap

    with default.transaction(CAUSE) as box:
        with pytest.raises(Mishap):
            fail(box)
        assert "drum" not in default.memo("toys", lambda: toys(default))


def test_what_happens_for_another_reason_is_of_the_same_transaction(default: World) -> None:
    step = ("toys", "new", "old")
    with default.transaction(CAUSE) as box, box.because(Cause("device", "toys")) as other:
        assert (box.now, "device") == (other.now, other.cause.kind)
        other.session.add(
            TimelineEntry(carrier="toys", iccid="1", before="A", after="B", at="now", cause="device", ref="toys")
        )
        other.taken.append(step)
    assert [("1",)] == [tuple(row) for row in default.store.sql("SELECT iccid FROM box_timeline")]
    assert 1 == default.exercise.taken[step]
