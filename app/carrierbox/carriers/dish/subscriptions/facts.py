"""Finding subscriptions and SIMs, and what stands in the way of changing them."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from carrierbox.carriers.dish.access.rules import Caller
from carrierbox.carriers.dish.errors import (
    Mismatch,
    NoSimLeft,
    NotActive,
    SimInUse,
    UnderWay,
    UnknownSim,
    UnknownSubscription,
)
from carrierbox.carriers.dish.network import ADMITTED, NETWORK
from carrierbox.carriers.dish.subscriptions.tables import STOCK
from carrierbox.kernel import devices, lifecycle
from carrierbox.kernel.lifecycle import Step
from carrierbox.kernel.magic import magic
from carrierbox.kernel.world import Box

STATES = lifecycle.load("dish")

#: The states of a subscription; a SIM in another one is on none.
LIVE = ("Active", "Suspended", "Ceased")

Row = Mapping[str, Any]


def sim(box: Box, iccid: str) -> Row | None:
    """The SIM of that ICCID, whosoever it is."""
    found: Row | None = box.sql("SELECT * FROM dish_sim WHERE iccid = :iccid", iccid=iccid).fetchone()
    return found


def subscriptions(
    box: Box, caller: Caller, *, iccid: str | None = None, gpsi: str | None = None, subscriber_id: str | None = None
) -> list[Row]:
    """The subscriptions within reach that all of these identifiers fit: what is not Ceased first, newest first."""
    wanted = {"iccid": iccid, "gpsi": gpsi, "subscriber_id": subscriber_id}
    conditions = [f"{column} = :{column}" for column, value in wanted.items() if value is not None]
    rows = box.sql(
        f"SELECT * FROM dish_sim WHERE {' AND '.join(conditions)}"
        " ORDER BY state = 'Ceased', activated_at DESC, id DESC",
        **{column: value for column, value in wanted.items() if value is not None},
    )
    return [row for row in rows if row["state"] in LIVE and row["customer"] in caller.reach]


def queried(box: Box, caller: Caller, **identifiers: str | None) -> Row:
    """The subscription that all of these identifiers fit; of several the newest that is not Ceased.

    Raises: UnknownSubscription.
    """
    found = subscriptions(box, caller, **identifiers)
    if not found:
        given = " and ".join(name for name, value in identifiers.items() if value is not None)
        raise UnknownSubscription(given=given.replace("subscriber_id", "subscriberId"))
    return found[0]


def named(box: Box, caller: Caller, iccid: str | None, gpsi: str | None) -> Row:
    """The one subscription that an ICCID or a number names, or both of them.

    Raises: UnknownSubscription, Mismatch.
    """
    by_iccid = subscriptions(box, caller, iccid=iccid) if iccid is not None else []
    by_gpsi = subscriptions(box, caller, gpsi=gpsi) if gpsi is not None else []
    if iccid is None or gpsi is None:
        found = by_iccid or by_gpsi
        if not found:
            raise UnknownSubscription(given="gpsi" if iccid is None else "iccid")
        return found[0]
    if not by_iccid or not by_gpsi:
        raise UnknownSubscription(given="gpsi" if by_iccid else "iccid")
    if by_iccid[0]["id"] not in {row["id"] for row in by_gpsi}:
        raise Mismatch(what="iccid and gpsi")
    return by_iccid[0]


def check_idle(subscription: Row) -> None:
    """Let a subscription pass without a transaction under way; one whose ICCID is magic always has one.

    Raises: UnderWay.
    """
    if subscription["job"] is not None or magic(subscription["iccid"]) == "locked":
        raise UnderWay


def check_active(subscription: Row) -> None:
    """Let a subscription pass that is active.

    Raises: NotActive.
    """
    if subscription["state"] != "Active":
        raise NotActive(state=subscription["state"])


def changeable(box: Box, caller: Caller, iccid: str | None, gpsi: str | None) -> Row:
    """The active subscription of that name without a transaction under way.

    Raises: UnknownSubscription, Mismatch, UnderWay, NotActive.
    """
    found = named(box, caller, iccid, gpsi)
    check_idle(found)
    check_active(found)
    return found


def stock(box: Box, caller: Caller, iccid: str | None, eid: str | None) -> Row:
    """The SIM that an order gets: the one it names, or for an EID alone the next one in stock.

    Raises: UnknownSim, NoSimLeft, SimInUse, Mismatch.
    """
    found = sim(box, iccid) if iccid is not None else _next(box, caller.stock)
    if found is None or found["customer"] not in (*caller.stock, *caller.reach):
        raise UnknownSim(given="iccid")
    if found["state"] != "Available" or found["job"] is not None:
        raise SimInUse
    if eid is not None and found["eid"] not in (None, eid):
        raise Mismatch(what="iccid and eid")
    return found


def _next(box: Box, customers: Sequence[str]) -> Row:
    """A SIM that is free: an eSIM profile as long as there is one, then a card.

    Raises: NoSimLeft.
    """
    for kind in ("matching_id IS NOT NULL", "matching_id IS NULL"):
        for customer in customers:
            found: Row | None = box.sql(
                f"SELECT * FROM dish_sim WHERE customer = :customer AND {kind} AND {STOCK} LIMIT 1", customer=customer
            ).fetchone()
            if found is not None:
                return found
    raise NoSimLeft


def keep(box: Box, iccid: str, job: str | None) -> None:
    """Let a transaction have a SIM for itself, or let go of it."""
    box.sql("UPDATE dish_sim SET job = :job WHERE iccid = :iccid", job=job, iccid=iccid)


def write(box: Box, row: Row, **columns: Any) -> None:
    """Change a SIM's columns; lists and objects are kept as JSON."""
    box.sql(
        f"UPDATE dish_sim SET {', '.join(f'{name} = :{name}' for name in columns)} WHERE id = :id",
        id=row["id"],
        **{name: json.dumps(value) if isinstance(value, list | dict) else value for name, value in columns.items()},
    )


def take(box: Box, row: Row, step: Step, **columns: Any) -> None:
    """Take a step of the lifecycle."""
    write(box, row, state=step.wanted, **columns)
    lifecycle.record(box, "dish", row["iccid"], step, box.now)
    devices.switch(box, NETWORK, row["iccid"], may_use=step.wanted == ADMITTED)
