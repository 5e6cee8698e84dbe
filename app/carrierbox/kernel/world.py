"""One world: an isolated store with its own clock, settings and randomness, and the hold that one request has on it.

How worlds are made, forked, reset and dropped stands in `worlds`.
"""

import asyncio
import json
import sqlite3
from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from hashlib import blake2b
from random import Random
from typing import Any, Literal, TypeVar
from uuid import UUID

from sqlmodel import Field, Session, SQLModel

from carrierbox.kernel import clock
from carrierbox.kernel.bell import Bell
from carrierbox.kernel.clock import Clock
from carrierbox.kernel.exercise import Exercise, Pair
from carrierbox.kernel.journal import MOST_ENTRIES, Journal
from carrierbox.kernel.store import Closed, Moment, Store
from carrierbox.kernel.throttle import Throttle

Answer = TypeVar("Answer")
Pace = Literal["instant", "brisk", "realistic"]
Auth = Literal["strict", "open"]

DRAWS_AT_A_TIME = 1_000
#: Where notifications go that no address is set for.
INBOX = "inbox"


class UnknownWorld(Exception):
    """There is no world of that name."""

    def __init__(self, world: str) -> None:
        super().__init__(f"there is no world {world!r}")
        self.world = world


class WorldRecord(SQLModel, table=True):
    """The world's own row: settings, clock, and how many random values it may have drawn."""

    __tablename__ = "box_world"

    id: int = Field(default=1, primary_key=True)
    seed: int = 0
    draws: int = 0
    pace: str = "brisk"
    auth: str = "strict"
    callback_url: str = "{}"  # JSON
    allowed_callback_hosts: str = "[]"  # JSON
    rate_limit_per_second: int | None = None
    created_at: datetime = Field(sa_type=Moment)
    created_with: str = "{}"
    anchor: datetime = Field(sa_type=Moment)
    anchored_at: datetime = Field(sa_type=Moment)
    mode: str = "running"
    rate: float = 1.0


@dataclass(frozen=True, slots=True)
class Cause:
    """Why something happens: a request by its id, a workflow by its id, a rule, a device, or force."""

    kind: Literal["request", "workflow", "rule", "device", "forced"]
    ref: str
    operation: str | None = None
    actor: str | None = None


@dataclass(frozen=True, slots=True)
class Settings:
    """What a world can be told about itself."""

    seed: int = 7462
    pace: Pace = "brisk"
    auth: Auth = "strict"
    #: Per carrier where notifications go: an address, ``inbox``, none for nowhere; or these by customer.
    callback_url: Mapping[str, Any] = field(default_factory=dict)
    #: Hosts beside this machine that notifications may go to; ``*`` stands for anything.
    allowed_callback_hosts: Sequence[str] = field(default_factory=list)
    #: How many requests each carrier takes in a second of world time; none: any number.
    rate_limit_per_second: int | None = None


