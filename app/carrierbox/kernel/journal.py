"""What was asked of a world's carriers and answered, and the notifications that it sent: the latest entries, in memory.

A request pays next to nothing for its entry: it is kept as it was, and as one piece of bytes, since many small objects
that stay would slow down all that comes after. What it says is read, and secrets are cut out of it, when somebody
looks. All journals of a box share one bound: beyond it the longest one lets go of its oldest entries.
"""

import marshal
from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import UTC, datetime, timedelta
from typing import Any, Literal, NamedTuple
from weakref import WeakSet

#: How many entries a world keeps unless told otherwise, and at most; how much of a body.
MOST_ENTRIES = 10_000
LARGEST_JOURNAL = 100_000
MOST_BODY = 64 * 1024
#: How much all journals of a box keep together.
MOST_BYTES = 24 * 1024 * 1024

#: What an entry takes beside its content.
_FRAME_BYTES = 48
#: The spelling of `marshal` that looks for nothing that stands there twice.
_PLAINLY = 2

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)

Direction = Literal["in", "out"]
Headers = Sequence[tuple[bytes, bytes]]


@dataclass(slots=True)
class Entry:
    """One request and its answer, as they were on the wire. `Journal.add` takes all but the number, in this order."""

    direction: Direction
    carrier: str
    at: int  # world time, in the epoch's microseconds
    method: str
    path: str  # the carrier's own, behind all prefixes
    address: str  # begins with scheme and host; none: the world's own inbox
    target: bytes  # the path as it was asked for
    query: bytes
    asked_headers: Headers
    asked: bytes
    asked_bytes: int
    status: int | None  # none: there was no answer
    answer_headers: Headers
    answer: bytes
    answer_bytes: int
    seconds: float
    operation: str | None
    actor: str | None
    request_id: str | None
    fault: str | None  # what made it go wrong
    error: str | None  # why there was no answer
    iccids: tuple[str, ...] | None  # none: nobody has looked it up yet
    number: int = 0

    @property
    def moment(self) -> datetime:
        """When it was, in world time."""
        return _EPOCH + self.at * _MICROSECOND

    def row(self) -> tuple[Any, ...]:
        """What `Journal.add` takes."""
        return tuple(getattr(self, each.name) for each in fields(self) if each.name != "number")


class Kept(NamedTuple):
    """An entry as a journal keeps it."""

    number: int
    content: bytes

    def read(self) -> Entry:
        """The entry."""
        entry = Entry(*marshal.loads(self.content))  # noqa: S302 - it was written here
        entry.number = self.number
        return entry


def microseconds(moment: datetime) -> int:
    """A moment as an entry has it."""
    return (moment - _EPOCH) // _MICROSECOND


def wired(headers: Mapping[str, str]) -> Headers:
    """Headers that are texts as they were on the wire."""
    return [(name.lower().encode(), value.encode()) for name, value in headers.items()]


class Journal:
    """The latest entries of one world, oldest first."""

    def __init__(self, most: int = MOST_ENTRIES) -> None:
        self.most = most
        self.bytes = 0
        self._rows: deque[bytes] = deque()
        self._last = 0
        self._iccids: dict[int, tuple[str, ...]] = {}
        _shelf.journals.add(self)

    def __len__(self) -> int:
        return len(self._rows)

    def add(self, row: tuple[Any, ...]) -> None:
        """Keep an entry, and let the oldest go where there are too many."""
        if not self.most:
            return
        content = marshal.dumps(row, _PLAINLY)
        self._last += 1
        self._rows.append(content)
        size = len(content) + _FRAME_BYTES
        self.bytes += size
        _shelf.bytes += size
        if len(self._rows) > self.most:
            self.drop_oldest()
        if _shelf.bytes > MOST_BYTES:
            _shelf.clear_out()

    def drop_oldest(self) -> None:
        """Let the oldest entry go."""
        if self._iccids:
            self._iccids.pop(self._last - len(self._rows) + 1, None)
        size = len(self._rows.popleft()) + _FRAME_BYTES
        self.bytes -= size
        _shelf.bytes -= size

    def kept(self) -> list[Kept]:
        """All entries as they are now, oldest first; to be read elsewhere, since it takes its time."""
        first = self._last - len(self._rows) + 1
        return [Kept(first + i, content) for i, content in enumerate(self._rows)]

    def about(self, entry: Entry) -> tuple[str, ...] | None:
        """The SIMs that an entry is about, if they were looked up before."""
        return entry.iccids if entry.iccids is not None else self._iccids.get(entry.number)

    def remember(self, entry: Entry) -> None:
        """Keep which SIMs an entry is about, as long as it is there."""
        if entry.iccids is not None and entry.number > self._last - len(self._rows):
            self._iccids[entry.number] = entry.iccids

    def clear(self) -> None:
        """Forget them; numbers go on."""
        _shelf.bytes -= self.bytes
        self.bytes = 0
        self._rows.clear()
        self._iccids.clear()

    def close(self) -> None:
        """Forget them, and keep nothing from now on."""
        self.clear()
        self.most = 0


class _Shelf:
    """All journals of this process, and how much they keep together."""

    def __init__(self) -> None:
        self.journals: WeakSet[Journal] = WeakSet()
        self.bytes = 0

    def clear_out(self) -> None:
        """Make room: the longest journal lets an eighth of its entries go at a time, so that short ones stay whole."""
        while self.bytes > MOST_BYTES:
            longest = max(self.journals, key=lambda journal: journal.bytes)
            for _ in range(len(longest) // 8 + 1):
                longest.drop_oldest()


_shelf = _Shelf()
