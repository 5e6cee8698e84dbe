"""HTTP as uvicorn speaks it over httptools, for clients that offer HTTP/2 on the side.

Java's HttpClient asks every server whether it would go over to HTTP/2 (``Upgrade: h2c``). A server may ignore that, but
httptools then gives up on the body: https://github.com/Kludex/uvicorn/issues/2722. So the offer is renamed before it is
read.
"""

import re

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

_OFFER = re.compile(rb"^upgrade(?=:[ \t]*h2c[ \t]*\r?$)", re.IGNORECASE | re.MULTILINE)


class Protocol(HttpToolsProtocol):
    """HTTP/1.1 that stays HTTP/1.1."""

    def data_received(self, data: bytes) -> None:
        """Take what came in; a request's head does not offer HTTP/2 afterwards."""
        if b"h2c" in data and not getattr(self.cycle, "more_body", False):  # at first there is no cycle
            head, end, rest = data.partition(b"\r\n\r\n")
            data = _OFFER.sub(b"declined-upgrade", head) + end + rest
        super().data_received(data)
