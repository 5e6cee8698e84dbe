"""Connections that are cut: at once, or in the middle of an answer.

The server has to do it, and lends a hand as an ASGI extension of the scope (`cli/protocol.py`). Where there is none, as
in tests within one process, whoever calls the application gets a ConnectionResetError.
"""

from typing import Literal

from starlette.types import Message, Receive, Scope, Send

#: The extension; its `cut` is a function that ends the connection, by a TCP reset or in good order.
EXTENSION = "carrierbox.connection"


async def cut(scope: Scope, receive: Receive, *, reset: bool) -> None:
    """End the connection that a request came on; what was sent so far arrives, unless it is a *reset*.

    Raises: ConnectionResetError where the server cannot do it.
    """
    connection = scope.get("extensions", {}).get(EXTENSION)
    if connection is None:
        raise ConnectionResetError("a fault rule cuts this connection")
    connection["cut"](reset=reset)
    while (await receive())["type"] != "http.disconnect":
        pass


def truncated(send: Send, most: int | Literal[True]) -> Send:
    """Let an answer's head through, and so many bytes of its body, or half of it; never its end."""
    left: int | None = None if most is True else most

    async def cut_short(message: Message) -> None:
        nonlocal left
        if message["type"] == "http.response.start":
            await send(message)
        elif message.get("body"):
            body = message["body"]
            left = len(body) // 2 if left is None else left
            part, left = body[:left], max(left - len(body), 0)
            await send({"type": "http.response.body", "body": part, "more_body": True})

    return cut_short


async def swallowed(_message: Message) -> None:
    """Let nothing of an answer through."""
