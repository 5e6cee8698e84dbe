"""The data folder: one box at a time, and only whole world files of ours."""

import fcntl
import json
import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import IO

from carrierbox.cli.failed import Failed

_LOCK = "box.lock"


@contextmanager
def taken(data: Path | None, url: str) -> Iterator[Path]:
    """Hold a data folder for the box at *url*; None is a folder that is gone afterwards.

    Raises: Failed.
    """
    if data is None:
        with tempfile.TemporaryDirectory(prefix="carrierbox-", ignore_cleanup_errors=True) as temporary:
            yield Path(temporary)
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


def damage(path: Path) -> str | None:
    """What SQLite finds wrong in a file; None when it is whole. The file stays as it is."""
    try:
        with closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)) as reader:
            found: str = reader.execute("PRAGMA quick_check(1)").fetchone()[0]
    except sqlite3.Error as broken:
        found = str(broken)
    return None if found == "ok" else " ".join(found.split())
