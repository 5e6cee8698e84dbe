"""Carries notifications out of the box: fenced, bounded, and never in the way of anything else.

One task a target sends what is due there, some at a time, and writes all their attempts in one transaction. A target
that has failed many times on end is left alone for a while, but for one probe at a time, however many wait for it.
"""

import asyncio
import contextlib
import ipaddress
import logging
import socket
from collections.abc import Callable, Mapping, Sequence
from contextlib import aclosing
from datetime import datetime, timedelta
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import orjson

from carrierbox.kernel import callbacks, clock, inbox, journal, webhooks
from carrierbox.kernel.callbacks import Reply
from carrierbox.kernel.world import INBOX, Cause, UnknownWorld, World

if TYPE_CHECKING:
    import httpx

log = logging.getLogger(__name__)

TIMEOUT_SECONDS = 10.0
#: How many go to one target at once.
AT_ONCE = 16
#: A target that failed so many times on end is left alone, longer each time, up to a minute of world time.
FAILURES_UNTIL_REST = 20
LONGEST_REST = timedelta(seconds=60)
#: How much of an answer is read, and how much of it is kept.
MOST_READ = 64 * 1024
MOST_KEPT = 4 * 1024

#: Where clouds tell a machine its secrets, beside the link-local addresses.
METADATA = frozenset(map(ipaddress.ip_address, ("100.100.100.200", "168.63.129.16", "192.0.0.192", "fd00:ec2::254")))


class Forbidden(Exception):
    """An address that notifications do not go to, and why."""


async def addresses(url: str, allowed: Sequence[str]) -> list[str]:
    """The addresses behind a URL that a notification may go to.

    Link-local and metadata addresses never are, nor what is no single host; this machine always; others when *allowed*
    names them, by name, address or pattern.
    Raises: Forbidden, OSError where the name leads nowhere.
    """
    host, port = _host(url)
    listed = any(fnmatchcase(host, entry.lower()) for entry in allowed)
    permitted = []
    for address in await _resolve(host, port):
        ip = _plain(address)
        if ip.is_link_local or ip.is_multicast or ip.is_unspecified or ip in METADATA:
            raise Forbidden(f"{host} is {address}: link-local and metadata addresses are never called")
        if ip.is_loopback or listed or str(ip) in allowed:
            permitted.append(address)
    if not permitted:
        raise Forbidden(f"{host} is neither this machine nor in allowed_callback_hosts")
    return permitted


async def _resolve(host: str, port: int) -> list[str]:
    with contextlib.suppress(ValueError):  # an address needs no looking up, which takes a thread
        return [str(ipaddress.ip_address(host))]
    found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(each[4][0]) for each in found))


def _host(url: str) -> tuple[str, int]:
    try:
        parts = urlsplit(url)
        host, port = parts.hostname, parts.port
    except ValueError as unreadable:
        raise Forbidden(f"{url!r} is not a URL") from unreadable
    if parts.scheme not in {"http", "https"} or not host or any(sign <= " " for sign in url) or "@" in parts.netloc:
        raise Forbidden(f"{url!r} is not an http or https URL of a host, without a user")
    return host.lower(), port or (443 if parts.scheme == "https" else 80)


