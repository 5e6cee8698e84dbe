"""WING 8.2, account defaults. What orders take over from them is in test_8_1_orders.py."""

from typing import Any

import pytest
from tests.wing.ordering import Shop, done, fields, printed

BODY = printed("wing-8.2.1")


@pytest.fixture
def shop(world: Any) -> Shop:
    return Shop(world, "1")


def test_an_account_without_a_default_gets_one(shop: Shop) -> None:
    shop.world.clock(now="2100-01-01T00:00:00.120Z")
    assert 404 == shop.call("GET", "/getAccountDefault/1").status_code
    made = done(shop.call("POST", "/createAccountDefault", json={**BODY, "accountId": 1}))
    stamped = "2100-01-01T00:00:00.12Z"
    own = {"id": 2, "accountId": 1, "creationTimestamp": stamped, "modificationTimestamp": stamped}
    assert {**BODY, **own} == made == done(shop.call("GET", "/getAccountDefault/1"))


def test_an_account_has_one_only(shop: Shop) -> None:
    before = done(shop.call("GET", "/getAccountDefault/285"))
    assert ["accountId"] == fields(shop.call("POST", "/createAccountDefault", json=BODY))
    assert before == done(shop.call("GET", "/getAccountDefault/285"))


def test_update_writes_it_anew_by_its_own_id(shop: Shop) -> None:
    before = done(shop.call("GET", "/getAccountDefault/285"))
    sent = {"accountId": 285, "tenantId": 1, "city": "Bath", "creationTimestamp": "2001-01-01T00:00:00Z"}
    changed = done(shop.call("PUT", "/updateAccountDefault/1", json=sent))
    assert ("Bath", None, "1") == (changed["city"], changed["ownerName"], changed["tenantId"])
    assert before["creationTimestamp"] == changed["creationTimestamp"] < changed["modificationTimestamp"]
    assert changed == done(shop.call("GET", "/getAccountDefault/285"))
    assert 404 == shop.call("PUT", "/updateAccountDefault/285", json=sent).status_code


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"accountId": 1}, "accountId"),
        ({"id": 2}, "id"),
        ({"tenantId": "7"}, "tenantId"),
        ({"tenantId": 7}, "tenantId"),
    ],
)
def test_update_leaves_it_with_its_account(changes: dict[str, Any], field: str, shop: Shop) -> None:
    before = done(shop.call("GET", "/getAccountDefault/285"))
    assert [field] == fields(shop.call("PUT", "/updateAccountDefault/1", json={**BODY, **changes}))
    assert before == done(shop.call("GET", "/getAccountDefault/285"))


def test_another_tenant_or_account_does_not_see_it(world: Any) -> None:
    for shop in (
        Shop(world, "7"),
        Shop(world, "30", world.wing_as("acme-admin", "acme-iot")),
    ):
        assert 404 == shop.call("GET", "/getAccountDefault/285").status_code
        assert 404 == shop.call("PUT", "/updateAccountDefault/1", json={**BODY, "tenantId": None}).status_code
        made = shop.call("POST", "/createAccountDefault", json={**BODY, "tenantId": None})
        assert ["accountId"] == fields(made)


def test_it_goes_with_its_account(world: Any) -> None:
    body = {
        "accountType": "ENTERPRISE", "accountState": "DRAFT", "name": "New", "billingAccountId": 49506,
        "parentAccountId": 1,
    }  # fmt: skip
    account = world.wing.post("/api/v1/accounts/account", json=body).json()["id"]
    shop = Shop(world, "1")
    done(shop.call("POST", "/createAccountDefault", json={**BODY, "accountId": account}))
    assert 300 > world.wing.delete(f"/api/v1/accounts/account/{account}").status_code
    assert 404 == shop.call("GET", f"/getAccountDefault/{account}").status_code
