"""5.9 to 5.12 of the WING guide. Each answers a batch id, which is followed with 5.8."""

from fastapi import APIRouter, Response
from fastapi.responses import PlainTextResponse

from carrierbox.carriers.wing.door import Caller, WingDoor
from carrierbox.carriers.wing.subscriptions.assignments import rules
from carrierbox.carriers.wing.subscriptions.assignments.schemas import (
    ApnGroupAssignment,
    RatePlanChange,
    RoamingProfileAssignment,
    ServiceProfileAssignment,
)
from carrierbox.kernel.world import Box

router = APIRouter(route_class=WingDoor)


@router.put("/api/{version}/sim/assign_apn", operation_id="wing-5.9")
def assign_apn_group(wanted: ApnGroupAssignment, caller: Caller, box: Box) -> Response:
    """Ask for another APN group."""
    return PlainTextResponse(rules.request(box, caller, rules.ASSIGN_APN_GROUP, wanted))


@router.post("/api/{version}/sim/assign_service_profile", operation_id="wing-5.10", status_code=202)
def assign_service_profile(wanted: ServiceProfileAssignment, caller: Caller, box: Box) -> Response:
    """Ask for another service profile, which the SIM's record calls network profile."""
    return PlainTextResponse(rules.request(box, caller, rules.ASSIGN_SERVICE_PROFILE, wanted), 202)


@router.put("/api/{version}/subscription/sims/rateplan", operation_id="wing-5.11")
@router.post("/api/{version}/subscription/sims/rateplan", operation_id="wing-5.11", include_in_schema=False)
def change_rate_plan(wanted: RatePlanChange, caller: Caller, box: Box) -> Response:
    """Ask for another rate plan."""
    return PlainTextResponse(rules.request(box, caller, rules.CHANGE_RATE_PLAN, wanted))


@router.post("/api/{version}/sim/assign_roaming_profile", operation_id="wing-5.12", status_code=202)
@router.post(
    "/api/{version}/sim/assign_roaming_profile_sim_wf",
    operation_id="wing-5.12",
    status_code=202,
    include_in_schema=False,
)
def assign_roaming_profile(wanted: RoamingProfileAssignment, caller: Caller, box: Box) -> Response:
    """Ask for another roaming profile."""
    return PlainTextResponse(rules.request(box, caller, rules.ASSIGN_ROAMING_PROFILE, wanted), 202)
