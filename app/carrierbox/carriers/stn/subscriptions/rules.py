"""Chapters c and e and the seed document: asking for a change of a subscription.

Each reads the facts, refuses what cannot be, and takes an activation in. What it does later is in `effects`.
Source: contract `stn.yaml`, the operations' `behaviour`.
"""

import json
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from carrierbox.carriers.stn import activations, errors, numbers, partners, simcards, states, times
from carrierbox.carriers.stn.door import Caller
from carrierbox.carriers.stn.subscriptions import schemas, services, standing
from carrierbox.kernel import clock, lifecycle
from carrierbox.kernel.lifecycle import StateName
from carrierbox.kernel.world import Box

Row = Mapping[str, Any]
Answer = dict[str, Any]


def find(box: Box, caller: Caller, of: schemas.OfSubscription, wanted: str | None = None) -> Row:
    """The subscription that a request names, and *wanted* to be in a state, which has to be in use.

    Raises: NoSubscriptionNamed, NotDutchMobile, UnknownSubscription, TwoSubscriptionsNamed, WrongState.
    """
    if not of.subscription_id and not of.phone_number:
        raise errors.NoSubscriptionNamed
    number = read_number(of.phone_number) if of.phone_number else None
    found = _find(box, caller, of.subscription_id, number)
    if found is None and of.subscription_id and number:
        raise errors.TwoSubscriptionsNamed(id=of.subscription_id, number=number)
    if found is None:
        raise errors.UnknownSubscription(wanted=of.subscription_id or number)
    if found["state"] not in standing.IN_USE:
        if wanted is not None:
            lifecycle.attempt(box, states.SUBSCRIPTION, found["state"], StateName(wanted))
        raise errors.WrongState(id=found["id"], state=found["state"])
    return found


def _find(box: Box, caller: Caller, subscription_id: str | None, number: str | None) -> Row | None:
    """By what is given. A number that was given up may be another subscription's by now: the one in use goes first."""
    found: Row | None = box.sql(
        "SELECT * FROM stn_subscription WHERE partner = :partner"
        + (" AND id = :id" if subscription_id else "")
        + (" AND phone_number = :number" if number else "")
        + " ORDER BY state IN ('ACTIVE', 'SUSPENDED') DESC, seq DESC LIMIT 1",
        partner=caller.partner,
        id=subscription_id,
        number=number,
    ).fetchone()
    return found


def read_number(number: str) -> str:
    """A phone number as it is kept. Raises: NotDutchMobile."""
    read = numbers.read(number)
    if read is None:
        raise errors.NotDutchMobile(number=number)
    return read


def set_services(box: Box, caller: Caller, wish: schemas.SetServices) -> Answer:
    """Add or change services; what does not exist is dropped, and an impossible value shows later, as ERROR.

    Source: the seed document, SetServicesSubscription.
    """
    subscription = find(box, caller, wish)
    asked = services.known(wish.services)
    return activations.take_in(
        box, subscription, "SETSERVICES", {"services": asked}, reference=wish.reference_number, services=asked
    )


def new_subscription(box: Box, caller: Caller, wish: schemas.NewSubscription) -> Answer:
    """Make a subscription whose number is given out when it is active.

    Raises: NoCustomerNamed, UnknownCustomer, and what `card` raises.
    """
    customer = partners.customer(box, caller.partner, wish.stn_customer_id)
    iccid = card(box, caller, wish, "simCardNumber", wish.sim_card_number)
    kind = wish.subscription_type or "VOICEDATA"
    access = wish.access_type or "INTERNETACCESS"
    wish_at = max(wish.wish_date or box.now, box.now)
    asked = services.known(wish.services)
    info = {
        **({"simCardNumber": iccid} if iccid else {}),
        "eSim": iccid is None,
        "subscriptionType": kind,
        "accessType": access,
        **mailed(wish),
        "customerId": customer["code"],
        "stnCustomerId": customer["id"],
        "wishDate": times.whole(wish_at),
        **({"services": asked} if wish.services is not None else {}),
    }
    subscription = create(box, caller.partner, customer["id"], wish.provider_environment, kind, access, iccid)
    return activations.take_in(
        box, subscription, "ACTIVATENEW", info,
        reference=wish.reference_number, wish_at=wish_at, services=asked, iccid=iccid,
    )  # fmt: skip


def create(  # noqa: PLR0913 - a subscription has that many facts
    box: Box,
    partner: str,
    customer: str,
    environment: str | None,
    kind: str,
    access: str,
    iccid: str | None,
    phone_number: str | None = None,
) -> Row:
    """Write a subscription down, PENDING; answers its row."""
    subscription_id = numbers.new_id(box)
    box.sql(
        "INSERT INTO stn_subscription (id, partner, customer_id, state, phone_number, iccid, is_data_sim, is_esim,"
        " environment, services) VALUES (:id, :partner, :customer_id, 'PENDING', :phone_number, :iccid, :is_data_sim,"
        " :is_esim, :environment, :services)",
        id=subscription_id,
        partner=partner,
        customer_id=customer,
        phone_number=phone_number,
        iccid=iccid,
        is_data_sim=kind == "DATAONLY",
        is_esim=iccid is None,
        environment=environment or "SP16001",
        services=json.dumps(services.ACCESS[access]),
    )
    return standing.by_id(box, subscription_id)  # type: ignore[no-any-return]


