"""8.4 of the WING guide: one URL, of which the method says what is done."""

from fastapi import APIRouter, Response

from carrierbox.carriers.wing.door import CONTEXT_OPTIONAL
from carrierbox.carriers.wing.ordering.door import Caller, OrderingDoor
from carrierbox.carriers.wing.ordering.user_groups import rules
from carrierbox.carriers.wing.ordering.user_groups.schemas import EntryChanges, NewEntries
from carrierbox.carriers.wing.wire import json_response
from carrierbox.kernel.world import Box

router = APIRouter(route_class=OrderingDoor)

URL = "/api/{version}/sim-ordering/simProducts/addUserGroup"


@router.post(URL, operation_id="wing-8.4.1", openapi_extra=CONTEXT_OPTIONAL)
def add_user_group(new: NewEntries, caller: Caller, box: Box) -> Response:
    """Let addresses be told when orders reach a step."""
    return json_response(rules.add(box, caller, new.root))


@router.put(URL, operation_id="wing-8.4.2")
def update_user_group(changes: EntryChanges, caller: Caller, box: Box) -> Response:
    """Write entries anew, by their ids; all or none."""
    return json_response(rules.update(box, caller, changes.root))


@router.get(URL, operation_id="wing-8.4.3", openapi_extra=CONTEXT_OPTIONAL)
def user_groups(caller: Caller, box: Box) -> Response:
    """All entries of the tenant, archived ones too."""
    return json_response(rules.listed(box, caller))
