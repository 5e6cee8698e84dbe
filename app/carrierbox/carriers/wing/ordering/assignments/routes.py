"""8.5 of the WING guide. Behind the same path PUT has the id of an assignment, GET that of a product."""

from fastapi import APIRouter, Response

from carrierbox.carriers.wing.ordering.assignments import rules
from carrierbox.carriers.wing.ordering.assignments.schemas import Assignment
from carrierbox.carriers.wing.ordering.door import Caller, OrderingDoor
from carrierbox.carriers.wing.ordering.wire import deleted
from carrierbox.carriers.wing.wire import json_response, number
from carrierbox.kernel.world import Box

router = APIRouter(route_class=OrderingDoor)


@router.post("/api/{version}/sim-ordering/product-account-assignments", operation_id="wing-8.5.1")
def assign_product(new: Assignment, caller: Caller, box: Box) -> Response:
    """Give a product to an account at a price, from a quantity on."""
    return json_response(rules.create(box, caller, new))


@router.put("/api/{version}/sim-ordering/product-account-assignments/{id}", operation_id="wing-8.5.2")
def update_assignment(id: str, change: Assignment, caller: Caller, box: Box) -> Response:
    """Write an assignment anew, by its own id."""
    return json_response(rules.update(box, caller, number("id", id), change))


@router.get("/api/{version}/sim-ordering/product-account-assignments/{productCatalogueId}", operation_id="wing-8.5.3")
def assignments_of_product(productCatalogueId: str, caller: Caller, box: Box) -> Response:  # noqa: N803 - the document's name
    """The assignments of a product to accounts within reach."""
    return json_response(rules.of_product(box, caller, number("productCatalogueId", productCatalogueId)))


@router.delete(
    "/api/{version}/sim-ordering/product-account-assignments/{productCatalogueId}/{accountId}",
    operation_id="wing-8.5.4",
)
def delete_assignment(
    productCatalogueId: str,  # noqa: N803 - the document's name
    accountId: str,  # noqa: N803
    caller: Caller,
    box: Box,
) -> Response:
    """Take a product from an account."""
    rules.delete(box, caller, number("productCatalogueId", productCatalogueId), number("accountId", accountId))
    return deleted("Product Account Assignment")
