"""4.33 to 4.35 of the WING guide."""

from fastapi import APIRouter, Response

from carrierbox.carriers.wing.accounts.groups import rules
from carrierbox.carriers.wing.accounts.groups.schemas import GroupChange, NewGroup
from carrierbox.carriers.wing.door import Caller, WingDoor
from carrierbox.carriers.wing.wire import bare, json_response, number
from carrierbox.kernel.world import Box

router = APIRouter(route_class=WingDoor)


@router.post("/api/{version}/accounts/groups", operation_id="wing-4.33")
def create_group(new: NewGroup, caller: Caller, box: Box) -> Response:
    """Make a group of SIMs in the call's account."""
    return json_response(rules.create(box, caller, new))


@router.put("/api/{version}/accounts/groups", operation_id="wing-4.34")
def update_group(change: GroupChange, caller: Caller, box: Box) -> Response:
    """Write what is sent of a group."""
    return json_response(rules.update(box, caller, change))


@router.delete("/api/{version}/accounts/groups/{id}/resource/{accountId}", operation_id="wing-4.35")
def delete_group(id: str, accountId: str, caller: Caller, box: Box) -> Response:  # noqa: N803 - the document's name
    """Take a group away."""
    rules.delete(box, caller, number("id", id), number("accountId", accountId))
    return bare("Deleted Group.")
