"""8.1.5 and 8.1.6: the file of an order is kept byte for byte; a new one takes the old one's place.

Source: WING guide 8.1.5, 8.1.6; contract `wing-services.yaml`, key `orders.attachments`.
"""

from typing import Any

from carrierbox.carriers.wing.errors import NotFound
from carrierbox.carriers.wing.ordering.attachments.uploads import Upload
from carrierbox.carriers.wing.ordering.door import Caller
from carrierbox.carriers.wing.ordering.orders import record
from carrierbox.carriers.wing.ordering.orders import rules as orders
from carrierbox.kernel.world import Box


def keep(box: Box, caller: Caller, order_id: int, upload: Upload) -> dict[str, Any]:
    """Keep a file with an order; answers the order, which has the file's path then.

    Raises: NotFound.
    """
    order = orders.find(box, caller, order_id)
    box.sql("DELETE FROM wing_order_attachment WHERE order_id = :id", id=order_id)
    added = box.sql(
        "INSERT INTO wing_order_attachment (order_id, name, content) VALUES (:id, :name, :content)",
        id=order_id,
        name=upload.name,
        content=upload.content,
    )
    path = f"/simorder/{order['order_type'].lower()}/{upload.name}_{added.lastrowid}"
    record.write(box, order_id, {"attachments": path})
    return orders.one(box, caller, order_id)


def kept(box: Box, caller: Caller, order_id: int) -> Upload:
    """The file of an order.

    Raises: NotFound, also where the order has none.
    """
    orders.find(box, caller, order_id)
    row = box.sql("SELECT name, content FROM wing_order_attachment WHERE order_id = :id", id=order_id).fetchone()
    if row is None:
        raise NotFound(what="Attachment of order", id=order_id)
    return Upload(row["name"], row["content"])
