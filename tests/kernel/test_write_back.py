"""kernel/write_back: the log is written back beside the loop, within bounds, and never meets another world's file."""

import asyncio
import sqlite3
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import pytest

from carrierbox.kernel import store as stores
from carrierbox.kernel import write_back
from carrierbox.kernel.store import Closed, Store

PAGE = 4096
NOTES = "CREATE TABLE note (number INTEGER PRIMARY KEY, text TEXT)"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "world.db"


@pytest.fixture
def store(path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Store]:
    monkeypatch.setattr(write_back, "ROWS", 20)
    store = Store.create(path)
    store.sql(NOTES)
    yield store
    store.close()


@pytest.fixture
def held() -> Iterator[threading.Event]:
    """The thread is at other work until this is set."""
    let_go = threading.Event()
    write_back._beside.submit(let_go.wait)
    yield let_go
    let_go.set()
    idle()


def idle() -> None:
    """Wait until the thread has done all that it was given."""
    write_back._beside.submit(int).result(30)


def open_files() -> int:
    return sum(1 for _ in Path("/proc/self/fd").iterdir())


def write(store: Store, rows: int = 20) -> None:
    with store.transaction():
        store.fill("INSERT INTO note (text) VALUES (?)", (("x" * 3000,) for _ in range(rows)))


def log_bytes(path: Path) -> int:
    return path.with_name(f"{path.name}-wal").stat().st_size


def test_a_commit_leaves_it_to_the_thread(store: Store, path: Path, held: threading.Event) -> None:
    before = path.read_bytes()
    for _ in range(100):
        write(store)  # 2000 pages: SQLite's own limit is 1000
    assert before == path.read_bytes()
    held.set()
    idle()
    assert len(before) + 1000 * PAGE < path.stat().st_size


def test_what_is_little_stays_in_the_log(store: Store, path: Path) -> None:
    before = path.read_bytes()
    write(store, 5)
    idle()
    assert before == path.read_bytes()


def test_after_a_pause_the_log_begins_anew(store: Store, path: Path) -> None:
    write(store)
    idle()
    largest = log_bytes(path)
    for _ in range(20):
        write(store)
        idle()
    assert log_bytes(path) < 3 * largest


@pytest.mark.usefixtures("held")
def test_where_the_thread_finds_no_pause_a_commit_does_it(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stores, "LONGEST_PAGES", 400)
    with closing(Store.create(path)) as store, closing(sqlite3.connect(path, isolation_level=None)) as reader:
        store.sql(NOTES)
        for number in range(1, 401):  # some twelve pages each: five thousand in all
            if number % 2:
                write(store, 10)
                continue
            reader.execute("BEGIN")
            before = reader.execute("SELECT count(*) FROM note").fetchone()
            write(store, 10)  # beside somebody who reads
            assert before == reader.execute("SELECT count(*) FROM note").fetchone() == (10 * (number - 1),)
            reader.execute("COMMIT")
        assert log_bytes(path) < 500 * PAGE


def test_it_asks_for_quiet_when_the_log_is_long(
    store: Store, monkeypatch: pytest.MonkeyPatch, held: threading.Event
) -> None:
    monkeypatch.setattr(write_back, "LONG_PAGES", 1)
    asked = []
    written_back = write_back._written_back

    def watched(beside: sqlite3.Connection) -> int:
        asked.append(store.wants_quiet)
        return written_back(beside)

    monkeypatch.setattr(write_back, "_written_back", watched)
    write(store)
    held.set()
    idle()
    assert [False, True, True] == asked
    assert not store.wants_quiet


