"""A world's database: one SQLite file in WAL mode; the only place that knows which database it is.

One connection writes, in the event loop, and never across an `await`; long reads go to other threads with connections
of their own. A transaction that was answered survives `kill -9`: WAL with ``synchronous=NORMAL`` loses commits only
when the machine itself loses power.
"""

import asyncio
import errno
import os
import sqlite3
import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from datetime import datetime
from functools import cache
from pathlib import Path
from threading import Lock
from typing import Any, TypeVar

from sqlalchemy import Dialect, Engine, StaticPool, String, TypeDecorator, create_engine
from sqlalchemy.exc import StatementError
from sqlalchemy.schema import CreateIndex, CreateTable
from sqlmodel import Session, SQLModel

from carrierbox.kernel import clock
from carrierbox.kernel.write_back import LONGEST_PAGES, WriteBack

Answer = TypeVar("Answer")

#: Tells our files from other SQLite files ("SIMB").
APPLICATION_ID = 0x53494D42

#: How many files an open world takes: its own, the log and the log's index, and the first two again for a reader.
FILES = 5

#: What the database raises for rows that its tables do not take.
MISFITS = (StatementError, sqlite3.IntegrityError, sqlite3.ProgrammingError, sqlite3.InterfaceError)

#: Each gives a connection functions that SQL may call beside SQLite's own. Whoever has some adds itself when imported.
furnishers: list[Callable[[sqlite3.Connection], None]] = []

_aside = ThreadPoolExecutor(max_workers=4, thread_name_prefix="carrierbox-read")


class NotOurs(Exception):
    """A file that is not a world of this version, or is damaged; it is left as it was found."""

    def __init__(self, path: Path, problem: str) -> None:
        super().__init__(f"{path}: {problem}")


class Lack(Exception):
    """The machine lacks what is needed to go on. Nothing is wrong with what was asked, or with any file."""


class DiskFull(Lack):
    """There is no room on the disk."""

    def __init__(self, folder: Path) -> None:
        super().__init__(f"the disk is full on which {folder} lies: make room, or drop some worlds")


class TooManyFiles(Lack):
    """The process has as many files open as it may."""

    def __init__(self) -> None:
        super().__init__("the box has as many files open as it may: drop some worlds, or let it open more (ulimit -n)")


class Closed(Exception):
    """A world's file was given back before a read of it could begin."""

    def __init__(self, path: Path) -> None:
        super().__init__(f"{path} was closed")


