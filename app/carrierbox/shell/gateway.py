"""What stands before the carriers: the world's rate limit, its testers' fault rules, and what magic ICCIDs mean.

In this order; then the carrier answers. Whatever comes of it is counted, and kept in the world's journal.
"""

import logging
from collections.abc import Callable, Mapping

from starlette.requests import ClientDisconnect
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from carrierbox.edge import Visit, sections
from carrierbox.kernel import clock, faults, journal
from carrierbox.kernel.faults import Asked, Harm
from carrierbox.kernel.journal import MOST_BODY
from carrierbox.kernel.said import Names
from carrierbox.kernel.tally import Tally
from carrierbox.kernel.throttle import Allowance
from carrierbox.kernel.world import UnknownWorld
from carrierbox.kernel.worlds import Worlds
from carrierbox.shell import bodies, cuts
from carrierbox.shell.settling import settled
from carrierbox.shell.sites import CarrierSite, Found

log = logging.getLogger(__name__)

FAULT = "X-Carrierbox-Fault"
#: An API's own reference: it is the box's, and nothing goes wrong with it.
REFERENCE = ("/docs", "/openapi.json")

#: Lets an answer say which request it belongs to.
Marked = Callable[[Send, str, Visit | None], Send]


class Gateway:
    """The way of all requests to the carriers of a box."""

    def __init__(self, worlds: Worlds, tally: Tally, marked: Marked) -> None:
        self._worlds = worlds
        self._names: Mapping[str, Names] = {part.name: part.names for part in worlds.parts if part.names is not None}
        self._tally = tally
        self._marked = marked

    async def answer(  # noqa: PLR0913 - an ASGI call, and where it goes
        self,
        site: CarrierSite,
        found: Found,
        visit: Visit,
        scope: Scope,
        headers: Mapping[bytes, bytes],
        receive: Receive,
        send: Send,
    ) -> None:
        """Answer a request whose site was found and whose world is settled."""
        path = scope["path"][len(found.root) :]
        if path.startswith(REFERENCE):
            await hand_on(site.app, scope, receive, self._marked(send, visit.request_id, visit))
            return
        body, again = b"", receive
        if bodies.is_announced(headers):
            body, again = await bodies.whole(bodies.limited(receive, found, scope, headers))
        if visit.world.store.is_closed:  # it was dropped meanwhile
            gone = str(UnknownWorld(visit.world.name))
            await site.refuse(404, gone, path)(scope, again, self._marked(send, visit.request_id, visit))
            return
        if site.among is not None:
            site = site.among(visit.box(), headers, body)
        harm = self._harm_or_none(site, visit, scope, path, body)
        answer, at, started = _Answer(), visit.world.clock.now(), clock.monotonic()
        outgoing = self._marked(_recorded(send, answer), visit.request_id, visit)
        try:
            if harm is None:
                await hand_on(site.app, scope, again, outgoing)
            else:
                self._tally.faults[site.carrier, harm.kind] += 1
                await self._suffer(harm, site, visit, path, scope, again, outgoing)
        finally:
            seconds = clock.monotonic() - started
            self._tally.answered(site.carrier, visit.operation, answer.status, seconds)
            kept = visit.world.journal
            if kept.most:  # spelled out here, and not as an Entry, since that is the fastest way
                kept.add(
                    at,
                    (
                        "in",
                        site.carrier,
                        scope["method"],
                        path,
                        visit.origin_url,
                        scope.get("raw_path") or path.encode(errors="replace"),
                        scope["query_string"],
                        scope["headers"],
                        body if len(body) <= MOST_BODY else body[:MOST_BODY],
                        len(body),
                        answer.status,
                        answer.headers,
                        answer.content,
                        answer.bytes,
                        seconds,
                        visit.operation,
                        visit.actor,
                        visit.request_id,
                        None if harm is None else harm.by,
                    ),
                )

    def _harm_or_none(self, site: CarrierSite, visit: Visit, scope: Scope, path: str, body: bytes) -> Harm | None:
        try:
            return self._harm(site, visit, scope, path, body)
        except Exception:  # rules that nobody can read, from a snapshot say, do no harm
            log.exception("world %s: its faults cannot be told", visit.world.name)
            return None

    def _harm(self, site: CarrierSite, visit: Visit, scope: Scope, path: str, body: bytes) -> Harm | None:
        """What goes wrong with a request, if anything does; where there is no limit and no rule it costs nothing."""
        world, query = visit.world, scope["query_string"]
        limit = world.settings.rate_limit_per_second
        if limit is not None:
            allowance = world.throttle.take(site.carrier, limit, world.clock.now())
            if site.tells_limit:
                visit.headers += _told(allowance)
            if allowance.is_exceeded:
                route = site.find(scope["method"], path)
                visit.operation = route.operation_id if route is not None else None
                return Harm("rate-limit", "rate-limit", status=429, retry_after=allowance.resets_in_seconds)
        may_be_magic = faults.may_be_magic(path, query, body)
        if not may_be_magic and not faults.rules(world):
            return None
        route = site.find(scope["method"], path)
        operations = sections(route) if route is not None else []
        asked = Asked(site.carrier, operations, scope["method"], path, query, body, self._names.get(site.carrier))
        harm = faults.apply(world, asked)
        if harm is None and may_be_magic:
            harm = faults.by_magic(visit.box(), asked)
        if harm is not None and route is not None:  # the carrier, which would say so, may never be asked
            visit.operation = harm.operation or route.operation_id
        return harm

    async def _suffer(  # noqa: PLR0913 - an ASGI call, and what becomes of it
        self, harm: Harm, site: CarrierSite, visit: Visit, path: str, scope: Scope, receive: Receive, send: Send
    ) -> None:
        """Let a request go as wrong as it is to go."""
        visit.mark(FAULT, harm.by)
        app = site.app
        if harm.wait_seconds:
            await self._worlds.closing.heard(0, harm.wait_seconds)  # real time: clients' patience is real
            try:
                visit.world = await settled(self._worlds, visit.world.name)
            except UnknownWorld as gone:
                app = site.refuse(404, str(gone), path)
        if harm.status is not None:
            app = site.refuse(harm.status, None, path)
            if harm.retry_after is not None:
                visit.headers += ((b"retry-after", str(harm.retry_after).encode()),)
        if harm.reset == "before":
            await cuts.cut(scope, receive, reset=True)
        elif harm.reset == "after":
            await hand_on(app, scope, receive, cuts.swallowed)
            await cuts.cut(scope, receive, reset=True)
        elif harm.truncate is not None:
            await hand_on(app, scope, receive, cuts.truncated(send, harm.truncate))
            await cuts.cut(scope, receive, reset=False)
        else:
            await hand_on(app, scope, receive, send)


