"""A file that is no whole world of this version, whatever else it is, is refused in one line and changes nothing."""

import asyncio
import gzip
import json
import re
import sqlite3
import time
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from tests.conftest import start_box
from tests.control.answers import problem
from tests.control.snapshot_files import load, opened
from tests.shell import raw

from carrierbox.kernel import snapshots, worlds
from carrierbox.kernel.snapshots import BadSnapshot
from carrierbox.kernel.worlds import Worlds


def packed(head: Any, rest: bytes) -> bytes:
    line = head if isinstance(head, bytes) else json.dumps(head).encode()
    return gzip.compress(line + b"\n" + rest, 1)


def with_head(**members: Any) -> Callable[[bytes, Path], bytes]:
    """A snapshot whose first line says something else."""

    def spoil(snapshot: bytes, _folder: Path) -> bytes:
        head, rest = opened(snapshot)
        return packed({name: value for name, value in (head | members).items() if value is not None}, rest)

    return spoil


def with_sql(*statements: str) -> Callable[[bytes, Path], bytes]:
    """A snapshot whose world was changed by somebody."""

    def spoil(snapshot: bytes, folder: Path) -> bytes:
        head, rest = opened(snapshot)
        path = folder / "spoilt.db"
        path.write_bytes(rest)
        connection = sqlite3.connect(path, isolation_level=None)
        connection.execute("PRAGMA journal_mode = DELETE")
        for statement in statements:
            connection.execute(statement)
        connection.close()
        return packed(head | {"bytes": path.stat().st_size}, path.read_bytes())

    return spoil


def with_rest(change: Callable[[bytes], bytes]) -> Callable[[bytes, Path], bytes]:
    def spoil(snapshot: bytes, _folder: Path) -> bytes:
        head, rest = opened(snapshot)
        rest = change(rest)
        return packed(head | {"bytes": len(rest)}, rest)

    return spoil


def plainly(change: Callable[[bytes], bytes]) -> Callable[[bytes, Path], bytes]:
    return lambda snapshot, _folder: change(snapshot)


#: Rows of the box's own, but for one value.
DEVICE = "(iccid, carrier, profile, seed, is_attached, next_at) VALUES ('1', 'stn', 'idle', 1, 0, '{}')"
JOB = (
    "(id, carrier, kind, owner, status, input, output, tasks, created_at, updated_at, request_id, cause, due_at)"
    " VALUES ('x', 'wing', 'x', '', 'running', '{{}}', '{{}}', '[]', '', '', '', 'request', '{}')"
)
CALLBACK = (
    "(id, carrier, event, operation, iccid, target, headers, body, state, created_at, tries, copies, behind, url)"
    " VALUES ('x', 'dish', '', '', '', '', '{{}}', '{{}}', 'pending', '', 0, 1, 0, '{}')"
)


