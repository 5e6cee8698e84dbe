"""8.1.1 to 8.1.4, 8.1.7, 8.1.8: which orders a call sees, and what becomes of them.

An order that is final, or whose SIMs are on their way, can be sent again as it is, and then nothing happens; it takes
no other values. Tracking, note and attachment have calls of their own, which it takes for ever: cards are sent after
they were completed.
Source: WING guide 8.1; contract `wing-services.yaml`, key `orders`.
"""

from collections.abc import Mapping
from typing import Any

from pydantic.alias_generators import to_camel

from carrierbox.carriers.wing.errors import BadField, NotFound
from carrierbox.carriers.wing.lists import Row
from carrierbox.carriers.wing.ordering import wire
from carrierbox.carriers.wing.ordering.account_defaults import rules as account_defaults
from carrierbox.carriers.wing.ordering.assignments import rules as assignments
from carrierbox.carriers.wing.ordering.door import Caller
from carrierbox.carriers.wing.ordering.orders import delivery, mails, progress, record, settings
from carrierbox.carriers.wing.ordering.orders.schemas import NewOrder, OrderChange
from carrierbox.carriers.wing.ordering.products import rules as products
from carrierbox.carriers.wing.ordering.tables import Order
from carrierbox.kernel.world import Box

_NOTHING: Mapping[str, Any] = {}


def find(box: Box, caller: Caller, order_id: int) -> Row:
    """An order of an account within reach.

    Raises: NotFound.
    """
    found = record.find(box, order_id)
    if found is None or found["account_master_id"] not in caller.reach.accounts:
        raise NotFound(what="Order", id=order_id)
    return found


def one(box: Box, caller: Caller, order_id: int) -> dict[str, Any]:
    """An order as the wire has it.

    Raises: NotFound.
    """
    row = find(box, caller, order_id)
    return wire.shown(Order, row) | {"tenantId": wire.number(row["tenant_id"])}


def create(box: Box, caller: Caller, new: NewOrder) -> dict[str, Any]:
    """Take an order in.

    Raises: BadField.
    """
    _check_account(caller, new)
    columns = _columns(new, account_defaults.find(box, new.account_master_id) or _NOTHING)
    _product(box, caller, columns, _NOTHING)
    settings.chosen(box, caller.user.realm, columns)
    order = Order(**columns, order_submitted_date=box.now, creation_timestamp=box.now, modification_timestamp=box.now)
    box.session.add(order)
    box.flush()
    assert order.id is not None  # noqa: S101 - the flush gave it
    mails.tell(box, find(box, caller, order.id))
    return one(box, caller, order.id)


def update(box: Box, caller: Caller, order_id: int, change: OrderChange) -> dict[str, Any]:
    """Write an order anew, and take it a step on, if another status is wanted: to COMPLETED by its delivery.

    Raises: NotFound, BadField.
    """
    order = find(box, caller, order_id)
    if change.id not in (None, order_id):
        raise BadField(field="id", problem=f"must be {order_id}, as in the path")
    _check_account(caller, change)
    progress.check_step(box, order["order_status"], change.order_status)
    if order["order_status"] in progress.FINAL or delivery.is_under_way(box, order):
        _check_same(order, _columns(change, order, own=True))
        return one(box, caller, order_id)
    columns = _columns(change, account_defaults.find(box, change.account_master_id) or _NOTHING)
    product = _product(box, caller, columns, order)
    chosen = settings.chosen(box, caller.user.realm, columns)
    record.write(box, order_id, columns | {"order_status": order["order_status"]})
    order = find(box, caller, order_id)
    if change.order_status == "COMPLETED":
        delivery.deliver(box, caller, order, product, chosen)
    else:
        progress.enter(box, order, change.order_status)
    return one(box, caller, order_id)


def delete(box: Box, caller: Caller, order_id: int) -> None:
    """Take an order away, with its file; SIMs that came of it stay.

    Raises: NotFound.
    """
    find(box, caller, order_id)
    box.sql("DELETE FROM wing_order_attachment WHERE order_id = :id", id=order_id)
    box.sql("DELETE FROM wing_sim_order WHERE id = :id", id=order_id)


def _columns(wanted: NewOrder, default: Mapping[str, Any], *, own: bool = False) -> dict[str, Any]:
    """The columns of an order, with what it takes over from an account's default, or from what is its own already."""
    columns = wanted.model_dump(exclude={"id"})
    taken = account_defaults.OWNER if wanted.default_owner_details else {}
    if wanted.default_shipping_details:
        taken = {**taken, **account_defaults.DELIVERY}
    for column, source in taken.items():
        if default and not columns[column]:
            columns[column] = default[column if own else source]
    return columns


def _check_account(caller: Caller, wanted: NewOrder) -> None:
    wire.check_tenant(caller, wanted.tenant_id)
    if wanted.account_master_id not in caller.reach.accounts:
        raise BadField(field="accountMasterId", problem=f"names no account: {wanted.account_master_id}")


#: Which product is ordered, for which account, and how many of it.
_GOODS = ("product_catalogue_id", "account_master_id", "product_qty")


def _product(box: Box, caller: Caller, columns: Mapping[str, Any], present: Mapping[str, Any]) -> Row:
    """The product that is ordered, if it may be, in that quantity.

    What an order has already is not looked at again: the product may have been withdrawn since.
    Raises: BadField.
    """
    product_id, account_id, quantity = (columns[name] for name in _GOODS)
    if present and all(columns[name] == present[name] for name in _GOODS):
        row: Row | None = box.sql("SELECT * FROM wing_product WHERE id = :id", id=product_id).fetchone()
        if row is not None:
            return row
    product = products.find(box, caller, product_id)
    if product is None:
        raise BadField(field="productCatalogueId", problem=f"names no product: {product_id}")
    is_new = not present or product_id != present["product_catalogue_id"]
    if is_new and product["status"] not in products.ORDERABLE:
        raise BadField(field="productCatalogueId", problem=f"names a product that is {product['status']}")
    assignment = assignments.find(box, product_id, account_id)
    if assignment is not None and quantity < (assignment["moq"] or 1):
        raise BadField(field="productQty", problem=f"must be at least {assignment['moq']} for account {account_id}")
    return product


def _check_same(order: Row, columns: Mapping[str, Any]) -> None:
    """Let a repeated call pass; it may ask again for the COMPLETED that an order on its way is going to be."""
    is_final = order["order_status"] in progress.FINAL
    why = f"the order is {order['order_status']}" if is_final else "the order's SIMs are on their way"
    for column, value in columns.items():
        is_awaited = column == "order_status" and value == "COMPLETED" and not is_final
        if value != order[column] and not is_awaited:
            raise BadField(field=to_camel(column), problem=f"cannot be changed: {why}")
