"""Writes what a world's log holds back into its file, beside the event loop.

SQLite would do it in whichever commit lets the log grow beyond a limit, and that commit then waits for the disk. Here
one thread does it for all worlds, with a connection that lives as long as the work, and without any lock that a writer
waits for. The log begins anew when all of it was written back before somebody writes on. So that this comes about where
much is written, work that can wait is asked for quiet once the log has grown long.
"""

import logging
import math
import sqlite3
from concurrent.futures import Future, ThreadPoolExecutor, wait
from contextlib import closing
from pathlib import Path

log = logging.getLogger(__name__)

#: After so many rows written it begins; a row takes one page of the log, or some.
ROWS = 1_000
#: From so many pages on (of 4 KiB) it asks for quiet.
LONG_PAGES = 8_000
#: Where quiet does not come, since requests write on, a commit does it after all.
LONGEST_PAGES = 2 * LONG_PAGES

_beside = ThreadPoolExecutor(max_workers=1, thread_name_prefix="carrierbox-write-back")


class WriteBack:
    """One world's log."""

    def __init__(self, path: Path) -> None:
        self.wants_quiet = False
        self._path = path
        self._next_at: float = ROWS
        self._work: Future[None] | None = None

    def after(self, rows: int) -> None:
        """A transaction has ended, and so many rows were written by now, all in all."""
        if rows >= self._next_at and (self._work is None or self._work.done()):
            self._next_at = rows + ROWS
            self._work = _beside.submit(self._run)

    def stop(self) -> None:
        """Begin no more; and when this returns, nothing goes on any longer.

        Whoever closes a world's last connection to its file takes the log away, by its name: that must not be the
        thread's, with another world's file in that place by then.
        """
        self._next_at = math.inf
        if self._work is not None and not self._work.cancel():
            wait([self._work])

    def go_on(self, rows: int) -> None:
        """Begin again after so many rows more."""
        self._next_at = rows + ROWS

    def _run(self) -> None:
        try:
            uri = f"{self._path.absolute().as_uri()}?mode=rw"
            with closing(sqlite3.connect(uri, uri=True, isolation_level=None)) as beside:
                beside.execute("PRAGMA synchronous = NORMAL")
                if _written_back(beside) >= LONG_PAGES:
                    self.wants_quiet = True
                    _written_back(beside)  # what was written since
                    _written_back(beside)  # and what a slice wrote that was under way
        except sqlite3.Error as refused:  # nothing is lost: it stays in the log
            log.warning("%s: its log cannot be written back: %s", self._path, refused)
        finally:
            self.wants_quiet = False


def _written_back(beside: sqlite3.Connection) -> int:
    """Write back what is there and what no reader still needs to be elsewhere; answers how many pages the log has."""
    _, pages, _ = beside.execute("PRAGMA wal_checkpoint(PASSIVE)").fetchone()
    return int(pages)
