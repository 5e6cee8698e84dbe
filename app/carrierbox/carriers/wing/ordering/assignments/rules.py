"""8.5: what products are to single accounts. Without an assignment an account orders at the catalogue's price.

Source: WING guide 8.5; contract `wing-services.yaml`, key `catalogue`.
"""

from typing import Any

from carrierbox.carriers.wing.errors import BadField, NotFound
from carrierbox.carriers.wing.lists import Row
from carrierbox.carriers.wing.ordering import wire
from carrierbox.carriers.wing.ordering.assignments.schemas import Assignment
from carrierbox.carriers.wing.ordering.door import Caller
from carrierbox.carriers.wing.ordering.products import rules as products
from carrierbox.carriers.wing.ordering.tables import ProductAssignment
from carrierbox.kernel.world import Box


def find(box: Box, product_id: int, account_id: int) -> Row | None:
    """What a product is to an account, if it is assigned."""
    found: Row | None = box.sql(
        "SELECT * FROM wing_product_assignment WHERE product_id = :product AND account_id = :account",
        product=product_id,
        account=account_id,
    ).fetchone()
    return found


def of_product(box: Box, caller: Caller, product_id: int) -> list[dict[str, Any]]:
    """The assignments of a product to accounts within reach.

    Raises: NotFound for a product that the tenant does not have.
    """
    products.known(box, caller, product_id)
    rows = box.sql(
        f"SELECT * FROM wing_product_assignment WHERE product_id = :id AND {caller.reach.covers('account_id')}"
        " ORDER BY id",
        id=product_id,
    )
    return [_shown(row) for row in rows]


def create(box: Box, caller: Caller, new: Assignment) -> dict[str, Any]:
    """Assign a product to an account.

    Raises: BadField, also for a second time.
    """
    _check(box, caller, new)
    if find(box, new.product_id, new.account_id):
        raise BadField(field="productId", problem=f"is assigned to account {new.account_id} already")
    columns = new.model_dump(exclude={"id", "tenant_id"})
    box.session.add(ProductAssignment(**columns, tenant_id=caller.tenant))
    box.flush()
    return _shown(find(box, new.product_id, new.account_id))


def update(box: Box, caller: Caller, assignment_id: int, change: Assignment) -> dict[str, Any]:
    """Write an assignment anew.

    Raises: NotFound, BadField.
    """
    row = box.sql("SELECT * FROM wing_product_assignment WHERE id = :id", id=assignment_id).fetchone()
    if row is None or row["account_id"] not in caller.reach.accounts:
        raise NotFound(what="Product account assignment", id=assignment_id)
    if change.id not in (None, assignment_id):
        raise BadField(field="id", problem=f"must be {assignment_id}, as in the path")
    _check(box, caller, change, present=row)
    other = find(box, change.product_id, change.account_id)
    if other is not None and other["id"] != assignment_id:
        raise BadField(field="productId", problem=f"is assigned to account {change.account_id} already")
    box.sql(
        "UPDATE wing_product_assignment SET account_id = :account_id, default_price = :default_price,"
        " customer_price = :customer_price, moq = :moq, product_id = :product_id WHERE id = :id",
        **change.model_dump(exclude={"id", "tenant_id"}),
        id=assignment_id,
    )
    return _shown(find(box, change.product_id, change.account_id))


def _check(box: Box, caller: Caller, wanted: Assignment, present: Row | None = None) -> None:
    wire.check_tenant(caller, wanted.tenant_id)
    if wanted.account_id not in caller.reach.accounts:
        raise BadField(field="accountId", problem=f"names no account: {wanted.account_id}")
    product = products.find(box, caller, wanted.product_id)
    if product is None:
        raise BadField(field="productId", problem=f"names no product: {wanted.product_id}")
    stays = present is not None and present["product_id"] == wanted.product_id
    if product["status"] in products.WITHDRAWN and not stays:
        raise BadField(field="productId", problem=f"names a product that is {product['status']}")
    if not wanted.default_price and wanted.customer_price is None:
        raise BadField(field="customerPrice", problem="must not be null where defaultPrice is false")


def delete(box: Box, caller: Caller, product_id: int, account_id: int) -> None:
    """Take a product from an account.

    Raises: NotFound.
    """
    products.known(box, caller, product_id)
    assignment = find(box, product_id, account_id) if account_id in caller.reach.accounts else None
    if assignment is None:
        raise NotFound(what=f"Assignment of product {product_id} to account", id=account_id)
    box.sql("DELETE FROM wing_product_assignment WHERE id = :id", id=assignment["id"])


def _shown(row: Row | None) -> dict[str, Any]:
    assert row is not None  # noqa: S101 - it was written just now
    return wire.shown(ProductAssignment, row) | {"tenantId": wire.number(row["tenant_id"])}
