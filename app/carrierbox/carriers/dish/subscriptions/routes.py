"""Activate, and update the status."""

from fastapi import APIRouter, Response

from carrierbox.carriers.dish.door import Caller, DishDoor
from carrierbox.carriers.dish.subscriptions import rules
from carrierbox.carriers.dish.subscriptions.schemas import Activation, StatusUpdate
from carrierbox.carriers.dish.wire import success
from carrierbox.kernel.world import Box

router = APIRouter(route_class=DishDoor)

ACTIVATE = "dish-activate-subscription"
UPDATE = "dish-update-subscription-status"


@router.post("/sps/v5/subscription/activate", operation_id=ACTIVATE)
@router.post("/sps/v5/subscription", operation_id=ACTIVATE, include_in_schema=False)
@router.post("/sps/v5/subscriptions", operation_id=ACTIVATE, include_in_schema=False)
@router.post("/sps/subscription/v5/activate", operation_id=ACTIVATE, include_in_schema=False)
def activate_subscription(asked: Activation, caller: Caller, box: Box) -> Response:
    """Ask for a SIM to be put on a plan; a notification follows when it is done."""
    rules.activate(box, caller, asked)
    return success()


@router.post("/sps/v5/subscription/status", operation_id=UPDATE)
@router.put("/sps/v5/subscription/status", operation_id=UPDATE, include_in_schema=False)
@router.patch("/sps/v5/subscription/status", operation_id=UPDATE, include_in_schema=False)
@router.post("/sps/v5/subscription/updateStatus", operation_id=UPDATE, include_in_schema=False)
def update_subscription_status(asked: StatusUpdate, caller: Caller, box: Box) -> Response:
    """Ask for a subscription to be suspended, resumed, ceased or reactivated; a notification follows."""
    rules.update_status(box, caller, asked)
    return success()
