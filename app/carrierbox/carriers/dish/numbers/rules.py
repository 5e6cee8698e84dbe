"""Changes of number, to one of ours or to one that is ported in."""

from collections.abc import Mapping

from carrierbox.carriers.dish.access.rules import Caller
from carrierbox.carriers.dish.errors import NotActive
from carrierbox.carriers.dish.numbers import stock
from carrierbox.carriers.dish.numbers.schemas import NumberChange, PortedNumberChange
from carrierbox.carriers.dish.subscriptions import facts
from carrierbox.carriers.dish.subscriptions.rules import SUBJECT
from carrierbox.carriers.dish.transactions import rules as transactions
from carrierbox.carriers.dish.transactions.rules import Order
from carrierbox.kernel.world import Box

CHANGE = "dish-change-number"
CHANGE_WITH_PORT_IN = "dish-change-number-port-in"


def change(box: Box, caller: Caller, asked: NumberChange) -> None:
    """Give an active subscription another number: the one named, one reserved, or one that is free.

    Raises: Duplicate, UnknownSubscription, Mismatch, UnderWay, NotActive, NumberInUse.
    """
    _change(box, caller, CHANGE, asked, asked.iccid, asked.gpsi_reservation_id)


def change_with_port_in(box: Box, caller: Caller, asked: PortedNumberChange) -> None:
    """Give an active subscription a number from another carrier.

    Raises: Duplicate, UnknownSubscription, UnderWay, NotActive, NumberInUse.
    """
    _change(box, caller, CHANGE_WITH_PORT_IN, asked)


def _change(  # noqa: PLR0913 - what the two kinds differ in
    box: Box,
    caller: Caller,
    kind: str,
    asked: NumberChange | PortedNumberChange,
    iccid: str | None = None,
    reservation_id: str | None = None,
) -> None:
    transactions.check_unused(box, caller, asked.partner_transaction_id)
    found = facts.changeable(box, caller, iccid, asked.gpsi)
    new = stock.settle_on(box, asked.new_gpsi, reservation_id)
    subject = {name: found[column] for name, column in SUBJECT.items()}
    job = transactions.begin(box, caller, kind, asked, asked.partner_transaction_id, subject, gpsi=new)
    facts.keep(box, found["iccid"], job)
    stock.keep(box, new, job)


def _release(box: Box, order: Order) -> None:
    facts.keep(box, order.subject["iccid"], None)
    stock.let_go(box, order.settled["gpsi"])


@transactions.resolves(CHANGE, "ChangeNumber", _release)
@transactions.resolves(CHANGE_WITH_PORT_IN, "ChangeNumberWithPortIn", _release)
def changed(box: Box, order: Order) -> Mapping[str, str]:
    """Take the new number; the old one is free.

    Raises: NotActive.
    """
    found = facts.sim(box, order.subject["iccid"])
    assert found is not None  # noqa: S101 - it was kept
    if found["state"] != "Active":
        raise NotActive(state=found["state"])
    facts.write(box, found, gpsi=order.settled["gpsi"])
    return {"gpsi": order.settled["gpsi"]}
