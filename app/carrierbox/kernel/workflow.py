"""Work that resolves over time: jobs with a due time, their tasks, statuses and outcomes.

A job is a row. Its tasks' start and end times are planned when it is started, by the world's pace; what it does happens
when it falls due, at that moment, in the handler that its carrier registered for its kind. Between the two, a job's
tasks are what the plan says at the world's present time. A tester's `outcomes` have a say in both.

Here work is started and settled. The rows stand in `jobs`, the times of tasks in `plans`.
"""

import asyncio
import logging
import sqlite3
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any

import orjson

from carrierbox.kernel import callbacks, clock, jobs, outcomes
from carrierbox.kernel.delivery import courier
from carrierbox.kernel.jobs import Job, Outcome, Ran, Refusal, Status, UnknownWorkflow, show, shown
from carrierbox.kernel.magic import magic
from carrierbox.kernel.plans import milliseconds, moment, plan, spread
from carrierbox.kernel.world import Box, Cause, UnknownWorld, World

__all__ = [
    "SLICE_SECONDS",
    "Job",
    "Outcome",
    "Ran",
    "Refusal",
    "Status",
    "UnknownWorkflow",
    "advance",
    "failing",
    "follows",
    "go_on",
    "handles",
    "keep_due",
    "kinds",
    "listed",
    "milliseconds",
    "pending",
    "plan",
    "run_due",
    "settle",
    "show",
    "shown",
    "spread",
    "start",
    "tick",
    "withdraw",
]

log = logging.getLogger(__name__)

#: One slice of settling holds the loop no longer than this before others get their turn.
SLICE_SECONDS = 0.01
#: How many times as long work takes on a SIM that is magically slow.
SLOWER = 3

#: Why a job fails whose handler breaks.
INTERNAL_ERROR = Refusal("Internal error", 500)

Handler = Callable[[Box, Mapping[str, Any], Refusal | None], Outcome]
Follower = Callable[[Box, Mapping[str, Any], Outcome], None]
_handlers: dict[str, Handler] = {}
_followers: list[Follower] = []
_on_the_way: set[str] = set()
_standing: set[str] = set()
_unhurried: set[str] = set()


def handles(
    kind: str, *, on_the_way: bool = False, standing: bool = False, unhurried: bool = False
) -> Callable[[Handler], Handler]:
    """Register what a kind of job does when it falls due: ``handler(box, row, refusal)``, the row as `Job` names it.

    *on_the_way*: it is one move of a longer work, and outcomes that do not name this kind are for the end of that.
    *standing*: it comes back as long as the world goes on (`keep_due`); nobody waits for it, so it is not pending.
    *unhurried*: nor does any request wait for its parts that are due.
    """

    def register(handler: Handler) -> Handler:
        _handlers[kind] = handler
        if on_the_way or standing:
            _on_the_way.add(kind)
        if standing:
            _standing.add(kind)
        if unhurried:
            _unhurried.add(kind)
        return handler

    return register


def follows(follower: Follower) -> Follower:
    """Register what is told how work ended that a rule started: ``follower(box, row, outcome)``."""
    _followers.append(follower)
    return follower


def kinds() -> list[str]:
    """Every kind of work that there is."""
    return sorted(_handlers)


