"""A world as one file: a gzip stream of one line that says what it is, and then the world's SQLite file.

The line is JSON: ``{"carrierbox": "world", "format": 1, "version": ..., "schema": ..., "bytes": ...}``, the last one
the size of what follows. Whoever made the file may mean harm: it is unpacked within bounds, and opened as a world only
when it holds the tables that this version makes, to the letter, and no trigger or view beside them; and when what the
box reads by itself can be read. Carriers' rows are taken as they are: who edits one by hand gets what was written.
"""

import asyncio
import json
import sqlite3
import struct
import zlib
from collections.abc import AsyncIterable, AsyncIterator, Iterator
from contextlib import closing
from pathlib import Path
from typing import IO, Any

from carrierbox import __version__
from carrierbox.kernel import clock, store
from carrierbox.kernel.clock import BadTime
from carrierbox.kernel.store import NotOurs, Store
from carrierbox.kernel.targets import target_of
from carrierbox.kernel.world import World

FORMAT = 1
#: The first bytes of any gzip stream.
MAGIC = b"\x1f\x8b"
#: The largest file that is taken in, what it may unpack to, and how much more that may be beyond the first of it.
MOST_PACKED_BYTES = 1024**3
MOST_BYTES = 4 * 1024**3
MOST_RATIO = 100  # worlds have 5 to 16
_NO_RATIO_BYTES = 16 * 1024**2

_MOST_HEAD = 1000
_PIECE = 256 * 1024
_GZIP = 16 + zlib.MAX_WBITS
_SQLITE_HEAD = struct.Struct(">16s H 10x I")


class BadSnapshot(Exception):
    """A file that is no snapshot of a world of this version, or is damaged; nothing was changed."""


def pack(world_file: Path, into: IO[bytes]) -> None:
    """Write the snapshot of a closed world file."""
    head = {
        "carrierbox": "world",
        "format": FORMAT,
        "version": __version__,
        "schema": store.schema_version(),
        "bytes": world_file.stat().st_size,
    }
    packer = zlib.compressobj(level=1, wbits=_GZIP)  # a higher one takes ten times as long for a tenth less
    into.write(packer.compress(json.dumps(head).encode() + b"\n"))
    with world_file.open("rb") as source:
        for piece in iter(lambda: source.read(_PIECE), b""):
            into.write(packer.compress(piece))
    into.write(packer.flush())


async def pieces(file: IO[bytes]) -> AsyncIterator[bytes]:
    """A file from where it stands, piece by piece, as `unpack` takes it."""
    while piece := await asyncio.to_thread(file.read, _PIECE):
        yield piece


async def unpack(packed: AsyncIterable[bytes], path: Path) -> None:
    """Make a file of a snapshot as it comes in, and let it pass if it is a whole world of this version.

    Raises: BadSnapshot, OSError when the disk does not take it; what is in the file then is of no use.
    """
    with path.open("wb") as file:
        unpacking = _Unpacking(file)
        async for piece in packed:
            await asyncio.to_thread(unpacking.feed, piece)
        unpacking.end()
    await asyncio.to_thread(_check, path)


