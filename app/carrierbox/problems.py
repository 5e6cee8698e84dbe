"""Errors of the box's own side: RFC 9457 problem JSON."""

from http import HTTPStatus
from typing import Any

import orjson
from starlette.responses import Response


def problem(status: int, detail: str, **more: Any) -> Response:
    """A problem document; *more* are its further members."""
    body = {"type": "about:blank", "title": HTTPStatus(status).phrase, "status": status, "detail": detail[:500]} | more
    text = orjson.dumps(_encodable(body))
    return Response(text, status, media_type="application/problem+json")


def _encodable(body: dict[str, Any]) -> dict[str, Any]:
    return {
        name: value.encode(errors="replace").decode() if isinstance(value, str) else value
        for name, value in body.items()
    }
