"""What WING's answers say, looked at as closely as a client would."""

from typing import Any

import httpx


def problem(answer: httpx.Response, status: int) -> dict[str, Any]:
    """The problem that an answer is, which has to have that status."""
    assert status == answer.status_code, answer.text
    assert "application/problem+json" == answer.headers["content-type"]
    body: dict[str, Any] = answer.json()
    assert status == body["status"]
    assert body["path"].startswith("/")
    return body


def wrong_fields(answer: httpx.Response) -> set[str]:
    """The fields that an answer says are wrong."""
    said = problem(answer, 400)
    assert "error.validation" == said["message"], said
    assert all(each.keys() == {"objectName", "field", "message"} for each in said["fieldErrors"])
    return {each["field"] for each in said["fieldErrors"]}


def batch(answer: httpx.Response, status: int) -> str:
    """The workflow that an answer names, as the bare text that it is."""
    assert status == answer.status_code, answer.text
    assert "text/plain" == answer.headers["content-type"].split(";")[0]
    return answer.text
