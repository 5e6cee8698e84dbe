"""b02: activations."""

from fastapi import APIRouter, Request, Response

from carrierbox.carriers.stn import asking
from carrierbox.carriers.stn.activations.record import ACTIVATION
from carrierbox.carriers.stn.door import Caller, StnDoor
from carrierbox.kernel.world import Box

router = APIRouter(route_class=StnDoor)


@router.get("/api/QueryActivation", operation_id="stn-queryactivation", openapi_extra=asking.parameters(ACTIVATION))
async def query_activation(request: Request, caller: Caller, box: Box) -> Response:
    """List activations, newest first: the way to follow what a POST started."""
    return await asking.answer(request, ACTIVATION, caller, box)
