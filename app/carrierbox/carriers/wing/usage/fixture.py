"""Usage in fixtures: devices, registrations, sessions with their records, calls, and which countries zones have.

SIMs are named by ICCID, columns as the tables have them. A time may be ``cycle`` and a duration, ``cycle+90m``: so long
after the billing cycle began in which the world did, but not later than that moment. Counters are not written: they
follow.

Worlds begin long after their template was made, or at a time of their own; so what is told by their cycle, and devices,
which live from then on, wait for that.
"""

import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any

from carrierbox.carriers.wing.usage.network import NETWORK
from carrierbox.carriers.wing.usage.records import counters
from carrierbox.carriers.wing.usage.records.counters import AMOUNTS, Counter
from carrierbox.carriers.wing.usage.tables import Awaited, Call, Cdr, DataSession, Registration, ZoneCountry
from carrierbox.kernel import clock, devices
from carrierbox.kernel.store import Moment
from carrierbox.kernel.world import Box

Row = Mapping[str, Any]
Put = Callable[[Box, Row], None]

#: What fixtures call the devices of a fleet among what waits.
FLEET = "fleet"
_CYCLE = "cycle+"
#: Members of rows that are kept elsewhere.
_ASIDE = frozenset({"iccid", "cdrs", "zone", "country", "rate_plan_id"})


class _Fits(Exception):
    """A row can be written, and is not to be yet."""


def waits(section: str, row: Row) -> bool:
    """Whether a row of a fixture waits until a world begins."""
    return section == "devices" or f'"{_CYCLE}' in json.dumps(row, default=str)


def keep(box: Box, section: str, row: Row, put: Put) -> None:
    """Keep a row that waits. It is put once and taken back, so that a slip of the pen shows now."""
    trial = Box(box.world, box.now, box.cause)
    try:
        with suppress(_Fits), trial.savepoint():
            put(trial, row)
            trial.flush()
            raise _Fits
    finally:
        trial.close()
        box.world.forget()
    box.session.add(Awaited(section=section, row=json.dumps(row)))


def awaited(box: Box) -> Iterator[tuple[str, Row]]:
    """What waited until this moment, by section; it does not any more."""
    rows = box.sql("SELECT section, row FROM wing_awaited ORDER BY id").fetchall()
    box.sql("DELETE FROM wing_awaited")
    for row in rows:
        yield row["section"], json.loads(row["row"])


def put_device(box: Box, row: Row) -> None:
    """Put a device into a SIM: ``{iccid, profile}``."""
    _sim(box, row)
    devices.give(box, NETWORK, row["iccid"], row["profile"])


def put_fleet_device(box: Box, row: Row) -> None:
    """Put a device into a SIM where it has lived since the month before: ``{iccid, profile, seed}``."""
    since = (_cycle(box) - timedelta(days=1)).replace(day=1)
    box.sql(
        "INSERT INTO box_device (iccid, carrier, profile, seed, is_attached, next_at)"
        " VALUES (:iccid, 'wing', :profile, :seed, 1, :next_at)",
        next_at=clock.text(since) if devices.PROFILES[row["profile"]].habits else None,
        **row,
    )


def put_zone(box: Box, row: Row) -> None:
    """Say which countries a zone has: ``{realm, zone, countries}``."""
    for country in row["countries"]:
        box.session.add(ZoneCountry(realm=row["realm"], zone=row["zone"], country=country))


def put_registration(box: Box, row: Row) -> None:
    """Keep what is known of a SIM: ``{iccid, ...}``."""
    box.session.add(Registration(**_columns(box, Registration, row), sim_id=_sim(box, row)["id"]))


def put_call(box: Box, row: Row) -> None:
    """Keep a call: ``{iccid, at, direction, seconds, ...}``; with a ``rate_plan_id`` where that has changed since."""
    sim = _sim(box, row)
    call = Call(**_columns(box, Call, row), sim_id=sim["id"], account_id=sim["account_id"])
    _write(box, call)
    _count(box, sim, row, call.at, {f"voice_{call.direction}": call.seconds})


def put_session(box: Box, row: Row) -> None:
    """Keep a session and its records: ``{iccid, session_id, started_at, ..., cdrs: [{record_type, opened_at, ...}]}``.

    One that has not ended goes on for ever, unless something else ends it.
    """
    sim = _sim(box, row)
    session = DataSession(
        **_columns(box, DataSession, row),
        sim_id=sim["id"],
        account_id=sim["account_id"],
        records=len(row["cdrs"]),
        up_bytes=sum(cdr.get("up_bytes", 0) for cdr in row["cdrs"]),
        down_bytes=sum(cdr.get("down_bytes", 0) for cdr in row["cdrs"]),
    )
    session_id = _write(box, session)
    _count(box, sim, row, session.started_at, {"sessions": 1})
    for number, given in enumerate(row["cdrs"]):
        cdr = Cdr(**{"sequence": number, **_columns(box, Cdr, given)}, session_id=session_id, sim_id=sim["id"])
        _write(box, cdr)
        _count(box, sim, row, cdr.opened_at, {"up_bytes": cdr.up_bytes, "down_bytes": cdr.down_bytes})


def _write(box: Box, row: Call | Cdr | DataSession) -> int:
    """Write a row; answers its id. By hand: a session compiles its statements anew for each world that begins."""
    values = {name: clock.text(it) if isinstance(it, datetime) else it for name, it in row.model_dump().items()}
    written: int = box.sql(
        f"INSERT INTO {row.__tablename__} ({', '.join(values)}) VALUES ({', '.join(f':{name}' for name in values)})"
        " RETURNING id",
        **values,
    ).fetchone()[0]
    return written


def _sim(box: Box, row: Row) -> Row:
    found: Row | None = box.sql(
        "SELECT id, account_id, rate_plan_id FROM wing_sim WHERE iccid = :iccid", iccid=row["iccid"]
    ).fetchone()
    if found is None:
        raise ValueError(f"there is no SIM with ICCID {row['iccid']}")
    return found


def _columns(box: Box, table: Any, row: Row) -> dict[str, Any]:
    """What of a row the table has, times read. Raises: ValueError for what neither it has nor this file reads."""
    columns = table.__table__.columns
    if unknown := row.keys() - {*columns.keys(), *_ASIDE}:
        raise ValueError(f"no member is called {', '.join(sorted(map(str, unknown)))}")
    return {
        name: _moment(box, value) if isinstance(columns[name].type, Moment) and value is not None else value
        for name, value in row.items()
        if name in columns
    }


def _moment(box: Box, spelled: str) -> datetime:
    if not spelled.startswith(_CYCLE):
        return clock.moment(spelled)
    return min(box.now, _cycle(box) + clock.duration(spelled.removeprefix(_CYCLE)))


def _cycle(box: Box) -> datetime:
    """When the present billing cycle began."""
    return box.now.replace(day=1, hour=0, minute=0, second=0, microsecond=0)


def _count(box: Box, sim: Row, row: Row, at: datetime, amounts: Mapping[str, int]) -> None:
    plan = row.get("rate_plan_id", sim["rate_plan_id"])
    cycle = counters.cycle_of(clock.text(at))
    counter = Counter(sim["id"], cycle, sim["account_id"], plan, row["zone"], row["country"])
    counters.add(box, [(counter, [amounts.get(amount, 0) for amount in AMOUNTS])])
