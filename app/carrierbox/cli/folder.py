"""The data folder: one box at a time, and only whole world files of ours."""

import fcntl
import json
import struct
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from carrierbox import temporary
from carrierbox.cli.failed import Failed

_LOCK = "box.lock"
#: The fields of SQLite's file head that tell a world: magic, page size, pages, user version, application id.
_HEAD = struct.Struct(">16s H 10x I 28x I 4x I")


@contextmanager
def taken(data: Path | None, url: str) -> Iterator[Path]:
    """Hold a data folder for the box at *url*; None is a folder that is gone afterwards.

    Raises: Failed.
    """
    temporary.sweep()
    if data is None:
        with temporary.folder() as made:
            yield made
        return
    try:
        data.mkdir(parents=True, exist_ok=True)
        lock = (data / _LOCK).open("a+")
    except OSError as refused:
        raise unwritable(data, refused) from refused
    with lock:
        if not _locked(lock):
            raise Failed(
                f"the data folder {data} is in use by the box at {_holder(lock)}",
                "stop that one, or take another with --data DIR or --data memory",
            )
        lock.truncate(0)
        json.dump({"url": url}, lock)
        lock.flush()
        yield data


def unwritable(data: Path, refused: Exception) -> Failed:
    """What to say when the data folder does not take what is written."""
    reason = (refused.strerror if isinstance(refused, OSError) else None) or str(refused)
    return Failed(
        f"the data folder {data} cannot be written to: {reason}", "take another with --data DIR or --data memory"
    )


def holder(data: Path) -> str | None:
    """The address of the box that has a data folder in use; None when none has."""
    try:
        with (data / _LOCK).open() as lock:
            return None if _locked(lock) else _holder(lock)
    except FileNotFoundError:
        return None


def _locked(lock: IO[str]) -> bool:
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _holder(lock: IO[str]) -> str:
    lock.seek(0)
    try:
        return str(json.load(lock)["url"])
    except (ValueError, KeyError, TypeError):  # that box has not come as far as writing it
        return "an unknown address"


def world_files(data: Path) -> list[Path]:
    """Every file of a world that lies in a data folder."""
    return sorted((data / "worlds").glob("*.db"))


def problem(path: Path, *, thorough: bool) -> str | None:
    """What keeps a file from being a world of this version; None when nothing does. The file stays as it is.

    Its head tells in no time whose it is and whether it was cut off; *thorough* has SQLite look at all of it.
    """
    from carrierbox.kernel import store

    try:
        found = _strangeness(path)
    except OSError as refused:
        return f"cannot be read: {refused.strerror}"
    return found or (store.damage(path) if thorough else None)


def _strangeness(path: Path) -> str | None:
    from carrierbox.kernel import store

    with path.open("rb") as file:
        head = file.read(_HEAD.size).ljust(_HEAD.size, b"\0")
    magic, page_bytes, pages, version, application = _HEAD.unpack(head)
    if magic != b"SQLite format 3\0" or application != store.APPLICATION_ID:
        return "is not a world of ours"
    if version != store.schema_version():
        return "was written by another version of carrierbox"
    # after a kill -9 the rest may still be in the -wal file, which SQLite puts in its place
    if path.stat().st_size < pages * page_bytes and not path.with_name(f"{path.name}-wal").exists():
        return "is damaged: it was cut off"
    return None
