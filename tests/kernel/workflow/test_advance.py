"""kernel/workflow: advance runs what falls due on the way, each at its own time."""

import asyncio
from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from tests.kernel.workflow.conftest import NOON, SECOND, advanced, begin, begin_at, jump, notes, row, settled

from carrierbox.kernel import callback_plans, callbacks, clock, workflow
from carrierbox.kernel.callbacks import Notification
from carrierbox.kernel.clock import BadTime
from carrierbox.kernel.workflow import Ran, advance, run_due
from carrierbox.kernel.world import Cause, UnknownWorld, World


def test_advance_moves_the_clock_and_tells_what_ran(world: World) -> None:
    first, second = begin_at(world, SECOND, "a"), begin_at(world, 2 * SECOND, "b")
    later = begin_at(world, timedelta(days=2), "c")
    assert [
        Ran(NOON + SECOND, "note", first, "completed"),
        Ran(NOON + 2 * SECOND, "note", second, "completed"),
    ] == advanced(world, timedelta(days=1))
    assert NOON + timedelta(days=1) == world.clock.now()
    assert "running" == row(world, later)["status"]
    assert NOON + timedelta(days=2) == world.next_due


def test_advance_until_idle_runs_everything_and_stops_at_the_last_due_time(world: World) -> None:
    begin_at(world, SECOND, "a")
    begin_at(world, timedelta(days=35), "b")
    assert 2 == len(advanced(world, None))
    assert NOON + timedelta(days=35) == world.clock.now()
    assert world.next_due is None


def test_advance_until_idle_with_nothing_to_do_moves_nothing(world: World) -> None:
    assert [] == advanced(world, None)
    assert NOON == world.clock.now()


def test_work_without_a_due_time_never_ends_and_keeps_nobody_waiting(world: World) -> None:
    stuck = begin(world, text="stuck")
    with world.transaction(Cause("rule", "test")) as box:
        box.sql("UPDATE box_job SET due_at = NULL WHERE id = :job", job=stuck)
    begin_at(world, SECOND, "other")
    assert 1 == len(advanced(world, None))
    assert [] == advanced(world, timedelta(days=3650))
    assert "running" == row(world, stuck)["status"]
    assert [(SECOND, "other")] == notes(world)


def test_advance_to_what_is_past_runs_what_is_due_and_stays(world: World) -> None:
    begin_at(world, SECOND, "due")
    jump(world, 60 * SECOND)
    advanced(world, SECOND)
    assert NOON + 60 * SECOND == world.clock.now()
    assert [(SECOND, "due")] == notes(world)


def test_advance_goes_no_further_than_a_clock_does(world: World) -> None:
    begin_at(world, SECOND, "due")
    with pytest.raises(BadTime):
        asyncio.run(advance(world, clock.LAST_MOMENT + timedelta(microseconds=1)))
    assert (NOON, []) == (world.clock.now(), notes(world))


def test_work_that_would_fall_due_after_the_end_of_time_stays_pending(world: World) -> None:
    world.clock.jump(clock.LAST_MOMENT)
    job = begin(world)
    assert [] == advanced(world, None)
    settled(world)
    assert "running" == row(world, job)["status"]


def test_advance_on_a_clock_that_runs_and_runs_fast_is_never_behind(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = clock.real_now()
    ticks = iter(range(100_000))
    monkeypatch.setattr(clock, "real_now", lambda: real + next(ticks) * SECOND)  # each look at it takes a second
    world.clock.unfreeze()
    world.clock.run_at(1000)
    for n in range(5):
        begin_at(world, n * timedelta(hours=1), str(n))
    advanced(world, timedelta(hours=5))
    assert ["0", "1", "2", "3", "4"] == [text for _, text in notes(world)]
    assert NOON + timedelta(hours=5) <= world.clock.now()


def test_advance_takes_more_than_one_slice_and_each_moves_something(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    for n in range(20):
        begin_at(world, n * SECOND, str(n))
    monkeypatch.setattr(workflow, "SLICE_SECONDS", -1)  # every slice is over before it began
    assert 1 == len(run_due(world, NOON + 60 * SECOND))
    assert 19 == len(advanced(world, 60 * SECOND))
    assert [str(n) for n in range(20)] == [text for _, text in notes(world)]


def notify(world: World) -> None:
    with world.transaction(Cause("rule", "test")) as box:
        callback_plans.add(box, {}, None, {"delay": "1h"})
        callbacks.send(box, Notification("n-1", "toy", "Event", "toy-1", "1", "{}"), ())


def test_a_restart_finds_the_time_that_a_notification_on_the_way_took_the_clock_to(
    opened: Callable[[], World],
) -> None:
    notify(world := opened())
    advanced(world, None)
    reached = world.clock.now()
    assert NOON + timedelta(hours=1) == reached
    assert reached == opened().clock.now()


@pytest.mark.parametrize("until", [None, NOON + SECOND])
def test_who_advances_a_world_that_is_dropped_is_told(world: World, until: datetime | None) -> None:
    begin_at(world, SECOND, "a")
    world.leave()
    with pytest.raises(UnknownWorld):
        asyncio.run(advance(world, until))
