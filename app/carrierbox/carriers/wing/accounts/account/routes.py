"""4.1, 4.3 and 4.5 to 4.7 of the WING guide."""

from fastapi import APIRouter, Request, Response

from carrierbox.carriers.wing.accounts.account import rules
from carrierbox.carriers.wing.accounts.account.schemas import AccountChange, AddressChange, ContactChange, NewAccount
from carrierbox.carriers.wing.door import CONTEXT_OPTIONAL, Caller, WingDoor
from carrierbox.carriers.wing.wire import json_response, number
from carrierbox.kernel.world import Box

queries = APIRouter(route_class=WingDoor)  # before 4.2
router = APIRouter(route_class=WingDoor)  # 4.3
changes = APIRouter(route_class=WingDoor)  # after 4.4


@queries.get("/api/{version}/accounts/account", operation_id="wing-4.1")
def list_accounts(request: Request, caller: Caller, box: Box) -> Response:
    """The accounts within reach."""
    return rules.list_accounts(box, request, caller)


@router.post("/api/{version}/accounts/account", operation_id="wing-4.3", openapi_extra=CONTEXT_OPTIONAL)
def create_account(new: NewAccount, caller: Caller, box: Box) -> Response:
    """Make an account."""
    return json_response(rules.create(box, caller, new))


@changes.put("/api/{version}/accounts/account", operation_id="wing-4.5")
def update_account(change: AccountChange, caller: Caller, box: Box) -> Response:
    """Write what is sent of an account."""
    return json_response(rules.update(box, caller, change))


# the table says PATCH, the curl example PUT
@changes.patch("/api/{version}/accounts/account/{accountId}/addresses", operation_id="wing-4.5.1")
@changes.put(
    "/api/{version}/accounts/account/{accountId}/addresses", operation_id="wing-4.5.1", include_in_schema=False
)
def update_address(accountId: str, change: AddressChange, caller: Caller, box: Box) -> Response:  # noqa: N803 - the document's name
    """Write what is sent of an account's address."""
    return json_response(rules.update_address(box, caller, number("accountId", accountId), change))


@changes.patch("/api/{version}/accounts/account/{accountId}/contacts", operation_id="wing-4.5.2")
@changes.put("/api/{version}/accounts/account/{accountId}/contacts", operation_id="wing-4.5.2", include_in_schema=False)
def update_contact(accountId: str, change: ContactChange, caller: Caller, box: Box) -> Response:  # noqa: N803 - the document's name
    """Write what is sent of an account's contact."""
    return json_response(rules.update_contact(box, caller, number("accountId", accountId), change))


@changes.get("/api/{version}/accounts/account/{id}", operation_id="wing-4.6")
def account(id: str, caller: Caller, box: Box) -> Response:
    """One account."""
    return json_response(rules.one(box, caller, number("id", id)))


# the URL row has the bare word where the number belongs
@changes.delete("/api/{version}/accounts/account/{id}", operation_id="wing-4.7", status_code=204)
@changes.delete("/api/version/accounts/account/{id}", operation_id="wing-4.7", status_code=204, include_in_schema=False)
def delete_account(id: str, caller: Caller, box: Box) -> Response:
    """Take an account away that is still a draft."""
    rules.delete(box, caller, number("id", id))
    return Response(status_code=204)
