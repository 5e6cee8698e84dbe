"""b01: SIM cards."""

from fastapi import APIRouter, Request, Response

from carrierbox.carriers.stn import asking
from carrierbox.carriers.stn.door import Caller, StnDoor
from carrierbox.carriers.stn.simcards.record import SIMCARD
from carrierbox.kernel.world import Box

router = APIRouter(route_class=StnDoor)


@router.get("/api/QuerySimcard", operation_id="stn-querysimcard", openapi_extra=asking.parameters(SIMCARD))
async def query_simcard(request: Request, caller: Caller, box: Box) -> Response:
    """List the partner's SIM cards."""
    return await asking.answer(request, SIMCARD, caller, box)
