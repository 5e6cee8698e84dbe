"""kernel/workflow: work is started, falls due on the world's clock, and happens then, once and whole."""

import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.kernel.workflow.conftest import (
    NOON,
    PACES,
    PARTS,
    SECOND,
    Mishap,
    advanced,
    ask,
    at_noon,
    begin,
    begin_at,
    jump,
    notes,
    row,
    settled,
)

from carrierbox.kernel import clock, workflow
from carrierbox.kernel.workflow import Outcome, Refusal
from carrierbox.kernel.world import Box, Cause, World


def test_a_job_is_written_with_its_cause_and_runs_until_its_last_task_ends(world: World) -> None:
    settled(world)
    job = begin(world, tasks=PARTS, text="hello")
    written = row(world, job)
    planned = json.loads(written["tasks"])
    assert ("running", "note", "toy", "me") == tuple(written[name] for name in ("status", "kind", "carrier", "owner"))
    assert ("r-1", "toy-1", "somebody") == tuple(written[name] for name in ("request_id", "operation", "actor"))
    assert clock.text(NOON) == written["created_at"] == written["updated_at"]
    assert {"text": "hello"} == json.loads(written["input"])
    assert list(PARTS) == [name for name, _, _ in planned]
    assert planned[-1][2] == workflow.milliseconds(clock.moment(written["due_at"]))
    assert clock.moment(written["due_at"]) == world.next_due
    assert written["ended_at"] is None


def test_long_work_goes_on_in_parts_and_others_get_their_turn_between_them(world: World) -> None:
    job = begin(world, "in parts", parts=3)
    with world.transaction(Cause("rule", "test")) as box:
        box.sql("UPDATE box_job SET due_at = :due WHERE id = :job", due=clock.text(NOON), job=job)
    begin_at(world, SECOND / 2, "between")
    settled(world)
    assert ("running", {"done": 1}) == (row(world, job)["status"], json.loads(row(world, job)["output"]))
    assert clock.text(NOON + SECOND) == row(world, job)["due_at"]
    assert ["note", "in parts"] == [each.kind for each in advanced(world, timedelta(days=1))]
    assert [0, 0.5, 1, 2] == [at / SECOND for at, _ in notes(world)]
    assert ("completed", None) == (row(world, job)["status"], row(world, job)["due_at"])
    assert clock.text(NOON + 2 * SECOND) == row(world, job)["ended_at"]


def test_a_job_of_a_transaction_that_fails_never_was(world: World) -> None:
    with pytest.raises(Mishap), world.transaction(Cause("request", "r-1")) as box:  # noqa: PT012
        ask(box, "note")
        raise Mishap
    assert [] == advanced(world, timedelta(days=1))


def test_a_job_is_planned_at_the_pace_of_the_world_as_it_is_then(world: World) -> None:
    due = {}
    for pace in PACES:
        with world.transaction(Cause("rule", "test")) as box:
            world.change_settings(box, replace(world.settings, pace=pace))
        due[pace] = clock.moment(row(world, begin(world, tasks=PARTS))["due_at"]) - NOON
    assert timedelta() == due["instant"] < due["brisk"] < 5 * SECOND < due["realistic"]


@pytest.mark.parametrize("microseconds", [0, 1, 499, 500, 501, 999])
def test_at_the_instant_pace_a_job_runs_though_time_stands_still(world: World, microseconds: int) -> None:
    with world.transaction(Cause("rule", "test")) as box:
        world.change_settings(box, replace(world.settings, pace="instant"))
    now = timedelta(microseconds=microseconds)
    jump(world, now)
    begin(world, text="at once")
    settled(world)
    assert [(now, "at once")] == notes(world)


def test_a_job_to_be_refused_ends_at_its_first_task(world: World) -> None:
    whole = begin(world, tasks=PARTS)
    refused = begin(world, tasks=PARTS, refusal=Refusal("locked", 409))
    assert ["one"] == [name for name, _, _ in json.loads(row(world, refused)["tasks"])]
    assert [refused, whole] == [each.id for each in advanced(world, None)]
    ended = row(world, refused)
    assert ("failed", "locked", {"code": 409}) == (ended["status"], ended["reason"], json.loads(ended["output"]))
    assert (timedelta(milliseconds=640), "locked") == notes(world)[0]


def test_nothing_happens_before_a_job_falls_due_and_all_of_it_then(world: World) -> None:
    job = begin_at(world, 10 * SECOND, "due")
    jump(world, 10 * SECOND - timedelta(microseconds=1))
    settled(world)
    assert [] == notes(world)
    assert "running" == row(world, job)["status"]
    jump(world, 10 * SECOND)
    settled(world)
    assert [(10 * SECOND, "due")] == notes(world)
    ended = row(world, job)
    assert ("completed", {"noted": "due"}) == (ended["status"], json.loads(ended["output"]))
    assert clock.text(NOON + 10 * SECOND) == ended["ended_at"] == ended["updated_at"]
    assert ended["due_at"] is None


