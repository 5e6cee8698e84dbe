"""10.1 of the WING guide."""

from fastapi import APIRouter, Response

from carrierbox.carriers.wing.door import Caller, WingDoor
from carrierbox.carriers.wing.usage import asking
from carrierbox.carriers.wing.usage.probes import rules
from carrierbox.carriers.wing.wire import json_response
from carrierbox.kernel.world import Box

router = APIRouter(route_class=WingDoor)


@router.get("/api/{version}/probes/network-registration/{imsi}", operation_id="wing-10.1")
async def network_registration(imsi: str, caller: Caller, box: Box) -> Response:
    """Where a SIM is registered."""
    return json_response(rules.registration(box, await asking.sim(box, caller, "imsi", imsi)))
