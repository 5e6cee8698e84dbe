"""15.1 and 15.2 of the WING guide."""

from fastapi import APIRouter, Request, Response

from carrierbox.carriers.wing.door import Caller, WingDoor
from carrierbox.carriers.wing.rating.plans import rules
from carrierbox.carriers.wing.wire import json_response
from carrierbox.kernel.world import Box

router = APIRouter(route_class=WingDoor)


@router.get("/api/{version}/rating/getrateplans", operation_id="wing-15.1")
def rate_plans(request: Request, caller: Caller, box: Box) -> Response:
    """Names and ids of rate plans; ``accountId`` and ``rateplanId`` take several with commas between."""
    asked = request.query_params
    accounts = rules.ids("accountId", asked["accountId"]) if "accountId" in asked else None
    plans = rules.ids("rateplanId", asked["rateplanId"]) if "rateplanId" in asked else None
    return json_response(rules.names(box, caller, accounts, plans))


@router.get("/api/{version}/rating/getrateplandetails", operation_id="wing-15.2")
def rate_plan_details(request: Request, caller: Caller, box: Box) -> Response:
    """All that a rate plan costs and includes; several ids with commas between give one element each."""
    return json_response(rules.details(box, caller, rules.ids("id", request.query_params.get("id", ""))))
