"""Port-in: whether a number can come, and the activation that brings it."""

from carrierbox.carriers.dish.access.rules import Caller
from carrierbox.carriers.dish.numbers import stock as numbers
from carrierbox.carriers.dish.port_in.schemas import PortIn
from carrierbox.carriers.dish.subscriptions import rules as subscriptions
from carrierbox.carriers.dish.wire import timestamp
from carrierbox.kernel.world import Box


def check(box: Box, gpsi: str) -> dict[str, str]:
    """Whether a number can be ported in: not when it is here already, or comes with an order under way."""
    checked = {"checkedDate": timestamp(box.now)}
    if numbers.is_in_use(box, gpsi):
        return {"eligibilityStatus": "Reject", **checked, "reasonCode": "8A", "reasonDesc": "NumberalreadyActive"}
    return {"eligibilityStatus": "Accept", **checked}


def create(box: Box, caller: Caller, asked: PortIn) -> None:
    """Put a SIM on a plan, with a number from another carrier.

    Raises: Duplicate, UnknownSim, SimInUse, Mismatch, NumberInUse.
    """
    subscriptions.order(box, caller, subscriptions.PORT_IN, asked, asked.gpsi)
