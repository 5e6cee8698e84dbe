"""A world's clock: the only source of time.

World time is UTC. The clock runs with real time, shifted and at a rate, or stands still when frozen; it jumps by
`advance`, and it never goes back. `datetime.now` and `time.time` are called here and nowhere else.
"""

import re
import time
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Literal

Mode = Literal["running", "frozen"]

#: Rates beyond this make a real second longer than a world's year, which is `advance`'s work.
MAX_RATE = 10_000_000.0
#: No clock shows an earlier moment: carriers and tokens count the seconds since then.
FIRST_MOMENT = datetime(1970, 1, 1, tzinfo=UTC)
#: No clock shows a later moment; what lies beyond can be written down, and never comes.
LAST_MOMENT = datetime(8999, 12, 31, 23, 59, 59, 999999, tzinfo=UTC)
#: How long work or a delay may be asked to take.
LONGEST_SPAN = timedelta(days=36_525)


class ClockWouldGoBack(Exception):
    """The wanted time lies before the world's present one."""

    def __init__(self, now: datetime, wanted: datetime) -> None:
        super().__init__(f"the clock stands at {text(now)} and never goes back, not to {text(wanted)}")
        self.now = now
        self.wanted = wanted


class BadTime(ValueError):
    """A duration, a moment or a rate that cannot be read or lies outside of what a clock can show."""


def real_now() -> datetime:
    """The machine's time; for clocks and log lines only."""
    return datetime.now(UTC)


def monotonic() -> float:
    """Seconds of the machine's steady clock; for timeouts and uptimes only."""
    return time.monotonic()


def text(moment: datetime) -> str:
    """Spell a moment as the store keeps it: ISO 8601, UTC, six decimals, ``Z``; so text order is time order."""
    utc = moment if moment.tzinfo is UTC else moment.astimezone(UTC)
    return f"{utc.isoformat(timespec='microseconds')[:26]}Z"


def moment(spelled: str) -> datetime:
    """Read an ISO 8601 moment; without an offset it is UTC.

    Raises: BadTime.
    """
    try:
        read = datetime.fromisoformat(spelled.strip())
    except ValueError as unreadable:
        raise BadTime(f"{spelled!r} is not an ISO 8601 time") from unreadable
    if read.tzinfo is None:
        read = read.replace(tzinfo=UTC)
    try:
        return read.astimezone(UTC)
    except OverflowError as unreadable:
        raise BadTime(f"{spelled!r} lies outside of the calendar") from unreadable


def check_reachable(wanted: datetime) -> None:
    """Let a moment pass that a clock can show.

    Raises: BadTime.
    """
    if wanted < FIRST_MOMENT:
        raise BadTime("the clock begins with the year 1970")
    if wanted > LAST_MOMENT:
        raise BadTime("the clock ends with the year 8999")


_SHORT = re.compile(r"(?P<count>\d+(?:\.\d+)?)(?P<unit>ms|s|m|h|d|w)")
_ISO = re.compile(
    r"P(?:(?P<weeks>\d+(?:\.\d+)?)W)?(?:(?P<days>\d+(?:\.\d+)?)D)?"
    r"(?:T(?:(?P<hours>\d+(?:\.\d+)?)H)?(?:(?P<minutes>\d+(?:\.\d+)?)M)?(?:(?P<seconds>\d+(?:\.\d+)?)S)?)?"
)
_UNITS = {"ms": "milliseconds", "s": "seconds", "m": "minutes", "h": "hours", "d": "days", "w": "weeks"}


def duration(spelled: str | int | float) -> timedelta:
    """Read ``90s``, ``15m``, ``36h``, ``35d``, ``1h30m``, ISO 8601 (``PT90S``) or a number of seconds.

    Raises: BadTime, also for a negative one.
    """
    try:
        return _duration(spelled)
    except (OverflowError, ValueError) as unreadable:
        raise BadTime(f"{spelled!r} is not a duration: write 90s, 15m, 36h, 35d or PT90S") from unreadable


def check_span(spelled: str | int | float) -> None:
    """Let a duration pass that can be read, and is at most a hundred years.

    Raises: BadTime.
    """
    if duration(spelled) > LONGEST_SPAN:
        raise BadTime(f"{spelled!r} is longer than a hundred years")


def _duration(spelled: str | int | float) -> timedelta:
    if isinstance(spelled, bool):
        raise ValueError(spelled)
    if isinstance(spelled, int | float):
        if not spelled >= 0:
            raise ValueError(spelled)
        return timedelta(seconds=spelled)
    spelled = spelled.strip()
    if re.fullmatch(r"\d+(\.\d+)?", spelled):
        return timedelta(seconds=float(spelled))
    if re.fullmatch(rf"(?:{_SHORT.pattern.replace('?P<count>', '?:').replace('?P<unit>', '?:')})+", spelled):
        return sum(
            (timedelta(**{_UNITS[part["unit"]]: float(part["count"])}) for part in _SHORT.finditer(spelled)),
            timedelta(),
        )
    iso = _ISO.fullmatch(spelled)
    if iso is None or not any(iso.groupdict().values()):
        raise ValueError(spelled)
    return timedelta(**{unit: float(count) for unit, count in iso.groupdict().items() if count})


@dataclass(slots=True)
class Clock:
    """World time as a line through one point: at real time *anchored_at* the world showed *anchor*."""

    anchor: datetime
    anchored_at: datetime
    mode: Mode = "running"
    rate: float = 1.0
    _latest: datetime | None = None

    @classmethod
    def starting(cls, now: datetime | None = None) -> "Clock":
        """A running clock that shows *now*, or real time."""
        real = real_now()
        return cls(anchor=now or real, anchored_at=real)

    def now(self) -> datetime:
        """World time; never less than what was answered before, even when the machine's time is set back."""
        if self.mode == "frozen":
            return self.anchor
        elapsed = max(real_now() - self.anchored_at, timedelta())
        try:
            now = min(self.anchor + (elapsed if self.rate == 1.0 else elapsed * self.rate), LAST_MOMENT)
        except OverflowError:  # at the greatest rates the calendar's end is some hours away
            now = LAST_MOMENT
        if self._latest is not None and now < self._latest:
            return self._latest
        self._latest = now
        return now

    def freeze(self) -> None:
        """Stand still at the present moment."""
        self._anchor_at(self.now())
        self.mode = "frozen"

    def unfreeze(self) -> None:
        """Run on from the present moment."""
        self._anchor_at(self.now())
        self.mode = "running"

    def run_at(self, rate: float) -> None:
        """Let a real second be *rate* world seconds.

        Raises: BadTime for a rate that is not above 0 and at most MAX_RATE.
        """
        if not 0 < rate <= MAX_RATE:
            raise BadTime(f"a rate lies above 0 and is at most {MAX_RATE:.0f}")
        self._anchor_at(self.now())
        self.rate = rate

    def jump(self, to: datetime) -> None:
        """Show *to* from now on, and run or stand still as before.

        Raises: ClockWouldGoBack, BadTime.
        """
        now = self.now()
        if to < now:
            raise ClockWouldGoBack(now, to)
        check_reachable(to)
        self._anchor_at(to)

    def reach(self, to: datetime) -> None:
        """Show *to*, where it is not past already.

        Raises: BadTime.
        """
        check_reachable(to)
        if to > self.now():
            self._anchor_at(to)

    def _anchor_at(self, shown: datetime) -> None:
        self.anchor, self.anchored_at, self._latest = shown, real_now(), shown
