"""Chapter d: a porting's own states and dates, inside the activation that it belongs to.

INIT: taken in. REQUESTED: the donor is asked. APPROVED: the donor agrees to a date, at which the number comes in.
Source: contract `stn.yaml`, keys `lifecycle.porting_states` and, of the operations, `behaviour`.
"""

import json
from collections.abc import Mapping
from typing import Any

from carrierbox.carriers.stn import activations, errors, partners, times
from carrierbox.carriers.stn.door import Caller
from carrierbox.carriers.stn.porting import schemas
from carrierbox.carriers.stn.states import Impossible
from carrierbox.carriers.stn.subscriptions import effects, services
from carrierbox.carriers.stn.subscriptions import rules as subscriptions
from carrierbox.carriers.stn.subscriptions.schemas import Ending, OfActivation
from carrierbox.kernel import clock, workflow
from carrierbox.kernel.world import Box

Row = Mapping[str, Any]
Answer = dict[str, Any]

REQUEST = activations.AFTER_BEGIN["INPORT"]
DONORS_ANSWER = "stn_port_answer"


def port_in(box: Box, caller: Caller, wish: schemas.InPort) -> Answer:
    """Make a subscription with a number that comes from another provider.

    Raises: NotDutchMobile, NumberInUse, NoCustomerNamed, UnknownCustomer, and what `subscriptions.card` raises.
    """
    number = subscriptions.read_number(wish.phone_number)
    if _is_in_use(box, number):
        raise errors.NumberInUse(number=number)
    customer = partners.customer(box, caller.partner, wish.stn_customer_id)
    iccid = subscriptions.card(box, caller, wish, "simCardNumber", wish.sim_card_number)
    kind = wish.subscription_type or "VOICEDATA"
    access = wish.access_type or "INTERNETACCESS"
    info = {
        "isdn": number,
        "eSim": iccid is None,
        "simCardNumber": iccid,
        "subscriptionType": kind,
        "accessType": access,
        "portingStatus": "INIT",
        **subscriptions.mailed(wish),
        "stnCustomerId": customer["id"],
        "portingWishDate": times.whole(wish.porting_wish_date) if wish.porting_wish_date else None,
        "donorCustomerNumber": wish.donor_customer_number,
        "donorCustomerName": wish.donor_customer_name,
        "note": wish.note,
    }
    subscription = subscriptions.create(
        box, caller.partner, customer["id"], wish.provider_environment, kind, access, iccid, number
    )
    return activations.take_in(
        box,
        subscription,
        "INPORT",
        {name: value for name, value in info.items() if value is not None},
        reference=wish.reference_number,
        wish_at=wish.porting_wish_date,
        services=services.known(wish.services),
        iccid=iccid,
    )


def _is_in_use(box: Box, number: str) -> bool:
    """Whether a subscription of anybody's here has the number."""
    found = box.sql(
        "SELECT 1 FROM stn_subscription WHERE phone_number = :number AND state IN ('ACTIVE', 'SUSPENDED')",
        number=number,
    )
    return found.fetchone() is not None


def change_port_in(box: Box, caller: Caller, wish: schemas.InPortChange) -> Answer:
    """Change a port-in under way; a donor who was asked already is asked once more.

    Raises: NothingToChange, UnknownActivation, OtherActivation, TooLate.
    """
    if not wish.donor_customer_number and not wish.porting_wish_date:
        raise errors.NothingToChange
    activation = activations.open_one(box, caller.partner, wish.activation_id, "INPORT")
    info = json.loads(activation["info"])
    columns = {}
    if wish.donor_customer_number:
        info["donorCustomerNumber"] = wish.donor_customer_number
    if wish.porting_wish_date:
        info["portingWishDate"] = times.whole(wish.porting_wish_date)
        columns["wish_at"] = clock.text(wish.porting_wish_date)
    activations.write(box, activation, info=json.dumps(info), **columns)
    if info["portingStatus"] == "APPROVED":
        changed = activations.by_id(box, activation["id"])
        activations.port(box, changed, "REQUESTED", firstPossibleDate=None, approvedDate=None)
    if info["portingStatus"] != "INIT":
        activations.go_on(box, activation, DONORS_ANSWER)
    return activations.shown(box, activation["id"])


def cancel_port_in(box: Box, caller: Caller, wish: OfActivation) -> Answer:
    """Cancel a port-in that the donor was asked for; it stays BUSY until the donor confirms.

    Raises: UnknownActivation, OtherActivation, TooLate, PortingNotRequested.
    """
    activation = activations.open_one(box, caller.partner, wish.activation_id, "INPORT")
    if json.loads(activation["info"])["portingStatus"] == "INIT":
        raise errors.PortingNotRequested(id=activation["id"])
    activations.port(box, activation, "CANCELLING")
    activations.cancel(box, activation, "BUSY")
    return activations.shown(box, activation["id"])


def port_out(box: Box, caller: Caller, wish: Ending) -> Answer:
    """Give a number away to another provider, at a date or as soon as possible."""
    return subscriptions.end(box, caller, wish, "OUTPORT")


def cancel_port_out(box: Box, caller: Caller, wish: OfActivation) -> Answer:
    """Keep a number that was about to leave."""
    return subscriptions.cancel(box, caller, wish, "OUTPORT", "BUSY")


@workflow.handles(REQUEST, on_the_way=True)
def ask_donor(box: Box, job: Row, refusal: workflow.Refusal | None) -> workflow.Outcome:
    """The donor is asked for the number."""
    activation = activations.of_job(box, job)
    activations.port(box, activation, "REQUESTED")
    if refusal is not None:
        return activations.fail(box, activations.by_id(box, activation["id"]), refusal.reason)
    activations.go_on(box, activation, DONORS_ANSWER)
    return activations.outcome(activation, "BUSY")


@workflow.handles(DONORS_ANSWER, on_the_way=True)
def donor_answers(box: Box, job: Row, refusal: workflow.Refusal | None) -> workflow.Outcome:
    """The donor agrees to the date that was wished for, or to the first that is possible: then the number comes in."""
    activation = activations.of_job(box, job)
    if refusal is not None:
        return activations.fail(box, activation, refusal.reason)
    wish_at = max(box.now, clock.moment(activation["wish_at"])) if activation["wish_at"] else box.now
    approved = activations.go_on(box, activation, activations.effect_of("INPORT"), not_before=wish_at) or wish_at
    first = box.now if wish_at > box.now else approved
    dates = {"firstPossibleDate": times.whole(first), "approvedDate": times.whole(approved)}
    activations.port(box, activation, "APPROVED", **dates)
    return activations.outcome(activation, "BUSY")


@activations.carries_out("INPORT")
def come_in(box: Box, activation: Row) -> None:
    """The number is here, unless it came in another way meanwhile."""
    if _is_in_use(box, activation["phone_number"]):
        raise Impossible(f"{activation['phone_number']} is in use here")
    effects.activate(box, activation, activation["phone_number"])
    activations.port(box, activation, "DONE")
