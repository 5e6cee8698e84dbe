"""5.20, 5.22 and 5.23 of the WING guide. 5.20 and 5.23 are one call at two addresses, the first with api twice."""

from fastapi import APIRouter, Response
from fastapi.responses import PlainTextResponse

from carrierbox.carriers.wing.door import Caller, WingDoor
from carrierbox.carriers.wing.subscriptions.groups import rules
from carrierbox.carriers.wing.subscriptions.groups.schemas import Grouping, Groupings
from carrierbox.carriers.wing.wire import json_response
from carrierbox.kernel.world import Box

router = APIRouter(route_class=WingDoor)


@router.put("/api/{version}/api/sims/group", operation_id="wing-5.20")
def update_group(wanted: Grouping, caller: Caller, box: Box) -> Response:
    """Put a SIM into a group, or take it out; answers the request."""
    rules.put(box, caller, wanted)
    return json_response(wanted.whole)


@router.post("/api/{version}/resources/batch/sims/update/group/list", operation_id="wing-5.22")
def update_group_of_many(wanted: Groupings, caller: Caller, box: Box) -> Response:
    """Ask for many SIMs to be put into a group, or taken out; the answered batch id is followed with 5.8."""
    return PlainTextResponse(rules.request(box, caller, wanted))


@router.put("/api/{version}/subscription/sims/group", operation_id="wing-5.23")
def group_one(wanted: Grouping, caller: Caller, box: Box) -> Response:
    """Put a SIM into a group, or take it out; answers the request."""
    rules.put(box, caller, wanted)
    return json_response(wanted.whole)
