"""The mails that tell of an order's steps. Source: WING guide 8.4; contract, key `orders.user_group`."""

from collections.abc import Mapping
from typing import Any

from carrierbox.carriers.wing.lists import Row
from carrierbox.carriers.wing.ordering.assignments import rules as assignments
from carrierbox.kernel import outbox
from carrierbox.kernel.world import Box


def tell(box: Box, order: Mapping[str, Any]) -> None:
    """Write to all whom the order's tenant has told to hear of the status that the order is in now."""
    status = order["order_status"]
    entries = box.sql(
        "SELECT email FROM wing_order_mailing WHERE tenant_id = :tenant AND type = :type AND NOT archived ORDER BY id",
        tenant=order["tenant_id"],
        type=f"order{status.capitalize()}",
    ).fetchall()
    if not entries:
        return
    text = _text(box, order)
    for entry in entries:
        outbox.send(
            box,
            "email",
            entry["email"],
            text,
            f"SIM order {order['id']} became {status}",
            subject=f"SIM order {order['id']}: {status}",
        )


def _text(box: Box, order: Mapping[str, Any]) -> str:
    product = box.sql("SELECT * FROM wing_product WHERE id = :id", id=order["product_catalogue_id"]).fetchone()
    account = box.sql("SELECT name FROM wing_account WHERE id = :id", id=order["account_master_id"]).fetchone()
    name, price = product["product_name"] or f"product {product['id']}", _price(box, order, product)
    lines = [
        f"SIM order {order['id']} of account {account['name']} is {order['order_status']}.",
        f"{order['product_qty']} of {name}" + ("." if price is None else f", each at {price}."),
    ]
    if order["tracking_details"]:
        lines.append(f"Tracking: {order['tracking_details']}")
    return "\n".join(lines)


def _price(box: Box, order: Mapping[str, Any], product: Row) -> Any:
    """The account's own price, where it was given one; else the catalogue's."""
    assignment = assignments.find(box, product["id"], order["account_master_id"])
    if assignment is None or assignment["default_price"]:
        return product["product_price"]
    return assignment["customer_price"]
