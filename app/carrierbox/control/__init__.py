"""The /_box API: what a tester does to the box beside calling its carriers. Errors are RFC 9457 problem JSON."""

from carrierbox.control.app import build

__all__ = ["build"]
