"""What the control API's answers have in common."""

from typing import Any

import httpx


def problem(answer: httpx.Response, status: int) -> dict[str, Any]:
    """A refusal's problem document, as RFC 9457 has it."""
    assert status == answer.status_code, answer.text
    assert "application/problem+json" == answer.headers["Content-Type"]
    body = answer.json()
    assert {"type", "title", "status", "detail"} <= body.keys()
    assert ("about:blank", status) == (body["type"], body["status"])
    assert body["title"]
    assert body["detail"]
    assert "Traceback" not in answer.text
    return dict(body)


def good(answer: httpx.Response, status: int = 200) -> dict[str, Any]:
    """An answer's JSON object."""
    assert status == answer.status_code, answer.text
    assert "application/json" == answer.headers["Content-Type"]
    return dict(answer.json())
