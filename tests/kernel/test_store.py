"""kernel/store: one file, transactions whole or not at all, reads aside, and files that are not ours left alone."""

import asyncio
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, select

from carrierbox.kernel.lifecycle import TimelineEntry
from carrierbox.kernel.store import MISFITS, NotOurs, Store, remove, schema_version
from carrierbox.kernel.world import WorldRecord


class Mishap(Exception):
    """What goes wrong in the middle."""


@contextmanager
def ending_in(mishap: type[BaseException], saying: str | None = None) -> Iterator[None]:
    with pytest.raises(mishap, match=saying):
        yield


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "world.db"


@pytest.fixture
def store(path: Path) -> Iterator[Store]:
    store = Store.create(path)
    store.sql("CREATE TABLE note (text TEXT UNIQUE NOT NULL)")
    yield store
    store.close()


def write(store: Store, text: str) -> None:
    store.sql("INSERT INTO note VALUES (?)", (text,))


def notes(store: Store) -> list[str]:
    return [row["text"] for row in store.sql("SELECT text FROM note ORDER BY rowid")]


def entry(iccid: str | None) -> TimelineEntry:
    return TimelineEntry(carrier="toy", iccid=iccid, before="A", after="B", at="now", cause="rule", ref="test")


def entries(store: Store) -> list[str]:
    return [row["iccid"] for row in store.sql("SELECT iccid FROM box_timeline ORDER BY id")]


def add(session: Session, iccid: str) -> None:
    session.add(entry(iccid))
    session.flush()


# --------------------------------------------------------------------------------------------------------- transactions


def test_a_transaction_is_written_whole(store: Store) -> None:
    with store.transaction():
        write(store, "one")
        write(store, "two")
    assert ["one", "two"] == notes(store)


@pytest.mark.parametrize("mishap", [Mishap, KeyboardInterrupt, GeneratorExit, asyncio.CancelledError])
def test_a_transaction_that_fails_leaves_nothing(store: Store, mishap: type[BaseException]) -> None:
    write(store, "before")
    with ending_in(mishap), store.transaction():
        write(store, "one")
        raise mishap
    assert ["before"] == notes(store)
    with store.transaction():
        write(store, "after")
    assert ["before", "after"] == notes(store)


def test_statement_and_session_share_the_transaction(store: Store) -> None:
    with store.transaction(), store.session() as session:
        write(store, "by statement")
        add(session, "1")
        assert ["1"] == entries(store)
        assert "by statement" == session.connection().exec_driver_sql("SELECT text FROM note").scalar_one()
    assert (["by statement"], ["1"]) == (notes(store), entries(store))


def test_statement_and_session_fail_together(store: Store) -> None:
    with ending_in(Mishap), store.transaction(), store.session() as session:
        write(store, "by statement")
        add(session, "1")
        raise Mishap
    assert ([], []) == (notes(store), entries(store))


def test_a_session_that_is_closed_ends_no_transaction(store: Store) -> None:
    with store.transaction():
        write(store, "by statement")
        with store.session() as session:
            add(session, "1")
        write(store, "after the session")
    assert (["by statement", "after the session"], ["1"]) == (notes(store), entries(store))


@pytest.mark.parametrize("end", [Session.commit, Session.rollback, Session.close], ids=["commit", "rollback", "close"])
def test_no_session_decides_over_the_transaction(store: Store, end: Callable[[Session], None]) -> None:
    with ending_in(Mishap), store.transaction():
        session = store.session()
        add(session, "1")
        end(session)
        write(store, "by statement")
        raise Mishap
    assert ([], []) == (notes(store), entries(store))


def test_a_flush_that_fails_says_why_and_leaves_nothing(store: Store) -> None:
    with ending_in(IntegrityError, "NOT NULL"), store.transaction(), store.session() as session:
        write(store, "by statement")
        session.add(entry(None))
        session.flush()
    assert ([], []) == (notes(store), entries(store))


@pytest.mark.parametrize("text", ["one", None], ids=["twice", "null"])
def test_what_the_tables_do_not_take_is_a_misfit(store: Store, text: str) -> None:
    write(store, "one")
    with pytest.raises(MISFITS):
        write(store, text)


def test_a_moment_comes_back_from_a_session_as_it_was(store: Store) -> None:
    moment = datetime(9999, 12, 31, 23, 59, 59, 999999, tzinfo=UTC)
    with store.transaction(), store.session() as session:
        session.add(WorldRecord(id=1, created_at=moment, anchor=moment, anchored_at=moment))
        session.flush()
    with store.session() as session:
        assert moment == session.exec(select(WorldRecord)).one().anchor
    assert "9999-12-31T23:59:59.999999Z" == store.sql("SELECT anchor FROM box_world").fetchone()[0]


