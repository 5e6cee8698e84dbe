"""11.4 of the WING guide."""

from fastapi import APIRouter, Response

from carrierbox.carriers.wing.door import Caller, WingDoor
from carrierbox.carriers.wing.usage import asking
from carrierbox.carriers.wing.usage.plans import rules
from carrierbox.carriers.wing.wire import json_response
from carrierbox.kernel.world import Box

router = APIRouter(route_class=WingDoor)


@router.get("/api/{version}/channel-manager/usages", operation_id="wing-11.4")
async def usage_by_rate_plan(  # noqa: PLR0913 - the document's parameters
    caller: Caller,
    box: Box,
    ratePlanName: str,  # noqa: N803 - the document's name
    accountName: str,  # noqa: N803
    usageType: str = "Online",  # noqa: N803
    page: str = "0",
    size: str = "10",
) -> Response:
    """What an account's SIMs used under a rate plan in this billing cycle, by zone; ``page`` counts from 0."""
    asking.check_usage_type(usageType)
    asked = rules.Asked(ratePlanName, accountName, asking.page(page, size))
    return json_response(await rules.usage(box, caller, asked))
