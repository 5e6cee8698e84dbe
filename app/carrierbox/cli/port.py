"""The port that a box listens on."""

import errno
import ipaddress
import socket

from carrierbox.cli.failed import Failed


class PortInUse(Failed):
    """Somebody listens there already."""


def listen(host: str, port: int) -> socket.socket:
    """Take a port before anything else is done, so that a second box ends early and ``--port 0`` is known.

    Raises: PortInUse, Failed.
    """
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
    except (OSError, UnicodeError) as unknown:
        raise Failed(f"there is no address {host!r}", "try --host 127.0.0.1, or 0.0.0.0 for all addresses") from unknown
    listener = socket.socket(family, kind, protocol)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # a box may come back at once
        listener.bind(address)
        listener.listen()  # with SO_REUSEADDR, bind alone does not keep a second box out
    except OSError as refused:
        listener.close()
        raise _failure(refused, host, port) from refused
    return listener


def _failure(refused: OSError, host: str, port: int) -> Failed:
    match refused.errno:
        case errno.EADDRINUSE:
            return PortInUse(f"port {port} on {host} is in use", "stop what runs there, or take another with --port")
        case errno.EACCES:
            return Failed(f"port {port} on {host} may not be taken by this user", "take one above 1023 with --port")
        case errno.EADDRNOTAVAIL:
            return Failed(f"{host} is no address of this machine", "try --host 127.0.0.1, or 0.0.0.0 for all addresses")
        case _:
            return Failed(f"port {port} on {host}: {refused.strerror}", "try another --host or --port")


def is_loopback(listener: socket.socket) -> bool:
    """Whether only this machine can reach the port."""
    return ipaddress.ip_address(listener.getsockname()[0].partition("%")[0]).is_loopback


def url_of(host: str, port: int) -> str:
    """The address to call, from this machine where the box listens on all addresses."""
    reachable = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)  # noqa: S104 - nothing is bound to it here
    return f"http://[{reachable}]:{port}" if ":" in reachable else f"http://{reachable}:{port}"
