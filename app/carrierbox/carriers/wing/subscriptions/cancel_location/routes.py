"""5.18 of the WING guide."""

from fastapi import APIRouter, Response
from fastapi.responses import PlainTextResponse

from carrierbox.carriers.wing.door import Caller, WingDoor
from carrierbox.carriers.wing.subscriptions.cancel_location import rules
from carrierbox.carriers.wing.subscriptions.cancel_location.schemas import Cancellation
from carrierbox.kernel.world import Box

router = APIRouter(route_class=WingDoor)


@router.post("/api/{version}/diagnostics/subscription/cancel_location", operation_id="wing-5.18")
def cancel_location(wanted: Cancellation, caller: Caller, box: Box) -> Response:
    """Ask for a SIM's location to be cancelled; the answered batch id is followed with 5.19."""
    return PlainTextResponse(rules.request(box, caller, wanted))
