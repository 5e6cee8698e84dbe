"""11.3 and 12.1 of the WING guide."""

from fastapi import APIRouter, Response

from carrierbox.carriers.wing.door import Caller, WingDoor
from carrierbox.carriers.wing.usage import asking
from carrierbox.carriers.wing.usage.sessions import rules
from carrierbox.carriers.wing.usage.sessions.schemas import Disconnection
from carrierbox.carriers.wing.wire import json_response
from carrierbox.kernel.world import Box

router = APIRouter(route_class=WingDoor)


@router.get("/api/{version}/channel-manager/subscription/{iccid}/sessionInfo", operation_id="wing-11.3")
async def session_details(iccid: str, caller: Caller, box: Box, usageType: str = "Online") -> Response:  # noqa: N803
    """A SIM's running session, or its last one."""
    asking.check_usage_type(usageType)
    return json_response(rules.session(box, await asking.sim(box, caller, "iccid", iccid)))


@router.post("/api/{version}/channel-manager/terminateSession", operation_id="wing-12.1", status_code=202)
async def send_pod(wanted: Disconnection, caller: Caller, box: Box) -> Response:
    """Ask for the end of a SIM's running session; a device may connect again."""
    sim = await asking.sim(box, caller, "imsi", wanted.imsi)
    with box.transaction():
        return json_response(rules.request_end(box, caller, sim, wanted), 202)
