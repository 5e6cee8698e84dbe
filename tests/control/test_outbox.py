"""/_box/worlds/{w}/outbox: the mails and messages that a world sent to people."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from fastapi.testclient import TestClient

from carrierbox import main
from carrierbox.kernel import outbox
from carrierbox.kernel.world import Box, Cause
from carrierbox.kernel.worlds import DEFAULT, Worlds

ADDRESS = f"/_box/worlds/{DEFAULT}/outbox"


@contextmanager
def sending(house: Worlds) -> Iterator[Box]:
    with house.get(DEFAULT).transaction(Cause("rule", "test")) as box:
        yield box


@pytest.fixture
def client(house: Worlds) -> TestClient:
    return TestClient(main.build(house))


def test_shows_what_was_sent_oldest_first(house: Worlds, client: TestClient) -> None:
    assert [] == client.get(ADDRESS).json()
    with sending(house) as box:
        outbox.send(box, "email", "ops@example.com", "A meter uses too much.", "rule 1", subject="Usage")
        outbox.send(box, "sms", "46700000001", "too much", "rule 1")
    mail, message = client.get(ADDRESS).json()
    assert ("email", "ops@example.com", "Usage") == (mail["kind"], mail["to"], mail["subject"])
    assert {"at", "kind", "to", "text", "cause"} == message.keys()


def test_tells_kinds_and_addresses_apart(house: Worlds, client: TestClient) -> None:
    with sending(house) as box:
        outbox.send(box, "email", "ops@example.com", "one", "a", subject="s")
        outbox.send(box, "email", "dev@example.com", "two", "a", subject="s")
        outbox.send(box, "sms", "46700000001", "three", "a")
    assert ["three"] == [each["text"] for each in client.get(ADDRESS, params={"kind": "sms"}).json()]
    assert ["two"] == [each["text"] for each in client.get(ADDRESS, params={"to": "dev@example.com"}).json()]
    assert ["three"] == [each["text"] for each in client.get(ADDRESS, params={"limit": 1}).json()]


def test_keeps_the_latest_only(house: Worlds, client: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(outbox, "MOST_KEPT", 3)
    with sending(house) as box:
        for n in range(5):
            outbox.send(box, "sms", "46700000001", str(n), "a")
    assert ["2", "3", "4"] == [each["text"] for each in client.get(ADDRESS).json()]


def test_forgets_what_was_sent(house: Worlds, client: TestClient) -> None:
    with sending(house) as box:
        outbox.send(box, "sms", "46700000001", "gone", "a")
    assert 204 == client.delete(ADDRESS).status_code
    assert [] == client.get(ADDRESS).json()
