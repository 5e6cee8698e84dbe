"""4.8 to 4.18 and 4.26 to 4.32 of the WING guide. The type of the resource tells sections apart that share a route."""

from typing import Any

from fastapi import APIRouter, Request, Response
from fastapi.responses import PlainTextResponse

from carrierbox import edge
from carrierbox.carriers.wing.accounts.resources import rules
from carrierbox.carriers.wing.accounts.resources.schemas import (
    ApnAssignment,
    DefaultChange,
    MsisdnPoolAssignment,
    NetworkProfileAssignment,
    NewResource,
    RoamingProfileAssignment,
    WholeResource,
)
from carrierbox.carriers.wing.door import Caller, WingDoor
from carrierbox.carriers.wing.wire import bare, json_response, number
from carrierbox.kernel.world import Box

router = APIRouter(route_class=WingDoor)
later = APIRouter(route_class=WingDoor)  # after the APN groups

_READ = {"APN": "wing-4.9", "SERVICE-PROFILE": "wing-4.12", "RATE-PLAN": "wing-4.15", "ROAMING-PROFILE": "wing-4.18"}
_DEFAULT = {"SERVICE-PROFILE": "wing-4.11", "RATE-PLAN": "wing-4.14", "ROAMING-PROFILE": "wing-4.17"}


def _sections(*ids: str) -> dict[str, Any]:
    return {"x-carrierbox-sections": list(ids)}


@router.post("/api/{version}/accounts/assign_apn", operation_id="wing-4.8")
def assign_apns(wanted: ApnAssignment, caller: Caller, box: Box) -> Response:
    """Ask for APNs to be assigned to an account."""
    return PlainTextResponse(rules.request_assignment(box, caller, wanted))


@router.get(
    "/api/{version}/accounts/account/{accountId}/resources",
    operation_id="wing-4.9",
    openapi_extra=_sections(*_READ.values()),
)
def resources_of_account(accountId: str, request: Request, caller: Caller, box: Box) -> Response:  # noqa: N803 - the document's name
    """What is assigned to an account."""
    section = _READ.get(request.query_params.get("resourceType.equals", "APN"), "wing-4.9")
    edge.visit(request).operation = section
    return rules.list_of_account(box, request, caller, number("accountId", accountId))


@router.post("/api/{version}/accounts/assign_networkprofile", operation_id="wing-4.10")
def assign_network_profiles(wanted: NetworkProfileAssignment, caller: Caller, box: Box) -> Response:
    """Ask for network profiles to be assigned to an account."""
    return PlainTextResponse(rules.request_assignment(box, caller, wanted))


@router.patch(
    "/api/{version}/accounts/account/{accountId}/resources",
    operation_id="wing-4.11",
    openapi_extra=_sections(*_DEFAULT.values()),
)
def set_default(accountId: str, change: DefaultChange, request: Request, caller: Caller, box: Box) -> Response:  # noqa: N803 - the document's name
    """Make an assignment the default of its type, or clear that."""
    shown = rules.set_default(box, caller, number("accountId", accountId), change)
    edge.visit(request).operation = _DEFAULT.get(shown["resourceType"], "wing-4.11")
    return json_response(shown)


@router.post("/api/{version}/accounts/account/{accountId}/resources", operation_id="wing-4.13")
def assign_rate_plan(accountId: str, new: NewResource, caller: Caller, box: Box) -> Response:  # noqa: N803 - the document's name
    """Assign a rate plan, or whatever else, to an account at once."""
    return json_response(rules.put(box, caller, number("accountId", accountId), new))


@router.post("/api/{version}/accounts/assign_roamingprofile", operation_id="wing-4.16")
def assign_roaming_profiles(wanted: RoamingProfileAssignment, caller: Caller, box: Box) -> Response:
    """Ask for roaming profiles to be assigned to an account."""
    return bare(rules.request_assignment(box, caller, wanted))


@later.get(
    "/api/{version}/accounts/resources/{id}",
    operation_id="wing-4.30",
    openapi_extra=_sections("wing-4.26", "wing-4.30"),
)
def resource(id: str, caller: Caller, box: Box) -> Response:
    """One assignment; of an APN that is 4.26, which asks for its ``resourceId``."""
    return json_response(rules.one(box, caller, number("id", id)))


@later.get("/api/{version}/accounts/resources", operation_id="wing-4.27")
def list_resources(request: Request, caller: Caller, box: Box) -> Response:
    """What is assigned to the accounts within reach."""
    return rules.list_all(box, request, caller)


@later.post(
    "/api/{version}/accounts/resources/{accountId}",
    operation_id="wing-4.28",
    openapi_extra=_sections("wing-4.28", "wing-4.29"),
)
def create_resource(accountId: str, new: WholeResource, caller: Caller, box: Box) -> Response:  # noqa: N803 - the document's name
    """Assign something to an account; 4.29's curl example updates by this call too."""
    return json_response(rules.put(box, caller, number("accountId", accountId), new, rules.BY_ITSELF))


@later.put("/api/{version}/accounts/resources/{accountId}", operation_id="wing-4.29")
def update_resource(accountId: str, change: WholeResource, caller: Caller, box: Box) -> Response:  # noqa: N803 - the document's name
    """Write an assignment anew."""
    return json_response(rules.update(box, caller, number("accountId", accountId), change))


@later.delete("/api/{version}/accounts/resources/{id}", operation_id="wing-4.31")
def delete_resource(id: str, caller: Caller, box: Box) -> Response:
    """Take an assignment away."""
    rules.delete(box, caller, number("id", id))
    return bare("")


@later.post("/api/{version}/accounts/assign_msisdnpool", operation_id="wing-4.32")
def assign_msisdn_pools(wanted: MsisdnPoolAssignment, caller: Caller, box: Box) -> Response:
    """Ask for MSISDN pools to be assigned to an account."""
    return bare(rules.request_assignment(box, caller, wanted))
