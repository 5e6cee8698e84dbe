"""The outer ASGI layer: picks the world and the carrier, settles what is due, limits bodies, marks answers."""

from carrierbox.shell.app import Shell
from carrierbox.shell.sites import Site

__all__ = ["Shell", "Site"]