def test_a_job_runs_once(world: World) -> None:
    begin_at(world, SECOND, "once")
    jump(world, SECOND)
    for _ in range(3):
        settled(world)
    assert [] == advanced(world, None)
    assert [(SECOND, "once")] == notes(world)


def test_jobs_run_in_order_of_due_time_and_then_of_their_start(world: World) -> None:
    for due, text in ((3, "late"), (1, "first"), (2, "second"), (1, "first, but started after"), (2, "second again")):
        begin_at(world, due * SECOND, text)
    jump(world, 60 * SECOND)
    settled(world)
    assert ["first", "first, but started after", "second", "second again", "late"] == [text for _, text in notes(world)]


@settings(max_examples=20, deadline=None)
@given(st.lists(st.integers(0, 5), max_size=12))
def test_whatever_falls_due_runs_in_that_order(dues: list[int]) -> None:
    with TemporaryDirectory() as folder, at_noon(Path(folder)) as opened:
        world = opened()
        jobs = [begin_at(world, due * SECOND, "") for due in dues]
        ordered = sorted(range(len(dues)), key=lambda i: (dues[i], i))
        assert [jobs[i] for i in ordered] == [each.id for each in advanced(world, 5 * SECOND)]


def test_each_job_runs_at_its_own_due_time_however_late_it_is(world: World) -> None:
    for seconds in (5, 1, 3):
        begin_at(world, seconds * SECOND, f"after {seconds}")
    jump(world, timedelta(days=35))
    settled(world)
    assert [(n * SECOND, f"after {n}") for n in (1, 3, 5)] == notes(world)


def test_a_job_started_by_a_job_that_falls_due_as_well_runs_too(world: World) -> None:
    begin(world, "go on", left=3)
    each = timedelta(milliseconds=640)
    ran = advanced(world, 4 * each)
    assert [NOON + n * each for n in (1, 2, 3, 4)] == [one.at for one in ran]
    assert [n * each for n in (1, 2, 3, 4)] == [at for at, _ in notes(world)]


def test_a_job_started_by_a_job_waits_for_its_own_due_time(world: World) -> None:
    begin(world, "go on", left=1)
    each = timedelta(milliseconds=640)
    assert 1 == len(advanced(world, 2 * each - timedelta(milliseconds=1)))
    assert NOON + 2 * each == world.next_due
    assert 1 == len(advanced(world, 2 * each))


def test_a_job_knows_who_started_it(world: World) -> None:
    causes = []

    def keep(box: Box, _job: Mapping[str, Any], _refusal: Refusal | None) -> Outcome:
        causes.append(box.cause)
        return Outcome("completed", {})

    workflow.handles("keep")(keep)
    job = begin(world, "keep")
    advanced(world, None)
    assert [Cause("workflow", job, "toy-1", "somebody")] == causes


def test_the_next_due_time_is_that_of_the_earliest_job(world: World) -> None:
    settled(world)
    assert world.next_due is None
    begin_at(world, 5 * SECOND, "b")
    begin_at(world, 3 * SECOND, "a")
    with world.transaction(Cause("rule", "test")) as box:
        assert (2, NOON + 3 * SECOND) == workflow.pending(box)
    advanced(world, 3 * SECOND)
    assert NOON + 5 * SECOND == world.next_due
    with world.transaction(Cause("rule", "test")) as box:
        assert (1, NOON + 5 * SECOND) == workflow.pending(box)
    advanced(world, None)
    with world.transaction(Cause("rule", "test")) as box:
        assert (0, None) == workflow.pending(box)


def test_nothing_is_asked_of_the_store_while_nothing_is_due(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    begin_at(world, 5 * SECOND, "later")
    settled(world)
    with monkeypatch.context() as patch:
        patch.setattr(world, "store", None)
        settled(world)


def test_work_that_puts_out_what_no_json_can_hold_fails_and_holds_up_nobody(world: World) -> None:
    workflow.handles("strange")(lambda _box, _job, _refusal: Outcome("completed", {"at": object()}))
    strange = begin(world, "strange", text="")
    other = begin(world, text="other")
    jump(world, 60 * SECOND)
    settled(world)
    assert ("failed", "Internal error") == (row(world, strange)["status"], row(world, strange)["reason"])
    assert "completed" == row(world, other)["status"]


def test_work_whose_refusal_nobody_can_read_fails_and_holds_up_nobody(world: World) -> None:
    strange, other = begin(world, text="strange"), begin(world, text="other")
    with world.transaction(Cause("rule", "test")) as box:
        box.sql("UPDATE box_job SET refusal = '[' WHERE id = :id", id=strange)
    jump(world, 60 * SECOND)
    settled(world)
    assert ["failed", "completed"] == [row(world, each)["status"] for each in (strange, other)]
