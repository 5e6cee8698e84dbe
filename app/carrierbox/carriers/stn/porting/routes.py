"""Chapter d."""

from fastapi import APIRouter, Response

from carrierbox.carriers.stn.door import Caller, StnDoor
from carrierbox.carriers.stn.porting import rules, schemas
from carrierbox.carriers.stn.subscriptions.schemas import Ending, OfActivation
from carrierbox.carriers.stn.wire import json_response
from carrierbox.kernel.world import Box

router = APIRouter(route_class=StnDoor)


@router.post("/api/InPortSubscription", operation_id="stn-inportsubscription")
def in_port_subscription(wish: schemas.InPort, caller: Caller, box: Box) -> Response:
    """Ask for a subscription with a number of another provider's."""
    return json_response(rules.port_in(box, caller, wish))


@router.post("/api/ChangeInPortSubscription", operation_id="stn-changeinportsubscription")
def change_in_port_subscription(wish: schemas.InPortChange, caller: Caller, box: Box) -> Response:
    """Change the date or the donor's customer number of a port-in under way."""
    return json_response(rules.change_port_in(box, caller, wish))


@router.post("/api/CancelInPortSubscription", operation_id="stn-cancelinportsubscription")
def cancel_in_port_subscription(wish: OfActivation, caller: Caller, box: Box) -> Response:
    """Cancel a port-in that the donor was asked for."""
    return json_response(rules.cancel_port_in(box, caller, wish))


@router.post("/api/PortingOutSubscription", operation_id="stn-portingoutsubscription")
def porting_out_subscription(wish: Ending, caller: Caller, box: Box) -> Response:
    """Give a number away to another provider."""
    return json_response(rules.port_out(box, caller, wish))


@router.post("/api/CancelPortingOutSubscription", operation_id="stn-cancelportingoutsubscription")
def cancel_porting_out_subscription(wish: OfActivation, caller: Caller, box: Box) -> Response:
    """Keep a number that was about to leave."""
    return json_response(rules.cancel_port_out(box, caller, wish))
