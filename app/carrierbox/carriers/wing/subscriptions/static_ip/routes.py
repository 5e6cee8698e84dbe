"""16 of the WING guide."""

from fastapi import APIRouter, Response

from carrierbox.carriers.wing.door import Caller, WingDoor
from carrierbox.carriers.wing.subscriptions.static_ip import rules
from carrierbox.carriers.wing.subscriptions.static_ip.schemas import AddressChange
from carrierbox.carriers.wing.wire import json_response
from carrierbox.kernel.world import Box

router = APIRouter(route_class=WingDoor)


@router.post("/api/{version}/subscription/sims/change/ipaddress", operation_id="wing-16", status_code=202)
def change_static_ip(wanted: AddressChange, caller: Caller, box: Box) -> Response:
    """Ask for another static address; the answered transaction id is followed with 5.8."""
    return json_response(rules.request_change(box, caller, wanted), 202)
