"""The running box: takes its port and its data folder, opens its worlds, and serves until a signal ends it."""

import asyncio
import contextlib
import fcntl
import gc
import importlib.util
import logging
import os
import resource
import secrets
import signal
import socket
import sqlite3
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from threading import Thread
from typing import TYPE_CHECKING

import typer
import uvicorn
from sqlalchemy.exc import DatabaseError
from starlette.types import ASGIApp

from carrierbox import main
from carrierbox.cli import folder, logs
from carrierbox.cli.banner import banner
from carrierbox.cli.failed import Failed
from carrierbox.cli.port import is_loopback, listen, url_of
from carrierbox.cli.protocol import Protocol
from carrierbox.kernel import fixtures, world
from carrierbox.kernel.snapshots import BadSnapshot, pieces
from carrierbox.kernel.store import Lack, NotOurs
from carrierbox.kernel.world import Cause, World
from carrierbox.kernel.worlds import DEFAULT, Origin, WorldRefused, Worlds
from carrierbox.settings import Settings

if TYPE_CHECKING:
    from carrierbox.paths import Paths

log = logging.getLogger(__name__)

#: So much of the worlds is looked at as a whole before the box starts, in a tenth of a second; other worlds up to this
#: size are when they are opened, and what is larger is for the doctor.
MOST_CHECKED_BYTES = 32 * 1024 * 1024


def run(settings: Settings) -> None:
    """Serve until a signal interrupts.

    Raises: Failed.
    """
    logs.configure(settings.log_format, quiet=settings.quiet)
    if settings.while_locked is not None:
        _end_with(settings.while_locked)
    with listen(settings.host, settings.port) as listener:
        url = url_of(settings.host, listener.getsockname()[1])
        with folder.taken(settings.data, url) as data:
            _serve(settings, listener, url, data)


def _end_with(held: Path) -> None:
    """End as by a signal when nobody holds a lock on that file any more: whoever started this box has ended.

    Raises: Failed.
    """
    try:
        file = held.open("rb")
    except OSError as missing:
        raise Failed(f"{held} cannot be read: {missing.strerror}", "leave --while-locked out") from missing

    def wait() -> None:
        with file:
            fcntl.flock(file, fcntl.LOCK_EX)
            os.kill(os.getpid(), signal.SIGTERM)

    Thread(target=wait, name="carrierbox-while-locked", daemon=True).start()


def _serve(settings: Settings, listener: socket.socket, url: str, data: Path) -> None:
    _raise_file_limit()
    paths = _read_paths(settings.paths) if settings.paths else None
    opened, default = _open_worlds(settings, data)
    made_key = None if settings.control_key or is_loopback(listener) else secrets.token_urlsafe(24)
    shell = main.build(
        opened,
        control_key=settings.control_key or made_key,
        fixtures=settings.fixtures,
        plain_headers=settings.plain_headers,
        paths=paths,
    )

    def ready() -> None:
        # What stands now stays, and later collections need not look at it. To collect first would take a tenth of the
        # start, and finds next to nothing.
        gc.freeze()
        if not settings.quiet:
            kept_in = str(data) if settings.data else "memory"
            typer.echo("\n".join(banner(url, default, opened.parts, made_key=made_key, kept_in=kept_in)))
        elif made_key:
            typer.echo(f"carrierbox: the control API's key is {made_key}", err=True)
        typer.echo(f"carrierbox ready on {url}")

    _Server(configured(shell), ready, opened.let_go).run([listener])


def configured(shell: ASGIApp) -> uvicorn.Config:
    """How HTTP is served."""
    return uvicorn.Config(
        shell,
        http=Protocol,
        loop="uvloop" if importlib.util.find_spec("uvloop") else "asyncio",
        ws="none",
        lifespan="on",
        workers=1,
        log_config=None,
        access_log=False,
        server_header=False,
        timeout_keep_alive=75,  # longer than clients keep idle connections in their pools
        timeout_graceful_shutdown=2,
    )


class _Server(uvicorn.Server):
    """A server that says when it answers, and when it will soon do so no more."""

    def __init__(self, config: uvicorn.Config, ready: Callable[[], None], leaving: Callable[[], None]) -> None:
        super().__init__(config)
        self._ready = ready
        self._leaving = leaving

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Begin to answer, then say so."""
        await super().startup(sockets)
        self._ready()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Let requests go that are held up, then stop when all are answered."""
        self._leaving()
        await super().shutdown(sockets)


