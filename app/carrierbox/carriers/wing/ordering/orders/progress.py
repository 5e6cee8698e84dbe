"""The steps of an order, and the date that each leaves. A date says when its status was entered last.

Source: contract `wing-services.yaml`, key `orders.statuses`.
"""

from collections.abc import Mapping

from carrierbox.carriers.wing.errors import BadField
from carrierbox.carriers.wing.lists import Row
from carrierbox.carriers.wing.ordering.orders import mails, record
from carrierbox.kernel import clock, lifecycle
from carrierbox.kernel.lifecycle import StateName
from carrierbox.kernel.world import Box

STATUSES = lifecycle.load("wing-order")
FINAL = frozenset(status for status in STATUSES.states if not STATUSES.next_from(status))

#: The column of the date that entering a status leaves.
DATES: Mapping[str, str] = {status: f"order_{status.lower()}_date" for status in STATUSES.states}


def check_step(box: Box, present: str, wanted: str) -> lifecycle.Step | None:
    """Let a status follow that may; the present one again is no step.

    Raises: BadField.
    """
    if wanted == present:
        return None
    step = lifecycle.attempt(box, STATUSES, StateName(present), StateName(wanted))
    if isinstance(step, lifecycle.Refused):
        allowed = ", ".join(step.allowed) or "nothing, it is final"
        raise BadField(field="orderStatus", problem=f"cannot go from {present} to {wanted}; allowed: {allowed}")
    return step


def enter(box: Box, order: Row, status: str) -> None:
    """Take an order a step on: its date is now, and who wants to hear of it is told.

    Raises: BadField.
    """
    if step := check_step(box, order["order_status"], status):
        lifecycle.count(box, step)
        record.write(box, order["id"], {"order_status": status, DATES[status]: clock.text(box.now)})
        mails.tell(box, {**order, "order_status": status})
