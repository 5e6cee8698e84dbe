"""The shell itself: a plain ASGI application around all others.

For each request: find site and world, settle what is due, hand on with a `edge.Visit`, and mark the answer with
operation, world and request id. What a site's application could not foresee ends here as one log line.
"""

import asyncio
import contextlib
import logging
import os
import re
from collections.abc import Callable, Mapping

from starlette.exceptions import HTTPException
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from carrierbox import edge
from carrierbox.kernel import tokens, workflow
from carrierbox.kernel.delivery import delivering
from carrierbox.kernel.world import UnknownWorld, World
from carrierbox.kernel.worlds import DEFAULT, Worlds
from carrierbox.problems import problem
from carrierbox.shell.sites import Found, Site, find

log = logging.getLogger(__name__)

MOST_BODY = 1024 * 1024
MOST_UPLOAD = 25 * 1024 * 1024
REQUEST_ID = re.compile(rb"[\x21-\x7e]{1,128}")


class Shell:
    """All sites behind one door."""

    def __init__(
        self,
        worlds: Worlds,
        sites: tuple[Site, ...],
        *,
        plain_headers: bool = False,
        translate: Callable[[Scope], Scope] | None = None,
    ) -> None:
        self._worlds = worlds
        self._sites = sites
        self._plain_headers = plain_headers
        self._translate = translate

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one ASGI event."""
        if scope["type"] == "http":
            await self._answer(scope, receive, send)
        elif scope["type"] == "lifespan":
            await self._live(receive, send)
        elif scope["type"] == "websocket":
            await send({"type": "websocket.close", "code": 1000})

    async def _live(self, receive: Receive, send: Send) -> None:
        await receive()
        tokens.pool.start()
        async with delivering(self._worlds.open_worlds):
            ticker = asyncio.create_task(self._tick())
            await send({"type": "lifespan.startup.complete"})
            await receive()
            ticker.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await ticker
        self._worlds.close()
        await send({"type": "lifespan.shutdown.complete"})

    async def _tick(self) -> None:
        for name in self._worlds.names():  # work that was pending when the box went down goes on
            try:
                self._worlds.get(name)
            except Exception:
                log.exception("world %s cannot be opened", name)
            await asyncio.sleep(0)
        await workflow.tick(self._worlds.open_worlds)

    async def _answer(self, scope: Scope, receive: Receive, send: Send) -> None:
        if self._translate is not None:  # operations are at other addresses than their contracts say
            scope = self._translate(scope)
        headers = dict(scope["headers"])
        given = headers.get(b"x-request-id", b"")
        request_id = given.decode() if REQUEST_ID.fullmatch(given) else os.urandom(16).hex()
        host = headers.get(b"host", b"").decode("latin-1")
        found = find(self._sites, scope["path"], host.partition(":")[0].lower())
        if not isinstance(found, Found):
            detail = f"nothing lies at {found[1]}: the APIs are under {self._prefixes()}, control under /_box"
            await problem(404, detail)(scope, receive, self._marked(send, request_id, None))
            return
        name = found.world
        if name is None:
            name = headers.get(b"x-carrierbox-world", DEFAULT.encode()).decode("latin-1")
        try:
            world = await self._settled(name)
        except UnknownWorld as unknown:
            await self._refuse(found, 404, str(unknown), scope, receive, self._marked(send, request_id, None))
            return
        address = f"{scope['scheme']}://{host}"
        visit = edge.Visit(world, request_id, address + found.root, address + found.world_prefix)
        inner = {**scope, "carrierbox": visit, "root_path": scope.get("root_path", "") + found.root}
        await self._hand_on(
            found.site.app,
            inner,
            _limited(receive, _most(found, scope, headers), headers),
            self._marked(send, request_id, visit),
        )

    async def _settled(self, name: str) -> World:
        world = self._worlds.get(name)
        if world.is_due():
            try:
                await workflow.settle(world)
                world = self._worlds.get(name)  # it may have been reset or dropped meanwhile
            except UnknownWorld:
                raise
            except Exception:  # the request goes on, and says in its own shape what does not work
                log.exception("world %s: settling failed", name)
        return world

    async def _hand_on(self, app: ASGIApp, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            await app(scope, receive, send)
        except Exception:  # the application has answered 500 in its own shape by now
            log.exception("request %s: %s %s", scope["carrierbox"].request_id, scope["method"], scope["path"])

    async def _refuse(  # noqa: PLR0913 - an ASGI call and its answer
        self, found: Found, status: int, detail: str, scope: Scope, receive: Receive, send: Send
    ) -> None:
        refuse = found.site.refuse
        path = scope["path"].removeprefix(found.root)
        answer: Response = refuse(status, detail, path) if refuse else problem(status, detail)
        await answer(scope, receive, send)

    def _prefixes(self) -> str:
        return ", ".join(sorted({site.prefix for site in self._sites} - {"/_box"}))

    def _marked(self, send: Send, request_id: str, visit: edge.Visit | None) -> Send:
        """Let every answer say which request, world and documented operation it belongs to."""
        if self._plain_headers:
            return send

        async def mark(message: Message) -> None:
            if message["type"] == "http.response.start":
                marks = [(b"x-request-id", request_id.encode())]
                if visit is not None:
                    marks.append((b"x-carrierbox-world", visit.world.name.encode()))
                    if visit.operation is not None:
                        marks.append((b"x-carrierbox-operation", visit.operation.encode()))
                    marks.extend(visit.marks)
                message["headers"] = [*message.get("headers", ()), *marks]
            await send(message)

        return mark


def _most(found: Found, scope: Scope, headers: Mapping[bytes, bytes]) -> int:
    """How large a request's body may be."""
    if found.site.uploads.fullmatch(scope["path"][len(found.root) :]):
        return found.site.most_upload
    return MOST_UPLOAD if headers.get(b"content-type", b"").startswith(b"multipart/") else MOST_BODY


def _limited(receive: Receive, most: int, headers: Mapping[bytes, bytes]) -> Receive:
    """Refuse a body that is larger than any operation needs, by its announced length or as it comes in."""
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
