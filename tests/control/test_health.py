"""The control API's health, livez and readyz say that the box is there, and when it is not well."""

import asyncio
import re
import sqlite3

import httpx
import pytest
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
