"""Update the bill cycle, and query a subscription."""

from typing import Annotated

from fastapi import APIRouter, Query, Response

from carrierbox.carriers.dish.door import Caller, DishDoor
from carrierbox.carriers.dish.profile import rules
from carrierbox.carriers.dish.profile.schemas import BillCycle
from carrierbox.carriers.dish.wire import Iccid, TransactionId, answer, success
from carrierbox.kernel.world import Box

router = APIRouter(route_class=DishDoor)

CYCLE = "dish-update-bill-cycle"
DETAILS = "dish-query-subscription"

#: The schema says 11 to 15 digits, the example has 10.
AnyGpsi = Annotated[str, Query(pattern=r"^[0-9]{10,15}$")]


@router.post("/sps/v5/subscription-profile/billCycle", operation_id=CYCLE)
@router.put("/sps/v5/subscription-profile/billCycle", operation_id=CYCLE, include_in_schema=False)
@router.patch("/sps/v5/subscription-profile/billCycle", operation_id=CYCLE, include_in_schema=False)
@router.post("/sps/v5/subscription/billCycle", operation_id=CYCLE, include_in_schema=False)
def update_bill_cycle(asked: BillCycle, caller: Caller, box: Box) -> Response:
    """Let bills start on another day of the month, at once."""
    rules.change_bill_cycle(box, caller, asked)
    return success()


@router.get("/sps/v5/subscription-profile/subscriptionDetails", operation_id=DETAILS)
@router.get("/sps/v5/subscription-profile", operation_id=DETAILS, include_in_schema=False)
@router.get("/sps/v5/subscription/details", operation_id=DETAILS, include_in_schema=False)
@router.get("/sps/v5/subscription", operation_id=DETAILS, include_in_schema=False)
def query_subscription(
    caller: Caller,
    box: Box,
    gpsi: AnyGpsi | None = None,
    iccid: Iccid | None = None,
    subscriber_id: Annotated[TransactionId | None, Query(alias="subscriberId")] = None,
) -> Response:
    """Plan, products, buckets, SIM, device and number of a subscription; several criteria must all fit."""
    return answer(rules.details(box, caller, iccid, gpsi, subscriber_id))
