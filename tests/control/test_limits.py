"""What testers and strangers may leave in a world is bounded, however long they go on."""

import asyncio
from typing import Any

import httpx
import orjson
import pytest
from tests.conftest import World
from tests.control.answers import problem

from carrierbox.kernel import callback_plans, inbox, worlds
from carrierbox.kernel.world import Cause
from carrierbox.kernel.worlds import WorldRefused, Worlds


def ask(world: World, method: str, room: str, **options: Any) -> httpx.Response:
    return world.control.request(method, f"/_box/worlds/{world.name}/{room}", **options)


def received(house: Worlds, *bodies: bytes, headers: dict[str, str] | None = None) -> list[dict[str, Any]]:
    with house.get("default").transaction(Cause("rule", "test")) as box:
        for body in bodies:
            inbox.receive(box, "x", "POST", "", headers or {}, body)
        found: list[dict[str, Any]] = orjson.loads(inbox.received(box, None, inbox.MOST_KEPT))
        return found


def test_the_inbox_keeps_the_latest(house: Worlds, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(inbox, "MOST_KEPT", 3)
    assert [3, 4, 5] == [each["body"] for each in received(house, b"1", b"2", b"3", b"4", b"5")]


@pytest.mark.parametrize("none", [r'{"a":"\ud800"}', "[NaN]", "1e999", "[" * 5000, "[" * 3000 + "]" * 3000, ""])
def test_what_is_no_json_for_everybody_is_text_in_the_inbox(world: World, none: str) -> None:
    for body in (none, '{"id": 123456789012345678901234567890}'):
        assert 204 == ask(world, "POST", "inbox/x", content=body).status_code
    shown = ask(world, "GET", "inbox").json()
    assert [none, {"id": 123456789012345678901234567890}] == [each["body"] for each in shown]


def test_the_inbox_keeps_a_part_of_what_is_large(house: Worlds) -> None:
    [kept] = received(house, b"x" * 1024 * 1024)
    assert inbox.MOST_KEPT_BYTES == len(kept["body"])


def test_the_inbox_keeps_no_more_than_so_many_bytes_in_all(house: Worlds, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(inbox, "MOST_BYTES", 200_000)
    bodies = [str(number).encode() * 40_000 for number in range(1, 10)]
    assert [body.decode()[0] for body in bodies[-4:]] == [str(each["body"])[0] for each in received(house, *bodies)]
    assert 1 == len(received(house, b"{}", headers={"x": "y" * 199_000}))


def test_a_world_takes_a_thousand_callback_plans_and_no_more(world: World) -> None:
    for _ in range(callback_plans.MOST_PLANS):
        assert 201 == ask(world, "POST", "callback-plans", json={"do": {"lose": True}}).status_code
    assert "1000" in problem(ask(world, "POST", "callback-plans", json={"do": {"lose": True}}), 409)["detail"]


def test_a_box_takes_a_thousand_worlds_and_no_more(house: Worlds, monkeypatch: pytest.MonkeyPatch) -> None:
    assert 1000 == worlds.MOST_WORLDS
    monkeypatch.setattr(worlds, "MOST_WORLDS", 2)
    asyncio.run(house.create("one"))
    for wish in ({}, {"source": "one"}):
        with pytest.raises(WorldRefused, match="drop some"):
            asyncio.run(house.create("two", **wish))
    asyncio.run(house.drop("one"))
    assert "two" == asyncio.run(house.create("two")).name
