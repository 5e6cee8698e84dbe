"""HTTP as uvicorn speaks it over httptools, but for two things.

Connections can be cut, which ASGI has no word for: see `shell/cuts.py`. And clients are borne with that offer HTTP/2 on
the side. Java's HttpClient asks every server whether it would go over to HTTP/2 (``Upgrade: h2c``). A server may ignore
that, but httptools then gives up on the body: https://github.com/Kludex/uvicorn/issues/2722. So the offer is renamed
before it is read.
"""

import re
import socket
import struct

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from carrierbox.shell import cuts

_OFFER = re.compile(rb"^upgrade(?=:[ \t]*h2c[ \t]*\r?$)", re.IGNORECASE | re.MULTILINE)


class Protocol(HttpToolsProtocol):
    """HTTP/1.1 that stays HTTP/1.1, on connections that can be cut."""

    def on_message_begin(self) -> None:
        """Begin with a request."""
        super().on_message_begin()
        self.scope["extensions"] = {cuts.EXTENSION: {"cut": self._cut}}

    def _cut(self, *, reset: bool) -> None:
        if reset:  # without a time to linger, a connection does not end but breaks off
            linger = struct.pack("ii", 1, 0)
            self.transport.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
            self.transport.abort()
        else:
            self.transport.close()

    def data_received(self, data: bytes) -> None:
        """Take what came in; a request's head does not offer HTTP/2 afterwards."""
        if b"h2c" in data and not getattr(self.cycle, "more_body", False):  # at first there is no cycle
            head, end, rest = data.partition(b"\r\n\r\n")
            data = _OFFER.sub(b"declined-upgrade", head) + end + rest
        super().data_received(data)
