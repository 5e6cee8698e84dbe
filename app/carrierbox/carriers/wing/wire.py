"""How WING's answers leave the box."""

from typing import Any

import orjson
from fastapi import Response


def json_response(content: Any, status: int = 200) -> Response:
    """JSON of plain values: times and ids are spelled as the wire has them already."""
    return Response(orjson.dumps(content), status, media_type="application/json")
