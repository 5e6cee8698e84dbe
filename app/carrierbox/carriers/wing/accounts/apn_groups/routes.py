"""4.19 to 4.25 of the WING guide; three routes stand in it twice. What follows ``address`` is an account's id."""

from typing import Any

from fastapi import APIRouter, Request, Response

from carrierbox.carriers.wing.accounts.apn_groups import rules
from carrierbox.carriers.wing.accounts.apn_groups.schemas import ApnChange, ApnGroupChange, NewApnGroup
from carrierbox.carriers.wing.door import Caller, WingDoor
from carrierbox.carriers.wing.wire import json_response, number
from carrierbox.kernel.world import Box

router = APIRouter(route_class=WingDoor)


def _sections(*ids: str) -> dict[str, Any]:
    return {"x-carrierbox-sections": list(ids)}


@router.post(
    "/api/{version}/accounts/address/{accountId}/apnGroup",
    operation_id="wing-4.19",
    status_code=201,
    openapi_extra=_sections("wing-4.19", "wing-4.23"),
)
def create_apn_group(accountId: str, new: NewApnGroup, caller: Caller, box: Box) -> Response:  # noqa: N803 - the document's name
    """Make an APN group in an account; answers a row for each of its APNs."""
    return json_response(rules.create(box, caller, number("accountId", accountId), new), 201)


@router.put(
    "/api/{version}/accounts/address/{accountId}/apnGroup",
    operation_id="wing-4.20",
    openapi_extra=_sections("wing-4.20", "wing-4.24"),
)
def update_apn_group(accountId: str, change: ApnGroupChange, caller: Caller, box: Box) -> Response:  # noqa: N803 - the document's name
    """Rename an APN group, or make it the account's default."""
    return json_response(rules.update(box, caller, number("accountId", accountId), change))


@router.get(
    "/api/{version}/accounts/address/{accountId}/apnGroup",
    operation_id="wing-4.21",
    openapi_extra=_sections("wing-4.21", "wing-4.22"),
)
def apn_groups(accountId: str, request: Request, caller: Caller, box: Box) -> Response:  # noqa: N803 - the document's name
    """The APN groups of an account."""
    return rules.list_groups(box, request, caller, number("accountId", accountId))


@router.patch("/api/{version}/accounts/address/{id}/apnGroup/{apnGroupId}", operation_id="wing-4.25")
def change_apns(id: str, apnGroupId: str, change: ApnChange, caller: Caller, box: Box) -> Response:  # noqa: N803 - the document's name
    """Put APNs into a group, and take others out of it."""
    group_id = number("apnGroupId", apnGroupId)
    return json_response(rules.change_apns(box, caller, number("id", id), group_id, change))
