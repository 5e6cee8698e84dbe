"""5.16 of the WING guide."""

from fastapi import APIRouter, Response

from carrierbox.carriers.wing.door import Caller, WingDoor
from carrierbox.carriers.wing.subscriptions.custom_fields import rules
from carrierbox.carriers.wing.subscriptions.custom_fields.schemas import FieldChange, NewField, NewValue
from carrierbox.carriers.wing.wire import bare, json_response, number
from carrierbox.kernel.world import Box

router = APIRouter(route_class=WingDoor)


@router.post("/api/{version}/customfield", operation_id="wing-5.16.1", status_code=201)
def create_sim_field(new: NewField, caller: Caller, box: Box) -> Response:
    """Define a field for the SIMs of the call's account."""
    return json_response(rules.create(box, caller, new), 201)


@router.put("/api/{version}/customfield", operation_id="wing-5.16.2")
def update_sim_field(change: FieldChange, caller: Caller, box: Box) -> Response:
    """Write what is sent of a field's definition."""
    return json_response(rules.update(box, caller, change))


@router.delete("/api/{version}/customfield/{id}", operation_id="wing-5.16.3")
def delete_sim_field(id: str, caller: Caller, box: Box) -> Response:
    """Take a field away, from every SIM too."""
    rules.delete(box, caller, number("id", id))
    return bare("Custom Field Deleted Successfully.")


@router.put("/api/{version}/customfield/updateSubscriptionCustomField/{subscriptionId}", operation_id="wing-5.16.4")
def set_value(subscriptionId: str, new: NewValue, caller: Caller, box: Box) -> Response:  # noqa: N803 - the document's name
    """Let a field say something of a SIM."""
    rules.set_value(box, caller, number("subscriptionId", subscriptionId), new)
    return bare("Custom Field Updated Successfully.")
