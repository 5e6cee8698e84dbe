"""8.3: a tenant's products, and the statuses that they go through. A deleted one stays for the orders of it, unseen.

Source: WING guide 8.3; contract `wing-services.yaml`, key `catalogue`.
"""

from typing import Any

from pydantic.alias_generators import to_camel

from carrierbox.carriers.wing.errors import BadField, NotFound
from carrierbox.carriers.wing.lists import Row
from carrierbox.carriers.wing.ordering import wire
from carrierbox.carriers.wing.ordering.door import Caller
from carrierbox.carriers.wing.ordering.products.schemas import NewProduct, ProductChange
from carrierbox.carriers.wing.ordering.tables import Product
from carrierbox.kernel import clock, lifecycle
from carrierbox.kernel.lifecycle import StateName
from carrierbox.kernel.world import Box

STATUSES = lifecycle.load("wing-product")
ORDERABLE = ("APPROVED", "LOCKED")
#: What takes no more assignments, nor orders. open: 8.5.1 assigns the product that 8.3.3 shows as a DRAFT.
WITHDRAWN = ("ARCHIVED", "DELETE")


def find(box: Box, caller: Caller, product_id: int) -> Row | None:
    """A product of the call's tenant, unless it was deleted."""
    found: Row | None = box.sql(
        "SELECT * FROM wing_product WHERE id = :id AND tenant_id = :tenant AND status <> 'DELETE'",
        id=product_id,
        tenant=caller.tenant,
    ).fetchone()
    return found


def known(box: Box, caller: Caller, product_id: int) -> Row:
    """The product that a path names.

    Raises: NotFound.
    """
    if found := find(box, caller, product_id):
        return found
    raise NotFound(what="Product", id=product_id)


def listed(box: Box, caller: Caller, product_id: int | None) -> list[dict[str, Any]]:
    """The tenant's products, or the one of that id, if there is one."""
    rows = box.sql(
        "SELECT * FROM wing_product WHERE tenant_id = :tenant AND status <> 'DELETE' AND (:id IS NULL OR id = :id)"
        " ORDER BY id",
        tenant=caller.tenant,
        id=product_id,
    )
    return [_shown(row) for row in rows]


def create(box: Box, caller: Caller, new: NewProduct) -> dict[str, Any]:
    """Put a product into the tenant's catalogue.

    Raises: BadField.
    """
    product = Product(
        **new.model_dump(exclude={"tenant_id"}),
        tenant_id=caller.tenant,
        said_tenant=wire.placeholder(caller, new.tenant_id),
        creation_timestamp=box.now,
        modification_timestamp=box.now,
    )
    box.session.add(product)
    box.flush()
    assert product.id is not None  # noqa: S101 - the flush gave it
    return _shown(known(box, caller, product.id))


def update(box: Box, caller: Caller, product_id: int, change: ProductChange) -> dict[str, Any]:
    """Write a product anew, and take it a step on, if another status is wanted.

    Raises: NotFound, BadField.
    """
    product = known(box, caller, product_id)
    if change.id not in (None, product_id):
        raise BadField(field="id", problem=f"must be {product_id}, as in the path")
    columns = change.model_dump(exclude={"id", "tenant_id"})
    columns["said_tenant"] = wire.placeholder(caller, change.tenant_id)
    columns["status"] = change.status if "status" in change.sent() else product["status"]
    if product["status"] == "LOCKED":
        _check_locked(product, change)
        columns = {"status": columns["status"]}
    _step(box, product, columns["status"])
    _write(box, product_id, columns)
    row = box.sql("SELECT * FROM wing_product WHERE id = :id", id=product_id).fetchone()
    return _shown(row)


def _check_locked(product: Row, change: ProductChange) -> None:
    for name, value in change.sent().items():
        if name not in {"id", "tenant_id", "status"} and value != product[name]:
            raise BadField(field=to_camel(name), problem="cannot be changed while the product is LOCKED")


def delete(box: Box, caller: Caller, product_id: int) -> None:
    """Take a product out of the catalogue.

    Raises: NotFound, BadField for one that is LOCKED.
    """
    _step(box, known(box, caller, product_id), "DELETE")
    _write(box, product_id, {"status": "DELETE"})


def _step(box: Box, product: Row, wanted: str) -> None:
    """Let a status follow that may; the present one again is no step.

    Raises: BadField.
    """
    present = product["status"]
    if wanted == present:
        return
    step = lifecycle.attempt(box, STATUSES, StateName(present), StateName(wanted))
    if isinstance(step, lifecycle.Refused):
        allowed = ", ".join(step.allowed)
        raise BadField(field="status", problem=f"cannot go from {present} to {wanted}; allowed: {allowed}")
    lifecycle.count(box, step)


def _write(box: Box, product_id: int, columns: dict[str, Any]) -> None:
    given = ", ".join(f"{column} = :{column}" for column in columns)
    box.sql(
        f"UPDATE wing_product SET {given}, modification_timestamp = :now WHERE id = :id",
        id=product_id,
        now=clock.text(box.now),
        **columns,
    )
    if columns["status"] == "DELETE":
        box.sql("DELETE FROM wing_product_assignment WHERE product_id = :id", id=product_id)


def _shown(row: Row) -> dict[str, Any]:
    product = wire.shown(Product, row)
    return product | {"tenantId": row["said_tenant"] or row["tenant_id"]}