def _plain(address: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address:
    """An address without its scope, and without what wraps an IPv4 address into an IPv6 one."""
    ip = ipaddress.ip_address(address.partition("%")[0])
    if isinstance(ip, ipaddress.IPv6Address):
        return ip.ipv4_mapped or ip.sixtofour or ip
    return ip


async def check(url: str, allowed: Sequence[str]) -> None:
    """Let an address pass that may be set; a name that leads nowhere yet may be allowed.

    Raises: Forbidden.
    """
    try:
        await addresses(url, allowed)
    except (OSError, UnicodeError) as unknown:
        if not any(fnmatchcase(_host(url)[0], entry.lower()) for entry in allowed):
            raise Forbidden(f"{url} leads nowhere, and is not in allowed_callback_hosts") from unknown


class Courier:
    """Sends what is due, for all worlds of this process."""

    def __init__(self) -> None:
        self._rounds: dict[tuple[Any, str], asyncio.Task[None]] = {}
        self._transport: httpx.AsyncHTTPTransport | None = None
        self._loop: asyncio.AbstractEventLoop | None = None

    async def tick(self, worlds: Callable[[], Sequence[World]], every_seconds: float = 0.05) -> None:
        """Send for ever what falls due in the open worlds."""
        while True:
            for world in worlds():
                try:
                    self._send_due(world)
                except Exception:
                    log.exception("world %s: its callbacks cannot be sent", world.name)
            await asyncio.sleep(every_seconds)

    async def close(self) -> None:
        """Stop sending; what has not arrived by now is sent again after a restart."""
        rounds = [*self._rounds.values()]
        for each in rounds:
            each.cancel()
        await asyncio.gather(*rounds, return_exceptions=True)
        if self._transport is not None:
            await self._transport.aclose()
            self._transport = None

    async def deliver_due(self, world: World) -> None:
        """Send what is due now, and answer when each has arrived, or is to be tried again later."""
        while rounds := self._send_due(world):
            await asyncio.wait(rounds)

    async def deliver_next(self, world: World, until: datetime) -> bool:
        """Move the clock to when something is to go out next, and send it; answers whether there was such a thing."""
        due = callbacks.next_due(world)
        if due is None or due > until:
            return False
        with world.transaction(Cause("rule", "advance")) as box:
            world.clock.reach(due)
            world.save_clock(box)
        await self.deliver_due(world)
        return True

    def _send_due(self, world: World) -> list[asyncio.Task[None]]:
        if world.store.is_closed or not callbacks.is_due(world):
            return []
        return [self._round(world, target) for target in callbacks.due_targets(world)]

    def _round(self, world: World, target: str) -> asyncio.Task[None]:
        """The task that sends to a target; there is one at a time."""
        key = (world.store, target)
        if (running := self._rounds.get(key)) is None:
            running = self._rounds[key] = asyncio.create_task(self._send_to(world, target))
            running.add_done_callback(lambda _: self._rounds.pop(key, None))
        return running

    async def _send_to(self, world: World, target: str) -> None:
        store, desk = world.store, callbacks.desk_of(world)
        try:
            while True:
                at = world.clock.now()
                failing = desk.failures.get(target, 0) >= FAILURES_UNTIL_REST
                if failing and desk.resting.get(target, at) > at:
                    return
                rows = callbacks.due(world, target, 1 if failing else AT_ONCE)
                if not rows:
                    return
                sent = await self._send(world, rows)
                if world.store is not store or store.is_closed:  # it was reset or dropped meanwhile
                    return
                with world.transaction(Cause("rule", "callbacks")) as box:
                    for row, (request, reply) in zip(rows, sent, strict=True):
                        callbacks.settle(box, row, at, request, reply)
                        if target == INBOX:
                            inbox.receive(
                                box, row["url"].partition("/")[2], "POST", "", request["headers"], row["body"].encode()
                            )
                for row, (request, reply) in zip(rows, sent, strict=True):
                    world.journal.add(at, _entry(row, at, request, reply).row())
                _judge(desk, target, at, [reply for _, reply in sent])
        except UnknownWorld:
            return
        except Exception:
            log.exception("world %s: callbacks to %s cannot be sent", world.name, target)
            await asyncio.sleep(1)  # real time: the fault is ours, and a frozen clock would never let it pass

    async def _send(self, world: World, rows: Sequence[Mapping[str, Any]]) -> list[tuple[dict[str, Any], Reply]]:
        with world.transaction(Cause("rule", "callbacks")) as box:
            signing = webhooks.secret(box)
        requests = [_request(world, row, signing) for row in rows]
        if rows[0]["target"] == INBOX:
            await asyncio.sleep(0)
            return [(request, Reply(status=204)) for request in requests]
        allowed = world.settings.allowed_callback_hosts
        replies = await asyncio.gather(
            *(self._post(request, row["body"], allowed) for request, row in zip(requests, rows, strict=True))
        )
        return list(zip(requests, replies, strict=True))

    async def _post(self, request: Mapping[str, Any], body: str, allowed: Sequence[str]) -> Reply:
        """One attempt, however it ends."""
        started = clock.monotonic()
        status, error, content = None, None, b""
        headers: dict[str, str] = {}
        try:
            async with asyncio.timeout(TIMEOUT_SECONDS):
                status, headers, content = await self._exchange(request, body, allowed)
        except TimeoutError:
            error = f"no answer within {TIMEOUT_SECONDS:g} s"
        except Forbidden as forbidden:
            error = str(forbidden)
        except Exception as failed:  # noqa: BLE001 - whatever the other side does, it is its failure
            error = f"{type(failed).__name__}: {failed}".rstrip(": ")
        duration_ms = round((clock.monotonic() - started) * 1000)
        return Reply(status, error, duration_ms, headers, content[:MOST_KEPT].decode(errors="replace"))

    async def _exchange(
        self, request: Mapping[str, Any], body: str, allowed: Sequence[str]
    ) -> tuple[int, dict[str, str], bytes]:
        import httpx

        url = httpx.URL(request["url"])
        # to the address that was looked at, and not to what the name leads to a moment later
        found = await addresses(request["url"], allowed)
        for i, address in enumerate(found, 1):
            sent = httpx.Request(
                "POST",
                url.copy_with(host=address),
                headers={"Host": url.netloc.decode("ascii"), **request["headers"]},
                content=body.encode(),
                extensions={"sni_hostname": url.host},
            )
            try:
                response = await self._connections().handle_async_request(sent)
            except httpx.ConnectError:
                if i == len(found):
                    raise
                continue
            content = b""
            async with aclosing(response):
                async for chunk in response.aiter_raw():
                    content += chunk
                    if len(content) >= MOST_READ:
                        break
            return response.status_code, dict(response.headers), content
        raise Forbidden("there is no address to call")

    def _connections(self) -> "httpx.AsyncHTTPTransport":
        """The connections that all deliveries share: without proxies, cookies or redirects."""
        import httpx

        loop = asyncio.get_running_loop()
        if self._transport is None or self._loop is not loop:
            limits = httpx.Limits(max_connections=None, max_keepalive_connections=AT_ONCE, keepalive_expiry=5)
            self._transport, self._loop = httpx.AsyncHTTPTransport(limits=limits), loop
        return self._transport


def _request(world: World, row: Mapping[str, Any], signing: str) -> dict[str, Any]:
    """A request as it goes out and stands on record. Receivers compare its timestamp with real time."""
    timestamp = int(clock.real_now().timestamp())
    headers = {
        "Content-Type": "application/json",
        "User-Agent": "carrierbox",
        "webhook-id": row["id"],
        "webhook-timestamp": str(timestamp),
        "webhook-signature": webhooks.signature(signing, row["id"], timestamp, row["body"]),
        **orjson.loads(row["headers"]),
    }
    return {"method": "POST", "url": callbacks.shown_url(world, row["url"]), "headers": headers}


def _entry(row: Mapping[str, Any], at: datetime, request: Mapping[str, Any], reply: Reply) -> journal.Entry:
    """What an attempt leaves in the world's journal."""
    parts = urlsplit(request["url"])
    path, body, answer = parts.path or "/", row["body"].encode(), reply.body.encode()
    return journal.Entry(
        moment=at,
        direction="out",
        carrier=row["carrier"],
        method=request["method"],
        path=path,
        address=f"{parts.scheme}://{parts.netloc}" if parts.scheme else "",
        target=path.encode(),
        query=parts.query.encode(),
        asked_headers=journal.wired(request["headers"]),
        asked=body[: journal.MOST_BODY],
        asked_bytes=len(body),
        status=reply.status,
        answer_headers=journal.wired(reply.headers),
        answer=answer,
        answer_bytes=len(answer),
        seconds=reply.duration_ms / 1000,
        operation=row["operation"],
        actor=None,
        request_id=None,
        fault=None,
        error=reply.error,
        iccids=(row["iccid"],) if row["iccid"] else (),
    )


def _judge(desk: callbacks.Desk, target: str, at: datetime, replies: Sequence[Reply]) -> None:
    """Leave a target alone that fails and fails; one success, and all is well."""
    if any(reply.is_good for reply in replies):
        desk.failures.pop(target, None)
        desk.resting.pop(target, None)
        return
    failures = desk.failures[target] = desk.failures.get(target, 0) + len(replies)
    if failures >= FAILURES_UNTIL_REST:
        rest = min(timedelta(seconds=failures - FAILURES_UNTIL_REST + 1), LONGEST_REST)
        desk.resting[target] = at + rest


courier = Courier()


@contextlib.asynccontextmanager
async def delivering(worlds: Callable[[], Sequence[World]]) -> Any:
    """Send what falls due in the open worlds, as long as this lasts."""
    ticker = asyncio.create_task(courier.tick(worlds))
    try:
        yield
    finally:
        ticker.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await ticker
        await courier.close()
