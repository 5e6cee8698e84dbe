"""kernel/workflow: work that goes on in parts lets others through; requests begin it, and the ticker ends it."""

import asyncio
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import pytest
from tests.kernel.workflow.conftest import (
    NOON,
    SECOND,
    advanced,
    begin,
    begin_at,
    in_parts,
    jump,
    notes,
    row,
    settled,
)

from carrierbox.kernel import clock, workflow
from carrierbox.kernel.workflow import Outcome, Refusal
from carrierbox.kernel.world import Box, Cause, World


def begin_parts(world: World, parts: int) -> str:
    """Start a job of so many parts, a second between them, the first of them due now."""
    job = begin(world, "in parts", parts=parts)
    with world.transaction(Cause("rule", "test")) as box:
        box.sql("UPDATE box_job SET due_at = :due WHERE id = :job", due=clock.text(NOON), job=job)
    world.expect(NOON)
    return job


def went_on(world: World) -> bool:
    return asyncio.run(workflow.go_on(world))


def test_a_request_begins_it_and_does_not_wait_for_its_end(world: World) -> None:
    job = begin_parts(world, 4)
    jump(world, 10 * SECOND)
    for _ in range(3):
        settled(world)
        assert [timedelta(0)] == [at for at, _ in notes(world)]
    assert "running" == row(world, job)["status"]
    assert NOON + SECOND == world.next_due


def test_a_request_has_what_else_is_due_though_parts_are_due_before_it(world: World) -> None:
    begin_parts(world, 4)
    settled(world)
    begin_at(world, 5 * SECOND, "another")
    jump(world, 10 * SECOND)
    settled(world)
    assert [(timedelta(0), ""), (5 * SECOND, "another")] == notes(world)
    assert NOON + SECOND == world.next_due


def test_a_request_has_standing_work_that_comes_back(world: World) -> None:
    hour = timedelta(hours=1)
    with world.transaction(Cause("rule", "test")) as box:
        workflow.keep_due(box, carrier="toy", kind="look", at=NOON + hour)
    for hours in (1, 2, 3):
        jump(world, hours * hour)
        settled(world)
    assert [(hour, "looked"), (2 * hour, "looked"), (3 * hour, "looked")] == notes(world)


def test_going_on_does_what_is_due_by_now_and_no_more(world: World) -> None:
    job = begin_parts(world, 4)
    settled(world)
    assert not went_on(world)
    jump(world, 2 * SECOND)
    assert not went_on(world)
    assert [0, 1, 2] == [at / SECOND for at, _ in notes(world)]
    jump(world, 3 * SECOND)
    assert not went_on(world)
    assert "completed" == row(world, job)["status"]


def test_going_on_ends_with_its_slice_and_says_that_more_is_due(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workflow, "SLICE_SECONDS", -1)  # every slice is over before it began
    begin_parts(world, 4)
    settled(world)
    jump(world, 10 * SECOND)
    assert [True, True, False] == [went_on(world) for _ in range(3)]
    assert [0, 1, 2, 3] == [at / SECOND for at, _ in notes(world)]


def test_advancing_takes_it_to_its_end(world: World) -> None:
    begin_parts(world, 4)
    settled(world)
    assert ["completed"] == [each.outcome for each in advanced(world, None)]
    assert [0, 1, 2, 3] == [at / SECOND for at, _ in notes(world)]


def test_the_ticker_takes_it_to_its_end_and_rests_only_when_nothing_is_due(world: World) -> None:
    ended = asyncio.Event()

    def last(box: Box, job: Mapping[str, Any], refusal: Refusal | None) -> Outcome:
        outcome = in_parts(box, job, refusal)
        if outcome.status == "completed":
            ended.set()
        return outcome

    workflow.handles("in parts")(last)
    begin_parts(world, 4)
    jump(world, 10 * SECOND)

    async def run() -> None:
        ticking = asyncio.create_task(workflow.tick(lambda: [world], timedelta(hours=1)))
        await asyncio.wait_for(ended.wait(), 10)
        ticking.cancel()

    asyncio.run(run())
    assert [0, 1, 2, 3] == [at / SECOND for at, _ in notes(world)]


def test_a_world_that_was_closed_meanwhile_is_left_alone(world: World) -> None:
    begin_parts(world, 4)
    settled(world)
    jump(world, 10 * SECOND)
    world.store.close()
    assert not went_on(world)


def test_going_on_rests_while_the_store_wants_quiet(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    begin_parts(world, 2)
    settled(world)
    jump(world, SECOND)
    monkeypatch.setattr(world.store._write_back, "wants_quiet", True)
    assert went_on(world)
    assert [timedelta(0)] == [at for at, _ in notes(world)]
    monkeypatch.setattr(world.store._write_back, "wants_quiet", False)
    assert not went_on(world)
    assert [timedelta(0), SECOND] == [at for at, _ in notes(world)]