def start(  # noqa: PLR0913 - a job has that many facts
    box: Box,
    *,
    carrier: str,
    kind: str,
    owner: str,
    subject: str | None,
    tasks: Sequence[str],
    sent: str,
    refusal: Refusal | None = None,
    not_before: datetime | None = None,
) -> str:
    """Start a job; answers its id.

    *sent* is the request's JSON text. With a *refusal* only the first task is planned, and the job ends with it. The
    last task goes on until *not_before*, where one is given. An outcome may say how long it takes, or that it sticks:
    then nothing is due.
    """
    job_id = box.uuid()
    pace = box.world.settings.pace
    planned = plan(pace, tasks[:1] if refusal else tasks, box.now, box.rng() if pace == "realistic" else _UNUSED)
    facts = {"carrier": carrier, "workflow": kind, "operation": box.cause.operation, "iccid": subject}
    wish = outcomes.apply(box, outcomes.PLANS, facts, "workflow" if kind in _on_the_way else None)
    treated = magic(subject or "") if not wish else None  # what a tester says goes before what a number means
    if "take" in wish:
        planned = spread(planned, box.now, clock.duration(wish["take"]))
    elif treated == "slow":
        length = timedelta(milliseconds=planned[-1][2] - milliseconds(box.now))
        planned = spread(planned, box.now, SLOWER * max(length, timedelta(milliseconds=1)))
    if not_before is not None:
        name, begins, ends = planned[-1]
        planned[-1] = (name, begins, max(ends, milliseconds(not_before)))
    due_at = None
    if "stick" not in wish and (treated != "stuck" or kind in _on_the_way):
        due_at = max(box.now, moment(planned[-1][2]))
        box.world.expect(due_at)
    now = clock.text(box.now)
    box.sql(
        "INSERT INTO box_job (id, carrier, kind, owner, subject, status, input, output, tasks, refusal, created_at,"
        " updated_at, due_at, request_id, operation, actor, cause)"
        " VALUES (:id, :carrier, :kind, :owner, :subject, 'running', :input, '{}', :tasks, :refusal, :now, :now,"
        " :due_at, :request_id, :operation, :actor, :cause)",
        id=job_id,
        carrier=carrier,
        kind=kind,
        owner=owner,
        subject=subject,
        input=sent,
        tasks=orjson.dumps(planned).decode(),
        refusal=orjson.dumps([refusal.reason, refusal.code]).decode() if refusal else None,
        now=now,
        due_at=clock.text(due_at) if due_at else None,
        request_id=box.cause.ref,
        operation=box.cause.operation,
        actor=box.cause.actor,
        cause="rule" if box.cause.kind == "rule" else "workflow",
    )
    return job_id


_UNUSED = Random(0)  # noqa: S311 - never drawn from: only the realistic pace has jitter


def keep_due(box: Box, *, carrier: str, kind: str, at: datetime, key: str = "") -> None:
    """Let standing work fall due no later than *at*: one job a kind and *key*, whose handler says when it goes on.

    A handler that has nothing more to look for ends it; to be kept due again wakes it.
    """
    due_at = max(at, box.now)
    box.sql(
        "INSERT INTO box_job (id, carrier, kind, owner, status, input, created_at, updated_at, due_at, output, tasks,"
        " request_id, cause)"
        " VALUES (:id, :carrier, :kind, '', 'running', :input, :now, :now, :due_at, '{}', '[]', '', 'workflow')"
        " ON CONFLICT (id) DO UPDATE SET status = 'running', ended_at = NULL,"
        " due_at = min(ifnull(due_at, :due_at), :due_at)",
        id=f"{carrier}-{kind}-{key}" if key else f"{carrier}-{kind}",
        carrier=carrier,
        kind=kind,
        input=orjson.dumps({"key": key}).decode(),
        now=clock.text(box.now),
        due_at=clock.text(due_at),
    )
    box.world.expect(due_at)


def withdraw(box: Box, job_id: str) -> None:
    """Take a job back that has not ended: it will do nothing."""
    box.sql(
        "UPDATE box_job SET status = 'withdrawn', due_at = NULL, updated_at = :now, ended_at = :now"
        " WHERE id = :id AND status = 'running'",
        now=clock.text(box.now),
        id=job_id,
    )


async def settle(world: World) -> None:
    """Run every job of a world whose due time has come. Free when none has.

    What goes on in parts is begun; nobody waits for its end, which the ticker brings about with `go_on`.
    """
    while world.is_due():
        async with world.settling:
            if world.store.is_closed:  # it was reset or dropped while this waited
                return
            if not run_due(world, None, parts=False):
                return
        await asyncio.sleep(0)


async def go_on(world: World) -> bool:
    """Do the parts of a world's work that are due by now, for one slice of time; answers whether more are."""
    async with world.settling:
        if world.store.is_closed:
            return False
        if not world.store.wants_quiet:
            run_due(world, None)
    return world.is_due()


async def advance(world: World, until: datetime | None, *, most: int = 1_000_000) -> list[Ran]:
    """Move the clock to *until*, or until no work is pending, and run all that falls due on the way at its own time.

    Standing work runs on the way too, but is nothing to wait for.
    Notifications that fall due on the way go out at their own time too, and what follows waits for them. Where *until*
    is past by now, which a running clock may bring about, the clock stays where it is. A world that is put back
    meanwhile stays as it was put: its reset, or a snapshot, came last.
    Raises: clock.BadTime, UnknownWorld when the world was dropped.
    """
    if until is not None:
        clock.check_reachable(until)
    ran: list[Ran] = []
    moved = world.store
    while len(ran) < most:
        async with world.settling:
            if world.store.is_closed:
                raise UnknownWorld(world.name)
            if world.store is not moved:
                return ran
            last = until or _last_due(world)
            some = run_due(world, last) if last else []
        ran += (each for each in some if each.outcome != "running")
        if not some and not await courier.deliver_next(world, until or clock.LAST_MOMENT):
            break
        await asyncio.sleep(0)
    if until is not None and world.store is moved:
        with world.transaction(Cause("rule", "advance")) as box:
            world.clock.reach(until)
            world.save_clock(box)
    return ran