def _read_paths(path: Path) -> "Paths":
    """Where operations really are.

    Raises: Failed, for the last mistake; those before it are said as well.
    """
    from carrierbox.paths import BadPaths, read

    try:
        return read(path, main.implemented_operations())
    except BadPaths as bad:
        *others, last = bad.mistakes
        for mistake in others:
            typer.echo(f"carrierbox: {mistake}", err=True)
        raise Failed(last, "correct the file, or leave it out") from bad


def _open_worlds(settings: Settings, data: Path) -> tuple[Worlds, World]:
    """All worlds of the data folder, and the default one, made first where it is not there.

    Raises: Failed.
    """
    try:
        unchecked = check_files(data)
        opened = Worlds(data, main.PARTS, log.info, journal_entries=settings.journal)
        opened.check_when_opened(unchecked)
        origin = Origin(files=tuple(settings.fixtures.values()))
        if settings.sims is not None:
            origin = replace(origin, sims=settings.sims)
        _load_snapshots(opened, settings.snapshots)
        was_there = DEFAULT in opened.names()
        default = opened.start(origin, _adapted(world.Settings(), settings))
        is_other = was_there and not _has_made(data, origin)
        if is_other and settings.fixtures:
            opened.check(origin)  # worlds may be made of them later, and what is wrong is said now
    except NotOurs as strange:
        raise Failed(str(strange), "it is left as it is: move it away, or take another folder with --data") from strange
    except DatabaseError as broken:
        raise Failed(f"a world in {data} is damaged: {broken.orig}", "carrierbox doctor says which") from broken
    except fixtures.BadFixture as bad:
        raise Failed(str(bad), "correct the file, or leave it out") from bad
    except (OSError, sqlite3.Error, Lack) as refused:
        raise folder.unwritable(data, refused) from refused
    if was_there:
        _adapt(default, settings)
        if is_other and (settings.sims is not None or settings.fixtures):
            log.warning(
                "the world in %s keeps its SIMs, --sims and --world are for new ones: take another folder with --data,"
                " or make a world with carrierbox world create",
                data,
            )
    return opened, default


def check_files(data: Path) -> list[str]:
    """Look at the files of all worlds, the default one's first; answers which are to be looked at later as a whole.

    Raises: NotOurs, OSError.
    """
    left, later, seen = MOST_CHECKED_BYTES, [], set()
    for path in sorted(folder.world_files(data), key=lambda path: path.stem != DEFAULT):
        status = path.stat()
        is_new = status.st_ino not in seen  # worlds of one making share a file that they go back to
        seen.add(status.st_ino)
        thorough = is_new and status.st_size <= left
        if found := folder.problem(path, thorough=thorough):
            raise NotOurs(path, found)
        if thorough:
            left -= status.st_size
        elif status.st_size <= MOST_CHECKED_BYTES and not path.stem.endswith(".origin"):
            later.append(path.stem)
    return later


def _load_snapshots(opened: Worlds, snapshots: Mapping[str, Path]) -> None:
    """Make worlds of snapshots, by their names; those that are there already stay as they are.

    Raises: Failed.
    """
    for name, path in snapshots.items():
        if name in opened.names():
            log.warning("the world %s is there already, and is not made again from %s", name, path)
            continue
        try:
            with path.open("rb") as file:
                asyncio.run(opened.load(name, pieces(file)))
        except (BadSnapshot, WorldRefused, OSError) as refused:
            raise Failed(f"{path}: {refused}", "take another snapshot, or leave it out") from refused


def _adapt(world: World, settings: Settings) -> None:
    """Let a world that was there already take the pace and auth that were asked for."""
    wanted = _adapted(world.settings, settings)
    if wanted != world.settings:
        with world.transaction(Cause("rule", "serve")) as box:
            world.change_settings(box, wanted)


def _adapted(own: world.Settings, settings: Settings) -> world.Settings:
    return replace(own, pace=settings.pace or own.pace, auth=settings.auth or own.auth)


def _has_made(data: Path, origin: Origin) -> bool:
    """Whether the worlds of a data folder come from this origin."""
    return (data / "templates" / f"{origin.key()}.db").exists()


def _raise_file_limit() -> None:
    """Allow as many open files as the system does: every open world takes five."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft != hard:
        with contextlib.suppress(ValueError, OSError):  # macOS says unlimited and means less
            resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
