"""WING 8.4, who is told of orders: the entries, and the mails that they lead to."""

from typing import Any

import pytest
from tests.wing.ordering import Shop, done, printed

URL = "/simProducts/addUserGroup"
STATUSES = ("SUBMITTED", "ONHOLD", "APPROVED", "COMPLETED", "CANCELLED")


@pytest.fixture
def shop(world: Any) -> Shop:
    return Shop(world)


def entry(kind: str, email: str = "buyer@example.com", **more: Any) -> dict[str, Any]:
    return {"email": email, "type": kind, **more}


def add(shop: Shop, *entries: dict[str, Any]) -> list[dict[str, Any]]:
    return list(done(shop.call("POST", URL, json=entries)))


def test_entries_are_added_as_they_were_sent(shop: Shop) -> None:
    shop.world.clock(now="2100-01-01T00:00:00Z")
    [first, second] = add(shop, entry("orderSubmitted", tenantId="7", userGroupId="g", archived=True), entry("any"))
    stamped = "2100-01-01T00:00:00Z"
    assert {
        "id": first["id"], "tenantId": "7", "email": "buyer@example.com", "userGroupId": "g", "type": "orderSubmitted",
        "archived": True, "creationTimestamp": stamped, "modificationTimestamp": stamped,
    } == first  # fmt: skip
    assert ("7", None, "any", False) == (
        second["tenantId"], second["userGroupId"], second["type"], second["archived"],
    )  # fmt: skip
    assert [first, second] == done(shop.call("GET", URL))
    assert [] == add(shop)


def test_entries_are_written_anew_all_or_none(shop: Shop) -> None:
    first, second = add(shop, entry("orderSubmitted"), entry("orderApproved"))
    shop.world.advance(by="1s")
    changed = [{**second, "email": "other@example.com"}, {**first, "archived": True}]
    assert 404 == shop.call("PUT", URL, json=[*changed, {**first, "id": 0}]).status_code  # tenant 1's
    assert [first, second] == done(shop.call("GET", URL))
    answered = done(shop.call("PUT", URL, json=changed))
    assert [("other@example.com", False), ("buyer@example.com", True)] == [
        (each["email"], each["archived"]) for each in answered
    ]
    assert all(each["modificationTimestamp"] > each["creationTimestamp"] for each in answered)
    assert [answered[1], answered[0]] == done(shop.call("GET", URL))


def test_adding_and_reading_do_without_an_account(shop: Shop) -> None:
    shop.world.wing.headers.pop("Account-Context-Id")
    made = add(shop, entry("orderSubmitted"))
    assert made == done(shop.call("GET", URL))
    assert 400 == shop.call("PUT", URL, json=made).status_code


def test_another_tenant_has_its_own(world: Any) -> None:
    add(Shop(world), entry("orderSubmitted"))
    assert [0, 1] == [each["id"] for each in done(Shop(world, "1").call("GET", URL))]
    assert [] == done(Shop(world, "30", world.wing_as("acme-admin", "acme-iot")).call("GET", URL))


def test_each_step_is_mailed_to_those_who_want_to_hear_of_it(shop: Shop) -> None:
    for status in STATUSES:
        add(shop, entry(f"order{status.capitalize()}", f"{status.lower()}@example.com"))
    add(shop, entry("orderApproved", "second@example.com"), entry("orderShipped", "never@example.com"))
    add(shop, entry("orderApproved", "archived@example.com", archived=True))
    done(Shop(shop.world, "1").call("POST", URL, json=[entry("orderApproved", "elsewhere@example.com")]))
    order = shop.order()
    told = []
    for status in ("ONHOLD", "APPROVED", "COMPLETED"):
        told.append([mail["to"] for mail in shop.mails()])
        order = shop.take(order, status)
    told.append([mail["to"] for mail in shop.mails()])
    wanted = ["submitted@example.com", "onhold@example.com", "approved@example.com", "second@example.com",
              "completed@example.com"]  # fmt: skip
    assert [wanted[:1], wanted[:2], wanted[:4], wanted] == told
    shop.take(shop.order(), "CANCELLED")
    assert [*wanted, "submitted@example.com", "cancelled@example.com"] == [mail["to"] for mail in shop.mails()]


def test_a_mail_says_which_order_of_what_and_at_which_price(world: Any) -> None:
    shop = Shop(world, "1")
    add(shop, entry("orderSubmitted"))
    names = ("orderApnGroup", "orderNetworkProfile", "orderRoamingProfile", "orderRatePlan")
    sent = {"tenantId": 1, "accountMasterId": 285, "productCatalogueId": 9952, **dict.fromkeys(names)}
    first = shop.order(**sent)
    done(shop.call("POST", "/product-account-assignments",
                   json={"accountId": 285, "productId": 9952, "defaultPrice": False, "customerPrice": 3}))  # fmt: skip
    shop.order(**sent)
    mails = shop.mails()
    assert {
        "kind": "email", "to": "buyer@example.com", "subject": f"SIM order {first['id']}: SUBMITTED",
        "cause": f"SIM order {first['id']} became SUBMITTED",
        "text": f"SIM order {first['id']} of account Fleet Services is SUBMITTED.\n"
                "12 of Industrial SIM 4FF, each at 1.80.",
    }.items() <= mails[0].items()  # fmt: skip
    assert "each at 3." in mails[1]["text"]


def test_a_product_without_name_and_price_is_told_by_its_number(shop: Shop) -> None:
    add(shop, entry("orderSubmitted"))
    product = done(shop.call("POST", "/simProducts/addProduct", json={"status": "APPROVED"}))
    shop.order(productCatalogueId=product["id"])
    assert f"12 of product {product['id']}." == shop.mails()[0]["text"].splitlines()[1]


def test_no_mail_goes_out_for_what_is_no_step(shop: Shop) -> None:
    add(shop, *(entry(f"order{status.capitalize()}") for status in STATUSES))
    order = shop.order()
    assert 400 == shop.update(order, orderStatus="COMPLETED").status_code
    done(shop.update(order, note="other"))
    done(shop.call("PUT", f"/orderTrackingDetails/{order['id']}", params={"trackingInfo": "x"}))
    done(shop.call("DELETE", f"/deleteorder/{order['id']}"))
    assert 1 == len(shop.mails())


def test_an_entry_that_is_archived_later_is_told_no_more(shop: Shop) -> None:
    made = add(shop, entry("orderSubmitted"))
    shop.order()
    done(shop.call("PUT", URL, json=[{**made[0], "archived": True}]))
    shop.order()
    assert 1 == len(shop.mails())


def test_the_printed_entry_is_not_told_since_it_is_archived(world: Any) -> None:
    shop = Shop(world, "1")
    names = ("orderApnGroup", "orderNetworkProfile", "orderRoamingProfile", "orderRatePlan")
    shop.order(tenantId=1, accountMasterId=285, productCatalogueId=9952, **dict.fromkeys(names))
    assert [] == shop.mails()
    [entry_1] = [each for each in done(shop.call("GET", URL)) if each["id"] == 1]
    assert {**printed("wing-8.4.1")[0], "id": 1} == entry_1
