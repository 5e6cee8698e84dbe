"""How a Query operation is asked and answered: one way for all of them."""

import sqlite3
from typing import Any

from fastapi import Request, Response

from carrierbox.carriers.stn import query
from carrierbox.carriers.stn.door import Caller
from carrierbox.carriers.stn.query import SUFFIXES, Record
from carrierbox.carriers.stn.wire import json_response
from carrierbox.kernel.world import Box
from carrierbox.reference import TEXT

_COUNT = {"type": "integer", "minimum": 0}


async def answer(request: Request, record: Record, caller: Caller, box: Box) -> Response:
    """The envelope with what the query string asks for; read aside, since a query may walk a whole fleet."""
    search = query.read(record, request.query_params.multi_items())

    def read(reader: sqlite3.Connection) -> Response:
        return json_response(query.page(reader, record, caller.partner, search))

    return await box.world.aside(read)


def parameters(record: Record, *required: str) -> dict[str, Any]:
    """A query's parameters, for the OpenAPI document; *required* are those that it is refused without."""
    kinds = {"skip": _COUNT, "take": _COUNT}
    names = [
        *("skip", "take", "orderBy", "orderByDesc", "fields", "include", "meta"),
        *(f"{each.wire}{suffix}" for each in record.fields for suffix in sorted(SUFFIXES[each.kind])),
        *(f"{name}{end}" for name in record.ranges for end in ("From", "To")),
    ]
    return {
        "parameters": [
            {"name": name, "in": "query", "required": name in required, "schema": kinds.get(name, TEXT)}
            for name in names
        ]
    }