def test_nobody_who_reads_before_writing_finds_the_store_locked(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    """Once they did: SQLite waits for no lock in a transaction that has read."""
    monkeypatch.setattr(write_back, "LONG_PAGES", 1)
    monkeypatch.setattr(write_back, "ROWS", 1)
    for _ in range(1000):
        with store.transaction():
            store.sql("SELECT count(*) FROM note").fetchone()
            store.sql("INSERT INTO note (text) VALUES ('x')")
    assert 1000 == store.sql("SELECT count(*) FROM note").fetchone()[0]


@pytest.mark.usefixtures("held")
def test_one_that_is_closed_does_not_wait_for_the_turn_of_its_work(store: Store, path: Path) -> None:
    write(store)
    store.close()
    assert [path] == [*path.parent.iterdir()]


def test_one_that_is_closed_waits_for_the_end_of_its_work(
    store: Store, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun, go_on = threading.Event(), threading.Event()
    connect = sqlite3.connect

    def slow(*given: object, **more: object) -> sqlite3.Connection:
        begun.set()
        go_on.wait(30)
        return connect(*given, **more)  # type: ignore[call-overload, no-any-return]

    monkeypatch.setattr(sqlite3, "connect", slow)
    write(store)
    assert begun.wait(30)
    with ThreadPoolExecutor(1) as elsewhere:
        closes = elsewhere.submit(store.close)
        with pytest.raises(TimeoutError):
            closes.result(0.1)
        go_on.set()
        closes.result(30)
    assert [path] == [*path.parent.iterdir()]


def test_what_goes_wrong_in_the_thread_loses_nothing(store: Store, path: Path, held: threading.Event) -> None:
    write(store)
    path.rename(aside := path.with_suffix(".moved"))
    held.set()
    idle()
    aside.rename(path)
    write(store)
    idle()
    assert 40 == store.sql("SELECT count(*) FROM note").fetchone()[0]


def test_a_file_that_nobody_sees_yet_is_left_alone(store: Store) -> None:
    with store.unguarded():
        write(store)
        assert store._write_back._work is None
    write(store)
    assert store._write_back._work is not None


def test_many_worlds_share_a_thread_and_leave_no_file_open(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(write_back, "ROWS", 1)
    idle()
    threads, files = threading.active_count(), open_files()
    for number in range(30):
        each = Store.create(tmp_path / f"{number}.db")
        each.sql(NOTES)
        for _ in range(3):
            write(each, 1)
            idle()
        assert open_files() <= files + 5
        each.close()
    assert (threads, files) == (threading.active_count(), open_files())


# ------------------------------------------------------------------------------------------- readers of one that closes


def test_a_read_cannot_begin_when_it_is_closed(store: Store) -> None:
    store.close()
    with pytest.raises(Closed):
        asyncio.run(store.aside(lambda reader: reader.execute("SELECT 1").fetchone()))


def test_a_read_that_is_under_way_goes_on_and_gives_its_connection_back(store: Store, path: Path) -> None:
    begun, go_on = threading.Event(), threading.Event()

    def read(reader: sqlite3.Connection) -> int:
        begun.set()
        go_on.wait(30)
        return int(reader.execute("SELECT count(*) FROM note").fetchone()[0])

    write(store)
    files = open_files()
    with ThreadPoolExecutor(1) as elsewhere:
        reading = elsewhere.submit(store._read, read)
        begun.wait(30)
        store.close()
        stores.remove(path)
        go_on.set()
        assert 20 == reading.result(30)
    assert open_files() < files


def test_readers_are_not_lent_twice_nor_closed_while_lent(path: Path) -> None:
    """Once a crash of the whole process: a reader was closed in the loop's thread while another one began to use it."""
    over = threading.Event()
    present = Store.create(path)
    present.sql(NOTES)

    def read_on() -> None:
        while not over.is_set():
            try:
                present._read(lambda reader: reader.execute("SELECT count(*) FROM note").fetchall())
            except Closed:
                time.sleep(0.0001)

    with ThreadPoolExecutor(4) as elsewhere:
        reading = [elsewhere.submit(read_on) for _ in range(4)]
        for _ in range(40):
            time.sleep(0.002)
            present.close()
            present = Store(path)
        over.set()
        for each in reading:
            each.result(30)
    present.close()
