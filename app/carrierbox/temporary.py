"""Folders that are gone with the process that made them; where it was killed, a later start of a box takes them away.

Each holds a file that its maker keeps locked, however that ends. It is marked once the lock is held, and only marked
files are tried: so nobody ever holds the lock of a folder whose maker lives, and no folder of somebody else is touched.
"""

import contextlib
import os
import re
import shutil
import stat
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import IO

PREFIX = "carrierbox-"
#: The file that its maker keeps locked.
LOCK = "run"
_MARK = b"carrierbox: this folder goes with the process that locks this file\n"
_NAME = re.compile(rf"{PREFIX}[a-z0-9_]{{8}}")


def make() -> tuple[Path, IO[bytes]]:
    """Make such a folder; answers it, and the file that is to stay open as long as the folder is to stay."""
    folder = Path(tempfile.mkdtemp(prefix=PREFIX))
    held = (folder / LOCK).open("wb")
    with contextlib.suppress(ImportError):  # where there are no locks there is no box, but other tests go on
        import fcntl

        fcntl.flock(held, fcntl.LOCK_EX)
        held.write(_MARK)
        held.flush()
    return folder, held


@contextlib.contextmanager
def folder() -> Iterator[Path]:
    """Such a folder, for as long as this lasts."""
    made, held = make()
    try:
        yield made
    finally:
        shutil.rmtree(made, ignore_errors=True)
        held.close()


def sweep() -> None:
    """Take away what was left behind by processes of this user that were killed."""
    with contextlib.suppress(OSError), os.scandir(tempfile.gettempdir()) as entries:
        for entry in entries:
            if _NAME.fullmatch(entry.name):
                with contextlib.suppress(OSError):  # its maker lives, or it is another's, or gone meanwhile
                    _take_away(Path(entry.path))


def _take_away(folder: Path) -> None:
    """Remove a folder that is surely ours. Raises: OSError where it is not, or is in use."""
    import fcntl

    place = folder.lstat()
    if not stat.S_ISDIR(place.st_mode) or place.st_uid != os.getuid():
        return
    with open(folder / LOCK, "rb", opener=lambda path, flags: os.open(path, flags | os.O_NOFOLLOW)) as held:
        if held.read(len(_MARK) + 1) == _MARK:
            fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
            shutil.rmtree(folder)
