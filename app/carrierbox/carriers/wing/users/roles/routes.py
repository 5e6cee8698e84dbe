"""3.11 to 3.15 of the WING guide."""

from fastapi import APIRouter, Request, Response

from carrierbox.carriers.wing.door import Caller, WingDoor
from carrierbox.carriers.wing.users import access, services
from carrierbox.carriers.wing.users.roles import rules
from carrierbox.carriers.wing.users.roles.schemas import NewRole, RoleChange
from carrierbox.carriers.wing.wire import json_response
from carrierbox.kernel.world import Box

router = APIRouter(route_class=WingDoor)


@router.get("/api/{version}/users/roles/{realmId}/role", operation_id="wing-3.11")
def list_roles(realmId: str, request: Request, caller: Caller, box: Box) -> Response:  # noqa: N803 - the document's name
    """The roles within reach."""
    access.check_realm(caller, realmId)
    return rules.list_roles(box, request, caller)


@router.get("/api/{version}/users/roles/find-by-category/{rolesCategory}", operation_id="wing-3.12")
def roles_by_category(rolesCategory: str, request: Request, caller: Caller, box: Box) -> Response:  # noqa: N803 - the document's name
    """The roles of one category."""
    category = access.one_of("rolesCategory", rolesCategory, rules.CATEGORIES)
    return rules.list_category(box, request, caller, category)


@router.post("/api/{version}/users/roles/{realmId}/role", operation_id="wing-3.13")
def create_role(realmId: str, new: NewRole, caller: Caller, box: Box) -> Response:  # noqa: N803 - the document's name
    """Make a role; the answer is its id as a JSON string."""
    access.check_realm(caller, realmId)
    return json_response(rules.create(box, caller, new))


@router.put("/api/{version}/users/roles/{realmId}/role", operation_id="wing-3.14")
def update_role(realmId: str, change: RoleChange, caller: Caller, box: Box) -> Response:  # noqa: N803 - the document's name
    """Write a role anew."""
    access.check_realm(caller, realmId)
    return json_response(rules.update(box, caller, change))


@router.get("/api/{version}/users/service-permissions", operation_id="wing-3.15")
def service_permissions(request: Request) -> Response:
    """The services that a role may permit; ``roleCategory`` may be left out."""
    access.one_of("roleCategory", request.query_params.get("roleCategory", "ACCOUNT"), ("ACCOUNT",))
    return json_response(services.catalogue())
