"""Chapter 8 as a partner's client calls it; shared by the tests of its sections."""

from dataclasses import dataclass, field
from typing import Any

import httpx

from carrierbox import contracts

API = "/api/v1/sim-ordering"


def printed(operation_id: str) -> Any:
    """The body that a section prints."""
    request = contracts.operation(operation_id).request
    assert request is not None
    return request.example


def done(answer: httpx.Response) -> Any:
    """What a call answered that went well."""
    assert 200 == answer.status_code, answer.text
    return answer.json()


def fields(answer: httpx.Response) -> list[str]:
    """The fields that a refusal names."""
    assert 400 == answer.status_code, answer.text
    assert "application/problem+json" == answer.headers["content-type"]
    assert "error.validation" == answer.json()["message"], answer.text
    return [wrong["field"] for wrong in answer.json()["fieldErrors"]]


@dataclass
class Shop:
    """Orders of one tenant; by default those of account 26, which the examples are about."""

    world: Any
    tenant: str = "7"
    client: httpx.Client | None = None
    headers: dict[str, str] = field(init=False)

    def __post_init__(self) -> None:
        self.headers = {"X-Tenant-Id": self.tenant}

    def call(self, method: str, path: str, **sent: Any) -> httpx.Response:
        """Call an operation below /sim-ordering."""
        headers = {**self.headers, **sent.pop("headers", {})}
        client = self.client or self.world.wing
        answer: httpx.Response = client.request(method, f"{API}{path}", headers=headers, **sent)
        return answer

    def create(self, **changes: Any) -> httpx.Response:
        """Send the printed order, changed."""
        return self.call("POST", "/createOrder", json={**printed("wing-8.1.1"), **changes})

    def order(self, **changes: Any) -> dict[str, Any]:
        """A new order."""
        return dict(done(self.create(**changes)))

    def update(self, order: dict[str, Any], **changes: Any) -> httpx.Response:
        """Send an order anew, changed."""
        return self.call("PUT", f"/updateOrder/{order['id']}", json={**order, **changes})

    def take(self, order: dict[str, Any], *statuses: str) -> dict[str, Any]:
        """Lead an order through statuses."""
        for status in statuses:
            order = dict(done(self.update(order, orderStatus=status)))
        return order

    def complete(self, **changes: Any) -> dict[str, Any]:
        """An order that is completed."""
        return self.take(self.order(**changes), "APPROVED", "COMPLETED")

    def read(self, order: dict[str, Any]) -> dict[str, Any]:
        """An order as 8.1.7 shows it."""
        return dict(done(self.call("GET", f"/orderDetails/{order['id']}")))

    def sims(self, order: dict[str, Any], **filters: Any) -> list[dict[str, Any]]:
        """The SIMs that came of an order."""
        asked = {"batchId.equals": order["id"], **filters}
        return list(done(self.world.wing.get("/api/v1/subscription/sims", params=asked)))

    def mails(self) -> list[dict[str, Any]]:
        """What was mailed."""
        return list(done(self.world.control.get(f"/_box/worlds/{self.world.name}/outbox")))

    def product(self, **changes: Any) -> dict[str, Any]:
        """A new product that can be ordered."""
        body = {"productName": "Test SIM", "formFactor": "3FF", "productPrice": "2.00", "status": "APPROVED"}
        return dict(done(self.call("POST", "/simProducts/addProduct", json={**body, **changes})))
