"""A world's database: one SQLite file in WAL mode; the only place that knows which database it is.

One connection writes, in the event loop, and never across an `await`; long reads go to other threads with connections
of their own. A transaction that was answered survives `kill -9`: WAL with ``synchronous=NORMAL`` loses commits only
when the machine itself loses power.
"""

import asyncio
import sqlite3
import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any, TypeVar

from sqlalchemy import Dialect, Engine, StaticPool, String, TypeDecorator, create_engine
from sqlalchemy.exc import StatementError
from sqlalchemy.schema import CreateIndex, CreateTable
from sqlmodel import Session, SQLModel

from carrierbox.kernel import clock

Answer = TypeVar("Answer")

#: Tells our files from other SQLite files ("SIMB").
APPLICATION_ID = 0x53494D42

#: What the database raises for rows that its tables do not take.
MISFITS = (StatementError, sqlite3.IntegrityError)

#: Each gives a connection functions that SQL may call beside SQLite's own. Whoever has some adds itself when imported.
furnishers: list[Callable[[sqlite3.Connection], None]] = []

_aside = ThreadPoolExecutor(max_workers=4, thread_name_prefix="carrierbox-read")


class NotOurs(Exception):
    """A file that is not a world of this version, or is damaged; it is left as it was found."""

    def __init__(self, path: Path, problem: str) -> None:
        super().__init__(f"{path}: {problem}")


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
        self._engine: Engine | None = None
        self._closed = False
        try:
            self._writer = _connect(f"{path.absolute().as_uri()}?mode=rw", _Writer)
            self._check()
        except sqlite3.DatabaseError as broken:
            raise NotOurs(path, f"is not a world of ours, or is damaged ({broken})") from broken

    @property
    def is_closed(self) -> bool:
        """Whether it was given back."""
        return self._closed

    @classmethod
    def create(cls, path: Path) -> "Store":
        """Make an empty world file with every table that is known by now."""
        fresh = sqlite3.connect(path, isolation_level=None)
        fresh.execute("PRAGMA journal_mode = WAL")
        fresh.execute("BEGIN")
        for statement in schema():
            fresh.execute(statement)
        fresh.execute(f"PRAGMA application_id = {APPLICATION_ID}")
        fresh.execute(f"PRAGMA user_version = {schema_version()}")
        fresh.execute("COMMIT")
        fresh.close()
        return cls(path)

    def _check(self) -> None:
        try:
            if self._writer.execute("PRAGMA application_id").fetchone()[0] != APPLICATION_ID:
                raise NotOurs(self.path, "is not a world of ours")
            if self._writer.execute("PRAGMA user_version").fetchone()[0] != schema_version():
                raise NotOurs(self.path, "was written by another version of carrierbox; use another data folder")
            self._writer.execute("SELECT count(*) FROM sqlite_master").fetchone()
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
        except BaseException:
            self._writer.execute("ROLLBACK")
            raise
        self._writer.execute("COMMIT")

    @contextmanager
    def savepoint(self) -> Iterator[None]:
        """All of what happens inside, or none, within a transaction that goes on."""
        self._writer.execute("SAVEPOINT part")
        try:
            yield
        except BaseException:
            self._writer.execute("ROLLBACK TO part")
            raise
        finally:
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
        for pragma in ("journal_mode = MEMORY", "synchronous = OFF", "cache_size = -16384"):
            self._writer.execute(f"PRAGMA {pragma}")
        yield
        for pragma in ("journal_mode = WAL", "synchronous = NORMAL", "cache_size = -2000"):
            self._writer.execute(f"PRAGMA {pragma}")

    async def aside(self, read: Callable[[sqlite3.Connection], Answer]) -> Answer:
        """Run a long read in another thread, on what is committed, while the loop goes on."""
        return await asyncio.get_running_loop().run_in_executor(_aside, self._read, read)

    def _read(self, read: Callable[[sqlite3.Connection], Answer]) -> Answer:
        reader = self._readers.pop() if self._readers else _connect(f"{self.path.absolute().as_uri()}?mode=ro")
        try:
            return read(reader)
        finally:
            if self._closed:
                reader.close()
            else:
                self._readers.append(reader)

    def copy_to(self, path: Path) -> None:
        """Write all that is committed into a new file; the source may be written to meanwhile."""
        target = sqlite3.connect(path, isolation_level=None)
        try:
            self._read(lambda reader: reader.backup(target))
        finally:
            target.close()

    def close(self) -> None:
        """Give back connections and, the last writer being gone, the side files."""
        self._closed = True
        for reader in self._readers:
            reader.close()
        self._readers.clear()
        if self._engine is not None:
            self._engine.dispose()
        self._writer.close()


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
