"""11.1 and 11.2 of the WING guide."""

from fastapi import APIRouter, Response

from carrierbox.carriers.wing.door import Caller, WingDoor
from carrierbox.carriers.wing.usage import asking
from carrierbox.carriers.wing.usage.devices import rules
from carrierbox.carriers.wing.wire import json_response
from carrierbox.kernel.world import Box

router = APIRouter(route_class=WingDoor)


@router.get("/api/{version}/channel-manager/subscription/{iccid}/usages", operation_id="wing-11.1")
async def device_usage(iccid: str, caller: Caller, box: Box, usageType: str = "Online") -> Response:  # noqa: N803
    """What a SIM used in this billing cycle, in sum."""
    asking.check_usage_type(usageType)
    return json_response(rules.totals(box, await asking.sim(box, caller, "iccid", iccid)))


@router.get("/api/{version}/channel-manager/subscription/{iccid}/usageInZone", operation_id="wing-11.2")
async def device_usage_by_zone(iccid: str, caller: Caller, box: Box, usageType: str = "Online") -> Response:  # noqa: N803
    """What a SIM used in this billing cycle, by rate plan and zone."""
    asking.check_usage_type(usageType)
    return json_response(rules.in_zones(box, await asking.sim(box, caller, "iccid", iccid)))