class _Unpacking:
    """A snapshot that comes in piece by piece, and is written down as the world's file that it was."""

    def __init__(self, into: IO[bytes]) -> None:
        self._into = into
        self._unpacker = zlib.decompressobj(_GZIP)
        self._packed = 0
        self._unpacked = 0
        self._head = b""
        self._missing: int | None = None  # unknown until the first line is read

    def feed(self, packed: bytes) -> None:
        """Take the next piece.

        Raises: BadSnapshot.
        """
        self._packed += len(packed)
        if self._packed > MOST_PACKED_BYTES:
            raise BadSnapshot(f"a snapshot has at most {MOST_PACKED_BYTES // 1024**2} MiB")
        if packed and self._unpacker.eof:
            raise BadSnapshot(_DAMAGED)
        try:
            while packed and not self._unpacker.eof:
                self._take(self._unpacker.decompress(packed, _PIECE))
                packed = self._unpacker.unconsumed_tail
        except zlib.error as broken:
            raise BadSnapshot(_DAMAGED if self._missing is not None else _FOREIGN) from broken
        if self._unpacker.unused_data:
            raise BadSnapshot(_DAMAGED)

    def end(self) -> None:
        """All of it has come.

        Raises: BadSnapshot.
        """
        if self._missing is None:
            raise BadSnapshot(_FOREIGN)
        if self._missing or not self._unpacker.eof:
            raise BadSnapshot("the snapshot is damaged: it was cut off")

    def _take(self, piece: bytes) -> None:
        if self._missing is None:
            self._head += piece
            line, ended, piece = self._head.partition(b"\n")
            if not ended:
                if len(self._head) > _MOST_HEAD:
                    raise BadSnapshot(_FOREIGN)
                return
            self._missing = _size(line)
        self._missing -= len(piece)
        if self._missing < 0:
            raise BadSnapshot(_DAMAGED)
        self._unpacked += len(piece)
        if self._unpacked > _NO_RATIO_BYTES + MOST_RATIO * self._packed:
            raise BadSnapshot(f"the snapshot unpacks to more than {MOST_RATIO} times its size, which no world does")
        self._into.write(piece)


_FOREIGN = "this is no snapshot of a carrierbox world"
_DAMAGED = "the snapshot is damaged"


def _size(line: bytes) -> int:
    """How many bytes follow a snapshot's first line.

    Raises: BadSnapshot.
    """
    try:
        head = json.loads(line)
    except (ValueError, RecursionError) as unreadable:
        raise BadSnapshot(_FOREIGN) from unreadable
    if not isinstance(head, dict) or head.get("carrierbox") != "world" or not _is_count(head.get("format")):
        raise BadSnapshot(_FOREIGN)
    if head["format"] > FORMAT:
        raise BadSnapshot(
            f"the snapshot is of format {head['format']}, written by a newer carrierbox ({head.get('version')!s:.20});"
            f" this one, {__version__}, reads format {FORMAT}"
        )
    if head.get("schema") != store.schema_version():
        raise BadSnapshot(
            f"the snapshot was written by another version of carrierbox ({head.get('version')!s:.20}) with other"
            f" tables than {__version__} has"
        )
    if not _is_count(head.get("bytes")):
        raise BadSnapshot(_DAMAGED)
    if head["bytes"] > MOST_BYTES:
        raise BadSnapshot(f"a snapshot unpacks to at most {MOST_BYTES // 1024**2} MiB")
    return int(head["bytes"])


def _is_count(value: Any) -> bool:
    return type(value) is int and value > 0


def _check(path: Path) -> None:
    """Let a file pass that is a whole world of this version, and can be opened as one.

    Raises: BadSnapshot.
    """
    with path.open("rb") as file:
        magic, page_bytes, pages = _SQLITE_HEAD.unpack(file.read(_SQLITE_HEAD.size).ljust(_SQLITE_HEAD.size, b"\0"))
    if magic != b"SQLite format 3\0" or path.stat().st_size != pages * (page_bytes if page_bytes != 1 else 65536):
        raise BadSnapshot(_DAMAGED)
    try:
        with closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro&immutable=1", uri=True)) as reader:
            # what a schema of another's making could do is switched off before it is read
            for pragma in ("trusted_schema = OFF", "cell_size_check = ON", "mmap_size = 0"):
                reader.execute(f"PRAGMA {pragma}")
            _check_tables(reader)
            [found] = reader.execute("PRAGMA quick_check(1)").fetchone()
            if found != "ok":
                raise BadSnapshot(f"{_DAMAGED}: {' '.join(found.split()):.100}")
            _check_rows(reader)
        _open(path)
    except (sqlite3.Error, NotOurs) as broken:
        raise BadSnapshot(f"{_DAMAGED}: {broken}") from broken


