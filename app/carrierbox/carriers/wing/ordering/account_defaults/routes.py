"""8.2 of the WING guide."""

from fastapi import APIRouter, Response

from carrierbox.carriers.wing.ordering.account_defaults import rules
from carrierbox.carriers.wing.ordering.account_defaults.schemas import DefaultChange, NewDefault
from carrierbox.carriers.wing.ordering.door import Caller, OrderingDoor
from carrierbox.carriers.wing.wire import json_response, number
from carrierbox.kernel.world import Box

router = APIRouter(route_class=OrderingDoor)


@router.post("/api/{version}/sim-ordering/createAccountDefault", operation_id="wing-8.2.1")
def create_account_default(new: NewDefault, caller: Caller, box: Box) -> Response:
    """Keep who orders for an account and where to deliver."""
    return json_response(rules.create(box, caller, new))


@router.put("/api/{version}/sim-ordering/updateAccountDefault/{accountdefaultId}", operation_id="wing-8.2.2")
def update_account_default(
    accountdefaultId: str,  # noqa: N803 - the document's name
    change: DefaultChange,
    caller: Caller,
    box: Box,
) -> Response:
    """Write a default anew, by its own id."""
    return json_response(rules.update(box, caller, number("accountdefaultId", accountdefaultId), change))


@router.get("/api/{version}/sim-ordering/getAccountDefault/{accountId}", operation_id="wing-8.2.3")
def account_default(accountId: str, caller: Caller, box: Box) -> Response:  # noqa: N803 - the document's name
    """The default of an account, by the account's id."""
    return json_response(rules.of_account(box, caller, number("accountId", accountId)))
