"""Activation and status update: taken at once, done when their transaction ends.

Facts first, then the decision, then the writing: what is refused changes nothing. At the end of a transaction the facts
are looked at again, and what does not hold any more is a Failure. Source: contract `dish.yaml`, key `lifecycle`.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from carrierbox.carriers.dish.access.rules import Caller
from carrierbox.carriers.dish.devices import catalogue
from carrierbox.carriers.dish.errors import StepRefused
from carrierbox.carriers.dish.numbers import stock as numbers
from carrierbox.carriers.dish.subscriptions import facts
from carrierbox.carriers.dish.subscriptions.facts import STATES, Row
from carrierbox.carriers.dish.subscriptions.schemas import Activatable, Activation, StatusUpdate
from carrierbox.carriers.dish.transactions import rules as transactions
from carrierbox.carriers.dish.transactions.rules import Order
from carrierbox.kernel import clock, lifecycle
from carrierbox.kernel.lifecycle import StateName, Step
from carrierbox.kernel.world import Box

ACTIVATE = "dish-activate-subscription"
UPDATE = "dish-update-subscription-status"
PORT_IN = "dish-port-in-create"

#: Where an eSIM's chip fetches its profile.
SMDP = "smdp.carrierbox.example"

#: The state that each action leads to.
LEADS_TO: Mapping[str, StateName] = {
    str(step.facts["action"]): step.wanted for step in STATES.steps.values() if step.wanted in facts.LIVE
}


def activate(box: Box, caller: Caller, asked: Activation) -> None:
    """Put a SIM on a plan.

    Raises: Duplicate, UnknownSim, SimInUse, Mismatch, NumberInUse.
    """
    order(box, caller, ACTIVATE, asked, asked.gpsi, asked.gpsi_reservation_id)


def order(  # noqa: PLR0913 - what the two kinds differ in
    box: Box, caller: Caller, kind: str, asked: Activatable, gpsi: str | None, reservation_id: str | None = None
) -> None:
    """Begin an activation, with a number of ours or one that is ported in; SIM and number are kept for it.

    Raises: Duplicate, UnknownSim, SimInUse, Mismatch, NumberInUse.
    """
    transactions.check_unused(box, caller, asked.partner_transaction_id)
    sim = facts.stock(box, caller, asked.iccid, asked.eid)
    gpsi = numbers.settle_on(box, gpsi, reservation_id)
    subject = {"subscriberId": asked.subscriber_id, "gpsi": gpsi, "iccid": sim["iccid"]}
    job = transactions.begin(box, caller, kind, asked, asked.partner_transaction_id, subject)
    facts.keep(box, sim["iccid"], job)
    numbers.keep(box, gpsi, job)


def _release(box: Box, order: Order) -> None:
    facts.keep(box, order.subject["iccid"], None)
    numbers.let_go(box, order.subject["gpsi"])


@transactions.resolves(ACTIVATE, "ActivateSubscription", _release)
@transactions.resolves(PORT_IN, "CreatePortIn", _release)
def activated(box: Box, order: Order) -> Mapping[str, str]:
    """Make the SIM a subscription.

    Raises: DeviceRefused, StepRefused.
    """
    asked = order.request
    sim = facts.sim(box, order.subject["iccid"])
    assert sim is not None  # noqa: S101 - it was kept
    step = decide(box, sim, "Activate")
    catalogue.check(box, asked.get("pei"))
    facts.take(
        box,
        sim,
        step,
        customer=order.customer,
        eid=asked.get("eid", sim["eid"]),
        gpsi=order.subject["gpsi"],
        pei=asked.get("pei"),
        subscriber_id=asked["subscriberId"],
        plan_id=asked["wholesalePlanId"],
        bill_day=asked.get("billCycleStartDay") or bill_day(box.now.day),
        location=asked.get("location", {}),
        products=products([], asked.get("products", ())),
        buckets=[{"bucketRefId": ref, "balance": 0} for ref in dict.fromkeys(asked.get("bucketRefId", ()))],
        activated_at=clock.text(box.now),
    )
    return delivery(sim, asked.get("eid"), asked)


def bill_day(today: int) -> int:
    """Open: the document's rule for the default is lost; read as the day of activation where that is one."""
    return today if today <= 28 else 1


def products(present: Sequence[Mapping[str, Any]], changes: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """The products after these changes: adding and updating put one in, removing takes it off."""
    found = {product["productId"]: product for product in present}
    for change in changes:
        if change["action"] == "Remove":
            found.pop(change["productId"], None)
        else:
            found[change["productId"]] = {name: change[name] for name in change if name != "action"}
    return list(found.values())


def delivery(sim: Row, eid: str | None, asked: Mapping[str, Any]) -> Mapping[str, str]:
    """What an event delivers to an eSIM's chip by QR: the text behind the code."""
    if eid is None or asked.get("eSIMDeliveryMethod") != "QR" or sim["matching_id"] is None:
        return {}
    return {"activationCode": f"LPA:1${SMDP}${sim['matching_id']}"}


def update_status(box: Box, caller: Caller, asked: StatusUpdate) -> None:
    """Suspend, resume, cease or reactivate a subscription.

    Raises: Duplicate, UnknownSubscription, Mismatch, UnderWay, StepRefused, NumberInUse.
    """
    transactions.check_unused(box, caller, asked.partner_transaction_id)
    found = facts.named(box, caller, asked.iccid, asked.gpsi)
    facts.check_idle(found)
    decide(box, found, asked.action)
    subject = {name: found[column] for name, column in SUBJECT.items()} | {"action": asked.action}
    if asked.action == "Reactivate":
        numbers.check_free(box, found["gpsi"])
    job = transactions.begin(box, caller, UPDATE, asked, asked.partner_transaction_id, subject)
    facts.keep(box, found["iccid"], job)
    if asked.action == "Reactivate":
        numbers.keep(box, found["gpsi"], job)


SUBJECT = {"subscriberId": "subscriber_id", "gpsi": "gpsi", "iccid": "iccid"}


@transactions.resolves(UPDATE, "UpdateSubscriptionStatus", _release)
def updated(box: Box, order: Order) -> Mapping[str, str]:
    """Take the step.

    Raises: StepRefused.
    """
    found = facts.sim(box, order.subject["iccid"])
    assert found is not None  # noqa: S101 - it was kept
    facts.take(box, found, decide(box, found, order.subject["action"]))
    return {}


def decide(box: Box, sim: Row, action: str) -> Step:
    """The step that an action takes in the present state.

    Raises: StepRefused.
    """
    wanted = LEADS_TO.get(action, StateName("Replaced"))
    step = lifecycle.attempt(box, STATES, StateName(sim["state"]), wanted)
    if isinstance(step, lifecycle.Refused) or step.facts["action"] != action:
        raise StepRefused(action=action, state=sim["state"])
    return step
