"""What happens to WING's SIMs, told to whoever listens: automation rules do.

Usage, states and assignments tell it; they know nobody who listens.
"""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Literal, NamedTuple

from carrierbox.kernel.world import Box

Kind = Literal[
    "session-start",
    "session-end",
    "data",
    "sms-mo",
    "sms-mt",
    "voice",
    "registration",
    "country",
    "imei",
    "device",
    "state",
    "rate-plan",
    "account",
    "data-policy",
    "sms-policy",
]


class Happening(NamedTuple):
    """Something that happened to a SIM. Many thousands are told at once, so it is a tuple."""

    kind: Kind
    sim_id: int
    at: datetime
    country: str | None = None  # ISO 3166, where the SIM was
    zone: str | None = None  # the rating zone
    before: str | None = None  # of what changed: a state, a rate plan's or account's id, an IMEI, a country
    after: str | None = None
    up_bytes: int = 0
    down_bytes: int = 0


Listener = Callable[[Box, Sequence[Happening]], None]
_listeners: list[Listener] = []


def listens(listener: Listener) -> Listener:
    """Have it told from now on, inside the transaction in which things happen, and after they are written."""
    _listeners.append(listener)
    return listener


def tell(box: Box, happened: Sequence[Happening]) -> None:
    """Tell what happened, in order of time."""
    if happened:
        for listener in _listeners:
            listener(box, happened)