def test_rows_written_are_counted(store: Store) -> None:
    before = store.changes
    store.fill("INSERT INTO note VALUES (?)", ((str(i),) for i in range(5)))
    notes(store)
    assert 5 == store.changes - before


# ----------------------------------------------------------------------------------------------------------- savepoints


def test_a_savepoint_that_fails_takes_back_its_own_part_only(store: Store) -> None:
    with store.transaction():
        write(store, "before")
        with ending_in(Mishap), store.savepoint():
            write(store, "inside")
            raise Mishap
        write(store, "after")
    assert ["before", "after"] == notes(store)


def test_a_savepoint_that_holds_goes_with_its_transaction(store: Store) -> None:
    with ending_in(Mishap), store.transaction():
        with store.savepoint():
            write(store, "inside")
        raise Mishap
    assert [] == notes(store)


def test_savepoints_nest(store: Store) -> None:
    with store.transaction(), store.savepoint():
        write(store, "outer")
        with ending_in(Mishap), store.savepoint():
            write(store, "inner")
            raise Mishap
        with store.savepoint():
            write(store, "another inner")
    assert ["outer", "another inner"] == notes(store)


def test_a_session_whose_flush_fails_inside_takes_back_that_part_only(store: Store) -> None:
    with store.transaction():
        write(store, "before")
        with ending_in(IntegrityError), store.savepoint(), store.session() as session:
            add(session, "1")
            session.add(entry(None))
            session.flush()
        write(store, "after")
    assert (["before", "after"], []) == (notes(store), entries(store))


# ---------------------------------------------------------------------------------------------------------- reads aside


def test_a_read_aside_sees_what_is_committed_while_a_transaction_is_open(store: Store) -> None:
    def count(reader: sqlite3.Connection) -> int:
        return int(reader.execute("SELECT count(*) AS n FROM note").fetchone()["n"])

    write(store, "committed")
    with store.transaction():
        write(store, "open")
        # the house does not await inside a transaction; here the loop is the test's own
        assert 1 == asyncio.run(store.aside(count))
    assert 2 == asyncio.run(store.aside(count))


def test_a_read_aside_cannot_write(store: Store) -> None:
    with pytest.raises(sqlite3.OperationalError, match="readonly"):
        asyncio.run(store.aside(lambda reader: reader.execute("INSERT INTO note VALUES ('aside')")))
    assert [] == notes(store)


