"""Devices: compatibility, the device of a subscription, and changing device, SIM or both."""

from collections.abc import Mapping
from typing import Any

from carrierbox.carriers.dish.access.rules import Caller
from carrierbox.carriers.dish.devices import catalogue
from carrierbox.carriers.dish.devices.schemas import DeviceChange
from carrierbox.carriers.dish.errors import BadField, NotActive, UnknownDevice
from carrierbox.carriers.dish.subscriptions import facts
from carrierbox.carriers.dish.subscriptions import rules as subscriptions
from carrierbox.carriers.dish.transactions import rules as transactions
from carrierbox.carriers.dish.transactions.rules import Order
from carrierbox.kernel.devices import move
from carrierbox.kernel.world import Box

CHANGE = "dish-change-device"

#: What of a subscription goes along to another SIM.
MOVES = (
    "customer", "gpsi", "pei", "subscriber_id", "plan_id", "bill_day", "location", "products", "buckets", "activated_at"
)  # fmt: skip


def compatibility(box: Box, pei: str | None, tac: str | None) -> dict[str, Any]:
    """What is known of a device or a type of device; where both are given the device counts.

    Raises: BadField, UnknownDevice.
    """
    asked = pei or tac
    if asked is None:
        raise BadField("pei", "or tac is required")
    model = catalogue.model(box, asked)
    if model is None:
        raise UnknownDevice(given="pei" if pei else "tac")
    return {
        "manufacturer": {"name": model["manufacturer"], "model": model["model"]},
        "equipmentType": model["equipment_type"],
        "networkCompatibilityList": [{"network": "DISH", "compatible": bool(model["is_compatible"])}],
        "blockStatus": {"blocked": pei is not None and catalogue.is_blocked(box, pei)},
    }


def device(box: Box, caller: Caller, iccid: str | None, gpsi: str | None) -> dict[str, Any]:
    """The device of a subscription.

    Raises: BadField, UnknownSubscription.
    """
    if iccid is None and gpsi is None:
        raise BadField("gpsi", "or iccid is required")
    found = facts.queried(box, caller, iccid=iccid, gpsi=gpsi)
    model = catalogue.model(box, found["pei"]) if found["pei"] else None
    shown = {
        "gpsi": found["gpsi"],
        "iccid": found["iccid"],
        "pei": found["pei"],
        "eid": found["eid"],
        "equipmentType": model["equipment_type"] if model else None,
    }
    return {name: value for name, value in shown.items() if value is not None}


def change(box: Box, caller: Caller, asked: DeviceChange) -> None:
    """Give an active subscription another device, SIM, device and SIM, or device and eSIM.

    Raises: Duplicate, UnknownSubscription, Mismatch, UnderWay, NotActive, UnknownSim, SimInUse.
    """
    transactions.check_unused(box, caller, asked.partner_transaction_id)
    found = facts.changeable(box, caller, asked.iccid, asked.gpsi)
    settled = {}
    if asked.new_iccid is not None or asked.new_eid is not None:
        settled["iccid"] = facts.stock(box, caller, asked.new_iccid, asked.new_eid)["iccid"]
    subject = {name: found[column] for name, column in subscriptions.SUBJECT.items()}
    job = transactions.begin(box, caller, CHANGE, asked, asked.partner_transaction_id, subject, **settled)
    for iccid in (subject["iccid"], *settled.values()):
        facts.keep(box, iccid, job)


def _release(box: Box, order: Order) -> None:
    for iccid in (order.subject["iccid"], *order.settled.values()):
        facts.keep(box, iccid, None)


@transactions.resolves(CHANGE, "ChangeDevice", _release)
def changed(box: Box, order: Order) -> Mapping[str, str]:
    """Change the device; with another SIM, move the subscription there: the old one is not to be used again.

    Raises: NotActive, StepRefused, DeviceRefused.
    """
    old = facts.sim(box, order.subject["iccid"])
    assert old is not None  # noqa: S101 - it was kept
    new_pei = order.request.get("newPei")
    if old["state"] != "Active":
        raise NotActive(state=old["state"])
    catalogue.check(box, new_pei)
    if not order.settled:
        facts.write(box, old, pei=new_pei)
        return {}
    new = facts.sim(box, order.settled["iccid"])
    assert new is not None  # noqa: S101 - it was kept
    leave, enter = subscriptions.decide(box, old, "Replace"), subscriptions.decide(box, new, "Activate")
    eid = order.request.get("newEid")
    moved = {column: old[column] for column in MOVES} | ({"pei": new_pei} if new_pei else {})
    facts.take(box, old, leave, gpsi=None, subscriber_id=None, pei=None, products=[], buckets=[])
    move(box, old["iccid"], new["iccid"])
    facts.take(box, new, enter, **moved, eid=eid or new["eid"])
    return {"iccid": new["iccid"], **subscriptions.delivery(new, eid, order.request)}
