"""8.3 of the WING guide, in its order."""

from fastapi import APIRouter, Request, Response

from carrierbox.carriers.wing.ordering.door import Caller, OrderingDoor
from carrierbox.carriers.wing.ordering.products import rules
from carrierbox.carriers.wing.ordering.products.schemas import NewProduct, ProductChange
from carrierbox.carriers.wing.ordering.wire import deleted
from carrierbox.carriers.wing.wire import json_response, number
from carrierbox.kernel.world import Box

router = APIRouter(route_class=OrderingDoor)


@router.put("/api/{version}/sim-ordering/simProducts/updateProduct/{id}", operation_id="wing-8.3.1")
def update_product(id: str, change: ProductChange, caller: Caller, box: Box) -> Response:
    """Write a product anew; its status moves on by this call."""
    return json_response(rules.update(box, caller, number("id", id), change))


@router.post("/api/{version}/sim-ordering/simProducts/addProduct", operation_id="wing-8.3.2")
def create_product(new: NewProduct, caller: Caller, box: Box) -> Response:
    """Put a product into the tenant's catalogue."""
    return json_response(rules.create(box, caller, new))


@router.get("/api/{version}/sim-ordering/simProducts/getProduct", operation_id="wing-8.3.3")
def list_products(request: Request, caller: Caller, box: Box) -> Response:
    """The tenant's catalogue; ``id`` narrows it to one product."""
    asked = request.query_params.get("id")
    return json_response(rules.listed(box, caller, None if asked is None else number("id", asked)))


@router.delete("/api/{version}/sim-ordering/simProducts/deleteProduct/{id}", operation_id="wing-8.3.4")
def delete_product(id: str, caller: Caller, box: Box) -> Response:
    """Take a product out of the catalogue; orders of it go on."""
    rules.delete(box, caller, number("id", id))
    return deleted("Product")