def test_each_connection_has_what_furnishers_give_it(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def furnish(connection: sqlite3.Connection) -> None:
        connection.create_function("seven", 0, lambda: 7)

    monkeypatch.setattr("carrierbox.kernel.store.furnishers", [furnish])
    with closing(Store.create(path)) as store:
        assert (7,) == tuple(store.sql("SELECT seven()").fetchone())
        assert 7 == asyncio.run(store.aside(lambda reader: reader.execute("SELECT seven()").fetchone()[0]))


def test_many_reads_aside_go_on_at_once(store: Store) -> None:
    write(store, "one")

    async def read_all() -> list[list[str]]:
        def read(reader: sqlite3.Connection) -> list[str]:
            return [row[0] for row in reader.execute("SELECT text FROM note")]

        return await asyncio.gather(*(store.aside(read) for _ in range(40)))

    assert [["one"]] * 40 == asyncio.run(read_all())


# --------------------------------------------------------------------------------------------------------- copies, ends


def test_a_copy_holds_what_is_committed_and_nothing_of_an_open_transaction(store: Store, tmp_path: Path) -> None:
    copy = tmp_path / "copy.db"
    write(store, "committed")
    with store.transaction():
        write(store, "open")
        store.copy_to(copy)
        write(store, "later")
    assert ["committed", "open", "later"] == notes(store)
    with closing(Store(copy)) as copied:
        assert ["committed"] == notes(copied)
        write(copied, "its own")
    assert ["committed", "open", "later"] == notes(store)


def test_a_copy_leaves_one_file(store: Store, tmp_path: Path) -> None:
    (folder := tmp_path / "copies").mkdir()
    store.copy_to(folder / "copy.db")
    assert ["copy.db"] == [path.name for path in folder.iterdir()]


def test_closed_it_leaves_one_file(store: Store, tmp_path: Path) -> None:
    write(store, "one")
    asyncio.run(store.aside(lambda reader: reader.execute("SELECT * FROM note").fetchall()))
    with store.session() as session:
        session.exec(select(WorldRecord)).all()
    assert {"world.db", "world.db-wal", "world.db-shm"} == {path.name for path in tmp_path.iterdir()}
    assert not store.is_closed
    store.close()
    assert store.is_closed
    assert ["world.db"] == [path.name for path in tmp_path.iterdir()]


def test_removed_it_leaves_nothing(path: Path, tmp_path: Path) -> None:
    for name in ("world.db", "world.db-wal", "world.db-shm", "world2.db"):
        (tmp_path / name).touch()
    remove(path)
    remove(path)
    assert ["world2.db"] == [path.name for path in tmp_path.iterdir()]


def test_opened_again_it_holds_what_it_held(store: Store, path: Path) -> None:
    write(store, "one")
    store.close()
    with closing(Store(path)) as again:
        assert ["one"] == notes(again)


KILLED = """
import os, signal, sys
from pathlib import Path
from carrierbox.kernel import lifecycle, workflow, worlds  # so that the tables are those of this test
from carrierbox.kernel.store import Store
store = Store(Path(sys.argv[1]))
with store.transaction():
    store.sql("INSERT INTO note VALUES ('answered')")
store.sql("BEGIN")
store.sql("INSERT INTO note VALUES ('under way')")
os.kill(os.getpid(), signal.SIGKILL)
"""


def test_a_transaction_that_ended_survives_kill_9_and_one_under_way_leaves_nothing(store: Store, path: Path) -> None:
    # the file says that its tables are those which the child knows, however many carriers are loaded here
    version = "from carrierbox.kernel import lifecycle, workflow, worlds, store; print(store.schema_version())"
    known = subprocess.run([sys.executable, "-c", version], capture_output=True, text=True, check=True).stdout
    store.sql(f"PRAGMA user_version = {int(known)}")
    store.close()
    ended = subprocess.run([sys.executable, "-c", KILLED, str(path)], check=False)
    assert -signal.SIGKILL == ended.returncode
    with closing(sqlite3.connect(path)) as reader:
        assert [("answered",)] == reader.execute("SELECT * FROM note").fetchall()


# ---------------------------------------------------------------------------------------------- files that are not ours


def empty(path: Path) -> None:
    path.touch()


def prose(path: Path) -> None:
    path.write_text("Dear diary,\n" * 1000)


def somebodys_database(path: Path) -> None:
    with closing(sqlite3.connect(path)) as other:
        other.execute("CREATE TABLE box_world (id INTEGER)")


def somebodys_database_in_wal_mode(path: Path) -> None:
    with closing(sqlite3.connect(path)) as other:
        other.execute("PRAGMA journal_mode = WAL")
        other.execute("CREATE TABLE box_world (id INTEGER)")


def of_another_version(path: Path) -> None:
    store = Store.create(path)
    store.sql(f"PRAGMA user_version = {schema_version() ^ 1}")
    store.close()


def damaged(path: Path, where: slice, *, to: int | None = None) -> None:
    Store.create(path).close()
    content = bytearray(path.read_bytes())
    content[where] = b"\xa5" * len(content[where])
    path.write_bytes(content[:to])


def with_a_damaged_head(path: Path) -> None:
    damaged(path, slice(0, 16))


def with_a_damaged_first_page(path: Path) -> None:
    damaged(path, slice(100, 4096))


def cut_off_in_its_head(path: Path) -> None:
    damaged(path, slice(0), to=60)


def cut_off_in_its_first_page(path: Path) -> None:
    damaged(path, slice(0), to=2000)


@pytest.mark.parametrize(
    "make",
    [
        empty,
        prose,
        somebodys_database,
        somebodys_database_in_wal_mode,
        of_another_version,
        with_a_damaged_head,
        with_a_damaged_first_page,
        cut_off_in_its_head,
        cut_off_in_its_first_page,
    ],
)
def test_a_file_that_is_not_ours_is_named_and_left_as_it_was(path: Path, make: Callable[[Path], None]) -> None:
    make(path)
    before = {each.name: each.read_bytes() for each in path.parent.iterdir()}
    with pytest.raises(NotOurs) as refused:
        Store(path)
    assert str(path) in str(refused.value)
    assert before == {each.name: each.read_bytes() for each in path.parent.iterdir()}


def test_a_file_of_another_version_is_called_so(path: Path) -> None:
    of_another_version(path)
    with pytest.raises(NotOurs, match="another version"):
        Store(path)


def test_a_file_that_is_not_there_is_not_made(path: Path) -> None:
    with pytest.raises(NotOurs):
        Store(path)
    assert not path.exists()


def test_a_folder_is_not_a_world(tmp_path: Path) -> None:
    with pytest.raises(NotOurs):
        Store(tmp_path)
