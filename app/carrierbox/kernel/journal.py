"""What was asked of a world's carriers and answered, and the notifications that it sent: the latest entries, in memory.

An entry keeps bytes as they came, so that a request pays next to nothing for it; what they say is read, and secrets are
cut out of it, when somebody looks. All journals of a box share one bound: beyond it the longest one lets go of its
oldest entries.
"""

from collections import deque
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Literal
from weakref import WeakSet

#: How many entries a world keeps unless told otherwise, and at most; how much of a body.
MOST_ENTRIES = 10_000
LARGEST_JOURNAL = 100_000
MOST_BODY = 64 * 1024
#: How much all journals of a box keep together.
MOST_BYTES = 24 * 1024 * 1024

#: What an entry takes beside its text.
_FRAME_BYTES = 600
#: Headers whose values no journal keeps, not even in memory: they let whoever has them in.
SECRET_HEADERS = frozenset(
    {b"authorization", b"proxy-authorization", b"cookie", b"set-cookie", b"stn-api-key", b"x-api-key"}
)

#: What stands in a secret's place; of an Authorization the scheme is kept before it.
CUT = b"[cut]"
_SCHEMES = frozenset({b"basic", b"bearer", b"digest"})

Direction = Literal["in", "out"]
Headers = Sequence[tuple[bytes, bytes]]


class Entry:
    """One request and its answer, as they were on the wire. `number` is given when it is added."""

    __slots__ = (
        "actor",
        "address",
        "answer",
        "answer_bytes",
        "answer_headers",
        "asked",
        "asked_bytes",
        "asked_headers",
        "at",
        "carrier",
        "direction",
        "duration_ms",
        "error",
        "fault",
        "iccids",
        "method",
        "number",
        "operation",
        "path",
        "query",
        "request_id",
        "size",
        "status",
        "target",
    )

    def __init__(self, direction: Direction, carrier: str, at: datetime, method: str, path: str) -> None:
        self.direction = direction
        self.carrier = carrier
        self.at = at  # world time
        self.method = method
        self.path = path  # the carrier's own, behind all prefixes
        self.address = ""  # scheme and host
        self.target = b""  # the path as it was asked for
        self.query = b""
        self.asked_headers = b""  # a line each
        self.asked = b""
        self.asked_bytes = 0
        self.status: int | None = None  # none: there was no answer
        self.answer_headers = b""
        self.answer = b""
        self.answer_bytes = 0
        self.duration_ms = 0.0
        self.operation: str | None = None
        self.actor: str | None = None
        self.request_id: str | None = None
        self.fault: str | None = None  # what made it go wrong
        self.error: str | None = None  # why there was no answer
        self.iccids: tuple[str, ...] | None = None  # none: nobody has looked it up yet
        self.number = 0
        self.size = 0


def packed(headers: Headers) -> bytes:
    """Headers as an entry keeps them."""
    return b"\n".join(
        [name + b": " + (value if name not in SECRET_HEADERS else _cut(value)) for name, value in headers]
    )


def packed_texts(headers: Mapping[str, str]) -> bytes:
    """Headers of texts, as an entry keeps them."""
    return packed([(name.lower().encode(), value.encode()) for name, value in headers.items()])


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
        entry.size = (
            _FRAME_BYTES + len(entry.asked_headers) + len(entry.asked) + len(entry.answer_headers) + len(entry.answer)
        )
        self._entries.append(entry)
        self.bytes += entry.size
        _shelf.bytes += entry.size
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