def _last_due(world: World) -> datetime | None:
    """When the last of the work falls due that is pending by now."""
    last = world.store.sql(f"SELECT max(due_at) FROM box_job WHERE {_pending()}").fetchone()[0]
    return min(clock.moment(last), clock.LAST_MOMENT) if last else None


def _pending() -> str:
    """The condition that a job is waited for."""
    return f"due_at IS NOT NULL AND kind NOT IN ({_listed(_standing)})"


def _listed(some: Collection[str]) -> str:
    return ", ".join(f"'{kind}'" for kind in sorted(some))


def run_due(world: World, until: datetime | None, *, parts: bool = True) -> list[Ran]:
    """Run due jobs in order of due time for one slice of time; with *until* the clock jumps from due time to due time.

    One transaction a slice, one savepoint a job: a job's effects are there whole or not at all, and a thousand jobs do
    not cost a thousand commits. Without *parts* those wait that have begun and go on.
    """
    waited_for = f"(ending IS NULL OR kind IN ({_listed(_standing)})) AND kind NOT IN ({_listed(_unhurried)})"
    due = "due_at IS NOT NULL" if parts else f"due_at IS NOT NULL AND {waited_for}"
    ran: list[Ran] = []
    stop = clock.monotonic() + SLICE_SECONDS
    world.next_due = datetime.min.replace(tzinfo=UTC)  # should this slice fail, look again
    with world.transaction(Cause("rule", "settle")) as slice_box:
        while True:
            row = slice_box.sql(f"SELECT * FROM box_job WHERE {due} ORDER BY due_at, seq LIMIT 1").fetchone()
            next_due = clock.moment(row["due_at"]) if row else None
            if next_due is None or next_due > (until or world.clock.now()) or (ran and clock.monotonic() > stop):
                break
            if until is not None and _goes_out_before(world, next_due):
                break
            world.clock.reach(next_due)
            ran.append(_run(slice_box, row, next_due))
        if until is not None and ran:
            world.save_clock(slice_box)
        if not parts:
            [earliest] = slice_box.sql("SELECT min(due_at) FROM box_job WHERE due_at IS NOT NULL").fetchone()
            next_due = clock.moment(earliest) if earliest else None
    world.next_due = next_due
    return ran


def _goes_out_before(world: World, due: datetime) -> bool:
    """Whether a notification is to go out first, now that the clock jumps."""
    goes_out_at = callbacks.next_due(world)
    return goes_out_at is not None and goes_out_at < due


def _run(slice_box: Box, row: Mapping[str, Any], due_at: datetime) -> Ran:
    world = slice_box.world
    is_a_rules = row["cause"] == "rule"
    ref = row["request_id"] if is_a_rules else row["id"]
    box = Box(world, due_at, Cause("rule" if is_a_rules else "workflow", ref, row["operation"], row["actor"]))
    job = row
    try:
        job, refusal = _decided(box, row)
        outcome, output = _handled(box, job, refusal)
    except Exception:  # it is not to hold up all that comes after it
        log.exception("world %s: the work of %s %s failed", world.name, row["kind"], row["id"])
        outcome, output = _broken(box, job)
    slice_box.taken += box.taken
    box.close()
    goes_on = outcome.status == "running"
    box.sql(
        "UPDATE box_job SET status = :status, output = :output, reason = :reason, ending = :ending, updated_at = :at,"
        " ended_at = :ended_at, due_at = :due_at WHERE seq = :seq",
        status=outcome.status,
        output=output.decode(),
        reason=outcome.reason,
        ending=job["ending"] or "{}",
        at=row["due_at"],
        ended_at=None if goes_on else row["due_at"],
        due_at=clock.text(outcome.next_at or due_at) if goes_on else None,
        seq=row["seq"],
    )
    return Ran(due_at, row["kind"], row["id"], outcome.status)


def _handled(box: Box, job: Mapping[str, Any], refusal: Refusal | None) -> tuple[Outcome, bytes]:
    """What a job's handler does, whole or not at all, and what it puts out as JSON."""
    with box.savepoint():
        outcome = _handlers[job["kind"]](box, job, refusal)
        if job["cause"] == "rule" and outcome.status != "running":
            for follow in _followers:
                follow(box, job, outcome)
        return outcome, orjson.dumps(outcome.output)


