"""WING 8.3, the catalogue of products, and the statuses that they go through."""

from typing import Any

import pytest
from tests.wing.ordering import Shop, done, fields, printed

from carrierbox import contracts

TABLE = contracts.document("wing-services")["catalogue"]["statuses"]
STATUSES = [row["status"] for row in TABLE]
STEPS = {(row["status"], wanted) for row in TABLE for wanted in row["next"]}
NEW = printed("wing-8.3.2")


@pytest.fixture
def shop(world: Any) -> Shop:
    return Shop(world, "1")


def listed(shop: Shop, **asked: Any) -> dict[int, dict[str, Any]]:
    return {each["id"]: each for each in done(shop.call("GET", "/simProducts/getProduct", params=asked))}


def update(shop: Shop, product: dict[str, Any], **changes: Any) -> Any:
    return shop.call("PUT", f"/simProducts/updateProduct/{product['id']}", json={**product, **changes})


def test_a_new_product_is_in_the_tenants_catalogue_and_in_no_other(shop: Shop) -> None:
    shop.world.clock(now="2100-01-01T00:00:00.500Z")
    made = done(shop.call("POST", "/simProducts/addProduct", json={**NEW, "tenantId": "1"}))
    stamped = "2100-01-01T00:00:00.5Z"
    assert {**NEW, "tenantId": "1", "creationTimestamp": stamped, "modificationTimestamp": stamped} == {
        name: value for name, value in made.items() if name != "id"
    }
    assert made == listed(shop)[made["id"]]
    assert made["id"] not in listed(Shop(shop.world, "7"))


def test_a_product_without_a_status_is_a_draft(shop: Shop) -> None:
    made = done(shop.call("POST", "/simProducts/addProduct", json={"productName": "Bare"}))
    assert ("DRAFT", "1", None) == (made["status"], made["tenantId"], made["productPrice"])


def test_an_id_narrows_the_catalogue_to_one(shop: Shop) -> None:
    assert {9952, 10401} <= listed(shop).keys()
    assert [10401] == [*listed(shop, id="10401")]
    assert {} == listed(shop, id="9951") == listed(shop, id="77777")  # another tenant's, nobody's
    assert 400 == shop.call("GET", "/simProducts/getProduct", params={"id": "x"}).status_code


def test_a_word_for_a_tenant_is_shown_and_means_nothing(shop: Shop) -> None:
    made = done(shop.call("POST", "/simProducts/addProduct", json={**NEW, "tenantId": "string"}))
    assert "string" == made["tenantId"]
    assert made["id"] in listed(shop)
    assert "1" == done(update(shop, made, tenantId=1))["tenantId"]


@pytest.mark.parametrize("wanted", STATUSES)
@pytest.mark.parametrize("present", [status for status in STATUSES if status != "DELETE"])
def test_takes_each_step_of_the_table_and_no_other(present: str, wanted: str, shop: Shop) -> None:
    product = shop.product(status=present)
    shop.world.advance(by="1h")
    answer = update(shop, product, status=wanted)
    if (present, wanted) in STEPS or present == wanted:
        changed = done(answer)
        assert (wanted, True) == (
            changed["status"],
            changed["modificationTimestamp"] > product["modificationTimestamp"],
        )
        assert (wanted != "DELETE") == (product["id"] in listed(shop))
    else:
        assert ["status"] == fields(answer)
        assert product == listed(shop)[product["id"]]


def test_update_replaces_it_and_keeps_the_status_that_is_not_sent(shop: Shop) -> None:
    product = shop.product()
    shop.world.advance(by="1s")
    changed = done(shop.call("PUT", f"/simProducts/updateProduct/{product['id']}", json={"productName": "Other"}))
    assert ("Other", None, "APPROVED") == (changed["productName"], changed["formFactor"], changed["status"])
    assert product["creationTimestamp"] == changed["creationTimestamp"] < changed["modificationTimestamp"]


def test_of_a_locked_product_the_status_alone_can_be_changed(shop: Shop) -> None:
    product = done(update(shop, shop.product(), status="LOCKED"))
    assert ["productPrice"] == fields(update(shop, product, productPrice="0.01"))
    assert ["productPrice"] == fields(update(shop, product, productPrice="0.01", status="APPROVED"))
    assert product == listed(shop)[product["id"]]
    number = product["id"]
    changed = done(shop.call("PUT", f"/simProducts/updateProduct/{number}", json={"status": "APPROVED"}))
    assert "2.00" == changed["productPrice"]
    assert "0.01" == done(update(shop, changed, productPrice="0.01"))["productPrice"]


def test_a_deleted_product_is_gone_with_its_assignments(shop: Shop) -> None:
    assert {"message": "Product details Deleted"} == done(shop.call("DELETE", "/simProducts/deleteProduct/10401"))
    assert 10401 not in listed(shop)
    for method, path in (
        ("DELETE", "/simProducts/deleteProduct/10401"),
        ("GET", "/product-account-assignments/10401"),
        ("DELETE", "/product-account-assignments/10401/285"),
    ):
        assert 404 == shop.call(method, path).status_code
    assert 404 == update(shop, {**NEW, "id": 10401}).status_code
    assert 404 == shop.call("PUT", "/product-account-assignments/1", json=printed("wing-8.5.2")).status_code


@pytest.mark.parametrize("status", ["UNDER_REVIEW", "APPROVED", "LOCKED", "ARCHIVED"])
def test_what_is_locked_is_not_deleted(status: str, shop: Shop) -> None:
    product = shop.product(status=status)
    answer = shop.call("DELETE", f"/simProducts/deleteProduct/{product['id']}")
    if status == "LOCKED":
        assert ["status"] == fields(answer)
        assert product == listed(shop)[product["id"]]
    else:
        assert 200 == answer.status_code
        assert product["id"] not in listed(shop)


def test_another_tenants_product_does_not_exist(world: Any) -> None:
    acme = Shop(world, "30", world.wing_as("acme-admin", "acme-iot"))
    assert [9955] == [*listed(acme)]
    for shop in (acme, Shop(world, "7")):
        assert 404 == update(shop, {**NEW, "id": 10401}).status_code
        assert 404 == shop.call("DELETE", "/simProducts/deleteProduct/10401").status_code
    assert 10401 in listed(Shop(world, "1"))
