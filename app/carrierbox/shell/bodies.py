"""Requests' bodies: none larger than any operation needs, and read before anybody else where they have to be known."""

from collections.abc import Mapping

from starlette.exceptions import HTTPException
from starlette.types import Message, Receive, Scope

from carrierbox.shell.sites import Found

MOST_BODY = 1024 * 1024
MOST_UPLOAD = 25 * 1024 * 1024


def limited(receive: Receive, found: Found, scope: Scope, headers: Mapping[bytes, bytes]) -> Receive:
    """Refuse a body that is larger than any operation needs, by its announced length or as it comes in."""
    most = _most(found, scope, headers)
    announced = headers.get(b"content-length", b"0")
    is_too_large = announced.isdigit() and int(announced[:20]) > most
    received = 0

    async def limited() -> Message:
        nonlocal received
        message = await receive() if not is_too_large else {"type": "too-large"}
        received += len(message.get("body", b""))
        if is_too_large or received > most:
            raise HTTPException(413, f"A body has at most {most // 1024 // 1024} MiB here")
        return message

    return limited


def _most(found: Found, scope: Scope, headers: Mapping[bytes, bytes]) -> int:
    """How large a request's body may be."""
    if found.site.uploads.fullmatch(scope["path"][len(found.root) :]):
        return found.site.most_upload
    return MOST_UPLOAD if headers.get(b"content-type", b"").startswith(b"multipart/") else MOST_BODY


def is_announced(headers: Mapping[bytes, bytes]) -> bool:
    """Whether a request has a body."""
    return b"content-length" in headers or b"transfer-encoding" in headers


async def whole(receive: Receive) -> tuple[bytes, Receive]:
    """A request's body, and a way to receive it again.

    Of one that is too large, or whose sender has gone, it is what came; whoever receives it is told so in turn.
    """
    body, last = b"", None
    try:
        while True:
            last = await receive()
            body = body + last.get("body", b"") if body else last.get("body", b"")
            if not last.get("more_body"):
                break
    except HTTPException as too_large:
        return b"", _raising(too_large)
    is_whole = last["type"] == "http.request"
    waiting = [] if is_whole else [last]
    waiting.append({"type": "http.request", "body": body, "more_body": not is_whole})

    async def again() -> Message:
        return waiting.pop() if waiting else await receive()

    return body, again


def _raising(refusal: HTTPException) -> Receive:
    async def refuse() -> Message:
        raise refusal

    return refuse