class World:
    """An open world: whatever it is made of is in its store.

    Memory holds caches, and beside them what was exercised and the journal, which are about it and not of it.
    """

    def __init__(self, name: str, opened: Store, journal_entries: int = MOST_ENTRIES) -> None:
        self.name = name
        self.settling = asyncio.Lock()
        self.exercise = Exercise()
        self.journal = Journal(journal_entries)
        self.bell = Bell()
        self._memo: dict[Hashable, Any] = {}
        self.take(opened)

    def take(self, opened: Store) -> None:
        """Be what this store holds, and forget what was before; requests under way find it so."""
        self.store = opened
        with opened.session() as session:
            row = session.get_one(WorldRecord, 1)
        self.clock = Clock(row.anchor, row.anchored_at, row.mode, row.rate)  # type: ignore[arg-type]
        self.settings = Settings(
            row.seed,
            row.pace,  # type: ignore[arg-type]
            row.auth,  # type: ignore[arg-type]
            json.loads(row.callback_url),
            json.loads(row.allowed_callback_hosts),
            row.rate_limit_per_second,
        )
        self.created_at = row.created_at
        self.draws = row.draws
        self._reserved_draws = row.draws
        self.next_due: datetime | None = datetime.min.replace(tzinfo=UTC)  # unknown: `settle` looks it up
        self.throttle = Throttle()
        self.journal.clear()
        self.forget()
        self.bell.ring()

    def leave(self) -> None:
        """Be there no more: give the store back, and let nobody wait for what will not come."""
        self.next_due = None  # whoever is still settling it stops
        self.store.close()
        self.journal.close()
        self.bell.ring()

    async def aside(self, read: Callable[[sqlite3.Connection], Answer]) -> Answer:
        """Run a long read in another thread, on what is committed, while the loop goes on.

        Raises: UnknownWorld when the world was dropped before the read could begin.
        """
        while True:
            try:
                return await self.store.aside(read)
            except Closed:
                if self.store.is_closed:
                    raise UnknownWorld(self.name) from None
                # it was reset: the read is of what it is now

    def memo(self, key: Hashable, make: Callable[[], Answer]) -> Answer:
        """What *make* answered before for *key*, until `forget`."""
        try:
            return self._memo[key]  # type: ignore[no-any-return]
        except KeyError:
            made = self._memo[key] = make()
            return made

    def forget(self, *keys: Hashable) -> None:
        """Drop what `memo` keeps: these keys, or all."""
        if not keys:
            self._memo.clear()
        for key in keys:
            self._memo.pop(key, None)

    def is_due(self) -> bool:
        """Whether work waits to be settled."""
        return self.next_due is not None and self.next_due <= self.clock.now()

    def expect(self, due: datetime) -> None:
        """Work falls due then: settle no later."""
        if self.next_due is None or due < self.next_due:
            self.next_due = due

    @contextmanager
    def transaction(self, cause: Cause, at: datetime | None = None) -> "Iterator[Box]":
        """Open the world for one request or job: all of its effects or none. Not to be held across an `await`."""
        box = Box(self, at or self.clock.now(), cause)
        with box.transaction():
            yield box

    def change_settings(self, box: "Box", settings: Settings) -> None:
        """Take other settings from now on."""
        self.settings = settings
        box.sql(
            "UPDATE box_world SET seed = :seed, pace = :pace, auth = :auth, callback_url = :callback_url,"
            " allowed_callback_hosts = :allowed_callback_hosts, rate_limit_per_second = :rate_limit_per_second",
            seed=settings.seed,
            pace=settings.pace,
            auth=settings.auth,
            callback_url=json.dumps(settings.callback_url),
            allowed_callback_hosts=json.dumps(settings.allowed_callback_hosts),
            rate_limit_per_second=settings.rate_limit_per_second,
        )

    def save_clock(self, box: "Box") -> None:
        """Write the clock down, so that a restart finds the same time."""
        box.sql(
            "UPDATE box_world SET anchor = :anchor, anchored_at = :anchored_at, mode = :mode, rate = :rate",
            anchor=clock.text(self.clock.anchor),
            anchored_at=clock.text(self.clock.anchored_at),
            mode=self.clock.mode,
            rate=self.clock.rate,
        )

    def save_draws(self) -> None:
        """Reserve random values on disk, many at a time, so that a restart draws others."""
        if self.draws > self._reserved_draws:
            self._reserved_draws = self.draws + DRAWS_AT_A_TIME
            self.store.sql("UPDATE box_world SET draws = ?", (self._reserved_draws,))


class Box:
    """One request's or job's hold on a world: its store in one transaction, its time, its randomness, its cause."""

    __slots__ = ("_session", "cause", "now", "taken", "world")

    def __init__(self, world: World, now: datetime, cause: Cause) -> None:
        self.world = world
        self.now = now
        self.cause = cause
        self.taken: list[Pair] = []  # steps of lifecycles, which count when the transaction ends well
        self._session: Session | None = None

    def sql(self, statement: str, /, **values: Any) -> Any:
        """Run one SQL statement with named values; answers a cursor whose rows can be read by name."""
        return self.world.store.sql(statement, values)

    @property
    def session(self) -> Session:
        """The SQLModel session of this transaction."""
        if self._session is None:
            self._session = self.world.store.session()
        return self._session

    def uuid(self) -> str:
        """The next UUID of this world's seed."""
        return str(UUID(bytes=self._draw(16), version=4))

    def rng(self) -> Random:
        """A random generator, the next of this world's seed."""
        return Random(self._draw(16))  # noqa: S311 - the world's seed, not secrecy

    def _draw(self, size: int) -> bytes:
        self.world.draws += 1
        return blake2b(f"{self.world.settings.seed}:{self.world.draws}".encode(), digest_size=size).digest()

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """All of what happens inside, or none. Not to be held across an `await`.

        Raises: UnknownWorld when the world was dropped meanwhile.
        """
        if self.world.store.is_closed:
            raise UnknownWorld(self.world.name)
        changes = self.world.store.changes
        try:
            with self.world.store.transaction():
                yield
                self.flush()
                self.world.save_draws()
        except BaseException:
            if self.world.store.changes != changes:
                self.world.forget()  # what is remembered may be what was just taken back
            raise
        finally:
            self.close()
        self.world.exercise.taken.update(self.taken)
        if self.world.bell.is_waited_for and self.world.store.changes != changes:
            self.world.bell.ring()

    @contextmanager
    def savepoint(self) -> Iterator[None]:
        """All of what happens inside, or none, within the transaction that goes on."""
        taken, changes = len(self.taken), self.world.store.changes
        try:
            with self.world.store.savepoint():
                yield
                self.flush()
        except BaseException:
            del self.taken[taken:]
            if self.world.store.changes != changes:
                self.world.forget()  # what is remembered may be what was just taken back
            raise

    @contextmanager
    def because(self, cause: Cause) -> Iterator["Box"]:
        """The same transaction, for what happens in it for another reason."""
        other = Box(self.world, self.now, cause)
        try:
            yield other
            other.flush()
            self.taken += other.taken
        finally:
            other.close()

    def flush(self) -> None:
        """Let the store have what the session still holds."""
        if self._session is not None:
            self._session.flush()

    def close(self) -> None:
        """Give the session back."""
        if self._session is not None:
            self._session.close()
