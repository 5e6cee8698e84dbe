"""All worlds of a data folder: made from fixtures or from another world, reset, dropped.

Worlds lie in ``<data>/worlds``: ``t1.db`` is the world, ``t1.origin.db`` what it was created from, which `reset` goes
back to. Worlds of the same fixture, size and seed share one origin by hard link, with the copy in ``<data>/templates``.
"""

import asyncio
import json
import os
import re
import resource
import secrets
import shutil
import tempfile
from collections.abc import AsyncIterable, Iterable, Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from hashlib import blake2b
from pathlib import Path
from typing import IO

from carrierbox import __version__
from carrierbox.kernel import clock, fixtures, seeding, snapshots, store
from carrierbox.kernel.bell import Bell
from carrierbox.kernel.clock import Clock
from carrierbox.kernel.exercise import Exercise
from carrierbox.kernel.journal import MOST_ENTRIES
from carrierbox.kernel.parts import Part, Progress
from carrierbox.kernel.store import Store
from carrierbox.kernel.world import Auth, Cause, Pace, Settings, UnknownWorld, World

DEFAULT = "default"
NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,62}")
MOST_WORLDS = 1000
MOST_SIMS = 5_000_000
#: How many files a box keeps for callers and for what is made, beside those of its worlds.
SPARE_FILES = 64

_NAMES = "a world's name has lower-case letters, digits and dashes, at most 63, no dash in front"


class WorldRefused(Exception):
    """A world that cannot be created or dropped, and why."""


class BadWorld(ValueError):
    """What was asked of a world's creation or settings does not fit."""


@dataclass(frozen=True)
class Origin:
    """What a world is made of: fixture files, fleet size, seed."""

    files: tuple[Path, ...] = ()
    sims: int = 200
    seed: int = 7462

    def all_files(self) -> tuple[Path, ...]:
        """The shipped fixtures, then those named."""
        return (*sorted(fixtures.folder().glob("*.yaml")), *self.files)

    def key(self) -> str:
        """A name that changes when the world that comes of it would."""
        digest = blake2b(f"{__version__}:{store.schema_version()}:{self.sims}:{self.seed}".encode(), digest_size=10)
        for path in self.all_files():
            try:
                content = path.read_bytes()
            except OSError as unreadable:
                raise fixtures.BadFixture(path, None, unreadable.strerror or "cannot be read") from unreadable
            digest.update(b"%d:%b" % (len(content), content))
        return digest.hexdigest()


