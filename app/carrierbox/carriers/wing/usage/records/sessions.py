"""Data sessions and their records: when one begins, goes on and ends.

A session begins with the first data after there was none. It ends when the device detaches, the SIM may not use the
network any more, the network disconnects it (5.18, 12.1), or the device is in another network or another device has the
SIM; and with the next data, when the SIM belongs to another account by then, or is rated in another zone. It ends by
itself after `IDLE` without data: long enough that a meter which reports every six hours stays connected, as those do.
And no session grows older than `LONGEST`, so that a device that never rests has records for each day.

Each data that a device sends or receives is reported by a record at once, so that records and counters agree at all
times: INITIATE_REQUEST and TERMINATE_REQUEST stand at the ends of a session and carry none.
Source: WING guide 5.5, 5.17, 11.3; RFC 4006, 5.1 for the records. When sessions end is chosen.
"""

import json
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, fields
from datetime import UTC, datetime, timedelta
from operator import attrgetter
from typing import Any

from carrierbox.carriers.wing import happenings
from carrierbox.carriers.wing.happenings import Happening
from carrierbox.kernel import clock
from carrierbox.kernel.world import Box

IDLE = timedelta(hours=8)
LONGEST = timedelta(days=1)
#: What gateways call themselves.
GATEWAY = "cmg.epc.mnc050.mcc234.3gppnetwork.org"
#: So many sessions that lapsed end in one go: some milliseconds of work.
SOME = 1000


@dataclass(slots=True)
class Session:
    """A row of the table, its times read."""

    id: int
    sim_id: int
    session_id: str
    account_id: int
    started_at: datetime
    ended_at: datetime | None
    reported_at: datetime
    lapses_at: datetime | None
    records: int
    plmn: str
    country: str
    zone: str
    rat_type: int
    imeisv: str
    apn: str
    pdp_address: str
    is_static: bool
    sgsn_address: str
    location: str
    up_bytes: int
    down_bytes: int

    @classmethod
    def of(cls, row: Mapping[str, Any]) -> "Session":
        """The session that a row holds."""
        values = {name: row[name] for name in _COLUMNS}
        for name in _TIMES:
            if values[name] is not None:
                values[name] = clock.moment(values[name])
        return cls(**values)

    def has_lapsed(self, by: datetime) -> bool:
        """Whether it has ended by itself before that moment."""
        return self.lapses_at is not None and self.lapses_at <= by


_TIMES = ("started_at", "ended_at", "reported_at", "lapses_at")
_OTHERS = tuple(field.name for field in fields(Session) if field.name not in _TIMES)
_COLUMNS = (*_TIMES, *_OTHERS)
_others = attrgetter(*_OTHERS)
_INSERT = f"INSERT INTO wing_session ({', '.join(_COLUMNS)}) VALUES ({', '.join('?' * len(_COLUMNS))})"
_UPDATE = (
    "UPDATE wing_session SET reported_at = ?, lapses_at = ?, ended_at = ?, records = ?, up_bytes = ?, down_bytes = ?"
    " WHERE id = ?"
)
_CDR = ("id", "session_id", "sim_id", "record_type", "sequence", "opened_at", "up_bytes", "down_bytes")
_INSERT_CDR = f"INSERT INTO wing_cdr ({', '.join(_CDR)}) VALUES ({', '.join('?' * len(_CDR))})"


class Book:
    """Sessions that begin, go on and end within one transaction, and their records; `write` writes them all."""

    def __init__(self, box: Box) -> None:
        self._box = box
        self._last_session: int = _last_id(box, "wing_session")
        self._last_cdr: int = _last_id(box, "wing_cdr")
        self._first_new = self._last_session + 1
        self._sessions: dict[int, Session] = {}
        self._cdrs: list[tuple[Any, ...]] = []
        self.told: list[Happening] = []

    def start(self, at: datetime, **facts: Any) -> Session:
        """Let a session begin; *facts* are its columns that do not follow from the others."""
        self._last_session += 1
        session = Session(
            id=self._last_session,
            started_at=at,
            ended_at=None,
            reported_at=at,
            lapses_at=at + IDLE,
            records=0,
            up_bytes=0,
            down_bytes=0,
            **facts,
        )
        self._record(session, "INITIATE_REQUEST", at)
        self._tell("session-start", session, at)
        return session

    def report(self, session: Session, at: datetime, up_bytes: int, down_bytes: int) -> None:
        """Let a session go on with some data."""
        if at > session.reported_at:
            session.reported_at = at
            session.lapses_at = min(at + IDLE, session.started_at + LONGEST)
        session.up_bytes += up_bytes
        session.down_bytes += down_bytes
        self._record(session, "UPDATE_REQUEST", at, up_bytes, down_bytes)
        facts = session.country, session.zone, None, None, up_bytes, down_bytes
        self.told.append(Happening("data", session.sim_id, at, *facts))

    def end(self, session: Session, at: datetime) -> datetime:
        """End a session, at the moment when it lapsed if that was before; answers when."""
        if session.lapses_at is not None:
            at = min(at, session.lapses_at)
        at = session.ended_at = max(at, session.reported_at)
        self._record(session, "TERMINATE_REQUEST", at)
        self._tell("session-end", session, at, up_bytes=session.up_bytes, down_bytes=session.down_bytes)
        return at

    def _record(self, session: Session, kind: str, at: datetime, up_bytes: int = 0, down_bytes: int = 0) -> None:
        self._last_cdr += 1
        self._cdrs.append((self._last_cdr, session.id, session.sim_id, kind, session.records, at, up_bytes, down_bytes))
        session.records += 1
        self._sessions[session.id] = session

    def _tell(self, kind: happenings.Kind, session: Session, at: datetime, **bytes_used: int) -> None:
        what = {"after": session.session_id} if kind == "session-start" else {"before": session.session_id}
        self.told.append(
            Happening(kind, session.sim_id, at, session.country, session.zone, **what, **bytes_used)  # type: ignore[arg-type]
        )

    def write(self) -> None:
        """Write what happened."""
        known = [session for session in self._sessions.values() if session.id < self._first_new]
        new = [session for session in self._sessions.values() if session.id >= self._first_new]
        store = self._box.world.store
        store.fill(_UPDATE, map(_changed, known))  # first: a SIM has one running session at most
        store.fill(_INSERT, map(_row, new))
        store.fill(_INSERT_CDR, map(_cdr, self._cdrs))

    def followed(self) -> Iterable[Mapping[str, Any]]:
        """The sessions that were written, and the records."""
        for session in self._sessions.values():
            yield {"session": dict(zip(_COLUMNS, _row(session), strict=True))}
        for cdr in self._cdrs:
            yield {"cdr": dict(zip(_CDR, _cdr(cdr), strict=True))}


