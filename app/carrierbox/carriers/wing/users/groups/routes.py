"""3.6 to 3.10 of the WING guide."""

from fastapi import APIRouter, Request, Response

from carrierbox.carriers.wing.door import Caller, WingDoor
from carrierbox.carriers.wing.users import access
from carrierbox.carriers.wing.users.groups import rules
from carrierbox.carriers.wing.users.groups.schemas import GroupChange, MoreAccounts, NewGroup
from carrierbox.carriers.wing.wire import json_response
from carrierbox.kernel.world import Box

router = APIRouter(route_class=WingDoor)


@router.get("/api/{version}/users/user-groups/{realmId}", operation_id="wing-3.6")
def list_groups(realmId: str, request: Request, caller: Caller, box: Box) -> Response:  # noqa: N803 - the document's name
    """The user groups within reach."""
    access.check_realm(caller, realmId)
    return rules.list_groups(box, request, caller)


@router.get("/api/{version}/users/user-groups/find-by-category/{userGroupCategory}", operation_id="wing-3.7")
def groups_by_category(userGroupCategory: str, request: Request, caller: Caller, box: Box) -> Response:  # noqa: N803 - the document's name
    """The user groups of one category."""
    category = access.one_of("userGroupCategory", userGroupCategory, rules.CATEGORIES)
    return rules.list_category(box, request, caller, category)


@router.post("/api/{version}/users/user-groups", operation_id="wing-3.8")
def create_group(new: NewGroup, caller: Caller, box: Box) -> Response:
    """Make a user group; the answer is its id as a JSON string."""
    return json_response(rules.create(box, caller, new))


@router.put("/api/{version}/users/user-groups", operation_id="wing-3.9")
def update_group(change: GroupChange, caller: Caller, box: Box) -> Response:
    """Write a user group anew."""
    return json_response(rules.update(box, caller, change))


@router.post("/api/{version}/users/user-groups/{realmId}/{userGroupId}/accounts", operation_id="wing-3.10")
def add_accounts(realmId: str, userGroupId: str, more: MoreAccounts, caller: Caller, box: Box) -> Response:  # noqa: N803 - the document's names
    """Let a user group be for more accounts."""
    access.check_realm(caller, realmId)
    rules.add_accounts(box, caller, userGroupId, more.account_ids)
    return json_response("OK")
