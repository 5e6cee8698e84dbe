"""When the tasks of work begin and end: planned at its start, by the world's pace."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from random import Random

from carrierbox.kernel.world import Pace

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def plan(pace: Pace, tasks: Sequence[str], start: datetime, rng: Random) -> list[tuple[str, int, int]]:
    """When each task starts and ends, one after the other: ``(name, start, end)`` in epoch milliseconds.

    ``instant`` takes no time, ``brisk`` about two seconds for three tasks, ``realistic`` some ten seconds a task.
    """
    at = milliseconds(start)
    planned = []
    for name in tasks:
        wait, work = _pause(pace, rng)
        planned.append((name, at + wait, at + wait + work))
        at += wait + work
    return planned


def spread(planned: Sequence[tuple[str, int, int]], start: datetime, length: timedelta) -> list[tuple[str, int, int]]:
    """A plan stretched or pressed into that length; tasks that take no time share it alike."""
    begin, wanted = milliseconds(start), length // timedelta(milliseconds=1)
    present = planned[-1][2] - begin
    if not present:
        planned = [(name, begin + i, begin + i + 1) for i, (name, _, _) in enumerate(planned)]
        present = len(planned)

    def moved(at: int) -> int:
        return begin + (at - begin) * wanted // present

    return [(name, moved(begins), moved(ends)) for name, begins, ends in planned]


def _pause(pace: Pace, rng: Random) -> tuple[int, int]:
    match pace:
        case "instant":
            return 0, 0
        case "brisk":
            return 20, 620
        case "realistic":
            return rng.randint(200, 2_000), rng.randint(4_000, 18_000)


def milliseconds(moment: datetime) -> int:
    """The epoch's whole milliseconds by then, as workflow engines write times; never later than the moment itself."""
    return (moment - _EPOCH) // timedelta(milliseconds=1)


def moment(epoch_milliseconds: int) -> datetime:
    """The moment of so many milliseconds of the epoch."""
    return _EPOCH + timedelta(milliseconds=epoch_milliseconds)
