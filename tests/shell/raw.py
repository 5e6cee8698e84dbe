"""Requests as they are: without a client that tidies up, over a socket or straight to the application."""

import asyncio
import http.client
import json
import socket
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from carrierbox.shell import Shell

Headers = Sequence[tuple[bytes, bytes]]


@dataclass
class Answer:
    """What came back."""

    status: int
    headers: dict[str, str]
    content: bytes

    def json(self) -> Any:
        return json.loads(self.content)


def over_socket(url: str, head: bytes, content: bytes = b"") -> Answer:
    """Send a request's bytes; *head* is its first line and headers, without the empty line."""
    at = urlsplit(url)
    with socket.create_connection((at.hostname, at.port), 60) as connection:
        connection.sendall(head + b"\r\nConnection: close\r\n\r\n" + content)
        with http.client.HTTPResponse(connection, method=head.partition(b" ")[0].decode()) as answer:
            answer.begin()
            headers = {name.lower(): value for name, value in answer.getheaders()}
            return Answer(answer.status, headers, answer.read())


def on_one_connection(url: str, *packets: bytes, times: int) -> list[Answer]:
    """Send a request packet by packet, so many times one after the other on a connection that is kept."""
    at = urlsplit(url)
    answers = []
    with socket.create_connection((at.hostname, at.port), 60) as connection:
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        for _ in range(times):
            for packet in packets:
                connection.sendall(packet)
            answer = http.client.HTTPResponse(connection, method="POST")
            answer.begin()
            headers = {name.lower(): value for name, value in answer.getheaders()}
            answers.append(Answer(answer.status, headers, answer.read()))
    return answers


def hang_up(url: str, content: bytes) -> None:
    """Send so much, and go."""
    at = urlsplit(url)
    with socket.create_connection((at.hostname, at.port), 60) as connection:
        connection.sendall(content)


def get(url: str, path: bytes, *headers: bytes) -> Answer:
    """Ask for a path, byte for byte."""
    return over_socket(url, b"\r\n".join((b"GET " + path + b" HTTP/1.1", b"Host: localhost", *headers)))


def straight(
    shell: Shell,
    method: str,
    path: str,
    headers: Headers = (),
    content: bytes = b"",
    meanwhile: Callable[[], Awaitable[object]] | None = None,
) -> Answer:
    """Call the application as a server does that has decoded the path; *meanwhile* happens before the body comes in."""
    sent = [{"type": "http.request", "body": content, "more_body": False}]
    answered: list[dict[str, Any]] = []

    async def receive() -> dict[str, Any]:
        if sent and meanwhile:
            await meanwhile()
        return sent.pop() if sent else {"type": "http.disconnect"}

    async def send(message: Any) -> None:
        answered.append(message)

    scope = {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": method,
        "scheme": "http",
        "path": path,
        "raw_path": path.encode(errors="replace"),
        "query_string": b"",
        "headers": [(name.lower(), value) for name, value in headers],
        "client": ("127.0.0.1", 12345),
        "server": ("127.0.0.1", 7462),
    }
    asyncio.run(shell(scope, receive, send))
    start, *rest = answered
    return Answer(
        start["status"],
        {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in start["headers"]},
        b"".join(message.get("body", b"") for message in rest),
    )