def scribbled(rest: bytes) -> bytes:
    return rest[: len(rest) // 3] + b"\xa5" * 20_000 + rest[len(rest) // 3 + 20_000 :]


SPOILT: dict[str, tuple[Callable[[bytes, Path], bytes], str]] = {
    "nothing": (plainly(lambda _: b""), "no snapshot"),
    "text": (plainly(lambda _: b"hello, I am a text"), "no snapshot"),
    "json": (plainly(lambda _: b'{"carrierbox": "world"}'), "no snapshot"),
    "zip": (plainly(lambda _: b"PK\x03\x04" + b"\0" * 100), "no snapshot"),
    "a bare database": (plainly(lambda snapshot: opened(snapshot)[1]), "no snapshot"),
    "gzip of something else": (plainly(lambda _: gzip.compress(b"hello\n" * 1000)), "no snapshot"),
    "gzip of one long line": (plainly(lambda _: gzip.compress(b"x" * 100_000)), "no snapshot"),
    "gzip of a list": (plainly(lambda _: packed([], b"")), "no snapshot"),
    "gzip of deep brackets": (plainly(lambda _: packed(b"[" * 900, b"")), "no snapshot"),
    "another kind": (with_head(carrierbox="fixture"), "no snapshot"),
    "no format": (with_head(format=None), "no snapshot"),
    "a format that is no number": (with_head(format="2"), "no snapshot"),
    "a newer format": (with_head(format=2, version="99.1"), "written by a newer carrierbox (99.1)"),
    "another version": (with_head(schema=1, version="0.0.1"), "another version of carrierbox (0.0.1)"),
    "no size": (with_head(bytes=None), "damaged"),
    "a size that is too small": (with_head(bytes=1000), "damaged"),
    "a size that is too large": (with_head(bytes=10**8), "cut off"),
    "a size beyond all worlds": (with_head(bytes=10**15), "at most 4096 MiB"),
    "cut off at once": (plainly(lambda snapshot: snapshot[:10]), "no snapshot"),
    "cut off in the middle": (plainly(lambda snapshot: snapshot[: len(snapshot) // 2]), "cut off"),
    "cut off at the end": (plainly(lambda snapshot: snapshot[:-1]), "cut off"),
    "a flipped bit": (plainly(lambda snapshot: snapshot[:-4000] + bytes([snapshot[-4000] ^ 1]) + snapshot[-3999:]),
                      "damaged"),
    "more behind it": (plainly(lambda snapshot: snapshot + b"more"), "damaged"),
    "another one behind it": (plainly(lambda snapshot: snapshot + snapshot), "damaged"),
    "a database that was scribbled over": (with_rest(scribbled), "damaged"),
    "a database that was cut off": (with_rest(lambda rest: rest[: len(rest) // 2]), "damaged"),
    "no database": (with_rest(lambda rest: b"x" * len(rest)), "damaged"),
    "somebody else's database": (with_sql("PRAGMA application_id = 1"), "no world of ours"),
    "another table": (with_sql("CREATE TABLE recipe (name)"), "other tables"),
    "a table less": (with_sql("DROP TABLE box_outbox"), "other tables"),
    "a trigger": (
        with_sql("CREATE TRIGGER spy AFTER INSERT ON box_job BEGIN DELETE FROM box_world; END"), "other tables"
    ),
    "a view": (with_sql("ALTER TABLE box_outbox RENAME TO x", "CREATE VIEW box_outbox AS SELECT * FROM x"),
               "other tables"),
    "an index less": (with_sql("DROP INDEX box_job_due"), "other tables"),
    "another version's tables": (with_sql("PRAGMA user_version = 7"), "another version"),
    "no world in it": (with_sql("DELETE FROM box_world"), "cannot be read"),
    "two worlds in it": (
        with_sql("CREATE TEMP TABLE t AS SELECT * FROM box_world", "UPDATE t SET id = 2",
                 "INSERT INTO box_world SELECT * FROM t"), "are not a world's"
    ),
    "a pace of its own": (with_sql("UPDATE box_world SET pace = 'leisurely'"), "are not a world's"),
    "a rate beyond all": (with_sql("UPDATE box_world SET rate = 1e300"), "are not a world's"),
    "a clock of its own": (with_sql("UPDATE box_world SET anchor = 'soon'"), "cannot be read"),
    "settings that cannot be read": (with_sql("UPDATE box_world SET callback_url = '{'"), "cannot be read"),
    "a rule that cannot be read": (with_sql("INSERT INTO box_fault VALUES (1, 'x', '{}', '{}', '{', 0, 0)"),
                                   "box_fault.do holds what is no JSON"),
    "an outcome that cannot be read": (with_sql("INSERT INTO box_outcome VALUES (1, 'x', '{', 1, '{}')"),
                                       "box_outcome.match holds what is no JSON"),
    "a device due at no time": (with_sql(f"INSERT INTO box_device {DEVICE.format('2026-02-30T00:00:00.000000Z')}"),
                                "box_device.next_at holds what is no time"),
    "a device due at a number": (with_sql(f"INSERT INTO box_device {DEVICE.format('7')}"),
                                 "box_device.next_at holds what is no time"),
    "work due at no time": (with_sql(f"INSERT INTO box_job {JOB.format('soon')}"),
                            "box_job.due_at holds what is no time"),
    "a notification to no address": (with_sql(f"INSERT INTO box_callback {CALLBACK.format('http://[')}"),
                                     "box_callback.url holds what is no address"),
}  # fmt: skip


@pytest.fixture(scope="module")
def snapshot(control: httpx.Client) -> bytes:
    """A good one."""
    made = control.post("/_box/worlds", json={"sims": 5}).json()
    saved = control.get(f"/_box/worlds/{made['name']}/snapshot").content
    assert 204 == control.delete(f"/_box/worlds/{made['name']}").status_code
    return saved


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[httpx.Client, Path]]:
    """A box with a frozen world that nobody touches, and where its worlds lie."""
    data = tmp_path_factory.mktemp("home")
    box = start_box("--data", str(data), "--sims", "5")
    with httpx.Client(base_url=box.url, timeout=60) as control:
        control.patch("/_box/worlds/default/clock", json={"mode": "frozen"})
        yield control, data / "worlds"
    assert 0 == box.stop()


@pytest.mark.parametrize("name", ["default", "new"])
@pytest.mark.parametrize("kind", SPOILT)
def test_a_file_that_is_no_whole_world_of_this_version_is_refused_in_one_line_and_changes_nothing(
    kind: str, name: str, snapshot: bytes, home: tuple[httpx.Client, Path], tmp_path: Path
) -> None:
    control, folder = home
    spoil, told = SPOILT[kind]
    before = control.get("/_box/worlds").json()
    files = {path.name for path in folder.iterdir()}
    detail = problem(load(control, name, spoil(snapshot, tmp_path)), 400)["detail"]
    assert told in detail
    assert "\n" not in detail
    assert before == control.get("/_box/worlds").json()
    assert files == {path.name for path in folder.iterdir()}


def test_the_good_one_they_were_made_of_is_taken(home: tuple[httpx.Client, Path], snapshot: bytes) -> None:
    control, folder = home
    files = {path.name for path in folder.iterdir()}
    assert 201 == load(control, "new", snapshot).status_code
    head, rest = opened(snapshot)
    assert 200 == load(control, "new", packed(head, rest)).status_code
    assert 204 == control.delete("/_box/worlds/new").status_code
    assert files == {path.name for path in folder.iterdir()}


def test_a_bomb_is_refused_before_it_has_gone_off(home: tuple[httpx.Client, Path], snapshot: bytes) -> None:
    control, _ = home
    head, _ = opened(snapshot)
    bomb = packed(head | {"bytes": 128 * 1024**2}, b"\0" * (128 * 1024**2))
    assert len(bomb) < 1024**2
    assert "100 times" in problem(load(control, "new", bomb), 400)["detail"]


@pytest.mark.parametrize("name", ["Upper", "-x", "a" * 64, "x.origin", "%2e%2e", "..%2fdefault", "a%00"])
def test_what_is_no_worlds_name_is_not_loaded_into(name: str, home: tuple[httpx.Client, Path], snapshot: bytes) -> None:
    control, folder = home
    files = {path.name for path in folder.iterdir()}
    assert load(control, name, snapshot).status_code in {400, 404}
    assert files == {path.name for path in folder.iterdir()}


def test_an_upload_that_breaks_off_changes_nothing(home: tuple[httpx.Client, Path], snapshot: bytes) -> None:
    control, folder = home
    before, files = control.get("/_box/worlds").json(), {path.name for path in folder.iterdir()}
    head = f"PUT /_box/worlds/default/snapshot HTTP/1.1\r\nHost: localhost\r\nContent-Length: {len(snapshot)}"
    raw.hang_up(str(control.base_url), head.encode() + b"\r\n\r\n" + snapshot[: len(snapshot) // 2])
    wait_until(lambda: files == {path.name for path in folder.iterdir()})
    assert before == control.get("/_box/worlds").json()


def wait_until(holds: Callable[[], bool], seconds: float = 20) -> None:
    """What happens in the box after nobody waits for its answer, happens soon."""
    until = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < until
        time.sleep(0.02)


# ------------------------------------------------------------------------------------------------- within this process


async def in_pieces(content: bytes, size: int) -> AsyncIterator[bytes]:
    for start in range(0, len(content), size):
        yield content[start : start + size]


@pytest.mark.parametrize("size", [7, 1000, 10**9])
def test_it_comes_in_whatever_pieces(size: int, house: Worlds) -> None:
    async def story() -> None:
        with await house.save("default") as file:
            content = file.read()
        world, is_new = await house.load("other", in_pieces(content, size))
        assert (True, "other") == (is_new, world.name)

    asyncio.run(story())


def test_there_is_a_limit_to_worlds_to_sizes_and_to_what_they_unpack_to(
    house: Worlds, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def refused(name: str) -> str:
        with pytest.raises((BadSnapshot, worlds.WorldRefused)) as refusal:
            await house.load(name, in_pieces(content, 10_000))
        return str(refusal.value)

    async def saved() -> bytes:
        with await house.save("default") as file:
            return file.read()

    content = asyncio.run(saved())
    monkeypatch.setattr(worlds, "MOST_WORLDS", 1)
    assert "1 worlds already" in asyncio.run(refused("other"))
    monkeypatch.setattr(snapshots, "MOST_PACKED_BYTES", 1024)
    assert re.search("at most . MiB", asyncio.run(refused("default")))
    monkeypatch.undo()
    monkeypatch.setattr(snapshots, "MOST_BYTES", 1024)
    assert "unpacks to at most" in asyncio.run(refused("default"))
    assert ["default"] == house.names()
