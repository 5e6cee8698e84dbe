"""What was asked of a world's carriers and answered, and the notifications that it sent: the latest entries, in memory.

An entry keeps bytes as they came, so that a request pays next to nothing for it; what they say is read, and secrets are
cut out of it, when somebody looks. All journals of a box share one bound: beyond it the longest one lets go of its
oldest entries.
"""

from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from weakref import WeakSet

#: How many entries a world keeps unless told otherwise, and at most; how much of a body.
MOST_ENTRIES = 10_000
LARGEST_JOURNAL = 100_000
MOST_BODY = 64 * 1024
#: How much all journals of a box keep together.
MOST_BYTES = 24 * 1024 * 1024

#: What an entry takes beside its text: itself, and an answer's headers.
_FRAME_BYTES = 1200
#: Headers whose values no journal keeps, not even in memory: they let whoever has them in.
SECRET_HEADERS = frozenset(
    {b"authorization", b"proxy-authorization", b"cookie", b"set-cookie", b"stn-api-key", b"x-api-key"}
)

#: What stands in a secret's place; of an Authorization the scheme is kept before it.
CUT = b"[cut]"
_SCHEMES = frozenset({b"basic", b"bearer", b"digest"})

Direction = Literal["in", "out"]
Headers = Sequence[tuple[bytes, bytes]]


@dataclass(slots=True)
class Entry:
    """One request and its answer, as they were on the wire. `number` is given when it is added."""

    direction: Direction
    carrier: str
    at: datetime  # world time
    method: str
    path: str  # the carrier's own, behind all prefixes
    target: bytes  # the path as it was asked for
    address: str = ""  # scheme and host; none: the world's own inbox
    query: bytes = b""
    asked_headers: bytes = b""  # packed: a line each
    asked: bytes = b""
    asked_bytes: int = 0
    status: int | None = None  # none: there was no answer
    answer_headers: Headers = ()  # few and short, and kept as they are
    answer: bytes = b""
    answer_bytes: int = 0
    duration_ms: float = 0.0
    operation: str | None = None
    actor: str | None = None
    request_id: str | None = None
    fault: str | None = None  # what made it go wrong
    error: str | None = None  # why there was no answer
    iccids: tuple[str, ...] | None = None  # none: nobody has looked it up yet
    number: int = 0
    size: int = 0


def packed(headers: Headers) -> bytes:
    """A request's headers as an entry keeps them, secret ones last. Written for speed."""
    lines = [b": ".join(pair) for pair in headers if pair[0] not in SECRET_HEADERS]
    if len(lines) != len(headers):
        lines += [name + b": " + _cut(value) for name, value in headers if name in SECRET_HEADERS]
    return b"\n".join(lines)


def unpacked(headers: bytes) -> Headers:
    """What was packed."""
    lines = headers.split(b"\n") if headers else []
    return [(name, value) for name, _, value in (line.partition(b": ") for line in lines)]


def wired(headers: Mapping[str, str]) -> Headers:
    """Headers that are texts as they were on the wire: so many of them, and so much of each."""
    return [(name.lower().encode(), value.encode()[:1000]) for name, value in [*headers.items()][:50]]


def _cut(value: bytes) -> bytes:
    scheme = value.partition(b" ")[0]
    return scheme + b" " + CUT if scheme.lower() in _SCHEMES else CUT


class Journal:
    """The latest entries of one world, oldest first."""

    def __init__(self, most: int = MOST_ENTRIES) -> None:
        self.most = most
        self.bytes = 0
        self._entries: deque[Entry] = deque()
        self._numbers = 0
        _shelf.journals.add(self)

    def __len__(self) -> int:
        return len(self._entries)

    def add(self, entry: Entry) -> None:
        """Keep an entry, and let the oldest go where there are too many."""
        if not self.most:
            return
        self._numbers += 1
        entry.number = self._numbers
        entry.size = size = _FRAME_BYTES + len(entry.asked_headers) + len(entry.asked) + len(entry.answer)
        self._entries.append(entry)
        self.bytes += size
        _shelf.bytes += size
        if len(self._entries) > self.most:
            self.drop_oldest()
        if _shelf.bytes > MOST_BYTES:
            _shelf.clear_out()

    def drop_oldest(self) -> None:
        """Let the oldest entry go."""
        gone = self._entries.popleft().size
        self.bytes -= gone
        _shelf.bytes -= gone

    def entries(self) -> list[Entry]:
        """All of them as they are now, oldest first."""
        return list(self._entries)

    def clear(self) -> None:
        """Forget them; numbers go on."""
        _shelf.bytes -= self.bytes
        self.bytes = 0
        self._entries.clear()

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
