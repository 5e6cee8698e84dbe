"""Counters: what a SIM used in a billing cycle, by account, rate plan, zone and country at the time of use.

A billing cycle is a calendar month in UTC.
"""

from collections.abc import Iterable
from typing import NamedTuple

from carrierbox.kernel.world import Box


class Counter(NamedTuple):
    """Which counters something is added to."""

    sim_id: int
    cycle: str
    account_id: int
    rate_plan_id: int
    zone: str
    country: str


#: What is counted, in the order of the amounts that `add` takes.
AMOUNTS = ("sessions", "up_bytes", "down_bytes", "sms_mo", "sms_mt", "voice_mo", "voice_mt")

_COLUMNS = (*Counter._fields, *AMOUNTS)
_ADD = (
    f"INSERT INTO wing_usage ({', '.join(_COLUMNS)}) VALUES ({', '.join('?' * len(_COLUMNS))})"
    f" ON CONFLICT ({', '.join(Counter._fields)}) DO UPDATE SET"
    f" {', '.join(f'{amount} = {amount} + excluded.{amount}' for amount in AMOUNTS)}"
)


def cycle_of(moment: str) -> str:
    """The billing cycle of a moment, which is spelled as the store does."""
    return moment[:7]


def add(box: Box, counted: Iterable[tuple[Counter, Iterable[int]]]) -> None:
    """Add to counters; those that are not there yet begin with it."""
    box.world.store.fill(_ADD, ((*counter, *amounts) for counter, amounts in counted))
