"""kernel/workflow: work is planned by the pace, falls due on the world's clock, and happens then, once and whole."""

import asyncio
import json
import logging
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from carrierbox.kernel import clock, fixtures, workflow
from carrierbox.kernel.clock import BadTime
from carrierbox.kernel.lifecycle import TimelineEntry
from carrierbox.kernel.workflow import Outcome, Ran, Refusal, advance, plan, run_due, settle, start
from carrierbox.kernel.world import Box, Cause, Pace, Settings, World
from carrierbox.kernel.worlds import Origin, Worlds

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
SECOND = timedelta(seconds=1)
PACES: list[Pace] = ["instant", "brisk", "realistic"]
PARTS = ("one", "two", "three")


class Mishap(Exception):
    """What goes wrong in a handler."""


@contextmanager
def at_noon(folder: Path) -> Iterator[Callable[[], World]]:
    """A world that stands still at noon; asked again, the same as a restart finds it."""
    house: list[Worlds] = []

    def reopen() -> World:
        for each in house:
            each.close()
        house[:] = [Worlds(folder / "data", ())]
        return house[0].start(Origin(sims=0), Settings(pace="brisk"))

    (folder / "fixtures").mkdir()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(fixtures, "folder", lambda: folder / "fixtures")
        world = reopen()
        world.clock = clock.Clock(NOON, clock.real_now(), "frozen")
        with world.transaction(Cause("rule", "test")) as box:
            world.save_clock(box)
            box.sql("CREATE TABLE note (at TEXT, job TEXT, text TEXT)")
        yield reopen
    house[0].close()


@pytest.fixture
def opened(tmp_path: Path) -> Iterator[Callable[[], World]]:
    with at_noon(tmp_path) as opened:
        yield opened


@pytest.fixture
def world(opened: Callable[[], World]) -> World:
    return opened()


@pytest.fixture(autouse=True)
def kinds(monkeypatch: pytest.MonkeyPatch) -> None:
    """Kinds of work that exist in a test only."""
    monkeypatch.setattr(workflow, "_handlers", {})
    workflow.handles("note")(note)
    workflow.handles("go on")(go_on)
    workflow.handles("mishap")(mishap)


def note(box: Box, job: Mapping[str, Any], refusal: Refusal | None) -> Outcome:
    """Write down when it ran, at what time it believed to be, and what it was told."""
    told = refusal.reason if refusal else json.loads(job["input"]).get("text", "")
    box.sql("INSERT INTO note VALUES (:at, :job, :text)", at=clock.text(box.now), job=job["id"], text=told)
    if refusal:
        return Outcome("failed", {"code": refusal.code}, refusal.reason)
    return Outcome("completed", {"noted": told})


def go_on(box: Box, job: Mapping[str, Any], refusal: Refusal | None) -> Outcome:
    """Start as many more of its kind as it was told, one after the other."""
    note(box, job, refusal)
    if left := json.loads(job["input"])["left"]:
        ask(box, "go on", left=left - 1)
    return Outcome("completed", {})


def mishap(box: Box, job: Mapping[str, Any], refusal: Refusal | None) -> Outcome:
    """Write by statement and by session, start more work, and fail."""
    note(box, job, refusal)
    box.session.add(TimelineEntry(carrier="toy", iccid="1", before="A", after="B", at="now", cause="rule", ref="test"))
    box.flush()
    box.world.memo("known", lambda: "inside the mishap")
    ask(box, "note", text="of the mishap")
    raise Mishap(json.loads(job["input"]).get("text", ""))


def ask(box: Box, kind: str, *, tasks: tuple[str, ...] = ("one",), refusal: Refusal | None = None, **sent: Any) -> str:
    return start(
        box, carrier="toy", kind=kind, owner="me", subject=None, tasks=tasks, sent=json.dumps(sent), refusal=refusal
    )


def begin(world: World, kind: str = "note", **options: Any) -> str:
    with world.transaction(Cause("request", "r-1", "toy-1", "somebody")) as box:
        return ask(box, kind, **options)


def begin_at(world: World, due: timedelta, text: str, kind: str = "note") -> str:
    """Start a job that falls due then, seen from noon."""
    job = begin(world, kind, text=text)
    with world.transaction(Cause("rule", "test")) as box:
        box.sql("UPDATE box_job SET due_at = :due WHERE id = :job", due=clock.text(NOON + due), job=job)
    world.expect(NOON + due)
    return job


def jump(world: World, to: timedelta) -> None:
    world.clock.jump(NOON + to)


def row(world: World, job: str) -> dict[str, Any]:
    return dict(world.store.sql("SELECT * FROM box_job WHERE id = ?", (job,)).fetchone())


def notes(world: World) -> list[tuple[timedelta, str]]:
    """What was written down, in order: when, seen from noon, and what."""
    found = world.store.sql("SELECT at, text FROM note ORDER BY rowid")
    return [(clock.moment(each["at"]) - NOON, each["text"]) for each in found]


def settled(world: World) -> None:
    asyncio.run(settle(world))


def advanced(world: World, by: timedelta | None) -> list[Ran]:
    return asyncio.run(advance(world, None if by is None else NOON + by))


# ------------------------------------------------------------------------------------------------------------- the plan


@given(
    st.sampled_from(PACES),
    st.lists(st.text(max_size=5), min_size=1, max_size=8),
    st.timedeltas(timedelta(), timedelta(days=365_000)),
    st.integers(),
)
def test_tasks_follow_one_another_from_the_start_on(pace: Pace, tasks: list[str], since: timedelta, seed: int) -> None:
    begun = NOON + since
    planned = plan(pace, tasks, begun, Random(seed))
    assert tasks == [name for name, _, _ in planned]
    before = workflow.milliseconds(begun)
    for _, begins, ends in planned:
        assert before <= begins <= ends
        before = ends


def test_instant_takes_no_time() -> None:
    at = workflow.milliseconds(NOON)
    assert [(name, at, at) for name in PARTS] == plan("instant", PARTS, NOON, Random(1))


def test_brisk_takes_some_two_seconds_and_no_chance() -> None:
    planned = plan("brisk", PARTS, NOON, Random(1))
    assert planned == plan("brisk", PARTS, NOON, Random(2))
    assert 1500 < planned[-1][2] - workflow.milliseconds(NOON) < 2500


@given(st.integers(), st.integers())
def test_realistic_takes_tens_of_seconds_as_the_seed_says(seed: int, other: int) -> None:
    planned = plan("realistic", PARTS, NOON, Random(seed))
    assert planned == plan("realistic", PARTS, NOON, Random(seed))
    assert (planned == plan("realistic", PARTS, NOON, Random(other))) == (
        Random(seed).random() == Random(other).random()
    )
    assert 10_000 < planned[-1][2] - workflow.milliseconds(NOON) < 61_000


# ---------------------------------------------------------------------------------------------------------------- start


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


# ---------------------------------------------------------------------------------------------------------- falling due


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


# -------------------------------------------------------------------------------------------------------------- advance


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


# ------------------------------------------------------------------------------------------------------ what goes wrong


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


# -------------------------------------------------------------------------------------------------------- what is known


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


# ------------------------------------------------------------------------------------------------------------ a restart


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


# ----------------------------------------------------------------------------------------------------------- the ticker


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