def card(box: Box, caller: Caller, wish: schemas.WithCard, field: str, iccid: str | None) -> str | None:
    """The FREE card that a request names; none for an eSIM, which goes before any card.

    Raises: NoEmail, NoConfirmationCode, NoCardNamed, UnknownCard, CardNotFree.
    """
    if wish.e_sim:
        if not wish.email:
            raise errors.NoEmail
        if not wish.confirmation_code:
            raise errors.NoConfirmationCode
        return None
    if not iccid:
        raise errors.NoCardNamed(field=field)
    return simcards.free(box, caller.partner, iccid)


def mailed(wish: schemas.WithCard) -> dict[str, Any]:
    """What an eSIM's activation shows of its mail, in clear."""
    return {"email": wish.email, "confirmationCode": wish.confirmation_code} if wish.e_sim else {}


def cancel_new(box: Box, caller: Caller, wish: schemas.OfActivation) -> Answer:
    """Cancel a NewSubscription that is not active yet."""
    return cancel(box, caller, wish, "ACTIVATENEW", "CANCELLING")


def cancel(box: Box, caller: Caller, wish: schemas.OfActivation, kind: str, status: str) -> Answer:
    """Cancel an activation; it keeps its id, and shows that status until the operator agrees.

    Raises: UnknownActivation, OtherActivation, TooLate.
    """
    activation = activations.open_one(box, caller.partner, wish.activation_id, kind)
    activations.cancel(box, activation, status)
    return activations.shown(box, wish.activation_id)


def suspend(box: Box, caller: Caller, wish: schemas.OfSubscription) -> Answer:
    """Block all traffic."""
    return activations.take_in(
        box, find(box, caller, wish, "SUSPENDED"), "SUSPEND", {}, reference=wish.reference_number
    )


def resume(box: Box, caller: Caller, wish: schemas.OfSubscription) -> Answer:
    """Let traffic flow again."""
    return activations.take_in(box, find(box, caller, wish, "ACTIVE"), "RESUME", {}, reference=wish.reference_number)


def swap_sim(box: Box, caller: Caller, wish: schemas.SimSwap) -> Answer:
    """Put a subscription on another SIM card. Raises: what `card` raises."""
    subscription = find(box, caller, wish)
    iccid = card(box, caller, wish, "newSimCardNumber", wish.new_sim_card_number)
    info = {"eSim": True, **mailed(wish)} if iccid is None else {"eSim": False, "newSimCardNumber": iccid}
    return activations.take_in(box, subscription, "SIMSWAP", info, reference=wish.reference_number, iccid=iccid)


def move_environment(box: Box, caller: Caller, wish: schemas.MoveEnvironment) -> Answer:
    """Move a subscription to the operator's other environment, once in two months.

    Raises: SameEnvironment, MovedRecently.
    """
    subscription = find(box, caller, wish)
    if subscription["environment"] == wish.new_provider_environment:
        raise errors.SameEnvironment(id=subscription["id"], environment=subscription["environment"])
    recently = box.sql(
        "SELECT 1 FROM stn_activation WHERE subscription_id = :id AND kind = 'MOVEENVIRONMENT'"
        " AND (status IN ('INIT', 'BUSY') OR activated_at > :since)",
        id=subscription["id"],
        since=clock.text(_two_months_before(box.now)),
    ).fetchone()
    if recently is not None:
        raise errors.MovedRecently(id=subscription["id"])
    info = {"newProviderEnvironment": wish.new_provider_environment, **_wished(wish.wish_date)}
    return activations.take_in(
        box, subscription, "MOVEENVIRONMENT", info, reference=wish.reference_number, wish_at=wish.wish_date
    )


def _two_months_before(moment: datetime) -> datetime:
    """The same day two months earlier, or that month's last."""
    year, month = divmod(moment.year * 12 + moment.month - 3, 12)
    first = moment.replace(year=year, month=month + 1, day=1)
    following = (first + timedelta(days=32)).replace(day=1)
    return min(first + timedelta(days=moment.day - 1), following - timedelta(microseconds=1))


def terminate(box: Box, caller: Caller, wish: schemas.Ending) -> Answer:
    """End a subscription, at a date or as soon as possible."""
    return end(box, caller, wish, "TERMINATE")


def end(box: Box, caller: Caller, wish: schemas.Ending, kind: str) -> Answer:
    """Take in an end of a subscription: a termination, or a number that leaves."""
    return activations.take_in(
        box, find(box, caller, wish, "TERMINATED"), kind, _wished(wish.wish_date),
        reference=wish.reference_number, wish_at=wish.wish_date,
    )  # fmt: skip


def cancel_terminate(box: Box, caller: Caller, wish: schemas.OfActivation) -> Answer:
    """Stop a termination that has not taken effect."""
    return cancel(box, caller, wish, "TERMINATE", "BUSY")


def _wished(wish_date: datetime | None) -> dict[str, str]:
    return {"wishDate": times.whole(wish_date)} if wish_date else {}