def _check_tables(reader: sqlite3.Connection) -> None:
    if reader.execute("PRAGMA application_id").fetchone()[0] != store.APPLICATION_ID:
        raise BadSnapshot("the snapshot holds no world of ours")
    with closing(sqlite3.connect(":memory:")) as ours:
        for statement in store.schema():
            ours.execute(statement)
        if _tables(reader) != _tables(ours):
            raise BadSnapshot("the snapshot holds other tables than a world has")


#: What the box itself reads, in all worlds together and by itself, and what else it reads of its own.
_TIMES = {"box_job": "due_at", "box_callback": "due_at", "box_device": "next_at"}
_JSON = {
    "box_job": ("input", "output", "tasks", "refusal", "ending"),
    "box_callback": ("headers", "body"),
    "box_callback_attempt": ("request", "answer"),
    "box_callback_plan": ("match", "do"),
    "box_fault": ("match", "when", "do"),
    "box_outcome": ("match", "do"),
    "box_inbox": ("headers",),
}


def _check_rows(reader: sqlite3.Connection) -> None:
    """Let rows pass that the box can live with: by them it sends and moves on, for other worlds as well.

    The rest are carriers' rows. What somebody has made of those by hand is his own affair, and that world's alone.
    """
    for table, column in _TIMES.items():
        if not all(map(_is_time, _values(reader, table, column))):
            raise BadSnapshot(f"{_DAMAGED}: {table}.{column} holds what is no time")
    for table, columns in _JSON.items():
        for column in columns:
            odd = f'SELECT 1 FROM {table} WHERE "{column}" IS NOT NULL AND NOT json_valid("{column}") LIMIT 1'
            if reader.execute(odd).fetchone():
                raise BadSnapshot(f"{_DAMAGED}: {table}.{column} holds what is no JSON")
    for url in _values(reader, "box_callback", "url"):
        try:
            target_of(url)
        except (ValueError, TypeError, AttributeError) as unreadable:
            raise BadSnapshot(f"{_DAMAGED}: box_callback.url holds what is no address") from unreadable


def _values(reader: sqlite3.Connection, table: str, column: str) -> Iterator[Any]:
    found = reader.execute(f"SELECT DISTINCT {column} FROM {table} WHERE {column} IS NOT NULL")
    return (value for (value,) in found)


def _is_time(value: Any) -> bool:
    """Whether a value is a moment as the box writes it, since moments are compared as texts."""
    try:
        return isinstance(value, str) and clock.text(clock.moment(value)) == value
    except BadTime:
        return False


def _tables(reader: sqlite3.Connection) -> set[tuple[Any, ...]]:
    return set(reader.execute("SELECT type, name, tbl_name, sql FROM sqlite_master"))


def _open(path: Path) -> None:
    """Try whether a world can be made of a file: its own row is read as it will be."""
    opened = Store(path)
    try:
        rows = opened.sql("SELECT count(*) FROM box_world").fetchone()[0]
        world = World("snapshot", opened)
        clock.check_reachable(world.clock.now())
        settings = world.settings
        sound = (
            rows == 1
            and world.clock.mode in {"running", "frozen"}
            and 0 < world.clock.rate <= clock.MAX_RATE
            and settings.pace in {"instant", "brisk", "realistic"}
            and settings.auth in {"strict", "open"}
            and isinstance(settings.callback_url, dict)
            and isinstance(settings.allowed_callback_hosts, list)
            and (settings.rate_limit_per_second is None or _is_count(settings.rate_limit_per_second))
        )
    except Exception as unreadable:
        raise BadSnapshot(f"{_DAMAGED}: its settings or its clock cannot be read") from unreadable
    finally:
        opened.close()
    if not sound:
        raise BadSnapshot(f"{_DAMAGED}: its settings or its clock are not a world's")
