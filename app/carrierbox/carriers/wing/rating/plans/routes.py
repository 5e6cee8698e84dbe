"""15.1 and 15.2 of the WING guide."""

from fastapi import APIRouter, Request, Response

from carrierbox.carriers.wing.door import Caller, WingDoor
from carrierbox.carriers.wing.errors import BadParameter
from carrierbox.carriers.wing.rating.plans import rules
from carrierbox.carriers.wing.wire import json_response
from carrierbox.kernel.world import Box

router = APIRouter(route_class=WingDoor)


@router.get("/api/{version}/rating/getrateplans", operation_id="wing-15.1")
def rate_plans(request: Request, caller: Caller, box: Box) -> Response:
    """Names and ids of rate plans; ``accountId`` and ``rateplanId`` take several with commas between."""
    return json_response(rules.names(box, caller, _ids(request, "accountId"), _ids(request, "rateplanId")))


@router.get("/api/{version}/rating/getrateplandetails", operation_id="wing-15.2")
def rate_plan_details(request: Request, caller: Caller, box: Box) -> Response:
    """All that a rate plan costs and includes; several ids with commas between give one element each."""
    ids = _ids(request, "id")
    if ids is None:
        raise BadParameter(name="id", problem="is missing")
    return json_response(rules.details(box, caller, ids))


def _ids(request: Request, name: str) -> tuple[int, ...] | None:
    """The ids of a parameter, which may come more than once; none where it does not come."""
    given = request.query_params.getlist(name)
    return rules.ids(name, ",".join(given)) if given else None
