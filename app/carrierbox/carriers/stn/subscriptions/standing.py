"""How a subscription stands: its state, its card, and what its device may do because of it."""

from collections.abc import Mapping
from typing import Any

from carrierbox.carriers.stn import states
from carrierbox.carriers.stn.billing.rules import NETWORK
from carrierbox.carriers.stn.states import Impossible
from carrierbox.kernel import devices
from carrierbox.kernel.world import Box

#: States in which a subscription is in use, and can be changed.
IN_USE = frozenset({"ACTIVE", "SUSPENDED"})


def by_id(box: Box, subscription_id: str) -> Any:
    """The subscription of that id, if there is one."""
    return box.sql("SELECT * FROM stn_subscription WHERE id = :id", id=subscription_id).fetchone()


def iccid_of(box: Box, subscription_id: str) -> str | None:
    """The number of the SIM card that a subscription has."""
    return by_id(box, subscription_id)["iccid"]  # type: ignore[no-any-return]


def before_change(box: Box, subscription_id: str) -> Mapping[str, Any]:
    """A subscription that is about to change, its device having done all that it does until now."""
    subscription: Mapping[str, Any] = by_id(box, subscription_id)
    if subscription["iccid"] is not None:
        devices.catch_up(box, NETWORK, subscription["iccid"])
    return subscription


def in_use(box: Box, subscription_id: str) -> Mapping[str, Any]:
    """A subscription that is about to change and has not ended meanwhile. Raises: Impossible."""
    subscription = before_change(box, subscription_id)
    if subscription["state"] not in IN_USE:
        raise Impossible(f"the subscription is {subscription['state']}")
    return subscription


def put(box: Box, subscription: Mapping[str, Any], state: str, **columns: Any) -> None:
    """Take a subscription's step, with other columns that change with it; its device hears of it.

    Raises: Impossible.
    """
    iccid = columns.get("iccid") or subscription["iccid"]
    states.step(box, states.SUBSCRIPTION, subscription["state"], state, iccid)
    write(box, subscription, state=state, **columns)
    if iccid is not None:
        devices.switch(box, NETWORK, iccid, may_use=state == "ACTIVE")


def write(box: Box, subscription: Mapping[str, Any], **columns: Any) -> None:
    """Change columns of a subscription."""
    assigned = ", ".join(f"{name} = :{name}" for name in columns)
    box.sql(f"UPDATE stn_subscription SET {assigned} WHERE seq = :seq", seq=subscription["seq"], **columns)
