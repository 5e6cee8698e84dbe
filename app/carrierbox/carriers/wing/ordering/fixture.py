"""The file of an order in fixtures: ``{id, order_id, name, content}``, its content as text."""

from collections.abc import Mapping
from typing import Any

from carrierbox.carriers.wing.ordering.tables import Attachment
from carrierbox.kernel.world import Box


def put_attachment(box: Box, row: Mapping[str, Any]) -> None:
    """Keep a file with an order."""
    box.session.add(Attachment(**{**row, "content": row["content"].encode()}))
