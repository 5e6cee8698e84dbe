"""How WING's answers leave the box."""

import json
from typing import Any

import orjson
from fastapi import Response


def json_response(content: Any, status: int = 200) -> Response:
    """JSON of plain values: times and ids are spelled as the wire has them already."""
    try:
        text = orjson.dumps(content)
    except TypeError:  # a number of more than 64 bits, which a client sent and is shown again
        text = json.dumps(content).encode()
    return Response(text, status, media_type="application/json")
