"""A fault of the application is answered in the vendor's shape, logged with the request's id, and leaves nothing."""

import asyncio
import json
import logging
from collections.abc import Iterator
from typing import Any

import pytest
from tests.shell import raw
from tests.shell.conftest import vendor_problem

from carrierbox.carriers.wing.subscriptions.state import rules
from carrierbox.kernel import workflow
from carrierbox.kernel.world import World
from carrierbox.kernel.worlds import DEFAULT, Worlds
from carrierbox.shell import Shell

SECRET = "what only the log may say"
ID = [(b"x-request-id", b"r-of-the-fault"), (b"account-context-id", b"*"), (b"content-type", b"application/json")]


class Fault(Exception):
    """What nobody foresaw."""


def broken(*_: Any, **__: Any) -> None:
    raise Fault(SECRET)


@pytest.fixture(autouse=True)
def log(caplog: pytest.LogCaptureFixture) -> Iterator[pytest.LogCaptureFixture]:
    with caplog.at_level(logging.ERROR):
        yield caplog


def change(world: World) -> tuple[bytes, int]:
    """A request for another state of some SIM, and the SIM's id."""
    sim = world.store.sql(
        "SELECT id, iccid, imsi FROM wing_sim WHERE state = 'ENTERPRISE-INVENTORY' AND NOT state_change_lock"
    ).fetchone()
    body = {"iccid": sim["iccid"], "imsi": sim["imsi"], "newState": "ACTIVE", "newStateId": 3}
    return json.dumps(body).encode(), sim["id"]


def rows(world: World) -> list[Any]:
    tables = ("wing_sim", "box_job", "box_timeline", "wing_audit")
    return [[tuple(row) for row in world.store.sql(f"SELECT * FROM {table}")] for table in tables]


def test_it_is_answered_in_the_vendors_shape_with_the_requests_id(
    shell: Shell, default: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rules, "request_state_change", broken)
    answer = raw.straight(shell, "POST", "/wing/api/v1/sim/update_state", ID, change(default)[0])
    assert 500 == answer.status
    assert vendor_problem(answer.json(), 500, "/api/v1/sim/update_state")
    assert "r-of-the-fault" == answer.json()["requestId"] == answer.headers["x-request-id"]
    assert "wing-5.7" == answer.headers["x-carrierbox-operation"]
    assert SECRET.encode() not in answer.content


def test_it_is_logged_once_with_the_requests_id_and_where_it_came_from(
    shell: Shell, default: World, monkeypatch: pytest.MonkeyPatch, log: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(rules, "request_state_change", broken)
    raw.straight(shell, "POST", "/wing/api/v1/sim/update_state", ID, change(default)[0])
    logged = [record for record in log.records if record.exc_info]
    assert 1 == len(logged)
    assert "request r-of-the-fault: POST /wing/api/v1/sim/update_state" == logged[0].getMessage()
    assert SECRET in log.text
    assert "in broken" in log.text


def test_it_leaves_nothing_of_what_was_written_before(
    shell: Shell, default: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    content, sim = change(default)
    before = rows(default)
    locked = []

    def start(*_: Any, **__: Any) -> None:
        locked.extend(default.store.sql("SELECT state_change_lock FROM wing_sim WHERE id = ?", (sim,)).fetchone())
        raise Fault

    with monkeypatch.context() as patch:
        patch.setattr(workflow, "start", start)
        assert 500 == raw.straight(shell, "POST", "/api/v1/sim/update_state", ID, content).status
    assert [1] == locked
    assert before == rows(default)
    assert 202 == raw.straight(shell, "POST", "/api/v1/sim/update_state", ID, content).status


def test_a_world_that_is_dropped_under_a_request_is_not_found(shell: Shell, house: Worlds) -> None:
    world = asyncio.run(house.create("t1", source=DEFAULT))
    content, _ = change(world)
    path = "/w/t1/wing/api/v1/sim/update_state"
    answer = raw.straight(shell, "POST", path, ID, content, meanwhile=lambda: house.drop("t1"))
    assert 404 == answer.status
    assert vendor_problem(answer.json(), 404, "/api/v1/sim/update_state")
    path = "/w/t1/_box/worlds/t1/settings"
    asyncio.run(house.create("t1", source=DEFAULT))
    answer = raw.straight(shell, "PATCH", path, ID, b'{"pace": "instant"}', meanwhile=lambda: house.drop("t1"))
    assert (404, "application/problem+json") == (answer.status, answer.headers["content-type"])


def test_a_world_that_is_reset_under_a_request_is_answered_from_afterwards(shell: Shell, house: Worlds) -> None:
    world = asyncio.run(house.create("t1", source=DEFAULT))
    content, sim = change(world)
    count = "SELECT count(*) FROM box_job"
    before = world.store.sql(count).fetchone()[0]
    path = "/w/t1/wing/api/v1/sim/update_state"
    assert 202 == raw.straight(shell, "POST", path, ID, content).status
    answer = raw.straight(shell, "POST", path, ID, content, meanwhile=lambda: house.reset("t1"))
    assert 202 == answer.status
    assert before + 1 == world.store.sql(count).fetchone()[0]
    assert 1 == world.store.sql("SELECT state_change_lock FROM wing_sim WHERE id = ?", (sim,)).fetchone()[0]
    asyncio.run(house.drop("t1"))


def test_a_fault_of_the_control_api_is_a_problem(
    shell: Shell, default: World, monkeypatch: pytest.MonkeyPatch, log: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(default, "change_settings", broken)
    answer = raw.straight(shell, "PATCH", "/_box/worlds/default/settings", ID, b'{"pace": "instant"}')
    assert (500, "application/problem+json") == (answer.status, answer.headers["content-type"])
    assert "r-of-the-fault" == answer.json()["request_id"]
    assert SECRET.encode() not in answer.content
    assert SECRET in log.text


def test_work_that_cannot_be_settled_keeps_no_request_from_its_answer(
    shell: Shell, default: World, monkeypatch: pytest.MonkeyPatch, log: pytest.LogCaptureFixture
) -> None:
    default.next_due = default.clock.now()
    monkeypatch.setattr(workflow, "run_due", broken)
    assert 200 == raw.straight(shell, "GET", "/api/v1/subscription/sims", ID).status
    assert "world default: settling failed" in log.text