def _last_id(box: Box, table: str) -> int:
    return int(box.sql(f"SELECT ifnull(max(id), 0) FROM {table}").fetchone()[0])


def _cdr(cdr: tuple[Any, ...]) -> tuple[Any, ...]:
    """A record with its time as the store has it."""
    number, session_id, sim_id, kind, sequence, at, up_bytes, down_bytes = cdr
    return number, session_id, sim_id, kind, sequence, clock.text(at), up_bytes, down_bytes


def _text(moment: datetime | None) -> str | None:
    return None if moment is None else clock.text(moment)


def _changed(session: Session) -> tuple[Any, ...]:
    return (
        clock.text(session.reported_at),
        _text(session.lapses_at),
        _text(session.ended_at),
        session.records,
        session.up_bytes,
        session.down_bytes,
        session.id,
    )


def _row(session: Session) -> tuple[Any, ...]:
    return (
        clock.text(session.started_at),
        _text(session.ended_at),
        clock.text(session.reported_at),
        _text(session.lapses_at),
        *_others(session),
    )


def running(box: Box, sims: Iterable[int]) -> dict[int, Session]:
    """The sessions under way of some SIMs, by SIM."""
    rows = box.sql(
        "SELECT * FROM wing_session WHERE sim_id IN (SELECT value FROM json_each(:sims)) AND ended_at IS NULL",
        sims=json.dumps([*sims]),
    )
    return {row["sim_id"]: Session.of(row) for row in rows}


def last_end(box: Box, sim_id: int) -> datetime:
    """When a SIM's last session ended that is over; long ago where there is none.

    Those that came in late are younger than they look, so some more than the youngest one are asked.
    """
    row = box.sql(
        "SELECT max(ended_at) FROM (SELECT ended_at FROM wing_session WHERE sim_id = :id ORDER BY id DESC LIMIT 20)",
        id=sim_id,
    ).fetchone()
    return clock.moment(row[0]) if row[0] else datetime.min.replace(tzinfo=UTC)


def end_running(box: Box, sims: Iterable[int]) -> list[Session]:
    """End the sessions under way of some SIMs, whose devices have caught up; answers them."""
    return _end(box, running(box, sims).values())


def end_lapsed(box: Box, iccids: Collection[str] | None = None) -> bool:
    """End sessions that have lapsed by now, each at its own time; of some SIMs, or of all.

    To be called when none of their devices is behind. Answers: whether there are more.
    """
    sims = "SELECT id FROM wing_sim WHERE iccid IN (SELECT value FROM json_each(:iccids))"
    some = "" if iccids is None else f"AND sim_id IN ({sims})"
    rows = box.sql(
        f"SELECT * FROM wing_session WHERE ended_at IS NULL AND lapses_at <= :now {some}"
        " ORDER BY lapses_at LIMIT :most",
        now=clock.text(box.now),
        iccids=json.dumps([*(iccids or ())]),
        most=SOME,
    ).fetchall()
    return len(_end(box, map(Session.of, rows))) == SOME


def _end(box: Box, sessions: Iterable[Session]) -> list[Session]:
    ending = list(sessions)
    if ending:
        book = Book(box)
        for session in ending:
            book.end(session, box.now)
        book.write()
        happenings.tell(box, book.told)
    return ending


def new_id(drawn: int, imsi: str, start: datetime) -> str:
    """The Diameter session id of a session that starts then.

    Source: contract `wing-services.yaml`, key `usage`, session_id.
    """
    return f"{GATEWAY};{drawn >> 32:08x};{int(start.timestamp()) & 0xFFFFFFFF:08x};{imsi}-{drawn & 0xFFFFFFFF:08x}"


def draw(sim_id: int, start: datetime) -> int:
    """64 bits that look like chance and follow from a SIM and a start: whoever looks when, it is the same session."""
    drawn = (sim_id * 0x9E3779B97F4A7C15 + int(start.timestamp() * 1_000_000) * 0xBF58476D1CE4E5B9) & (2**64 - 1)
    return ((drawn ^ (drawn >> 31)) * 0x94D049BB133111EB) & (2**64 - 1)