class Moment(TypeDecorator[datetime]):
    """A column of world time: text in `clock.text`'s spelling, which sorts as time does."""

    impl = String
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> str | None:  # noqa: ARG002
        """Spell it."""
        return None if value is None else clock.text(value)

    def process_result_value(self, value: str | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        """Read it."""
        return None if value is None else clock.moment(value)


class _Writer(sqlite3.Connection):
    """The writing connection: its transactions begin and end in `Store.transaction` alone.

    A session that is closed, or whose flush failed, tells its connection to roll back; the transaction is not its own.
    """

    def commit(self) -> None:
        """Leave the transaction open."""

    def rollback(self) -> None:
        """Leave the transaction open."""


class Store:
    """One world's rows: `sql` for the hot paths, `session` for all else, both in the same transaction."""

    def __init__(self, path: Path) -> None:
        """Open a world's file.

        Raises: NotOurs.
        """
        self.path = path
        self._readers: list[sqlite3.Connection] = []
        self._lending = Lock()  # readers are lent in other threads, and the store is closed in the loop's
        self._engine: Engine | None = None
        self._closed = False
        self._write_back = WriteBack(path)
        try:
            self._writer = _connect(f"{path.absolute().as_uri()}?mode=rw", _Writer)
            self._check()
        except sqlite3.DatabaseError as broken:
            if found := lack(broken, path.parent):
                raise found from broken
            raise NotOurs(path, f"is not a world of ours, or is damaged ({broken})") from broken

    @property
    def is_closed(self) -> bool:
        """Whether it was given back."""
        return self._closed

    @property
    def wants_quiet(self) -> bool:
        """Whether work that can wait should not write now, so that the log can begin anew."""
        return self._write_back.wants_quiet

    @classmethod
    def create(cls, path: Path) -> "Store":
        """Make an empty world file with every table that is known by now."""
        with closing(sqlite3.connect(path, isolation_level=None)) as fresh:
            fresh.execute("PRAGMA journal_mode = WAL")
            fresh.execute("BEGIN")
            for statement in schema():
                fresh.execute(statement)
            fresh.execute(f"PRAGMA application_id = {APPLICATION_ID}")
            fresh.execute(f"PRAGMA user_version = {schema_version()}")
            fresh.execute("COMMIT")
        return cls(path)

    def _check(self) -> None:
        try:
            if self._writer.execute("PRAGMA application_id").fetchone()[0] != APPLICATION_ID:
                raise NotOurs(self.path, "is not a world of ours")
            if self._writer.execute("PRAGMA user_version").fetchone()[0] != schema_version():
                raise NotOurs(self.path, "was written by another version of carrierbox; use another data folder")
            self._writer.execute("SELECT count(*) FROM sqlite_master").fetchone()
            self._writer.execute(f"PRAGMA wal_autocheckpoint = {LONGEST_PAGES}")
        except BaseException:
            self._writer.close()  # and with it the side files
            raise

    def sql(self, statement: str, values: Mapping[str, Any] | Sequence[Any] = ()) -> sqlite3.Cursor:
        """Run one statement on the writing connection; rows come as `sqlite3.Row`."""
        return self._writer.execute(statement, values)

    @property
    def changes(self) -> int:
        """How many rows this connection has written so far."""
        return self._writer.total_changes

    def fill(self, statement: str, rows: Iterable[Sequence[Any]]) -> None:
        """Run one statement for many rows."""
        self._writer.executemany(statement, rows)

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """All of what happens inside, or none. Not to be held across an `await`."""
        self._writer.execute("BEGIN")
        try:
            yield
            self._writer.execute("COMMIT")
        except BaseException:
            if self._writer.in_transaction:  # a full disk may have ended it
                self._writer.execute("ROLLBACK")
            raise
        self._write_back.after(self._writer.total_changes)

    @contextmanager
    def savepoint(self) -> Iterator[None]:
        """All of what happens inside, or none, within a transaction that goes on."""
        self._writer.execute("SAVEPOINT part")
        try:
            yield
        except BaseException:
            if self._writer.in_transaction:  # a full disk may have ended all of it
                self._writer.execute("ROLLBACK TO part")
                self._writer.execute("RELEASE part")
            raise
        self._writer.execute("RELEASE part")

    def session(self) -> Session:
        """A session over the writing connection; it shares the transaction that is open there."""
        if self._engine is None:
            self._engine = create_engine(
                "sqlite://", creator=lambda: self._writer, poolclass=StaticPool, pool_reset_on_return=None
            )
        return Session(self._engine, autoflush=True, expire_on_commit=False)

    @contextmanager
    def unguarded(self) -> Iterator[None]:
        """Fill a file that nobody else sees yet, its journal in memory: what is cut off in here leaves it damaged."""
        self._write_back.stop()
        for pragma in ("journal_mode = MEMORY", "synchronous = OFF", "cache_size = -16384"):
            self._writer.execute(f"PRAGMA {pragma}")
        yield
        for pragma in ("journal_mode = WAL", "synchronous = NORMAL", "cache_size = -2000"):
            self._writer.execute(f"PRAGMA {pragma}")
        self._write_back.go_on(self.changes)

    async def aside(self, read: Callable[[sqlite3.Connection], Answer]) -> Answer:
        """Run a long read in another thread, on what is committed, while the loop goes on.

        Raises: Closed when it was closed before the read could begin.
        """
        return await asyncio.get_running_loop().run_in_executor(_aside, self._read, read)

    def _read(self, read: Callable[[sqlite3.Connection], Answer]) -> Answer:
        reader = self._lend()
        try:
            return read(reader)
        finally:
            self._take_back(reader)

    def _lend(self) -> sqlite3.Connection:
        with self._lending:
            if self._closed:  # another world's file may lie there, and its log is no business of ours
                raise Closed(self.path)
            return self._readers.pop() if self._readers else _connect(f"{self.path.absolute().as_uri()}?mode=ro")

    def _take_back(self, reader: sqlite3.Connection) -> None:
        with self._lending:
            if not self._closed:
                self._readers.append(reader)
                return
        reader.close()

    def copy_to(self, path: Path) -> None:
        """Write all that is committed into a new file; the source may be written to meanwhile.

        Raises: Closed.
        """
        target = sqlite3.connect(path, isolation_level=None)
        try:
            self._read(lambda reader: reader.backup(target))
        finally:
            target.close()

    def close(self) -> None:
        """Give back connections and, the last writer being gone, the side files."""
        with self._lending:  # a reader that somebody has is closed by them
            self._closed = True
            idle, self._readers = self._readers, []
        for reader in idle:
            reader.close()
        self._write_back.stop()
        if self._engine is not None:
            self._engine.dispose()
        self._writer.close()


def lack(failed: BaseException, folder: Path) -> Lack | None:
    """What the machine lacks, where something failed for that; *folder* is where it was to be written."""
    failed = getattr(failed, "orig", failed)
    number = failed.errno if isinstance(failed, OSError) else None
    code = getattr(failed, "sqlite_errorcode", None) or 0
    if number in {errno.ENOSPC, errno.EDQUOT} or code & 0xFF == sqlite3.SQLITE_FULL:
        return DiskFull(folder)
    if code == sqlite3.SQLITE_IOERR_SHMSIZE:  # the log's index finds no room
        return DiskFull(folder)
    if number in {errno.EMFILE, errno.ENFILE} or (code & 0xFF == sqlite3.SQLITE_CANTOPEN and not _can_open()):
        return TooManyFiles()
    return None


def _can_open() -> bool:
    """Whether as many files can be opened as a world takes: SQLite only says that one could not be."""
    opened: list[int] = []
    try:
        for _ in range(FILES):
            opened.append(os.open(os.devnull, os.O_RDONLY))
    except OSError:
        return False
    finally:
        for each in opened:
            os.close(each)
    return True


def damage(path: Path) -> str | None:
    """What is broken in a world's file, all of which SQLite looks at; None where nothing is."""
    try:
        with closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)) as reader:
            found: str = reader.execute("PRAGMA quick_check(1)").fetchone()[0]
    except sqlite3.Error as broken:
        found = str(broken)
    return None if found == "ok" else f"is damaged: {' '.join(found.split())}"


