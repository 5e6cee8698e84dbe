"""8.1.1 to 8.1.4, 8.1.7 and 8.1.8 of the WING guide."""

from collections.abc import Mapping

from fastapi import APIRouter, Response

from carrierbox.carriers.wing.ordering.door import TENANT_OPTIONAL, Caller, OrderingDoor
from carrierbox.carriers.wing.ordering.orders import record, rules
from carrierbox.carriers.wing.ordering.orders.parameters import ParameterDoor, text
from carrierbox.carriers.wing.ordering.orders.schemas import NewOrder, OrderChange
from carrierbox.carriers.wing.ordering.wire import deleted
from carrierbox.carriers.wing.wire import json_response, number
from carrierbox.kernel.world import Box

router = APIRouter(route_class=OrderingDoor)
details = APIRouter(route_class=ParameterDoor)
later = APIRouter(route_class=OrderingDoor)


@router.post("/api/{version}/sim-ordering/createOrder", operation_id="wing-8.1.1")
def create_order(new: NewOrder, caller: Caller, box: Box) -> Response:
    """Order SIM cards of a product for an account."""
    return json_response(rules.create(box, caller, new))


@router.put("/api/{version}/sim-ordering/updateOrder/{id}", operation_id="wing-8.1.2")
def update_order(id: str, change: OrderChange, caller: Caller, box: Box) -> Response:
    """Write an order anew; its status moves on by this call, and with COMPLETED its SIMs come."""
    return json_response(rules.update(box, caller, number("id", id), change))


@details.put("/api/{version}/sim-ordering/orderTrackingDetails/{id}", operation_id="wing-8.1.3")
def update_tracking(id: str, call: Mapping[str, str], caller: Caller, box: Box) -> Response:
    """Say where an order's cards are on their way."""
    order = rules.find(box, caller, number("id", id))
    record.write(box, order["id"], {"tracking_details": text(call, "trackingInfo")})
    return json_response(rules.one(box, caller, order["id"]))


@details.put(
    "/api/{version}/sim-ordering/orderNoteDetails/{id}", operation_id="wing-8.1.4", openapi_extra=TENANT_OPTIONAL
)
def update_note(id: str, call: Mapping[str, str], caller: Caller, box: Box) -> Response:
    """Put a note to an order."""
    order = rules.find(box, caller, number("id", id))
    record.write(box, order["id"], {"note": text(call, "note", "Note")})
    return json_response(rules.one(box, caller, order["id"]))


@later.get("/api/{version}/sim-ordering/orderDetails/{id}", operation_id="wing-8.1.7", openapi_extra=TENANT_OPTIONAL)
def order_details(id: str, caller: Caller, box: Box) -> Response:
    """One order, by its id."""
    return json_response(rules.one(box, caller, number("id", id)))


@later.delete("/api/{version}/sim-ordering/deleteorder/{id}", operation_id="wing-8.1.8", openapi_extra=TENANT_OPTIONAL)
@later.delete(
    "/api/{version}/sim-ordering/deleteOrder/{id}",
    operation_id="wing-8.1.8",
    openapi_extra=TENANT_OPTIONAL,
    include_in_schema=False,
)
def delete_order(id: str, caller: Caller, box: Box) -> Response:
    """Take an order away, whatever its status."""
    rules.delete(box, caller, number("id", id))
    return deleted("Order")
