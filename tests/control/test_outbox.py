"""/_box/worlds/{w}/outbox: the mails and messages that a world sent to people."""

import asyncio
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import httpx
import pytest

from carrierbox import main
from carrierbox.kernel import outbox
from carrierbox.kernel.world import Box, Cause
from carrierbox.kernel.worlds import DEFAULT, Worlds

ADDRESS = f"/_box/worlds/{DEFAULT}/outbox"


@contextmanager
def sending(house: Worlds) -> Iterator[Box]:
    with house.get(DEFAULT).transaction(Cause("rule", "test")) as box:
        yield box


Call = Callable[..., httpx.Response]


@pytest.fixture
def call(house: Worlds) -> Call:
    async def call(method: str = "GET", **params: Any) -> httpx.Response:
        transport = httpx.ASGITransport(main.build(house))
        async with httpx.AsyncClient(transport=transport, base_url="http://localhost") as client:
            return await client.request(method, ADDRESS, params=params)

    return lambda *arguments, **params: asyncio.run(call(*arguments, **params))


def test_shows_what_was_sent_oldest_first(house: Worlds, call: Call) -> None:
    assert [] == call().json()
    with sending(house) as box:
        outbox.send(box, "email", "ops@example.com", "A meter uses too much.", "rule 1", subject="Usage")
        outbox.send(box, "sms", "46700000001", "too much", "rule 1")
    mail, message = call().json()
    assert ("email", "ops@example.com", "Usage") == (mail["kind"], mail["to"], mail["subject"])
    assert {"at", "kind", "to", "text", "cause"} == message.keys()


def test_tells_kinds_and_addresses_apart(house: Worlds, call: Call) -> None:
    with sending(house) as box:
        outbox.send(box, "email", "ops@example.com", "one", "a", subject="s")
        outbox.send(box, "email", "dev@example.com", "two", "a", subject="s")
        outbox.send(box, "sms", "46700000001", "three", "a")
    assert ["three"] == [each["text"] for each in call(kind="sms").json()]
    assert ["two"] == [each["text"] for each in call(to="dev@example.com").json()]
    assert ["three"] == [each["text"] for each in call(limit=1).json()]


def test_keeps_the_latest_only(house: Worlds, call: Call, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(outbox, "MOST_KEPT", 3)
    with sending(house) as box:
        for n in range(5):
            outbox.send(box, "sms", "46700000001", str(n), "a")
    assert ["2", "3", "4"] == [each["text"] for each in call().json()]


def test_forgets_what_was_sent(house: Worlds, call: Call) -> None:
    with sending(house) as box:
        outbox.send(box, "sms", "46700000001", "gone", "a")
    assert 204 == call("DELETE").status_code
    assert [] == call().json()
