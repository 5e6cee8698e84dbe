"""Chapters c and e and the seed document, in the order of the vendor's menu."""

from fastapi import APIRouter, Request, Response

from carrierbox.carriers.stn import asking
from carrierbox.carriers.stn.door import Caller, StnDoor
from carrierbox.carriers.stn.subscriptions import effects, rules, schemas
from carrierbox.carriers.stn.subscriptions.record import SUBSCRIPTION
from carrierbox.carriers.stn.wire import json_response
from carrierbox.kernel.world import Box

__all__ = ["effects", "router"]

router = APIRouter(route_class=StnDoor)


@router.get(
    "/api/QuerySubscription", operation_id="stn-querysubscription", openapi_extra=asking.parameters(SUBSCRIPTION)
)
async def query_subscription(request: Request, caller: Caller, box: Box) -> Response:
    """List subscriptions, with all of their services."""
    return await asking.answer(request, SUBSCRIPTION, caller, box)


@router.post("/api/NewSubscription", operation_id="stn-newsubscription")
def new_subscription(wish: schemas.NewSubscription, caller: Caller, box: Box) -> Response:
    """Ask for a subscription with a new number."""
    return json_response(rules.new_subscription(box, caller, wish))


@router.post("/api/CancelNewSubscription", operation_id="stn-cancelnewsubscription")
def cancel_new_subscription(wish: schemas.OfActivation, caller: Caller, box: Box) -> Response:
    """Cancel a subscription that is not active yet."""
    return json_response(rules.cancel_new(box, caller, wish))


@router.post("/api/SuspendSubscription", operation_id="stn-suspendsubscription")
def suspend_subscription(wish: schemas.OfSubscription, caller: Caller, box: Box) -> Response:
    """Block all traffic of a subscription."""
    return json_response(rules.suspend(box, caller, wish))


@router.post("/api/ResumeSubscription", operation_id="stn-resumesubscription")
def resume_subscription(wish: schemas.OfSubscription, caller: Caller, box: Box) -> Response:
    """Let traffic of a suspended subscription flow again."""
    return json_response(rules.resume(box, caller, wish))


@router.post("/api/SimSwapSubscription", operation_id="stn-simswapsubscription")
def sim_swap_subscription(wish: schemas.SimSwap, caller: Caller, box: Box) -> Response:
    """Give a subscription another SIM card, or an eSIM."""
    return json_response(rules.swap_sim(box, caller, wish))


@router.post("/api/SetServicesSubscription", operation_id="stn-setservicessubscription")
def set_services_subscription(wish: schemas.SetServices, caller: Caller, box: Box) -> Response:
    """Add or change services of a subscription."""
    return json_response(rules.set_services(box, caller, wish))


@router.post("/api/MoveEnvironmentSubscription", operation_id="stn-moveenvironmentsubscription")
def move_environment_subscription(wish: schemas.MoveEnvironment, caller: Caller, box: Box) -> Response:
    """Move a subscription to the operator's other environment."""
    return json_response(rules.move_environment(box, caller, wish))


@router.post("/api/TerminateSubscription", operation_id="stn-terminatesubscription")
def terminate_subscription(wish: schemas.Ending, caller: Caller, box: Box) -> Response:
    """End a subscription, at a date or as soon as possible."""
    return json_response(rules.terminate(box, caller, wish))


@router.post("/api/CancelTerminateSubscription", operation_id="stn-cancelterminatesubscription")
def cancel_terminate_subscription(wish: schemas.OfActivation, caller: Caller, box: Box) -> Response:
    """Stop a termination that has not taken effect."""
    return json_response(rules.cancel_terminate(box, caller, wish))
