"""Outgoing notifications: an outbox, and what became of each of them; `delivery` carries them out.

A notification is a row, written in the transaction of the change that it tells of. Those of one subscription go out in
order: only the first of a line that is pending has a due time, the others wait. Retries are due on the world's clock.
What a tester wants to go wrong with them stands in `callback_plans`, how they are signed in `webhooks`.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, Literal, get_args
from weakref import WeakKeyDictionary

import orjson
from sqlalchemy import Index, text
from sqlmodel import Field, SQLModel

from carrierbox.kernel import callback_plans, clock, webhooks
from carrierbox.kernel.parts import Part
from carrierbox.kernel.store import Moment, Store
from carrierbox.kernel.targets import target_of
from carrierbox.kernel.world import INBOX, Box, World

State = Literal["pending", "delivered", "lost", "given-up"]
STATES: tuple[str, ...] = get_args(State)

MOST_TRIES = 8
#: What reordering holds back goes out then at the latest, though nothing has overtaken it.
LONGEST_HELD = timedelta(minutes=1)


class UnknownCallback(Exception):
    """There is no callback of that id."""


class Callback(SQLModel, table=True):
    """A notification: where it goes, and how it stands."""

    __tablename__ = "box_callback"
    __table_args__ = (
        Index("box_callback_due", "target", "due_at", "seq", sqlite_where=text("due_at IS NOT NULL")),
        Index("box_callback_line", "line", "seq", sqlite_where=text("state = 'pending'")),
        Index("box_callback_behind", "carrier", sqlite_where=text("behind > 0")),
    )

    seq: int | None = Field(default=None, primary_key=True)
    id: str = Field(unique=True)
    carrier: str
    event: str
    operation: str
    iccid: str
    url: str  # inbox/NAME: the world's own inbox
    target: str  # scheme, host and port, which fail together
    line: str | None = None  # those of one line go out in order; none: it waits for nobody, and nobody for it
    headers: str = "{}"  # JSON: those beside the ones that every notification has
    body: str
    state: str = "pending"
    created_at: datetime = Field(sa_type=Moment)
    tries: int = 0  # since it was written, or sent once more
    copies: int = 1  # how often it is still to arrive
    behind: int = 0  # how many later ones are to overtake it
    not_before: datetime | None = Field(default=None, sa_type=Moment)
    due_at: datetime | None = Field(default=None, sa_type=Moment)


class Attempt(SQLModel, table=True):
    """One attempt to deliver a notification."""

    __tablename__ = "box_callback_attempt"

    seq: int | None = Field(default=None, primary_key=True)
    callback: int = Field(foreign_key="box_callback.seq", index=True)
    at: str
    status: int | None = None
    error: str | None = None
    duration_ms: int
    request: str  # JSON: {"method", "url", "headers"}
    answer: str | None = None  # JSON: {"headers", "body"}


@dataclass(frozen=True, slots=True)
class Notification:
    """What a carrier has to tell a client. `operation` is the contract's id of it."""

    id: str
    carrier: str
    event: str
    operation: str
    iccid: str
    body: str
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Reply:
    """How an attempt ended: with a status, or with what went wrong before there was one."""

    status: int | None = None
    error: str | None = None
    duration_ms: int = 0
    headers: Mapping[str, str] = field(default_factory=dict)
    body: str = ""

    @property
    def is_good(self) -> bool:
        """Whether the receiver has it."""
        return self.status is not None and 200 <= self.status < 300


_UNKNOWN = datetime.min.replace(tzinfo=UTC)


@dataclass
class Desk:
    """What is remembered of one store's outbox: a cache, and how its targets have behaved lately."""

    next_due: datetime | None = _UNKNOWN
    #: Failures of a target without a success between them, and until when it is left alone.
    failures: dict[str, int] = field(default_factory=dict)
    resting: dict[str, datetime] = field(default_factory=dict)


_desks: WeakKeyDictionary[Store, Desk] = WeakKeyDictionary()


def desk_of(world: World) -> Desk:
    """The desk of a world as it is now; a reset brings another one."""
    return _desks.setdefault(world.store, Desk())


