"""A world's rate limit: so many requests in a second of world time, each carrier for itself.

A second begins with the first request in it, so that on a clock that stands still so many are taken and no more until
it moves on by a second. Counted in memory: it is forgotten when the box stops.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from math import ceil

_SECOND = timedelta(seconds=1)


@dataclass(frozen=True, slots=True)
class Allowance:
    """What is left of a limit after a request."""

    limit: int
    remaining: int
    resets_in_seconds: int
    is_exceeded: bool


class Throttle:
    """Counts a world's requests."""

    def __init__(self) -> None:
        self._seconds: dict[str, tuple[datetime, int]] = {}

    def take(self, carrier: str, limit: int, now: datetime) -> Allowance:
        """Count a request at *now*, world time; one that is refused does not count."""
        start, taken = self._seconds.get(carrier, (now, 0))
        if not start <= now < start + _SECOND:
            start, taken = now, 0
        is_exceeded = taken >= limit
        if not is_exceeded:
            taken += 1
        self._seconds[carrier] = start, taken
        left = (start + _SECOND - now).total_seconds()
        return Allowance(limit, max(limit - taken, 0), ceil(left), is_exceeded)
