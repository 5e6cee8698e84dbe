"""4.4 of the WING guide."""

from fastapi import APIRouter, Response

from carrierbox.carriers.wing.accounts.custom_fields import rules
from carrierbox.carriers.wing.accounts.custom_fields.schemas import CustomFieldChange, NewCustomField, NewValue
from carrierbox.carriers.wing.door import Caller, WingDoor
from carrierbox.carriers.wing.wire import bare, json_response, number
from carrierbox.kernel.world import Box

router = APIRouter(route_class=WingDoor)


@router.post("/api/{version}/accounts/accounts/customfield", operation_id="wing-4.4.1", status_code=201)
def create_custom_field(new: NewCustomField, caller: Caller, box: Box) -> Response:
    """Define a field for the call's account."""
    return json_response(rules.create(box, caller, new), 201)


@router.put("/api/{version}/accounts/accounts/customfield", operation_id="wing-4.4.2")
def update_custom_field(change: CustomFieldChange, caller: Caller, box: Box) -> Response:
    """Write what is sent of a field's definition."""
    return json_response(rules.update(box, caller, change))


@router.delete("/api/{version}/accounts/accounts/customfield/{customFieldId}", operation_id="wing-4.4.3")
def delete_custom_field(customFieldId: str, caller: Caller, box: Box) -> Response:  # noqa: N803 - the document's name
    """Take a field away."""
    rules.delete(box, caller, number("customFieldId", customFieldId))
    return bare("Deleted custom field successfully.")


@router.put(
    "/api/{version}/accounts/accounts/customfield/updateAccountCustomField/{customFieldId}", operation_id="wing-4.4.4"
)
def set_value(customFieldId: str, new: NewValue, caller: Caller, box: Box) -> Response:  # noqa: N803 - the document's name
    """Let a field say something of an account."""
    rules.set_value(box, caller, number("customFieldId", customFieldId), new)
    return bare("Custom Field Updated Successfully")
