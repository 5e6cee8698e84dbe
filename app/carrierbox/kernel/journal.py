"""What was asked of a world's carriers and answered, and the notifications that it sent: the latest entries, in memory.

A request pays next to nothing for its entry. It is kept as it was; what it says is read, and secrets are cut out of it,
when somebody looks. And it is put away with others as one piece of bytes, a sheet, since many small objects that stay
would slow down all that comes after. All journals of a box share one bound: beyond it the longest one lets go of its
oldest sheets.
"""

import marshal
from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import UTC, datetime, timedelta
from typing import Any, Literal, NamedTuple
from weakref import WeakSet

#: How many entries a world keeps unless told otherwise, and at most; how much of a body.
MOST_ENTRIES = 10_000
LARGEST_JOURNAL = 100_000
MOST_BODY = 64 * 1024
#: How much all journals of a box keep together: some six thousand entries with a token and a SIM each.
MOST_BYTES = 24 * 1024 * 1024

#: How many entries wait, in all journals together, to be put away.
_AT_ONCE = 16
#: What a sheet takes beside its content.
_FRAME_BYTES = 160
#: The spelling of `marshal` that looks for nothing that stands there twice.
_PLAINLY = 2

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)

Direction = Literal["in", "out"]
Headers = Sequence[tuple[bytes, bytes]]
Row = tuple[Any, ...]


@dataclass(slots=True)
class Entry:
    """One request and its answer, as they were on the wire."""

    moment: datetime  # world time
    direction: Direction
    carrier: str
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
    error: str | None = None  # why there was no answer
    iccids: tuple[str, ...] | None = None  # none: nobody has looked it up yet
    number: int = 0

    def row(self) -> Row:
        """What `Journal.add` takes beside the moment: all fields between it and the number, in their order."""
        return tuple(getattr(self, each.name) for each in fields(self)[1:-1])


class Kept(NamedTuple):
    """What a journal held at a moment; to be read elsewhere, since it takes its time."""

    first: int  # the number of the first entry that counts
    sheets: list[tuple[int, bytes]]

    def oldest_first(self) -> Iterator[Entry]:
        """The entries."""
        return (entry for sheet in self.sheets for entry in _read(*sheet) if entry.number >= self.first)

    def newest_first(self) -> Iterator[Entry]:
        """The entries; sheets that nobody gets to are not even read."""
        return (
            entry for sheet in reversed(self.sheets) for entry in reversed(_read(*sheet)) if entry.number >= self.first
        )


def _read(first: int, sheet: bytes) -> list[Entry]:
    """The entries of a sheet."""
    moments, rows = marshal.loads(sheet)  # noqa: S302 - it was written here
    entries = [Entry(_EPOCH + at * _MICROSECOND, *row) for at, row in zip(moments, rows, strict=True)]
    for number, entry in enumerate(entries, first):
        entry.number = number
    return entries


def wired(headers: Mapping[str, str]) -> Headers:
    """Headers that are texts as they were on the wire."""
    return [(name.lower().encode(), value.encode()) for name, value in headers.items()]


class Journal:
    """The latest entries of one world, oldest first."""

    def __init__(self, most: int = MOST_ENTRIES) -> None:
        self.most = most
        self.bytes = 0
        self._last = 0  # the number of the entry that was put away last
        self._sheets: deque[tuple[int, bytes]] = deque()  # each with the number of its first entry
        self._moments: list[datetime] = []  # of what waits to be put away
        self._rows: list[Row] = []
        self._iccids: dict[int, tuple[str, ...]] = {}
        _shelf.journals.add(self)

    def __len__(self) -> int:
        self.put_away()
        return self._last - self._first + 1

    @property
    def _first(self) -> int:
        """The number of the oldest entry that counts; its sheet may begin with others."""
        return max(self._sheets[0][0], self._last - self.most + 1) if self._sheets else self._last + 1

    def add(self, moment: datetime, row: Row) -> None:
        """Keep an entry: the fields of `Entry` but for its moment, in their order."""
        self._moments.append(moment)
        self._rows.append(row)
        _waiting.append(self)
        if len(_waiting) >= _AT_ONCE:
            _shelf.put_away()

    def put_away(self) -> None:
        """Put away what waits, and let the oldest go where there are too many."""
        moments, rows = self._moments, self._rows
        self._moments, self._rows = [], []  # first: what cannot be written is not to come back for ever
        if not (rows and self.most):
            return
        sheet = marshal.dumps(([(at - _EPOCH) // _MICROSECOND for at in moments], rows), _PLAINLY)
        self._sheets.append((self._last + 1, sheet))
        self._last += len(rows)
        self._grow(len(sheet) + _FRAME_BYTES)
        while len(self._sheets) > 1 and self._sheets[1][0] <= self._first:
            self._drop_oldest()

    def shorten(self) -> None:
        """Let an eighth of all go, the oldest, one sheet at least."""
        for _ in range(len(self._sheets) // 8 + 1):
            self._drop_oldest()

    def _drop_oldest(self) -> None:
        first, sheet = self._sheets.popleft()
        self._grow(-len(sheet) - _FRAME_BYTES)
        if self._iccids:
            for number in range(first, self._first):
                self._iccids.pop(number, None)

    def _grow(self, size: int) -> None:
        self.bytes += size
        _shelf.bytes += size

    def kept(self) -> Kept:
        """All entries as they are now."""
        self.put_away()
        return Kept(self._first, [*self._sheets])

    def about(self, entry: Entry) -> tuple[str, ...] | None:
        """The SIMs that an entry is about, if they were looked up before."""
        return entry.iccids if entry.iccids is not None else self._iccids.get(entry.number)

    def remember(self, entry: Entry) -> None:
        """Keep which SIMs an entry is about, as long as it is there."""
        if entry.iccids is not None and entry.number >= self._first:
            self._iccids[entry.number] = entry.iccids

    def clear(self) -> None:
        """Forget them; numbers go on."""
        self.put_away()
        self._grow(-self.bytes)
        self._sheets.clear()
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

    def put_away(self) -> None:
        """Put away all that waits."""
        journals = {*_waiting}
        _waiting.clear()
        for journal in journals:
            journal.put_away()
        while self.bytes > MOST_BYTES:  # the longest makes room, much at a time, and short ones stay whole
            max(self.journals, key=lambda journal: journal.bytes).shorten()


_shelf = _Shelf()
#: For each entry that waits to be put away, its journal.
_waiting: list[Journal] = []