def remove(path: Path) -> None:
    """Delete a closed world file and what SQLite may have left beside it."""
    path.unlink(missing_ok=True)
    _remove_side_files(path)


def replace(path: Path, by: Path) -> None:
    """Put another closed world file in the place of one; a power cut leaves the one or the other."""
    _remove_side_files(path)
    by.replace(path)


def _remove_side_files(path: Path) -> None:
    for suffix in ("-wal", "-shm"):
        path.with_name(path.name + suffix).unlink(missing_ok=True)


def _connect(uri: str, kind: type[sqlite3.Connection] = sqlite3.Connection) -> sqlite3.Connection:
    connection = sqlite3.connect(
        uri, uri=True, isolation_level=None, check_same_thread=False, cached_statements=512, timeout=10, factory=kind
    )
    connection.row_factory = sqlite3.Row
    try:
        connection.execute("PRAGMA synchronous = NORMAL")
        connection.execute("PRAGMA mmap_size = 268435456")
        for furnish in furnishers:
            furnish(connection)
    except BaseException:
        connection.close()
        raise
    return connection


@cache
def schema() -> tuple[str, ...]:
    """The statements that make a world's tables and indexes."""
    dialect = create_engine("sqlite://").dialect
    tables = SQLModel.metadata.sorted_tables
    return (
        *(str(CreateTable(table).compile(dialect=dialect)) for table in tables),
        *(
            str(CreateIndex(index).compile(dialect=dialect))
            for table in tables
            for index in sorted(table.indexes, key=lambda index: str(index.name))
        ),
    )


@cache
def schema_version() -> int:
    """A number that changes with the tables' shape."""
    return zlib.crc32("".join(schema()).encode()) & 0x7FFFFFFF
