"""The shell itself: a plain ASGI application around all others.

For each request: find site and world, settle what is due, hand on with a `edge.Visit` (to a carrier through the
`gateway`), and mark the answer with operation, world and request id.
"""

import asyncio
import contextlib
import logging
import os
import re
from collections.abc import Callable

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from carrierbox import edge
from carrierbox.kernel import tokens, workflow
from carrierbox.kernel.delivery import delivering
from carrierbox.kernel.store import Lack, NotOurs
from carrierbox.kernel.tally import Tally
from carrierbox.kernel.world import UnknownWorld
from carrierbox.kernel.worlds import DEFAULT, Worlds
from carrierbox.problems import problem
from carrierbox.shell import bodies
from carrierbox.shell.gateway import Gateway, hand_on
from carrierbox.shell.settling import settled
from carrierbox.shell.sites import CarrierSite, Found, Site, find

log = logging.getLogger(__name__)

REQUEST_ID = re.compile(rb"[\x21-\x7e]{1,128}")


class Shell:
    """All sites behind one door."""

    def __init__(
        self,
        worlds: Worlds,
        sites: tuple[Site, ...],
        tally: Tally | None = None,
        *,
        plain_headers: bool = False,
        translate: Callable[[Scope], Scope] | None = None,
    ) -> None:
        self._worlds = worlds
        self._sites = sites
        self._gateway = Gateway(worlds, tally or Tally(), self._marked)
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
            except (NotOurs, Lack) as closed:
                log.error("world %s cannot be opened: %s", name, closed)
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
            world = await settled(self._worlds, name)
        except UnknownWorld as unknown:
            await self._refuse(found, 404, str(unknown), scope, receive, self._marked(send, request_id, None))
            return
        except (NotOurs, Lack) as closed:  # the world is there, and cannot be opened
            await self._refuse(found, 503, str(closed), scope, receive, self._marked(send, request_id, None))
            return
        address = f"{scope['scheme']}://{host}"
        visit = edge.Visit(world, request_id, address + found.root, address + found.world_prefix)
        inner = {**scope, "carrierbox": visit, "root_path": scope.get("root_path", "") + found.root}
        if isinstance(found.site, CarrierSite):
            await self._gateway.answer(found.site, found, visit, inner, headers, receive, send)
            return
        # The control API's: its paths name the world that is meant, or none.
        limited = bodies.limited(receive, found, scope, headers)
        await hand_on(found.site.app, inner, limited, self._marked(send, request_id, None))

    async def _refuse(  # noqa: PLR0913 - an ASGI call and its answer
        self, found: Found, status: int, detail: str, scope: Scope, receive: Receive, send: Send
    ) -> None:
        site, path = found.site, scope["path"].removeprefix(found.root)
        answer: ASGIApp = problem(status, detail)
        if isinstance(site, CarrierSite):
            answer = site.refuse(status, detail, path)
        await answer(scope, receive, send)

    def _prefixes(self) -> str:
        return ", ".join(sorted({site.prefix for site in self._sites} - {"/_box"}))

    def _marked(self, send: Send, request_id: str, visit: edge.Visit | None) -> Send:
        """Let every answer say which request, world and documented operation it belongs to."""

        async def mark(message: Message) -> None:
            if message["type"] == "http.response.start":
                marks = [] if self._plain_headers else _marks(request_id, visit)
                if visit is not None:
                    marks.extend(visit.headers)
                message["headers"] = [*message.get("headers", ()), *marks]
            await send(message)

        return mark


def _marks(request_id: str, visit: edge.Visit | None) -> list[tuple[bytes, bytes]]:
    """The headers of the box's own."""
    marks = [(b"x-request-id", request_id.encode())]
    if visit is not None:
        marks.append((b"x-carrierbox-world", visit.world.name.encode()))
        if visit.operation is not None:
            marks.append((b"x-carrierbox-operation", visit.operation.encode()))
        marks.extend(visit.marks)
    return marks
