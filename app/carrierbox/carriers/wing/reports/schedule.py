"""When a report runs by itself: daily, weekly on Mondays, monthly on the first, at a time of day in UTC."""

from datetime import UTC, datetime, time, timedelta
from typing import Literal

Period = Literal["DAILY", "WEEKLY", "MONTHLY"]


def following(after: datetime, period: Period, at_time: str) -> datetime:
    """The first moment after *after* at which a report with that schedule runs."""
    at = datetime.combine(after.date(), time.fromisoformat(at_time), UTC)
    while at <= after or not _is_day(at, period):
        at += timedelta(days=1)
    return at


def _is_day(day: datetime, period: Period) -> bool:
    match period:
        case "DAILY":
            return True
        case "WEEKLY":
            return day.weekday() == 0
        case "MONTHLY":
            return day.day == 1


def cycle(now: datetime, *, is_scheduled: bool) -> datetime:
    """When the billing cycle begins that a run is about: the present one; by schedule, the one of the day before.

    So the first run of a month closes the month before it.
    """
    day = now - timedelta(days=1) if is_scheduled else now
    return day.replace(day=1, hour=0, minute=0, second=0, microsecond=0)
