"""A world that stands still at noon, and kinds of work that exist in a test only."""

import asyncio
import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from carrierbox.kernel import clock, fixtures, workflow
from carrierbox.kernel.lifecycle import TimelineEntry
from carrierbox.kernel.workflow import Outcome, Ran, Refusal, advance, settle, start
from carrierbox.kernel.world import Box, Cause, Pace, Settings, World
from carrierbox.kernel.worlds import Origin, Worlds

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
SECOND = timedelta(seconds=1)
PACES: list[Pace] = ["instant", "brisk", "realistic"]
PARTS = ("one", "two", "three")


class Mishap(Exception):
    """What goes wrong in a handler."""


@contextmanager
def at_noon(folder: Path) -> Iterator[Callable[[], World]]:
    """A world that stands still at noon; asked again, the same as a restart finds it."""
    house: list[Worlds] = []

    def reopen() -> World:
        for each in house:
            each.close()
        house[:] = [Worlds(folder / "data", ())]
        return house[0].start(Origin(sims=0), Settings(pace="brisk"))

    (folder / "fixtures").mkdir()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(fixtures, "folder", lambda: folder / "fixtures")
        world = reopen()
        world.clock = clock.Clock(NOON, clock.real_now(), "frozen")
        with world.transaction(Cause("rule", "test")) as box:
            world.save_clock(box)
            box.sql("CREATE TABLE note (at TEXT, job TEXT, text TEXT)")
        yield reopen
    house[0].close()


@pytest.fixture
def opened(tmp_path: Path) -> Iterator[Callable[[], World]]:
    with at_noon(tmp_path) as opened:
        yield opened


@pytest.fixture
def world(opened: Callable[[], World]) -> World:
    return opened()


@pytest.fixture(autouse=True)
def kinds(monkeypatch: pytest.MonkeyPatch) -> None:
    """Kinds of work that exist in a test only."""
    monkeypatch.setattr(workflow, "_handlers", {})
    workflow.handles("note")(note)
    workflow.handles("go on")(go_on)
    workflow.handles("mishap")(mishap)
    workflow.handles("in parts")(in_parts)
    monkeypatch.setattr(workflow, "_standing", set())
    workflow.handles("look", standing=True)(look)


def note(box: Box, job: Mapping[str, Any], refusal: Refusal | None) -> Outcome:
    """Write down when it ran, at what time it believed to be, and what it was told."""
    told = refusal.reason if refusal else json.loads(job["input"]).get("text", "")
    box.sql("INSERT INTO note VALUES (:at, :job, :text)", at=clock.text(box.now), job=job["id"], text=told)
    if refusal:
        return Outcome("failed", {"code": refusal.code}, refusal.reason)
    return Outcome("completed", {"noted": told})


def go_on(box: Box, job: Mapping[str, Any], refusal: Refusal | None) -> Outcome:
    """Start as many more of its kind as it was told, one after the other."""
    note(box, job, refusal)
    if left := json.loads(job["input"])["left"]:
        ask(box, "go on", left=left - 1)
    return Outcome("completed", {})


def in_parts(box: Box, job: Mapping[str, Any], refusal: Refusal | None) -> Outcome:
    """Do as many parts as it was told, a second between them; what it has done so far stands in its output."""
    note(box, job, refusal)
    done = json.loads(job["output"]).get("done", 0) + 1
    if done < json.loads(job["input"])["parts"]:
        return Outcome("running", {"done": done}, next_at=box.now + SECOND)
    return Outcome("completed", {"done": done})


def look(box: Box, job: Mapping[str, Any], refusal: Refusal | None) -> Outcome:
    """Look again an hour later, as long as there is anything to look for."""
    note(box, {**dict(job), "input": json.dumps({"text": "looked"})}, refusal)
    if json.loads(job["input"])["key"] == "once":
        return Outcome("completed", {})
    return Outcome("running", {}, next_at=box.now + timedelta(hours=1))


def mishap(box: Box, job: Mapping[str, Any], refusal: Refusal | None) -> Outcome:
    """Write by statement and by session, start more work, and fail."""
    note(box, job, refusal)
    box.session.add(TimelineEntry(carrier="toy", iccid="1", before="A", after="B", at="now", cause="rule", ref="test"))
    box.flush()
    box.world.memo("known", lambda: "inside the mishap")
    ask(box, "note", text="of the mishap")
    raise Mishap(json.loads(job["input"]).get("text", ""))


def ask(box: Box, kind: str, *, tasks: tuple[str, ...] = ("one",), refusal: Refusal | None = None, **sent: Any) -> str:
    return start(
        box, carrier="toy", kind=kind, owner="me", subject=None, tasks=tasks, sent=json.dumps(sent), refusal=refusal
    )


def begin(world: World, kind: str = "note", **options: Any) -> str:
    with world.transaction(Cause("request", "r-1", "toy-1", "somebody")) as box:
        return ask(box, kind, **options)


def begin_at(world: World, due: timedelta, text: str, kind: str = "note") -> str:
    """Start a job that falls due then, seen from noon."""
    job = begin(world, kind, text=text)
    with world.transaction(Cause("rule", "test")) as box:
        box.sql("UPDATE box_job SET due_at = :due WHERE id = :job", due=clock.text(NOON + due), job=job)
    world.expect(NOON + due)
    return job


def jump(world: World, to: timedelta) -> None:
    world.clock.jump(NOON + to)


def row(world: World, job: str) -> dict[str, Any]:
    return dict(world.store.sql("SELECT * FROM box_job WHERE id = ?", (job,)).fetchone())


def notes(world: World) -> list[tuple[timedelta, str]]:
    """What was written down, in order: when, seen from noon, and what."""
    found = world.store.sql("SELECT at, text FROM note ORDER BY rowid")
    return [(clock.moment(each["at"]) - NOON, each["text"]) for each in found]


def settled(world: World) -> None:
    asyncio.run(settle(world))


def advanced(world: World, by: timedelta | None) -> list[Ran]:
    return asyncio.run(advance(world, None if by is None else NOON + by))