class Worlds:
    """All worlds of one data folder."""

    def __init__(
        self,
        data: Path,
        parts: tuple[Part, ...],
        progress: Progress = lambda line: None,  # noqa: ARG005
        journal_entries: int = MOST_ENTRIES,
    ) -> None:
        """Take a data folder, which nobody else uses. Each world's journal keeps so many entries.

        Raises: OSError when the folder cannot be written to.
        """
        self.parts = parts
        self._progress = progress
        self._journal_entries = journal_entries
        self.folder = data / "worlds"
        self._templates = data / "templates"
        self.folder.mkdir(parents=True, exist_ok=True)
        self._templates.mkdir(exist_ok=True)
        self._open: dict[str, World] = {}
        self._unchecked: set[str] = set()
        self._exercised = Exercise()  # in worlds that are gone
        self._making = asyncio.Lock()
        self.closing = Bell()  # rung when the box stops: nobody is to be kept waiting any longer
        self._base = Origin()
        self._base_key = ""

    def start(self, base: Origin, settings: Settings) -> World:
        """Open the default world; on a new data folder make it from *base* with *settings*.

        Raises: store.NotOurs, store.Lack, fixtures.BadFixture.
        """
        self._base, self._base_key = base, base.key()
        for leftover in (*self.folder.glob("*.new*"), *self._templates.glob("*.new*")):
            leftover.unlink()
        if not self._path(DEFAULT).exists():
            with self._whole_or_not_at_all(DEFAULT):
                self._found(DEFAULT, self._template(base))
                self._settle_in(DEFAULT, settings)
        return self.get(DEFAULT)

    def check_when_opened(self, names: Iterable[str]) -> None:
        """Look at all of these worlds' files before they are used first."""
        self._unchecked.update(names)

    def get(self, name: str) -> World:
        """The world of that name.

        Raises: UnknownWorld, store.NotOurs for one that is damaged, store.TooManyFiles.
        """
        if world := self._open.get(name):
            return world
        path = self._path(name)
        if not NAME.fullmatch(name) or not path.exists():
            raise UnknownWorld(name)
        if name in self._unchecked:
            if found := store.damage(path):
                raise store.NotOurs(path, found)
            self._unchecked.discard(name)
        self._check_files()
        world = self._open[name] = World(name, Store(path), self._journal_entries)
        return world

    def names(self) -> list[str]:
        """Every world's name, in order."""
        return sorted(path.stem for path in self.folder.glob("*.db") if NAME.fullmatch(path.stem))

    def exercise(self) -> Exercise:
        """What of the lifecycles was exercised in all worlds, those that are gone among them."""
        total = Exercise()
        for each in (self._exercised, *(world.exercise for world in self._open.values())):
            total.add(each)
        return total

    def open_worlds(self) -> list[World]:
        """The worlds that are in use now."""
        return list(self._open.values())

    async def create(  # noqa: PLR0913 - a world's creation has that many choices
        self,
        name: str | None = None,
        *,
        source: str | None = None,
        files: tuple[Path, ...] | None = None,
        sims: int | None = None,
        seed: int | None = None,
        pace: Pace | None = None,
        auth: Auth | None = None,
        now: datetime | None = None,
    ) -> World:
        """Make a world from fixtures, or as a fork of *source* with all of its state, keys and sessions apart.

        Raises: WorldRefused, UnknownWorld, BadWorld, store.Lack, fixtures.BadFixture, clock.ClockWouldGoBack,
            clock.BadTime.
        """
        if name is not None and not NAME.fullmatch(name):
            raise BadWorld(_NAMES)
        if source is not None and (files is not None or sims is not None):
            raise BadWorld("a fork takes its SIMs from the world it is forked from: leave out fixture and sims")
        if sims is not None and not 0 <= sims <= MOST_SIMS:
            raise BadWorld(f"sims is between 0 and {MOST_SIMS}")
        if now is not None:
            clock.check_reachable(now)
        async with self._making:
            parent = self.get(source) if source is not None else None  # not before: it may be dropped while this waits
            if parent and now is not None and now < (shown := parent.clock.now()):
                raise clock.ClockWouldGoBack(shown, now)
            name = name or self._free_name()
            if self._path(name).exists():
                raise WorldRefused(f"there is a world {name!r} already")
            self._check_room()
            with self._whole_or_not_at_all(name):
                if parent:
                    await asyncio.to_thread(self._fork, parent, name)
                    before = parent.settings
                else:
                    origin = Origin(
                        self._base.files if files is None else files,
                        self._base.sims if sims is None else sims,
                        self._base.seed if seed is None else seed,
                    )
                    await asyncio.to_thread(lambda: self._found(name, self._template(origin)))
                    default = self.get(DEFAULT).settings
                    before = Settings(origin.seed, default.pace, default.auth)
                settings = replace(
                    before,
                    seed=before.seed if seed is None else seed,
                    pace=pace or before.pace,
                    auth=auth or before.auth,
                )
                self._settle_in(name, settings, now)
        return self.get(name)

    @contextmanager
    def _whole_or_not_at_all(self, name: str) -> Iterator[None]:
        """Let a world come into being in here; where that fails, nothing of it is left.

        Raises: store.Lack where the machine is to blame.
        """
        try:
            yield
        except BaseException as failed:
            if name in self._open:
                self._close(name)
            for path in (self._path(name), self._origin(name), self._path(name).with_suffix(".new")):
                store.remove(path)
            self._drop_templates()
            if found := store.lack(failed, self.folder):
                raise found from failed
            raise

    async def reset(self, name: str) -> World:
        """Put a world back to what it was created from, with the settings and the clock it was created with.

        Raises: UnknownWorld.
        """
        async with self._making, (world := self.get(name)).settling:
            created_with = json.loads(world.store.sql("SELECT created_with FROM box_world").fetchone()[0])
            now = created_with.pop("now", None)
            fresh = self._path(name).with_suffix(".new")
            try:
                await asyncio.to_thread(shutil.copyfile, self._origin(name), fresh)
            except BaseException:
                store.remove(fresh)
                raise
            # from here on without a pause: nobody may find the world half exchanged
            self._exchange(world, fresh)
            self._settle_in(name, Settings(**created_with), clock.moment(now) if now else None)
        return world

    def _exchange(self, world: World, fresh: Path) -> None:
        """Let a world be what another file holds."""
        path = self._path(world.name)
        world.store.close()
        store.replace(path, fresh)
        world.take(Store(path))

    async def save(self, name: str) -> IO[bytes]:
        """A snapshot of a world: all of its state with its keys, at the time that its clock shows.

        Answers: a file open for reading that has no name, so that nothing of it can be left behind.
        Raises: UnknownWorld, WorldRefused when the disk does not take it.
        """
        world = self.get(name)
        copy = self._fresh(name)
        try:
            await asyncio.to_thread(world.store.copy_to, copy)
            now, draws = world.clock.now(), world.draws  # not before: nothing in the copy may lie ahead of its clock
            return await asyncio.to_thread(self._packed, copy, now, draws)
        except store.Closed as dropped:
            raise UnknownWorld(name) from dropped
        except OSError as refused:
            raise WorldRefused(f"the snapshot cannot be written: {refused.strerror}") from refused
        finally:
            store.remove(copy)

    def _packed(self, copy: Path, now: datetime, draws: int) -> IO[bytes]:
        _stop(copy, now, draws)
        file = tempfile.TemporaryFile(dir=self.folder)  # noqa: SIM115 - it is handed on
        try:
            snapshots.pack(copy, file)
            file.seek(0)
        except BaseException:
            file.close()
            raise
        return file

    async def load(self, name: str, packed: AsyncIterable[bytes]) -> tuple[World, bool]:
        """Let a world be what a snapshot holds, keys and clock as well; answers whether it had to be made.

        What `reset` goes back to is the snapshot from now on.
        Raises: BadWorld, WorldRefused, snapshots.BadSnapshot; and the world is as it was.
        """
        if not NAME.fullmatch(name):
            raise BadWorld(_NAMES)
        fresh, origin = self._fresh(name), self._fresh(name)
        try:
            await snapshots.unpack(packed, fresh)
            await asyncio.to_thread(shutil.copyfile, fresh, origin)
            async with self._making:
                if is_new := not self._path(name).exists():
                    self._check_room()
                    with self._whole_or_not_at_all(name):
                        self._move_in(name, fresh, origin)
                else:
                    async with self.get(name).settling:
                        self._move_in(name, fresh, origin)
        except OSError as refused:
            raise WorldRefused(f"the snapshot cannot be kept: {refused.strerror}") from refused
        finally:
            store.remove(fresh)
            store.remove(origin)
        return self.get(name), is_new

    def _move_in(self, name: str, fresh: Path, origin: Path) -> None:
        """Put the files of a loaded world into their places; its clock goes on from where it was saved."""
        if self._path(name).exists():
            self._exchange(self.get(name), fresh)
        else:
            fresh.replace(self._path(name))
        origin.replace(self._origin(name))
        world = self.get(name)
        world.clock = Clock(world.clock.anchor, clock.real_now(), world.clock.mode, world.clock.rate)
        with world.transaction(Cause("rule", "snapshot")) as box:
            world.save_clock(box)

    def _fresh(self, name: str) -> Path:
        """A file of nobody's yet; what is left of it after a power cut is taken away at the next start."""
        return self.folder / f"{name}.{secrets.token_hex(4)}.new"

    async def drop(self, name: str) -> None:
        """Take a world away, with its files.

        Raises: UnknownWorld, WorldRefused for the default world.
        """
        if name == DEFAULT:
            raise WorldRefused("the default world cannot be dropped, only reset")
        async with self._making:
            with suppress(store.NotOurs, store.Lack):  # what cannot be opened can be taken away all the same
                async with self.get(name).settling:
                    self._close(name)
            self._unchecked.discard(name)
            store.remove(self._path(name))
            self._origin(name).unlink(missing_ok=True)
            self._drop_templates()

    def _drop_templates(self) -> None:
        """Take those templates away that no world has as its origin."""
        for template in self._templates.glob("*.db"):
            if template.stat().st_nlink == 1 and template.stem != self._base_key:
                template.unlink()

    def let_go(self) -> None:
        """The box stops: whoever waits for something in real time is told so at once."""
        self.closing.ring()
        for world in self.open_worlds():
            world.bell.ring()

    def close(self) -> None:
        """Close every world."""
        for name in list(self._open):
            self._close(name)

    def _close(self, name: str) -> None:
        world = self._open.pop(name)
        self._exercised.add(world.exercise)
        world.leave()

    def _path(self, name: str) -> Path:
        return self.folder / f"{name}.db"

    def _origin(self, name: str) -> Path:
        return self.folder / f"{name}.origin.db"

    def _check_room(self) -> None:
        if len(self.names()) >= MOST_WORLDS:
            raise WorldRefused(f"there are {MOST_WORLDS} worlds already; drop some")
        self._check_files()

    def _check_files(self) -> None:
        """Let one more world be opened only where callers find files left.

        Raises: store.TooManyFiles.
        """
        most = resource.getrlimit(resource.RLIMIT_NOFILE)[0]
        if most != resource.RLIM_INFINITY and (len(self._open) + 1) * store.FILES + SPARE_FILES > most:
            raise store.TooManyFiles

    def _free_name(self) -> str:
        while self._path(name := f"w-{secrets.token_hex(4)}").exists():
            pass
        return name

    def _found(self, name: str, template: Path) -> None:
        """Lay a world's two files down; the world appears last and whole."""
        origin = self._origin(name)
        origin.unlink(missing_ok=True)
        try:
            os.link(template, origin)
        except OSError:  # a file system without hard links
            shutil.copyfile(template, origin)
        fresh = self._path(name).with_suffix(".new")
        shutil.copyfile(template, fresh)
        fresh.replace(self._path(name))

    def _fork(self, parent: World, name: str) -> None:
        origin = self._origin(name)
        origin.unlink(missing_ok=True)
        parent.store.copy_to(origin)
        fresh = self._path(name).with_suffix(".new")
        shutil.copyfile(origin, fresh)
        fresh.replace(self._path(name))

    def _template(self, origin: Origin) -> Path:
        """The file that worlds of this origin are copied from; made when it is not there."""
        path = self._templates / f"{origin.key()}.db"
        if path.exists():
            return path
        with self._seeded(origin) as fresh:
            fresh.replace(path)
        return path

    def check(self, origin: Origin) -> None:
        """Load the fixtures of worlds to come into one that is thrown away.

        Raises: fixtures.BadFixture.
        """
        with self._seeded(replace(origin, sims=0)):
            pass

    @contextmanager
    def _seeded(self, origin: Origin) -> Iterator[Path]:
        """A world's file of this origin, which is gone afterwards unless it was put somewhere."""
        fresh = self._templates / f"{origin.key()}.new"
        store.remove(fresh)
        try:
            with closing(Store.create(fresh)) as made, made.unguarded():  # thrown away unfinished, it needs no log
                self._seed(made, origin)
            yield fresh
        finally:
            store.remove(fresh)

    def _seed(self, made: Store, origin: Origin) -> None:
        start = clock.real_now()
        with made.transaction():
            made.sql(
                "INSERT INTO box_world"
                " (id, seed, draws, pace, auth, callback_url, allowed_callback_hosts, created_at, created_with, anchor,"
                " anchored_at, mode, rate) VALUES"
                " (1, :seed, 0, 'brisk', 'strict', '{}', '[]', :start, '{}', :start, :start, 'running', 1.0)",
                {"seed": origin.seed, "start": clock.text(start)},
            )
        world = World(DEFAULT, made)
        world.settings = Settings(origin.seed)
        seeding.load(world, self.parts, origin.all_files())
        for part in self.parts:
            with world.transaction(Cause("rule", "fleet")) as box:
                part.grow(box, origin.sims, self._progress)

    def _settle_in(self, name: str, settings: Settings, now: datetime | None = None) -> None:
        """Make a copied file a world of its own: settings, keys, and a clock that goes on or starts at *now*."""
        world = self.get(name)
        if now is not None:
            world.clock = Clock(now, clock.real_now(), world.clock.mode, world.clock.rate)
        with world.transaction(Cause("rule", "creation")) as box:
            world.change_settings(box, settings)
            world.save_clock(box)
            box.sql(
                "UPDATE box_world SET created_at = :at, created_with = :created_with",
                at=clock.text(box.now),
                created_with=json.dumps({**asdict(settings), "now": None if now is None else clock.text(now)}),
            )
            for part in self.parts:
                part.make_own(box)
        world.created_at = box.now


def _stop(path: Path, now: datetime, draws: int) -> None:
    """Let a copied world's clock stand at that moment until it is loaded; that is what a reset goes back to."""
    copied = World("snapshot", Store(path))
    copied.clock = Clock(now, clock.real_now(), copied.clock.mode, copied.clock.rate)
    with copied.transaction(Cause("rule", "snapshot")) as box:
        copied.save_clock(box)
        box.sql(
            "UPDATE box_world SET draws = :draws, created_with = :created_with",
            draws=draws,
            created_with=json.dumps({**asdict(copied.settings), "now": clock.text(now)}),
        )
    copied.store.close()