def send(box: Box, notification: Notification, owners: Sequence[str]) -> None:
    """Write a notification into the outbox, to the first of its *owners* for whom an address is set.

    Nothing is written where notifications are switched off for them.
    """
    url = address(box, notification.carrier, owners)
    if url is None:
        return
    facts = {"carrier": notification.carrier, "iccid": notification.iccid, "event": notification.event}
    do = callback_plans.apply(box, facts)
    line: str | None = f"{notification.carrier}:{notification.iccid}"
    not_before = box.now + clock.duration(do["delay"]) if "delay" in do else None
    _let_overtake(box, notification.carrier)
    if "reorder" in do:
        line, not_before = None, box.now + LONGEST_HELD
    lost = bool(do.get("lose"))
    waits = lost or (line is not None and _has_pending(box, line))
    due_at = None if waits else not_before or box.now
    box.sql(
        "INSERT INTO box_callback (id, carrier, event, operation, iccid, url, target, line, headers, body, state,"
        " created_at, tries, copies, behind, not_before, due_at)"
        " VALUES (:id, :carrier, :event, :operation, :iccid, :url, :target, :line, :headers, :body, :state, :now, 0,"
        " :copies, :behind, :not_before, :due_at)",
        id=notification.id,
        carrier=notification.carrier,
        event=notification.event,
        operation=notification.operation,
        iccid=notification.iccid,
        url=url,
        target=target_of(url),
        line=line,
        headers=orjson.dumps(notification.headers).decode(),
        body=notification.body,
        state="lost" if lost else "pending",
        now=clock.text(box.now),
        copies=do.get("duplicate", 1),
        behind=do.get("reorder", 0),
        not_before=clock.text(not_before) if not_before else None,
        due_at=clock.text(due_at) if due_at else None,
    )
    if due_at is not None:
        _expect(box.world, due_at)


def address(box: Box, carrier: str, owners: Sequence[str]) -> str | None:
    """Where notifications go; none where they are switched off.

    The setting is one address for the carrier, or one for each of its customers; *owners* are a customer and those
    above it. What is not set is the world's own inbox.
    """
    chosen: Any = box.world.settings.callback_url.get(carrier, INBOX)
    if isinstance(chosen, Mapping):
        chosen = next((chosen[owner] for owner in owners if owner in chosen), INBOX)
    return f"{INBOX}/{carrier}" if chosen == INBOX else chosen


def _has_pending(box: Box, line: str) -> bool:
    pending = "SELECT 1 FROM box_callback WHERE line = :line AND state = 'pending' LIMIT 1"
    return box.sql(pending, line=line).fetchone() is not None


def _let_overtake(box: Box, carrier: str) -> None:
    """One more notification of this carrier goes out before those that are held back; the last one lets them go."""
    held = "FROM box_callback WHERE carrier = :carrier AND behind > 0"
    if box.sql(f"SELECT 1 {held} LIMIT 1", carrier=carrier).fetchone() is None:
        return
    later = box.now + timedelta(seconds=1)
    box.sql(
        "UPDATE box_callback SET behind = behind - 1, due_at = CASE WHEN behind = 1 THEN :later ELSE due_at END"
        " WHERE carrier = :carrier AND behind > 0",
        carrier=carrier,
        later=clock.text(later),
    )
    _expect(box.world, later)


def _expect(world: World, due: datetime) -> None:
    desk = desk_of(world)
    if desk.next_due is None or due < desk.next_due:
        desk.next_due = due


def next_due(world: World) -> datetime | None:
    """When something is to go out next, at a target that is not left alone until later."""
    desk = desk_of(world)
    if desk.next_due is _UNKNOWN:
        desk.next_due = min(_due_times(world).values(), default=None)
    return desk.next_due


def pending(world: World) -> tuple[int, datetime | None]:
    """How many notifications have not arrived yet and may, and when the next of them goes out."""
    row = world.store.sql("SELECT count(*) AS open FROM box_callback WHERE state = 'pending'").fetchone()
    return row["open"], next_due(world)


def is_due(world: World) -> bool:
    """Whether something is to go out now. Free when nothing is."""
    due = next_due(world)
    return due is not None and due <= world.clock.now()


def due_targets(world: World) -> list[str]:
    """The targets for which something is to go out now."""
    now, times = world.clock.now(), _due_times(world)
    desk_of(world).next_due = min(times.values(), default=None)
    return [target for target, due in times.items() if due <= now]


def _due_times(world: World) -> dict[str, datetime]:
    """When something is due for each target; the same effort for ten thousand that are pending as for ten."""
    resting = desk_of(world).resting
    found: dict[str, datetime] = {}
    target = ""
    while True:
        row = world.store.sql(
            "SELECT target, due_at FROM box_callback WHERE due_at IS NOT NULL AND target > ?"
            " ORDER BY target, due_at LIMIT 1",
            (target,),
        ).fetchone()
        if row is None:
            return found
        target = row["target"]
        found[target] = max(clock.moment(row["due_at"]), resting.get(target, _UNKNOWN))


def due(world: World, target: str, most: int) -> list[Mapping[str, Any]]:
    """The notifications that are due at a target, each the first of its line."""
    rows: list[Mapping[str, Any]] = world.store.sql(
        "SELECT * FROM box_callback WHERE target = ? AND due_at IS NOT NULL AND due_at <= ?"
        " ORDER BY due_at, seq LIMIT ?",
        (target, clock.text(world.clock.now()), most),
    ).fetchall()
    return rows


