"""The control API's health, livez and readyz say that the box is there, and when it is not well."""

import asyncio
import re
import sqlite3

import httpx
import pytest
from tests.conftest import World
from tests.control.answers import good, problem

from carrierbox import __version__, main
from carrierbox.kernel.worlds import DEFAULT, Worlds

PATHS = ["/_box/health", "/_box/livez", "/_box/readyz"]


@pytest.mark.parametrize("path", PATHS)
def test_a_box_that_is_well_says_so(control: httpx.Client, path: str) -> None:
    said = good(control.get(path))
    assert {"status", "version", "uptime_seconds", "worlds"} == said.keys()
    assert ("ok", __version__) == (said["status"], said["version"])
    assert said["uptime_seconds"] > 0


def test_its_worlds_are_counted(control: httpx.Client) -> None:
    before = good(control.get("/_box/health"))["worlds"]
    name = good(control.post("/_box/worlds", json={"from": "default"}), 201)["name"]
    assert before + 1 == good(control.get("/_box/health"))["worlds"]
    control.delete(f"/_box/worlds/{name}")
    assert before == good(control.get("/_box/health"))["worlds"]


def test_its_uptime_grows(control: httpx.Client) -> None:
    first, second = (good(control.get("/_box/health"))["uptime_seconds"] for _ in range(2))
    assert first <= second


@pytest.mark.parametrize("path", PATHS)
def test_a_box_whose_default_world_cannot_be_read_is_not_well(
    house: Worlds, monkeypatch: pytest.MonkeyPatch, path: str
) -> None:
    def broken(*_: object) -> None:
        raise sqlite3.OperationalError("disk I/O error")

    async def ask() -> httpx.Response:
        transport = httpx.ASGITransport(main.build(house))
        async with httpx.AsyncClient(transport=transport, base_url="http://box") as client:
            return await client.get(path)

    monkeypatch.setattr(house.get(DEFAULT).store, "sql", broken)
    assert re.search("disk I/O error", problem(asyncio.run(ask()), 503)["detail"])


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH"])
def test_health_is_only_read(control: httpx.Client, method: str) -> None:
    answer = control.request(method, "/_box/health")
    problem(answer, 405)
    assert "GET" in answer.headers["Allow"]


@pytest.mark.parametrize("path", ["/_box/health", "/_box/livez", "/_box/metrics", "/_box/worlds/default/journal"])
def test_a_head_is_answered_as_a_get_without_its_body(control: httpx.Client, path: str) -> None:
    whole, head = control.get(path), control.head(path)
    assert (200, b"") == (head.status_code, head.content)
    assert whole.headers["Content-Type"] == head.headers["Content-Type"]
    assert "Content-Length" in head.headers


def test_a_head_is_refused_where_a_get_would_be(control: httpx.Client) -> None:
    assert 404 == control.head("/_box/worlds/nowhere").status_code
    refused = control.head("/_box/worlds/default/reset")
    assert (405, "POST", b"") == (refused.status_code, refused.headers["Allow"], refused.content)


def test_a_head_to_an_inbox_is_kept_as_one(world: World) -> None:
    inbox = f"/_box/worlds/{world.name}/inbox"
    assert 204 == world.control.head(f"{inbox}/probe").status_code
    assert ["HEAD"] == [each["method"] for each in world.control.get(inbox).json()]
