"""Times as sTN writes and reads them: Amsterdam's, with their offset, in three degrees of fineness.

Source: contract `stn.yaml`, key `identifiers.timestamps`.
"""

import re
from datetime import date, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from carrierbox.kernel import clock
from carrierbox.kernel.clock import BadTime

AMSTERDAM = ZoneInfo("Europe/Amsterdam")


def fresh(moment: datetime) -> str:
    """A time that was set just now: seven fractional digits."""
    spelled = moment.astimezone(AMSTERDAM).isoformat(timespec="microseconds")
    return f"{spelled[:26]}0{spelled[26:]}"


def stored(moment: datetime) -> datetime:
    """A time as it is kept: to the millisecond."""
    return moment.replace(microsecond=0) + timedelta(milliseconds=round(moment.microsecond / 1000))


def read_back(moment: datetime) -> str:
    """A time that was stored earlier: milliseconds, trailing zeros cut."""
    spelled = moment.astimezone(AMSTERDAM).isoformat(timespec="milliseconds")
    return spelled[:23].rstrip("0").rstrip(".") + spelled[23:]


def whole(moment: datetime) -> str:
    """A time to the second, as wish dates have it."""
    return moment.astimezone(AMSTERDAM).isoformat(timespec="seconds")


def day_of(moment: datetime) -> str:
    """The day of a moment in Amsterdam."""
    return moment.astimezone(AMSTERDAM).date().isoformat()


def read(spelled: str) -> datetime:
    """Read a time; without an offset it is Amsterdam's. A date alone is its midnight.

    A ``+`` may have become a blank on its way through a query string.
    Raises: BadTime.
    """
    try:
        moment = datetime.fromisoformat(re.sub(r" (?=\d\d:\d\d$)", "+", spelled.strip()))
        if moment.tzinfo is None:
            moment = moment.replace(tzinfo=AMSTERDAM)
        moment.astimezone(AMSTERDAM)  # what the calendar ends before cannot be written back
        return clock.moment(moment.isoformat())
    except (ValueError, OverflowError) as unreadable:
        raise BadTime(f"'{spelled[:50]}' is not a time: write 2025-01-31T12:00:00+01:00") from unreadable


def is_date(spelled: str) -> bool:
    """Whether it is a date alone: ``2025-01-31``."""
    return re.fullmatch(r"\d{4}-\d\d-\d\d", spelled.strip(), re.ASCII) is not None


def after(day: str) -> str:
    """The day after.

    Raises: BadTime.
    """
    try:
        return (date.fromisoformat(day.strip()) + timedelta(days=1)).isoformat()
    except (ValueError, OverflowError) as unreadable:
        raise BadTime(f"'{day[:50]}' is not a date") from unreadable


def billing_month(moment: datetime) -> str:
    """The month that usage is billed in: the one after the month in Amsterdam that it falls into.

    Source: contract, stn-querycdr: records of December 2024 stand under 2025_01.
    """
    return _billing_month(int(moment.timestamp()) // 3600)


@lru_cache(maxsize=10_000)
def _billing_month(hour: int) -> str:
    local = datetime.fromtimestamp(hour * 3600, AMSTERDAM)
    return f"{local.year + local.month // 12}_{local.month % 12 + 1:02d}"
