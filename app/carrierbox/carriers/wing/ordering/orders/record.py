"""An order's row, as all that is about orders reads and writes it."""

from collections.abc import Mapping
from typing import Any

from carrierbox.carriers.wing.lists import Row
from carrierbox.kernel import clock
from carrierbox.kernel.world import Box


def find(box: Box, order_id: int) -> Row | None:
    """An order, whosever it is."""
    found: Row | None = box.sql("SELECT * FROM wing_sim_order WHERE id = :id", id=order_id).fetchone()
    return found


def write(box: Box, order_id: int, columns: Mapping[str, Any]) -> None:
    """Write columns of an order."""
    given = ", ".join(f"{column} = :{column}" for column in columns)
    box.sql(
        f"UPDATE wing_sim_order SET {given}, modification_timestamp = :now WHERE id = :id",
        **columns,
        now=clock.text(box.now),
        id=order_id,
    )