def settle(box: Box, row: Mapping[str, Any], at: datetime, request: Mapping[str, Any], reply: Reply) -> None:
    """Write an attempt down, and what follows: it has arrived, it is tried again, or it is given up."""
    shown = {"headers": dict(reply.headers), "body": reply.body}
    box.sql(
        "INSERT INTO box_callback_attempt (callback, at, status, error, duration_ms, request, answer)"
        " VALUES (:callback, :at, :status, :error, :duration_ms, :request, :answer)",
        callback=row["seq"],
        at=clock.text(at),
        status=reply.status,
        error=reply.error,
        duration_ms=reply.duration_ms,
        request=orjson.dumps(request).decode(),
        answer=None if reply.status is None else orjson.dumps(shown).decode(),
    )
    tries, copies = row["tries"] + 1, row["copies"]
    if reply.is_good and copies > 1:
        _put(box, row, "pending", box.now, tries=0, copies=copies - 1)
    elif reply.is_good:
        _put(box, row, "delivered", None, tries=tries, copies=copies)
    elif tries >= MOST_TRIES:
        _put(box, row, "given-up", None, tries=tries, copies=copies)
    else:
        _put(box, row, "pending", at + timedelta(seconds=5 ** (tries - 1)), tries=tries, copies=copies)


def _put(  # noqa: PLR0913 - what an attempt changes
    box: Box, row: Mapping[str, Any], state: State, due_at: datetime | None, *, tries: int, copies: int
) -> None:
    box.sql(
        "UPDATE box_callback SET state = :state, due_at = :due_at, tries = :tries, copies = :copies, behind = 0"
        " WHERE seq = :seq",  # it has gone out, so nothing is to overtake it any longer
        state=state,
        due_at=clock.text(due_at) if due_at else None,
        tries=tries,
        copies=copies,
        seq=row["seq"],
    )
    if state != "pending" and row["line"] is not None:
        box.sql(
            "UPDATE box_callback SET due_at = max(:now, ifnull(not_before, '')) WHERE due_at IS NULL AND seq ="
            " (SELECT min(seq) FROM box_callback WHERE line = :line AND state = 'pending')",
            now=clock.text(box.now),
            line=row["line"],
        )


def resend(box: Box, callback_id: str) -> None:
    """Let a notification go out now, whatever became of it before.

    Raises: UnknownCallback.
    """
    row = _row(box, callback_id)
    box.sql(
        "UPDATE box_callback SET state = 'pending', tries = 0, copies = 1, behind = 0, due_at = :now WHERE seq = :seq",
        now=clock.text(box.now),
        seq=row["seq"],
    )
    desk_of(box.world).resting.pop(row["target"], None)
    _expect(box.world, box.now)


def show(box: Box, callback_id: str) -> dict[str, Any]:
    """A notification with its attempts.

    Raises: UnknownCallback.
    """
    return _shown(box, _row(box, callback_id))


def listed(box: Box, most: int, **criteria: str | None) -> list[dict[str, Any]]:
    """Notifications that these columns fit, newest first, each with its attempts."""
    wanted = {column: value for column, value in criteria.items() if value is not None}
    where = " AND ".join(f"{column} = :{column}" for column in wanted) or "1"
    rows = box.sql(f"SELECT * FROM box_callback WHERE {where} ORDER BY seq DESC LIMIT :most", most=most, **wanted)
    return [_shown(box, row) for row in rows.fetchall()]


def _row(box: Box, callback_id: str) -> Mapping[str, Any]:
    row: Mapping[str, Any] | None = box.sql("SELECT * FROM box_callback WHERE id = :id", id=callback_id).fetchone()
    if row is None:
        raise UnknownCallback(f"there is no callback {callback_id!r}")
    return row


def _shown(box: Box, row: Mapping[str, Any]) -> dict[str, Any]:
    attempts = box.sql("SELECT * FROM box_callback_attempt WHERE callback = :seq ORDER BY seq", seq=row["seq"])
    return {
        "id": row["id"],
        "carrier": row["carrier"],
        "event": row["event"],
        "operation": row["operation"],
        "iccid": row["iccid"],
        "url": shown_url(box.world, row["url"]),
        "state": row["state"],
        "created_at": row["created_at"],
        "due_at": row["due_at"],
        "body": json.loads(row["body"]),
        "attempts": [_attempt(attempt, row["body"]) for attempt in attempts],
    }


def _attempt(attempt: Mapping[str, Any], body: str) -> dict[str, Any]:
    found = {
        "at": attempt["at"],
        "status": attempt["status"],
        "error": attempt["error"],
        "duration_ms": attempt["duration_ms"],
        "request": {**json.loads(attempt["request"]), "body": body},
        "answer": json.loads(attempt["answer"]) if attempt["answer"] else None,
    }
    return {name: value for name, value in found.items() if value is not None}


def shown_url(world: World, url: str) -> str:
    """An address as people see it."""
    return f"/_box/worlds/{world.name}/{url}" if target_of(url) == INBOX else url


part = Part("callbacks", load=callback_plans.load, make_own=webhooks.make_own)
