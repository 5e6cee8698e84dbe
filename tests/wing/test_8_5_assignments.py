"""WING 8.5, what products are to single accounts. The least quantity is in test_8_1_orders.py."""

from typing import Any

import pytest
from tests.wing.ordering import Shop, done, fields, printed

URL = "/product-account-assignments"
BODY = printed("wing-8.5.1")


@pytest.fixture
def shop(world: Any) -> Shop:
    return Shop(world, "1")


def of(shop: Shop, product: int = 10401) -> list[dict[str, Any]]:
    return list(done(shop.call("GET", f"{URL}/{product}")))


def test_a_product_is_assigned_to_an_account_once(shop: Shop) -> None:
    before = of(shop)
    assert ["productId"] == fields(shop.call("POST", URL, json=BODY))
    assert before == of(shop)
    made = done(shop.call("POST", URL, json={**BODY, "accountId": 1}))
    assert {**BODY, "id": 2, "accountId": 1} == made
    assert [*before, made] == of(shop)


def test_what_is_taken_away_can_be_given_again_as_printed(shop: Shop) -> None:
    assert {"message": "Product Account Assignment details Deleted"} == done(shop.call("DELETE", f"{URL}/10401/285"))
    assert [] == of(shop)
    assert 404 == shop.call("DELETE", f"{URL}/10401/285").status_code
    made = done(shop.call("POST", URL, json=BODY))
    assert {**BODY, "id": 2} == made
    assert [made] == of(shop)


def test_update_goes_by_the_assignments_id_and_reading_by_the_products(shop: Shop) -> None:
    changed = done(shop.call("PUT", f"{URL}/1", json={**BODY, "defaultPrice": False, "customerPrice": 7, "moq": 100}))
    assert (False, 7, 100) == (changed["defaultPrice"], changed["customerPrice"], changed["moq"])
    assert [changed] == of(shop)
    assert 404 == shop.call("PUT", f"{URL}/10401", json=BODY).status_code
    assert 404 == shop.call("GET", f"{URL}/1").status_code


def test_update_may_give_it_another_account_or_product_that_is_free(shop: Shop) -> None:
    done(shop.call("POST", URL, json={**BODY, "accountId": 1}))
    assert ["productId"] == fields(shop.call("PUT", f"{URL}/1", json={**BODY, "accountId": 1}))
    moved = done(shop.call("PUT", f"{URL}/1", json={**BODY, "productId": 9952}))
    assert [moved] == of(shop, 9952)
    assert [2] == [each["id"] for each in of(shop)]


@pytest.mark.parametrize("status", ["DRAFT", "UNDER_REVIEW", "APPROVED", "LOCKED", "ARCHIVED"])
def test_an_archived_product_is_not_assigned_any_more(status: str, shop: Shop) -> None:
    product = shop.product(status=status)
    answer = shop.call("POST", URL, json={**BODY, "productId": product["id"]})
    if status == "ARCHIVED":
        assert ["productId"] == fields(answer)
        assert [] == of(shop, product["id"])
    else:
        assert 200 == answer.status_code


def test_an_assignment_of_a_product_that_was_archived_can_be_changed(shop: Shop) -> None:
    product = shop.product()
    made = done(shop.call("POST", URL, json={**BODY, "productId": product["id"]}))
    done(shop.call("PUT", f"/simProducts/updateProduct/{product['id']}", json={**product, "status": "ARCHIVED"}))
    assert 5 == done(shop.call("PUT", f"{URL}/{made['id']}", json={**made, "moq": 5}))["moq"]
    assert ["productId"] == fields(shop.call("PUT", f"{URL}/1", json={**BODY, "productId": product["id"]}))


def test_without_a_figure_there_is_none(shop: Shop) -> None:
    made = done(shop.call("POST", URL, json={"accountId": 1, "productId": 10401}))
    assert (1, True, None, None) == (made["tenantId"], made["defaultPrice"], made["customerPrice"], made["moq"])


def test_those_of_accounts_out_of_reach_do_not_exist(world: Any) -> None:
    shop = Shop(world, "1")
    done(shop.call("POST", URL, json={**BODY, "accountId": 1}))
    shop.headers["Account-Context-Id"] = "285"
    assert [285] == [each["accountId"] for each in of(shop)]
    assert 404 == shop.call("PUT", f"{URL}/2", json=BODY).status_code
    assert 404 == shop.call("DELETE", f"{URL}/10401/1").status_code
    assert ["accountId"] == fields(shop.call("PUT", f"{URL}/1", json={**BODY, "accountId": 1}))
    acme = Shop(world, "30", world.wing_as("acme-admin", "acme-iot"))
    assert 404 == acme.call("GET", f"{URL}/10401").status_code
    assert 404 == acme.call("PUT", f"{URL}/1", json=BODY).status_code
    assert 404 == acme.call("DELETE", f"{URL}/10401/285").status_code
