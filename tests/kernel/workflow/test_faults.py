"""kernel/workflow: what goes wrong stays with the job; a restart and the ticker go on."""

import asyncio
import logging
from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any

import pytest
from tests.kernel.workflow.conftest import (
    NOON,
    SECOND,
    Mishap,
    advanced,
    begin,
    begin_at,
    jump,
    note,
    notes,
    row,
    settled,
)

from carrierbox.kernel import clock, workflow
from carrierbox.kernel.lifecycle import TimelineEntry
from carrierbox.kernel.workflow import Outcome, Refusal
from carrierbox.kernel.world import Box, Cause, World


def test_a_handler_that_raises_fails_its_own_job_and_leaves_nothing_else(
    world: World, caplog: pytest.LogCaptureFixture
) -> None:
    begin_at(world, SECOND, "before")
    broken = begin_at(world, 2 * SECOND, "what went wrong", "mishap")
    begin_at(world, 3 * SECOND, "after")
    with caplog.at_level(logging.ERROR):
        ran = advanced(world, None)
    assert ["completed", "failed", "completed"] == [each.outcome for each in ran]
    assert ["before", "after"] == [text for _, text in notes(world)]
    assert 0 == world.store.sql("SELECT count(*) FROM box_timeline").fetchone()[0]
    assert 3 == world.store.sql("SELECT count(*) FROM box_job").fetchone()[0]
    ended = row(world, broken)
    assert ("failed", "Internal error") == (ended["status"], ended["reason"])
    assert (NOON + 2 * SECOND, None) == (clock.moment(ended["ended_at"]), ended["due_at"])
    assert broken in caplog.text
    assert "what went wrong" in caplog.text


@pytest.mark.parametrize("refusal", [None, Refusal("no", 409)], ids=["accepted", "refused at its start"])
def test_a_handler_that_raises_may_end_its_job_as_failed_and_let_go_of_what_it_kept(
    world: World, refusal: Refusal | None
) -> None:
    def stumble(box: Box, job: Mapping[str, Any], told: Refusal | None) -> Outcome:
        outcome = note(box, job, told)
        if told == refusal:
            raise Mishap
        assert told is not None
        assert told.is_late is (refusal is None)
        return outcome

    workflow.handles("stumbling")(stumble)
    job = begin(world, "stumbling", refusal=refusal)
    advanced(world, None)
    assert ["Internal error"] == [text for _, text in notes(world)]
    ended = row(world, job)
    assert ("failed", "Internal error", '{"code":500}') == (ended["status"], ended["reason"], ended["output"])


def test_what_a_handler_that_raises_made_the_world_remember_is_forgotten(world: World) -> None:
    begin(world, "mishap")
    advanced(world, None)
    assert "made anew" == world.memo("known", lambda: "made anew")


def test_a_handler_whose_rows_do_not_fit_fails_its_own_job_only(world: World) -> None:
    def misfit(box: Box, _job: Mapping[str, Any], _refusal: Refusal | None) -> Outcome:
        box.session.add(TimelineEntry(iccid="1"))
        return Outcome("completed", {})

    workflow.handles("misfit")(misfit)
    begin_at(world, SECOND, "before")
    begin_at(world, 2 * SECOND, "", "misfit")
    begin_at(world, 3 * SECOND, "after")
    assert ["completed", "failed", "completed"] == [each.outcome for each in advanced(world, None)]
    assert ["before", "after"] == [text for _, text in notes(world)]


def test_a_handler_may_write_by_session(world: World) -> None:
    def by_session(box: Box, job: Mapping[str, Any], refusal: Refusal | None) -> Outcome:
        box.session.add(
            TimelineEntry(carrier="toy", iccid="1", before="A", after="B", at="now", cause="rule", ref="test")
        )
        return note(box, job, refusal)

    workflow.handles("by session")(by_session)
    begin_at(world, SECOND, "before")
    begin_at(world, 2 * SECOND, "with it", "by session")
    assert ["completed", "completed"] == [each.outcome for each in advanced(world, None)]
    assert ["before", "with it"] == [text for _, text in notes(world)]
    assert 1 == world.store.sql("SELECT count(*) FROM box_timeline").fetchone()[0]


def test_work_of_a_kind_that_nobody_knows_fails(world: World) -> None:
    job = begin(world, "unheard of")
    advanced(world, None)
    assert "failed" == row(world, job)["status"]


@pytest.mark.parametrize("breaks_at", ["SELECT * FROM box_job", "UPDATE box_job"], ids=["at its start", "at its end"])
def test_a_slice_that_fails_leaves_nothing_and_is_tried_again(
    world: World, monkeypatch: pytest.MonkeyPatch, breaks_at: str
) -> None:
    begin_at(world, SECOND, "due")
    begin_at(world, 60 * SECOND, "later")
    jump(world, 2 * SECOND)
    whole = world.store.sql

    def broken(statement: str, values: Any = ()) -> Any:
        if statement.startswith(breaks_at):
            raise OSError("the disk is full")
        return whole(statement, values)

    with monkeypatch.context() as patch:
        patch.setattr(world.store, "sql", broken)
        with pytest.raises(OSError, match="full"):
            settled(world)
    assert [] == notes(world)
    settled(world)
    assert [(SECOND, "due")] == notes(world)
    assert NOON + 60 * SECOND == world.next_due


def test_pending_work_goes_on_after_a_restart(world: World, opened: Callable[[], World]) -> None:
    begin_at(world, SECOND, "a")
    begin_at(world, 60 * SECOND, "b")
    again = opened()
    settled(again)
    assert NOON + SECOND == again.next_due
    assert 2 == len(advanced(again, None))
    assert [(SECOND, "a"), (60 * SECOND, "b")] == notes(again)


def test_work_that_fell_due_meanwhile_runs_at_its_own_time(world: World, opened: Callable[[], World]) -> None:
    begin_at(world, SECOND, "due")
    jump(world, 60 * SECOND)
    with world.transaction(Cause("rule", "test")) as box:
        world.save_clock(box)
    again = opened()
    settled(again)
    assert [(SECOND, "due")] == notes(again)


@pytest.mark.parametrize("by", [timedelta(days=35), None], ids=["by 35 days", "until idle"])
def test_a_restart_finds_the_time_that_was_advanced_to(
    world: World, opened: Callable[[], World], by: timedelta | None
) -> None:
    begin_at(world, 60 * SECOND, "due")
    advanced(world, by)
    again = opened()
    assert NOON + (by or 60 * SECOND) == again.clock.now()
    assert [] == advanced(again, None)


def test_the_ticker_settles_every_open_world_and_goes_on_where_one_fails(
    world: World, caplog: pytest.LogCaptureFixture
) -> None:
    begin_at(world, SECOND, "due", "signal")
    jump(world, SECOND)
    ran = asyncio.Event()

    def signal(box: Box, job: Mapping[str, Any], refusal: Refusal | None) -> Outcome:
        ran.set()
        return note(box, job, refusal)

    workflow.handles("signal")(signal)

    class Broken:
        name = "broken"
        next_due = NOON
        clock = world.clock

        @property
        def settling(self) -> None:
            raise Mishap

    async def run() -> None:
        ticking = asyncio.create_task(workflow.tick(lambda: [Broken(), world], timedelta()))  # type: ignore[list-item]
        await asyncio.wait_for(ran.wait(), 10)
        ticking.cancel()

    asyncio.run(run())
    assert [(SECOND, "due")] == notes(world)
    assert "world broken: settling failed" in caplog.text