def _broken(box: Box, job: Mapping[str, Any]) -> tuple[Outcome, bytes]:
    """End a job whose handler broke as its carrier ends what fails: what it has kept, a lock, is let go of.

    Standing work knows no failing, and of a handler that breaks at that too nothing is left.
    """
    box.world.forget()
    if job["kind"] not in _standing:
        box.close()  # the session may hold what did not fit
        try:
            return _handled(box, job, replace(INTERNAL_ERROR, is_late=not job["refusal"]))
        except Exception:
            log.exception("world %s: %s %s could not be ended either", box.world.name, job["kind"], job["id"])
            box.world.forget()
    output = {"message": INTERNAL_ERROR.reason, "statusCode": INTERNAL_ERROR.code}
    return Outcome("failed", {}, INTERNAL_ERROR.reason), orjson.dumps(output)


def _decided(box: Box, row: Mapping[str, Any]) -> tuple[Mapping[str, Any], Refusal | None]:
    """A job that falls due, with how it is to end, which is settled once, and why it fails, where it does.

    What its carrier refused at its start stays refused, whatever an outcome says.
    """
    job = row
    is_on_the_way = row["kind"] in _on_the_way
    if row["ending"] is None and (
        ending := outcomes.apply(box, outcomes.ENDS, _facts(row), "workflow" if is_on_the_way else None)
    ):
        job = {**dict(row), "ending": orjson.dumps(ending).decode()}
    if row["refusal"]:
        return job, Refusal(*orjson.loads(row["refusal"]))
    ending = orjson.loads(job["ending"] or "{}")
    if not ending and magic(row["subject"] or "") == "fails" and not is_on_the_way:
        return job, Refusal(outcomes.BY_MAGIC, outcomes.CODE, is_late=True)
    if "fail" in ending:
        return job, Refusal(ending["fail"]["reason"], ending["fail"]["code"], is_late=True)
    if why := outcomes.reasons(ending, [row["subject"]] if row["subject"] else ()):
        return job, Refusal(why[row["subject"]], outcomes.CODE, is_late=True)
    return job, None


def _facts(job: Mapping[str, Any]) -> dict[str, str | None]:
    """What outcomes are matched with."""
    return {
        "carrier": job["carrier"],
        "workflow": job["kind"],
        "operation": job["operation"],
        "iccid": job["subject"],
    }


def failing(box: Box, job: Mapping[str, Any], iccids: Collection[str]) -> dict[str, str]:
    """Which of these SIMs are to fail in a job that has fallen due, and why: what work over many SIMs asks before it.

    As for one SIM, what a tester says goes before what a number means: of the whole first, then of the one SIM.
    """
    if ending := orjson.loads(job["ending"] or "{}"):
        return outcomes.reasons(ending, iccids)
    why = {iccid: outcomes.BY_MAGIC for iccid in iccids if magic(iccid) == "fails"}
    for iccid, end in outcomes.apply_to_each(box, _facts(job), iccids).items():
        why.pop(iccid, None)
        why |= outcomes.reasons(end, [iccid])
    return why


def listed(reader: sqlite3.Connection, most: int, **criteria: str | None) -> list[dict[str, Any]]:
    """Work that these columns fit, newest first; standing work only where its kind is asked for."""
    return jobs.listed(reader, most, () if criteria.get("kind") else _standing, **criteria)


def pending(box: Box) -> tuple[int, datetime | None]:
    """How many jobs have a due time, and the next of them; without standing work."""
    row = box.sql(f"SELECT count(*) AS open, min(due_at) AS next FROM box_job WHERE {_pending()}").fetchone()
    return row["open"], clock.moment(row["next"]) if row["next"] else None


async def tick(worlds: Callable[[], Sequence[World]], longest: timedelta = timedelta(milliseconds=100)) -> None:
    """Settle the open worlds for ever, so that what falls due happens without a request.

    Where work goes on in parts that are due, a round begins after a slice of rest: so it has half of the loop's time.
    """
    while True:
        is_behind = False
        for world in worlds():
            try:
                await settle(world)
                is_behind |= world.is_due() and await go_on(world)
            except Exception:
                log.exception("world %s: settling failed", world.name)
        await asyncio.sleep(SLICE_SECONDS if is_behind else longest.total_seconds())
