"""Usage in fixtures: devices, registrations, sessions with their records, calls, and which countries zones have.

SIMs are named by ICCID, columns as the tables have them. A time may be ``cycle`` and a duration, ``cycle+90m``: so long
after the present billing cycle began, but not later than now. Counters are not written: they follow.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from carrierbox.carriers.wing.usage.network import NETWORK
from carrierbox.carriers.wing.usage.records import counters
from carrierbox.carriers.wing.usage.records.counters import AMOUNTS, Counter
from carrierbox.carriers.wing.usage.tables import Call, Cdr, DataSession, Registration, ZoneCountry
from carrierbox.kernel import clock, devices
from carrierbox.kernel.store import Moment
from carrierbox.kernel.world import Box

Row = Mapping[str, Any]


def put_device(box: Box, row: Row) -> None:
    """Put a device into a SIM: ``{iccid, profile}``."""
    devices.give(box, NETWORK, row["iccid"], row["profile"])


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
    box.session.add(call)
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
    box.session.add(session)
    box.flush()
    assert session.id is not None  # noqa: S101 - it is in the store
    _count(box, sim, row, session.started_at, {"sessions": 1})
    for number, given in enumerate(row["cdrs"]):
        cdr = Cdr(**{"sequence": number, **_columns(box, Cdr, given)}, session_id=session.id, sim_id=sim["id"])
        box.session.add(cdr)
        _count(box, sim, row, cdr.opened_at, {"up_bytes": cdr.up_bytes, "down_bytes": cdr.down_bytes})


def _sim(box: Box, row: Row) -> Row:
    found: Row | None = box.sql(
        "SELECT id, account_id, rate_plan_id FROM wing_sim WHERE iccid = :iccid", iccid=row["iccid"]
    ).fetchone()
    if found is None:
        raise ValueError(f"there is no SIM with ICCID {row['iccid']}")
    return found


def _columns(box: Box, table: Any, row: Row) -> dict[str, Any]:
    """What of a row the table has, times read."""
    columns = table.__table__.columns
    return {
        name: _moment(box, value) if isinstance(columns[name].type, Moment) and value is not None else value
        for name, value in row.items()
        if name in columns
    }


def _moment(box: Box, spelled: str) -> datetime:
    if not spelled.startswith("cycle+"):
        return clock.moment(spelled)
    cycle = box.now.replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    return min(box.now, cycle + clock.duration(spelled.removeprefix("cycle+")))


def _count(box: Box, sim: Row, row: Row, at: datetime, amounts: Mapping[str, int]) -> None:
    plan = row.get("rate_plan_id", sim["rate_plan_id"])
    cycle = counters.cycle_of(clock.text(at))
    counter = Counter(sim["id"], cycle, sim["account_id"], plan, row["zone"], row["country"])
    counters.add(box, [(counter, [amounts.get(amount, 0) for amount in AMOUNTS])])
