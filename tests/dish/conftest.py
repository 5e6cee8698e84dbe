"""A partner of DISH at work."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import httpx
import pytest
from tests.conftest import World

ICCID, GPSI = "11986621644523024501", "19459986891"
STOCK = ("11986621644523024502", "11986621644523024503")
PROFILE, CHIP = "11986621644523024504", "89033023000000000000000999999914"
BRAND = {"wholesaleCustomerId": "920000108465"}


@dataclass
class Partner:
    """What a partner does, and what can be seen of it."""

    world: World
    numbered: int = 0

    @property
    def api(self) -> httpx.Client:
        return self.world.dish

    def order(self, **fields: Any) -> dict[str, Any]:
        """An activation of a card in stock; fields that are None are left out."""
        self.numbered += 1
        body = {
            "partnerTransactionId": f"Order{self.numbered}",
            "subscriberId": "Sub900",
            "wholesalePlanId": "Plan001",
            "bucketRefId": ["1000001"],
            "location": {"address": {"city": "Littleton"}},
            "gpsi": "19459986899",
            "iccid": STOCK[0],
        } | fields
        return {name: value for name, value in body.items() if value is not None}

    def activate(self, **fields: Any) -> httpx.Response:
        return self.api.post("/sps/v5/subscription/activate", json=self.order(**fields))

    def act(self, action: str, **fields: Any) -> httpx.Response:
        self.numbered += 1
        named = fields or {"iccid": ICCID}
        body = {"partnerTransactionId": f"Order{self.numbered}", "action": action} | named
        return self.api.post("/sps/v5/subscription/status", json=body)

    def brought_to(self, state: str) -> None:
        """Bring the sample's subscription into a state."""
        if state != "Active":
            assert 200 == self.act({"Suspended": "Suspend", "Ceased": "Cease"}[state]).status_code
            self.world.advance(until="idle")
        assert state == self.details()["status"]

    def status(self, transaction_id: str) -> dict[str, Any]:
        return dict(self.api.get(f"/sps/v5/subscription/transactionStatus/{transaction_id}").json())

    def details(self, **criteria: str) -> dict[str, Any]:
        answer = self.api.get("/sps/v5/subscription-profile/subscriptionDetails", params=criteria or {"iccid": ICCID})
        assert 200 == answer.status_code, answer.text
        return dict(answer.json())

    def is_free(self, iccid: str) -> bool:
        answer = self.api.get("/sps/v5/subscription-sim/simCheck", params={"iccid": iccid})
        return bool(answer.json()["validationStatus"])

    def events(self) -> list[dict[str, Any]]:
        """What was sent, oldest first, as the inbox has it."""
        answer = self.world.control.get(f"/_box/worlds/{self.world.name}/inbox")
        return [each["body"] for each in answer.json()]

    def everything(self) -> Any:
        """All that a refused request could have changed."""
        described = self.world.control.get(f"/_box/worlds/{self.world.name}").json()
        balances = self.api.get("/sps/v5/subscription-balance/balances", params={"gpsi": GPSI})
        free = [self.is_free(iccid) for iccid in STOCK]
        return described["sims"]["dish"], described["open_work"], described["free"]["dish"], self.details(), (
            balances.json(), free, self.events()
        )  # fmt: skip


@pytest.fixture
def partner(world: World) -> Partner:
    """The seeded wholesale customer, in a world whose clock stands still."""
    return Partner(world)


def refusal(answer: httpx.Response, status: int, code: str) -> dict[str, Any]:
    """A refusal's body, as the contract reads it."""
    assert (status, code) == (answer.status_code, answer.json().get("reasonCode")), answer.text
    body = dict(answer.json())
    assert "application/json" == answer.headers["Content-Type"]
    assert ["status", "reasonCode", "reasonDesc"] == list(body)[:3]
    assert "Failure" == body["status"]
    assert body["reasonDesc"]
    assert answer.headers["X-Correlation-Id"]
    return body


@pytest.fixture(scope="module")
def module_partner(control: httpx.Client) -> Iterator[Partner]:
    """A partner in a world that the tests of a file share."""
    made = control.post("/_box/worlds", json={"from": "default"}).json()
    world = World(made["name"], made["base_url"], control)
    world.clock(mode="frozen")
    yield Partner(world)
    world.close()
    assert 204 == control.delete(f"/_box/worlds/{world.name}").status_code
