"""What a request is about, as it stands: subscriptions and SIMs by the identifiers that are named."""

import json
from collections.abc import Mapping
from typing import Any

from carrierbox.carriers.wgtwo.door import Caller
from carrierbox.carriers.wgtwo.errors import (
    NamedTwo,
    NotNamed,
    UnderWay,
    UnknownSim,
    UnknownSubscription,
    WrongUser,
)
from carrierbox.carriers.wgtwo.provisioning.schemas import Who
from carrierbox.carriers.wgtwo.subscriptions.tables import LIVE
from carrierbox.kernel.magic import magic
from carrierbox.kernel.world import Box

Row = Mapping[str, Any]

_SOURCES = {
    "msisdn": "wgtwo_subscription s WHERE s.msisdn = :value",
    "iccid": "wgtwo_sim m JOIN wgtwo_subscription s ON s.id = m.subscription_id WHERE m.iccid = :value",
    "imsi": "wgtwo_imsi i JOIN wgtwo_sim m ON m.id = i.sim_id JOIN wgtwo_subscription s ON s.id = m.subscription_id"
    " WHERE i.imsi = :value",
}

_SIM = (
    "SELECT m.*, ifnull(s.state, 'unassigned') AS state"
    " FROM wgtwo_sim m LEFT JOIN wgtwo_subscription s ON s.id = m.subscription_id"
)


def subscription(box: Box, caller: Caller, who: Who, *, ended: bool = False) -> Row:
    """The one that every identifier leads to; *ended* looks among the terminated whose number and SIMs lie idle.

    Raises: ForeignTenant, NotNamed, UnknownSubscription, also for another tenant's, NamedTwo, WrongUser, UnderWay.
    """
    caller.check(who.bssid)
    state = "s.state = 'terminated' AND NOT s.reused" if ended else f"s.{LIVE}"
    found: dict[int, Row] = {}
    for name, source in _SOURCES.items():
        if (value := getattr(who, name)) is None:
            continue
        row = box.sql(
            f"SELECT s.* FROM {source} AND s.sandbox = :sandbox AND {state}", value=value, sandbox=caller.sandbox
        ).fetchone()
        if row is None or not caller.sees(row["bss"], who.bssid):
            raise UnknownSubscription(name=name, value=value)
        found[row["id"]] = row
    if not found:
        raise NotNamed
    if len(found) > 1:
        raise NamedTwo
    [one] = found.values()
    if who.userid not in (None, one["user_id"]):
        raise WrongUser(userid=who.userid)
    for each in sims(box, one):
        _check_idle(each["iccid"])
    return one


def holder(box: Box, caller: Caller, column: str, value: str, bss: str | None = None) -> Row | None:
    """The subscription, of whatever tenant unless one is given, that has this number or userid."""
    row: Row | None = box.sql(
        f"SELECT * FROM wgtwo_subscription WHERE {column} = :value AND sandbox = :sandbox AND {LIVE}"
        " AND bss = ifnull(:bss, bss)",
        value=value,
        sandbox=caller.sandbox,
        bss=bss,
    ).fetchone()
    return row


def sim(box: Box, caller: Caller, iccid: str, bss: str) -> Row:
    """A SIM of the tenant, with the state that it has: its subscription's, or ``unassigned``.

    Raises: UnknownSim, also for another tenant's, UnderWay.
    """
    row: Row | None = box.sql(
        f"{_SIM} WHERE m.iccid = :iccid AND m.sandbox = :sandbox", iccid=iccid, sandbox=caller.sandbox
    ).fetchone()
    if row is None or not caller.sees(row["bss"], bss):
        raise UnknownSim(iccid=iccid)
    _check_idle(iccid)
    return row


def named_sim(box: Box, iccid: str) -> Row:
    """The SIM of that ICCID, whosoever it is, which there is; the sandbox host's are not looked at."""
    row: Row = box.sql(f"{_SIM} WHERE m.iccid = :iccid AND NOT m.sandbox", iccid=iccid).fetchone()
    return row


def _check_idle(iccid: str) -> None:
    """Let a SIM pass that is not being changed. Changes are done at once here: only magic makes one last."""
    if magic(iccid) == "locked":
        raise UnderWay(iccid=iccid)


def sims(box: Box, subscription: Row) -> list[Row]:
    """The SIMs of a subscription, with its state."""
    found: list[Row] = box.sql(
        "SELECT m.*, s.state FROM wgtwo_sim m JOIN wgtwo_subscription s ON s.id = m.subscription_id"
        " WHERE m.subscription_id = :id ORDER BY m.id",
        id=subscription["id"],
    ).fetchall()
    return found


def repeats(box: Box, caller: Caller, now_at: Who, operation: str, sent: Mapping[str, Any]) -> bool:
    """Whether the subscription that is to be found *now_at* was brought there by this very request."""
    try:
        row = subscription(box, caller, now_at)
    except UnknownSubscription:
        return False
    return bool(json.loads(row["moves"]).get(operation) == sent)
