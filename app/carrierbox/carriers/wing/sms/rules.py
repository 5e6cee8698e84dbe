"""9.1 and 9.2: which messages a call finds.

A message stays with the account that had its SIM at the time; who sees the SIM now, and not that account, does not see
the message. Days are those of the time zone of an account: of the SIM's, of the one that is named, or of the call's.
open: the document's hit lies before the first day of its search; contract `wing-services.yaml`, wing-9.1, has the
reading.
Source: WING guide 9; contract, key `sms`.
"""

import sqlite3
from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from carrierbox.carriers.wing.door import Caller
from carrierbox.carriers.wing.errors import NotFound, UnknownSim
from carrierbox.carriers.wing.lists import Row
from carrierbox.carriers.wing.sms.schemas import Search
from carrierbox.carriers.wing.usage.network import NETWORK
from carrierbox.kernel import clock, devices
from carrierbox.kernel.world import Box

#: A search answers the newest so many; the document knows no pages.
MOST_FOUND = 10_000

_SELECT = "SELECT m.*, s.iccid FROM wing_sms m JOIN wing_sim s ON s.id = m.sim_id WHERE"


async def search(box: Box, caller: Caller, wanted: Search) -> list[dict[str, Any]]:
    """The messages that a search finds, newest first. Reads aside, since they may be many.

    Raises: UnknownSim, NotFound for an account that is not within reach.
    """
    sim = _sim(box, caller, wanted.iccid) if wanted.iccid is not None else None
    if wanted.account_id is not None and wanted.account_id not in caller.reach.accounts:
        raise NotFound(what="Account", id=wanted.account_id)
    its_account = sim["account_id"] if sim and sim["is_seen"] else caller.reach.account
    account_id = wanted.account_id or its_account
    since, until = _span(wanted, _zone(box, account_id))
    await devices.settle(box.world, NETWORK, wanted.iccid)
    condition, bound = _seen(caller)
    asked = {
        "m.at >= ?": since,
        "m.at < ?": until,
        "m.sim_id = ?": sim["id"] if sim else None,
        "m.account_id = ?": wanted.account_id,
        "m.message_type = ?": wanted.message_type,
    }
    criteria = {each: value for each, value in asked.items() if value is not None}
    where = " AND ".join((condition, *criteria))

    def read(reader: sqlite3.Connection) -> list[dict[str, Any]]:
        rows = reader.execute(
            f"{_SELECT} {where} ORDER BY m.at DESC, m.id DESC LIMIT {MOST_FOUND}", (*bound, *criteria.values())
        )
        return [_shown(row) for row in rows]

    return await box.world.aside(read)


def one(box: Box, caller: Caller, sms_id: int) -> dict[str, Any]:
    """One message.

    Raises: NotFound.
    """
    condition, bound = _seen(caller)
    row = box.world.store.sql(f"{_SELECT} {condition} AND m.id = ?", (*bound, sms_id)).fetchone()
    if row is None:
        raise NotFound(what="SMS", id=sms_id)
    return _shown(row)


def _seen(caller: Caller) -> tuple[str, tuple[str, ...]]:
    """The condition that a message is seen by the caller, and what it binds."""
    return f"s.realm = ? AND {caller.reach.covers('m.account_id')}", (caller.user.realm,)


def _sim(box: Box, caller: Caller, iccid: str) -> Row:
    """The SIM of that ICCID, if the caller sees it, or did while it had messages.

    Raises: UnknownSim.
    """
    condition, bound = _seen(caller)
    found: Row | None = box.world.store.sql(
        f"SELECT s.id, s.account_id, {caller.reach.condition} AS is_seen FROM wing_sim s WHERE s.iccid = ?"
        f" AND (is_seen OR EXISTS (SELECT 1 FROM wing_sms m WHERE m.sim_id = s.id AND {condition}))",
        (iccid, *bound),
    ).fetchone()
    if found is None:
        raise UnknownSim(sim=f"with ICCID {iccid}")
    return found


def _zone(box: Box, account_id: int) -> ZoneInfo:
    row = box.sql("SELECT time_zone FROM wing_account WHERE id = :id", id=account_id).fetchone()
    return ZoneInfo(row["time_zone"])


def _span(wanted: Search, zone: ZoneInfo) -> tuple[str, str | None]:
    """When the first day begins, and when the last one, if there is one, is over; as the store spells it."""
    since = _midnight(wanted.first_day, zone)
    if wanted.last_day is None or wanted.last_day == date.max:
        return since, None
    return since, _midnight(wanted.last_day + timedelta(days=1), zone)


def _midnight(day: date, zone: ZoneInfo) -> str:
    try:
        return clock.text(datetime.combine(day, time(), zone))
    except OverflowError:  # the calendar's first and last day lie partly outside of it
        return clock.text(datetime.combine(day, time(), UTC))


def _shown(row: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "id": row["id"],
        "messageText": row["text"],
        "eventTime": f"{row['at'][:23]}+00:00",
        "originationMSISDN": row["origination"],
        "destinationMSISDN": row["destination"],
        "iccid": row["iccid"],
        "accountId": str(row["account_id"]),
        "messageType": row["message_type"],
        "status": row["status"],
    }
