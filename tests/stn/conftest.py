"""sTN as a client sees it, with short words for what its stories do."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

import httpx
import pytest
from tests.conftest import World

#: The subscription of most printed examples; it is ACTIVE.
SUBSCRIPTION = "###3Vp17###7Xg79e"
NUMBER = "06-######969"
#: FREE cards of the fixture.
CARDS = [f"8931080000000000{ending}" for ending in ("100", "118", "126", "134", "142")]


@dataclass
class Stn:
    """One partner's view of a world."""

    world: World
    key: str | None = "sandbox-api-key"

    def __post_init__(self) -> None:
        self.client = self.world.client(headers={"stn-api-key": self.key} if self.key else {})

    def ask(self, name: str, body: Any) -> httpx.Response:
        """Send a POST."""
        return self.client.post(f"/api/{name}", json=body)

    def post(self, name: str, **body: Any) -> dict[str, Any]:
        """Send a POST that is taken in."""
        answer = self.ask(name, body)
        assert 200 == answer.status_code, answer.text
        return dict(answer.json())

    def envelope(self, name: str, query: str = "", **params: Any) -> dict[str, Any]:
        """Send a query that is answered."""
        answer = self.client.get(f"/api/{name}?{query}") if query else self.client.get(f"/api/{name}", params=params)
        assert 200 == answer.status_code, answer.text
        assert ["offset", "total", "results", "meta"] == list(answer.json())
        return dict(answer.json())

    def query(self, name: str, query: str = "", **params: Any) -> list[dict[str, Any]]:
        """The rows of a query."""
        return list(self.envelope(name, query, **params)["results"])

    def one(self, name: str, **params: Any) -> dict[str, Any]:
        """The only row of a query."""
        [row] = self.query(name, **params)
        return row

    def activation(self, activation_id: str) -> dict[str, Any]:
        return self.one("QueryActivation", id=activation_id)

    def subscription(self, subscription_id: str = SUBSCRIPTION) -> dict[str, Any]:
        return self.one("QuerySubscription", id=subscription_id)

    def card(self, iccid: str) -> dict[str, Any]:
        return self.one("QuerySimcard", simCardNumber=iccid)

    def done(self, name: str, **body: Any) -> dict[str, Any]:
        """Send a POST and let time pass; answers its activation afterwards."""
        sent = self.post(name, **body)
        self.world.advance(by="10s")
        return self.activation(sent["id"])

    def new(self, card: str = CARDS[0], **body: Any) -> dict[str, Any]:
        """A new subscription that is ACTIVE."""
        activation = self.done("NewSubscription", simCardNumber=card, **body)
        assert "DONE" == activation["status"], activation
        return self.subscription(activation["subscriptionId"])

    def event(self, iccid: str, **event: Any) -> dict[str, Any]:
        """Let a device do something."""
        path = f"/_box/worlds/{self.world.name}/sims/{quote(iccid)}/events"
        answer = self.world.control.post(path, json=event)
        assert 201 == answer.status_code, answer.text
        return dict(answer.json())

    def everything(self) -> Any:
        """All that a refused request could have changed."""
        lists = ("QuerySimcard", "QueryActivation", "QuerySubscription")
        return [self.query(name) for name in lists], self.world.clock()["pending"]


@pytest.fixture
def stn(world: World) -> Stn:
    return Stn(world)


@pytest.fixture
def calm(control: httpx.Client) -> Iterator[Stn]:
    """A world without a fleet, in January 2031: nobody uses anything but by the events of the test."""
    made = control.post("/_box/worlds", json={"sims": 0, "now": "2031-01-01T00:00:00Z"}).json()
    world = World(made["name"], made["base_url"], control)
    world.clock(mode="frozen")
    yield Stn(world)
    world.close()
    assert 204 == control.delete(f"/_box/worlds/{world.name}").status_code


@pytest.fixture
def unchanged(stn: Stn) -> Iterator[None]:
    """Whatever the test does, it changes nothing."""
    before = stn.everything()
    yield
    assert before == stn.everything()


def refusal(answer: httpx.Response, status: int, code: str) -> dict[str, Any]:
    """What an answer refuses; it has ServiceStack's body and nothing else."""
    assert status == answer.status_code, answer.text
    assert "application/json; charset=utf-8" == answer.headers["content-type"]
    assert ["responseStatus"] == list(answer.json())
    told: dict[str, Any] = answer.json()["responseStatus"]
    assert ["errorCode", "message", "errors"] == list(told)
    assert code == told["errorCode"], told
    assert told["message"]
    return told
