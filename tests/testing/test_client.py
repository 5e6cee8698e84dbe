"""The typed client: the same calls for those who wait and those who await, and errors that say what was wrong."""

import asyncio
from typing import Any

import pytest

from carrierbox.testing import AsyncBox, Box, NoBox, Refused


def test_who_waits_gets_the_answer(box: Any, world: Any) -> None:
    with Box(box.url) as client:
        found = client.world(world.name)
        assert "frozen" == found.clock.show()["mode"]
        before = found.clock.show()["now"]
        assert before < found.clock.advance("1h")["now"]
        assert {"pace": "instant"}.items() <= found.settings.change(pace="instant").items()
        assert found.name in [each.name for each in client.worlds()]
        assert "ok" == client.health()["status"]


def test_who_awaits_gets_the_same(box: Any, world: Any) -> None:
    async def ask() -> tuple[Any, ...]:
        async with AsyncBox(box.url) as client:
            found = await client.world(world.name)
            return await found.clock.show(), await found.inbox.list(), await found.headers("wing")

    clock, inbox, headers = asyncio.run(ask())
    with Box(box.url) as client:
        found = client.world(world.name)
        assert (clock["now"], inbox) == (found.clock.show()["now"], found.inbox.list())
    assert headers["Authorization"].startswith("Bearer ")


def test_worlds_are_made_and_dropped(box: Any) -> None:
    with Box(box.url) as client:
        made = client.create(from_="default", pace="instant")
        assert "instant" == made.show()["settings"]["pace"]
        made.clock.freeze()
        made.reset()
        made.drop()
        with pytest.raises(Refused, match=made.name) as refused:
            made.clock.show()
        assert 404 == refused.value.status


def test_a_refusal_says_what_the_box_said(box: Any, world: Any) -> None:
    with Box(box.url) as client, pytest.raises(Refused, match="back") as refused:
        client.world(world.name).clock.set("2001-01-01T00:00:00Z")
    assert 409 == refused.value.status


def test_where_no_box_is_that_is_said() -> None:
    with Box("http://127.0.0.1:9") as client, pytest.raises(NoBox, match="no box answers"):
        client.health()
