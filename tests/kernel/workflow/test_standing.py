"""kernel/workflow: standing work comes back as long as the world goes on, and nobody waits for it."""

from datetime import timedelta

from tests.kernel.workflow.conftest import NOON, SECOND, advanced, begin_at, notes

from carrierbox.kernel import workflow
from carrierbox.kernel.world import Cause, World

HOUR = timedelta(hours=1)


def look(world: World, after: timedelta, key: str = "") -> None:
    with world.transaction(Cause("rule", "test")) as box:
        workflow.keep_due(box, carrier="toy", kind="look", at=NOON + after, key=key)


def pending(world: World) -> int:
    with world.transaction(Cause("rule", "test")) as box:
        return workflow.pending(box)[0]


def test_runs_at_its_own_times_while_the_clock_moves(world: World) -> None:
    look(world, HOUR)
    assert [] == advanced(world, 3 * HOUR)
    assert [(HOUR, "looked"), (2 * HOUR, "looked"), (3 * HOUR, "looked")] == notes(world)


def test_is_nothing_to_wait_for(world: World) -> None:
    look(world, SECOND)
    assert 0 == pending(world)
    assert [] == advanced(world, None)
    assert NOON == world.clock.now()


def test_runs_on_the_way_to_idle_among_other_work(world: World) -> None:
    look(world, HOUR)
    begin_at(world, 2 * HOUR + SECOND, "the last of the work")
    advanced(world, None)
    assert [(HOUR, "looked"), (2 * HOUR, "looked"), (2 * HOUR + SECOND, "the last of the work")] == notes(world)


def test_is_one_job_a_key_and_due_at_the_earliest_time_asked_for(world: World) -> None:
    look(world, 3 * HOUR, "once")
    look(world, HOUR, "once")
    look(world, 2 * HOUR, "once")
    advanced(world, 5 * HOUR)
    assert [(HOUR, "looked")] == notes(world)


def test_wakes_when_it_is_kept_due_again(world: World) -> None:
    look(world, HOUR, "once")
    advanced(world, HOUR)
    look(world, 2 * HOUR, "once")
    advanced(world, 5 * HOUR)
    assert [(HOUR, "looked"), (2 * HOUR, "looked")] == notes(world)


def test_what_is_past_falls_due_now(world: World) -> None:
    look(world, -HOUR, "once")
    advanced(world, SECOND)
    assert [(timedelta(0), "looked")] == notes(world)
