"""A receiver of callbacks: a real HTTP server that behaves as a test wants."""

import base64
import hmac
import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


class Receiver:
    """What came in, and how to answer it: a status, or what to do with the request's handler."""

    def __init__(self, port: int = 0) -> None:
        self.got: list[tuple[dict[str, str], bytes]] = []
        self.answer: int | Callable[[BaseHTTPRequestHandler], None] = 204
        self._came_in = threading.Condition()
        self._let_go = threading.Event()
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                with receiver._came_in:
                    receiver.got.append(({name.lower(): value for name, value in self.headers.items()}, body))
                    receiver._came_in.notify_all()
                if callable(receiver.answer):
                    receiver.answer(self)
                    return
                self.send_response(receiver.answer)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *_: Any) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", port), Handler)
        self._server.daemon_threads = True
        self.port = self._server.server_address[1]
        self.url = f"http://127.0.0.1:{self.port}/hook"
        threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True).start()

    @property
    def events(self) -> list[Any]:
        return [json.loads(body) for _, body in self.got]

    def wait(self, count: int, seconds: float = 10) -> list[Any]:
        """The events, when so many have come in."""
        with self._came_in:
            came = self._came_in.wait_for(lambda: len(self.got) >= count, seconds)
        assert came, f"{len(self.got)} of {count} came in"
        return self.events

    def hang(self, handler: BaseHTTPRequestHandler) -> None:
        """An answer: none, until `let_go`; then the connection is closed."""
        self._let_go.wait(60)
        handler.close_connection = True

    def let_go(self) -> None:
        """Let hang no longer."""
        self._let_go.set()

    def close(self) -> None:
        self.let_go()
        self._server.shutdown()
        self._server.server_close()


@contextmanager
def receiving(port: int = 0) -> Iterator[Receiver]:
    receiver = Receiver(port)
    try:
        yield receiver
    finally:
        receiver.close()


def is_signed(secret: str, headers: dict[str, str], body: bytes) -> bool:
    """Whether a request bears the signature that the Standard Webhooks scheme wants."""
    key = base64.b64decode(secret.removeprefix("whsec_"))
    signed = b".".join((headers["webhook-id"].encode(), headers["webhook-timestamp"].encode(), body))
    expected = f"v1,{base64.b64encode(hmac.digest(key, signed, 'sha256')).decode()}"
    return (
        abs(int(headers["webhook-timestamp"]) - time.time()) < 300 and expected in headers["webhook-signature"].split()
    )