async def hand_on(app: ASGIApp, scope: Scope, receive: Receive, send: Send) -> None:
    """Let an application answer; what it could not foresee ends here as one log line."""
    try:
        await app(scope, receive, send)
    except ClientDisconnect:
        log.info("request %s: its client left in the middle of the body", scope["carrierbox"].request_id)
    except Exception:  # the application has answered 500 in its own shape by now
        log.exception("request %s: %s %s", scope["carrierbox"].request_id, scope["method"], scope["path"])


def _told(allowance: Allowance) -> tuple[tuple[bytes, bytes], ...]:
    """What is left of a rate limit, as headers."""
    return (
        (b"x-ratelimit-limit", str(allowance.limit).encode()),
        (b"x-ratelimit-remaining", str(allowance.remaining).encode()),
        (b"x-ratelimit-reset", str(allowance.resets_in_seconds).encode()),
    )


class _Answer:
    """What goes out."""

    __slots__ = ("bytes", "content", "headers", "status")

    def __init__(self) -> None:
        self.status: int | None = None
        self.headers: journal.Headers = []
        self.content = b""  # as much of it as a journal keeps
        self.bytes = 0


def _recorded(send: Send, answer: _Answer) -> Send:
    """Let an answer out, and know it afterwards."""

    async def record(message: Message) -> None:
        if message["type"] == "http.response.start":
            answer.status, answer.headers = message["status"], message["headers"]
        elif body := message.get("body"):
            answer.bytes += len(body)
            if len(answer.content) < MOST_BODY:
                answer.content += body[: MOST_BODY - len(answer.content)]
        await send(message)

    return record
