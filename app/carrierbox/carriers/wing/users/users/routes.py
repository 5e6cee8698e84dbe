"""3.1 to 3.5 and 3.16 to 3.21 of the WING guide. Sections that share a route differ in their members' order only."""

from typing import Any

from fastapi import APIRouter, Request, Response

from carrierbox import edge
from carrierbox.carriers.wing.door import Caller, WingDoor
from carrierbox.carriers.wing.users import access
from carrierbox.carriers.wing.users.users import rules
from carrierbox.carriers.wing.users.users.schemas import NewPassword, NewUser, UserChange
from carrierbox.carriers.wing.wire import json_response
from carrierbox.kernel.world import Box

router = APIRouter(route_class=WingDoor)


def _sections(*ids: str) -> dict[str, Any]:
    return {"x-carrierbox-sections": list(ids)}


@router.get(
    "/api/{version}/users/users/{realmId}/user",
    operation_id="wing-3.1",
    openapi_extra=_sections("wing-3.1", "wing-3.17"),
)
def list_users(realmId: str, request: Request, caller: Caller, box: Box) -> Response:  # noqa: N803 - the document's name
    """The users within reach; without page and size that is 3.17."""
    access.check_realm(caller, realmId)
    if {"page", "size"} & request.query_params.keys():
        return rules.list_users(box, request, caller, rules.WITH_ACCOUNT)
    edge.visit(request).operation = "wing-3.17"
    return rules.list_users(box, request, caller, rules.FEB_13)


@router.get("/api/{version}/users/users/find-by-category/{userCategory}", operation_id="wing-3.2")
def users_by_category(userCategory: str, request: Request, caller: Caller, box: Box) -> Response:  # noqa: N803 - the document's name
    """The users of one category."""
    category = access.one_of("userCategory", userCategory, rules.CATEGORIES)
    return rules.list_users(box, request, caller, rules.PLAIN, category)


@router.post(
    "/api/{version}/users/users/{realmId}/user",
    operation_id="wing-3.3",
    openapi_extra=_sections("wing-3.3", "wing-3.18"),
)
def create_user(realmId: str, new: NewUser, caller: Caller, box: Box) -> Response:  # noqa: N803 - the document's name
    """Make a user; 3.18 is the same call."""
    access.check_realm(caller, realmId)
    return json_response(rules.create(box, caller, new, rules.WITH_ACCOUNT))


@router.put(
    "/api/{version}/users/users/{realmId}/user/{userId}",
    operation_id="wing-3.4",
    openapi_extra=_sections("wing-3.4", "wing-3.19"),
)
def update_user(  # noqa: PLR0913 - what it reads and is handed
    realmId: str,  # noqa: N803 - the document's name
    userId: str,  # noqa: N803 - the document's name
    change: UserChange,
    request: Request,
    caller: Caller,
    box: Box,
) -> Response:
    """Write a user anew; with a group that is 3.19."""
    access.check_realm(caller, realmId)
    if change.user_group_id is None:
        return json_response(rules.update(box, caller, userId, change, rules.WITH_ACCOUNT))
    edge.visit(request).operation = "wing-3.19"
    return json_response(rules.update(box, caller, userId, change, rules.FEB_13))


@router.get("/api/{version}/users/users/{userId}/groups", operation_id="wing-3.5")
def groups_of_user(userId: str, caller: Caller, box: Box) -> Response:  # noqa: N803 - the document's name
    """A user's groups, with their roles and accounts."""
    return json_response(rules.groups(box, caller, userId))


later = APIRouter(route_class=WingDoor)  # the sections that were added on 13 February


@later.get("/api/{version}/users/users/{realmId}/user/{userId}", operation_id="wing-3.16")
def user(realmId: str, userId: str, caller: Caller, box: Box) -> Response:  # noqa: N803 - the document's names
    """One user."""
    access.check_realm(caller, realmId)
    return json_response(rules.one(box, caller, userId, rules.FEB_13))


@later.post("/api/{version}/users/users/{realmId}/user/{userId}/reset-password", operation_id="wing-3.20")
def reset_password(realmId: str, userId: str, new: NewPassword, caller: Caller, box: Box) -> Response:  # noqa: N803 - the document's names
    """Set a user's password."""
    access.check_realm(caller, realmId)
    return json_response(rules.reset_password(box, caller, userId, new))


@later.delete("/api/{version}/users/users/{realmId}/user/{userId}/delete-user", operation_id="wing-3.21")
def delete_user(realmId: str, userId: str, caller: Caller, box: Box) -> Response:  # noqa: N803 - the document's names
    """Remove a user; the answer always has a body."""
    access.check_realm(caller, realmId)
    return json_response(rules.delete(box, caller, userId))
