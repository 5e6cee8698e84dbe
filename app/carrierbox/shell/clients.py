"""Which of two carriers a token request is for that came to the address of both: the client id decides."""

import binascii
from base64 import b64decode
from collections.abc import Callable
from urllib.parse import parse_qsl

from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from carrierbox import edge
from carrierbox.kernel.world import Box


def by_client(knows: Callable[[Box, str], bool], app: ASGIApp, *, otherwise: ASGIApp) -> ASGIApp:
    """An application that hands on to *app* what comes from a client that it *knows*, in HTTP Basic or in the form."""

    async def choose(scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope, receive)
        try:
            body = await request.body()
        except (ClientDisconnect, HTTPException):  # it is too large, or its end never comes: either will say so
            await otherwise(scope, receive, send)
            return

        async def again() -> Message:
            return {"type": "http.request", "body": body, "more_body": False}

        client_id = _client_id(request.headers.get("Authorization", ""), body)
        chosen = app if knows(edge.visit(request).box(), client_id) else otherwise
        await chosen(scope, again, send)

    return choose


def _client_id(authorization: str, body: bytes) -> str:
    scheme, _, credentials = authorization.partition(" ")
    try:
        if scheme.lower() == "basic":
            return b64decode(credentials, validate=True).decode().partition(":")[0]
        return dict(parse_qsl(body.decode(errors="replace"), max_num_fields=100)).get("client_id", "")
    except (binascii.Error, ValueError):  # whoever is asked says what is wrong with it
        return ""
