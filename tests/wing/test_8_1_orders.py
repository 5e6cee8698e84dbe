"""WING 8.1, orders: their steps and dates, and the SIMs that a completed one brings."""

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.wing.ordering import Shop, done, fields, printed

from carrierbox import contracts
from carrierbox.carriers.wing.ordering.orders import stock
from carrierbox.kernel.identifiers import is_iccid
from carrierbox.kernel.magic import magic
from carrierbox.kernel.world import Cause, Settings
from carrierbox.kernel.worlds import Origin, Worlds
from carrierbox.main import PARTS

STATUSES = ("SUBMITTED", "ONHOLD", "APPROVED", "COMPLETED", "CANCELLED")
DATES = {status: f"order{status.capitalize()}Date" for status in STATUSES}


def documented_steps() -> set[tuple[str, str]]:
    """The contract's table of steps."""
    steps = set()
    for row in contracts.document("wing-services")["orders"]["statuses"]["transitions"]:
        if row["from"]:
            steps |= {(before, row["to"]) for before in row["from"].replace(" or ", ", ").split(", ")}
    return steps


STEPS = documented_steps()
#: A way to each status.
WAYS = {
    "SUBMITTED": (),
    "ONHOLD": ("ONHOLD",),
    "APPROVED": ("APPROVED",),
    "COMPLETED": ("APPROVED", "COMPLETED"),
    "CANCELLED": ("CANCELLED",),
}


@pytest.fixture
def shop(world: Any) -> Shop:
    return Shop(world)


def dates(order: dict[str, Any]) -> dict[str, Any]:
    return {status: order[name] for status, name in DATES.items()}


def test_a_new_order_is_submitted_now_and_knows_nothing_of_later_steps(shop: Shop) -> None:
    shop.world.clock(now="2100-12-01T08:00:00.370Z")
    order = shop.order()
    now = "2100-12-01T08:00:00.37Z"
    assert {**dict.fromkeys(STATUSES), "SUBMITTED": now} == dates(order)
    assert (now, now, "SUBMITTED") == (
        order["creationTimestamp"], order["modificationTimestamp"], order["orderStatus"],
    )  # fmt: skip
    later = ("trackingDetails", "attachments", "orderApprovedComments", "orderOnholdReason", "orderCompletedComments")
    assert [None, None, None, "", ""] == [order[name] for name in later]
    own = set(DATES.values()) | {*later, "id", "creationTimestamp", "modificationTimestamp"}
    assert {name: value for name, value in printed("wing-8.1.1").items() if name not in own} == {
        name: value for name, value in order.items() if name not in own
    }
    assert order == shop.read(order)


def test_times_lose_the_zeros_at_their_end(shop: Shop) -> None:
    shop.world.clock(now="2100-12-01T08:00:00Z")
    assert "2100-12-01T08:00:00Z" == shop.order()["creationTimestamp"]


def test_orders_never_share_an_id(shop: Shop) -> None:
    first = shop.order()
    assert {"message": "Order details Deleted"} == done(shop.call("DELETE", f"/deleteorder/{first['id']}"))
    assert first["id"] < shop.order()["id"]


@pytest.mark.parametrize("wanted", STATUSES)
@pytest.mark.parametrize("present", STATUSES)
def test_takes_each_step_of_the_table_and_no_other(present: str, wanted: str, shop: Shop) -> None:
    order = shop.take(shop.order(productQty=1), *WAYS[present])
    shop.world.advance(by="1h")
    answer = shop.update(order, orderStatus=wanted)
    if (present, wanted) in STEPS:
        changed = done(answer)
        assert (wanted, changed["modificationTimestamp"]) == (changed["orderStatus"], changed[DATES[wanted]])
        others = set(STATUSES) - {wanted}
        assert {each: dates(order)[each] for each in others} == {each: dates(changed)[each] for each in others}
    elif present == wanted:  # no step: nothing is stamped
        assert dates(order) == dates(done(answer))
    else:
        assert ["orderStatus"] == fields(answer)
        assert order == shop.read(order)
    assert (present == "COMPLETED" or wanted == "COMPLETED" == shop.read(order)["orderStatus"]) == bool(
        shop.sims(order)
    )


def test_the_way_of_the_printed_order(shop: Shop) -> None:
    order = shop.order()
    stamped = []
    for status in ("ONHOLD", "APPROVED", "COMPLETED"):
        shop.world.advance(by="30s")
        order = shop.take(order, status)
        stamped.append(order[DATES[status]])
    assert stamped == sorted(set(stamped))
    assert stamped == [order[DATES[status]] for status in ("ONHOLD", "APPROVED", "COMPLETED")]
    assert None is order["orderCancelledDate"]


def test_an_order_that_is_put_back_is_submitted_anew(shop: Shop) -> None:
    order = shop.order()
    shop.world.advance(by="1h")
    again = shop.take(order, "ONHOLD", "SUBMITTED")
    assert again["orderSubmittedDate"] > order["orderSubmittedDate"]
    assert again["creationTimestamp"] == order["creationTimestamp"]


def test_update_replaces_what_the_client_owns_and_no_date(shop: Shop) -> None:
    order = shop.order()
    shop.world.advance(by="1m")
    sent = {
        **order, "orderOwnerPhone": "1111111122", "productQty": 13, "note": "other", "orderApprovedDate": "2001-01-01",
        "attachments": "/elsewhere", "creationTimestamp": "2001-01-01T00:00:00Z", "trackingDetails": "soon",
    }  # fmt: skip
    del sent["orderComments"]
    changed = done(shop.call("PUT", f"/updateOrder/{order['id']}", json=sent))
    assert changed["modificationTimestamp"] > order["modificationTimestamp"]
    wanted = {"orderOwnerPhone": "1111111122", "productQty": 13, "note": "other", "trackingDetails": "soon"}
    moved = {"orderComments": None, "modificationTimestamp": changed["modificationTimestamp"]}
    assert {**order, **wanted, **moved} == changed == shop.read(order)


@pytest.mark.parametrize("status", STATUSES)
def test_tracking_and_note_are_taken_in_every_status(status: str, shop: Shop) -> None:
    order = shop.take(shop.order(productQty=1), *WAYS[status])
    number = order["id"]
    tracked = done(shop.call("PUT", f"/orderTrackingDetails/{number}", params={"trackingInfo": "Parcel é 12"}))
    assert "Parcel é 12" == tracked["trackingDetails"]
    noted = done(shop.call("PUT", f"/orderNoteDetails/{number}", params={"note": "by Friday"}))
    assert ("Parcel é 12", "by Friday") == (noted["trackingDetails"], noted["note"])
    assert noted == shop.read(order)
    assert "" == done(shop.call("PUT", f"/orderNoteDetails/{number}", params={"note": ""}))["note"]


@pytest.mark.parametrize(
    "sent",
    [
        {"params": {"note": "a"}},
        {"params": {"Note": "a"}},
        {"data": {"note": "a"}},
        {"data": {"Note": "a"}},
        {"json": {"note": "a"}},
        {"files": {"note": (None, b"a")}},
        {"params": {"note": "a"}, "json": {"note": "b"}},
    ],
)
def test_a_note_is_read_wherever_it_stands(sent: dict[str, Any], shop: Shop) -> None:
    assert "a" == done(shop.call("PUT", "/orderNoteDetails/5651", **sent))["note"]


def test_a_deleted_order_is_gone_and_its_sims_stay(shop: Shop) -> None:
    order = shop.complete(productQty=2)
    assert {"message": "Order details Deleted"} == done(shop.call("DELETE", f"/deleteorder/{order['id']}"))
    for method, path in (("GET", "orderDetails"), ("DELETE", "deleteorder"), ("PUT", "orderNoteDetails")):
        assert 404 == shop.call(method, f"/{path}/{order['id']}", params={"note": "x"}).status_code
    assert 404 == shop.update(order).status_code
    assert 2 == len(shop.sims(order))


def test_a_completed_order_brings_its_sims_as_they_were_ordered(shop: Shop) -> None:
    order = shop.complete()
    sims = shop.sims(order)
    assert 12 == len(sims)
    for sim in sims:
        assert {
            "tenantId": "7", "accountId": 26, "accountName": "Fleet Orders", "stateName": "ENTERPRISE-INVENTORY",
            "apnGroupId": 3701, "networkProfileId": 4020711, "roamingProfileId": 1091802, "ratePlanId": 7001,
            "ratePlanType": "Individual", "formFactor": "4FF", "simSku": "SIM-4FF-IND", "batchId": order["id"],
            "stateChangeLock": False, "lcStateInsync": True, "initialActivationDate": None, "stateId": 1,
        }.items() <= sim.items()  # fmt: skip
        assert is_iccid(sim["iccid"])
        assert magic(sim["iccid"]) is None
    for name in ("id", "iccid", "imsi", "msisdn"):
        assert 12 == len({sim[name] for sim in sims})


def test_what_an_order_does_not_name_is_the_accounts_default(shop: Shop) -> None:
    empty = {"orderApnGroup": None, "orderNetworkProfile": "", "orderRoamingProfile": None, "orderRatePlan": ""}
    [sim] = shop.sims(shop.complete(productQty=1, **empty))
    assert (3701, 4020711, 1091802, 7001) == (
        sim["apnGroupId"], sim["networkProfileId"], sim["roamingProfileId"], sim["ratePlanId"],
    )  # fmt: skip


def test_what_the_account_has_no_default_of_stays_empty(world: Any) -> None:
    shop = Shop(world, "1")
    order = shop.complete(
        tenantId=1, accountMasterId=2, productCatalogueId=9952, productQty=1, orderApnGroup=None,
        orderNetworkProfile=None, orderRoamingProfile=None, orderRatePlan=None,
    )  # fmt: skip
    [sim] = shop.sims(order)
    assert (2, 0, 0, 0, None) == (
        sim["accountId"], sim["apnGroupId"], sim["networkProfileId"], sim["ratePlanId"], sim["ratePlanType"],
    )  # fmt: skip


def test_of_two_groups_of_one_name_the_default_is_taken(world: Any) -> None:
    path = "/api/v1/accounts/address/26/apnGroup"
    made = world.wing.post(path, json={"apnGroupName": "lab.B01wing", "apnIds": [5209], "default": True})
    assert 300 > made.status_code, made.text
    shop = Shop(world)
    [sim] = shop.sims(shop.complete(productQty=1))
    assert 3701 != sim["apnGroupId"] == made.json()[0]["apnGroupId"]


def test_its_sims_show_in_every_list_at_once(shop: Shop) -> None:
    listed = "/api/v1/subscription/sims"
    inventory = {"stateName.equals": "ENTERPRISE-INVENTORY", "accountId.equals": 26, "size": 2000}
    before = done(shop.world.wing.get(listed, params=inventory))
    # a page that was read before the SIMs came is read with them afterwards
    here = {"Account-Context-Id": "26"}
    shop.world.wing.get(listed, params={"page": 1, "size": 5}, headers=here)
    shop.world.wing.get(listed, params={"page": 2, "size": 5}, headers=here)
    order = shop.complete()
    after = done(shop.world.wing.get(listed, params=inventory))
    assert 12 == len(after) - len(before)
    numbers = {sim["iccid"] for sim in shop.sims(order)}
    pages: set[str] = set()
    for page in range(1, 100):
        found = done(shop.world.wing.get(listed, params={"page": page, "size": 5}, headers=here))
        pages |= {sim["iccid"] for sim in found}
        if len(found) < 5:
            break
    assert numbers <= pages
    for sim in shop.sims(order)[:3]:
        for name in ("imsi", "iccid", "msisdn"):
            assert sim["id"] == done(shop.world.wing.get(f"{listed}/{name}/{sim[name]}"))["id"]


def test_its_sims_can_tell_where_they_come_from(shop: Shop) -> None:
    [sim] = shop.sims(shop.complete(productQty=1))
    [row] = done(shop.world.wing.get(f"/api/v1/getAuditTrail/{sim['imsi']}/1"))
    assert {
        "accountName": "Fleet Orders", "action": "SIM_STATE_CHANGE", "preValue": '""',
        "newValue": '"ENTERPRISE-INVENTORY"', "status": "COMPLETED",
    }.items() <= row.items()  # fmt: skip
    told = done(shop.world.control.get(f"/_box/worlds/{shop.world.name}/sims/{sim['iccid']}/explain"))
    [because] = told["because"]
    assert ("request", "wing-8.1.2", "8.1.2") == (because["cause"], because["operation"], because["section"])
    assert "it came into being so" in told["text"][0]


def test_a_completed_order_sent_again_brings_nothing_more(shop: Shop) -> None:
    order = shop.complete()
    shop.world.advance(by="1h")
    assert order == done(shop.update(order)) == shop.read(order)
    assert 12 == len(shop.sims(order))


def test_a_completed_order_that_took_a_default_over_can_be_sent_again(world: Any) -> None:
    shop = Shop(world, "1")
    sent = {
        **printed("wing-8.1.1"), "tenantId": 1, "accountMasterId": 285, "productCatalogueId": 9952, "productQty": 1,
        "orderApnGroup": None, "orderNetworkProfile": None, "orderRoamingProfile": None, "orderRatePlan": None,
        "orderOwnerName": "", "defaultOwnerDetails": True, "orderApprovedComments": None, "trackingDetails": None,
    }  # fmt: skip
    order = done(shop.call("POST", "/createOrder", json=sent))
    for status in ("APPROVED", "COMPLETED", "COMPLETED"):
        order = done(shop.call("PUT", f"/updateOrder/{order['id']}", json={**sent, "orderStatus": status}))
        assert "owner one" == order["orderOwnerName"]
    assert 1 == len(shop.sims(order))


def test_two_orders_never_bring_the_same_identity(shop: Shop) -> None:
    first, second = shop.complete(productQty=30), shop.complete(productQty=30)
    sims = [*shop.sims(first), *shop.sims(second)]
    for name in ("iccid", "imsi", "msisdn"):
        assert 60 == len({sim[name] for sim in sims})


def test_identities_that_are_taken_are_passed_over(tmp_path: Path) -> None:
    """A tester's fixture has a SIM with the ICCID, one with the IMSI, one with the number that would come first."""
    expected = [stock._numbered(number) for number in range(6)]
    taken = (
        (expected[0].iccid, "234509990000001", "882369990000001"),
        ("8955644999900000028", expected[1].imsi, "882369990000002"),
        ("8955644999900000036", "234509990000003", expected[2].msisdn),
    )
    sims = [
        {
            "id": n,
            "tenantId": "7",
            "accountId": 26,
            "stateName": "ACTIVE",
            "iccid": iccid,
            "imsi": imsi,
            "msisdn": msisdn,
        }
        for n, (iccid, imsi, msisdn) in enumerate(taken, 1)
    ]
    fixture = tmp_path / "taken.yaml"
    fixture.write_text(json.dumps({"wing": {"sims": sims}}), encoding="utf-8")
    worlds = Worlds(tmp_path, PARTS)
    world = worlds.start(Origin((fixture,), sims=0), Settings())
    with world.transaction(Cause("rule", "test")) as box:
        assert expected[3:5] == stock.take(box, 2)
        assert expected[5:] == stock.take(box, 1)
    worlds.close()


def test_products_decide_what_may_be_ordered(shop: Shop) -> None:
    for status in ("DRAFT", "UNDER_REVIEW", "ARCHIVED"):
        product = shop.product(status=status)
        assert ["productCatalogueId"] == fields(shop.create(productCatalogueId=product["id"])), status
    for status in ("APPROVED", "LOCKED"):
        product = shop.product(status=status)
        assert product["id"] == shop.order(productCatalogueId=product["id"])["productCatalogueId"]


def test_an_order_of_a_product_that_is_withdrawn_goes_on(shop: Shop) -> None:
    product = shop.product(productNumber="T-1")
    order = shop.order(productCatalogueId=product["id"], productQty=2)
    done(shop.call("DELETE", f"/simProducts/deleteProduct/{product['id']}"))
    shop.take(order, "APPROVED", "COMPLETED")
    assert {("3FF", "T-1")} == {(sim["formFactor"], sim["simSku"]) for sim in shop.sims(order)}


def test_the_least_quantity_counts_for_its_account(world: Any) -> None:
    shop = Shop(world, "1")
    names = ("orderApnGroup", "orderNetworkProfile", "orderRoamingProfile", "orderRatePlan")
    sent = {"tenantId": 1, "accountMasterId": 285, "productCatalogueId": 9952, **dict.fromkeys(names)}
    body = {"tenantId": 1, "accountId": 285, "defaultPrice": True, "moq": 10, "productId": 9952}
    done(shop.call("POST", "/product-account-assignments", json=body))
    assert ["productQty"] == fields(shop.create(**sent, productQty=9))
    assert 9 == shop.order(**{**sent, "accountMasterId": 1}, productQty=9)["productQty"]
    order = shop.order(**sent, productQty=10)
    assert ["productQty"] == fields(shop.update(order, productQty=9))
    # a quantity that was fine when it was ordered stays fine
    done(shop.call("PUT", "/product-account-assignments/2", json={**body, "moq": 50}))
    assert "APPROVED" == shop.take(order, "APPROVED")["orderStatus"]


def test_an_order_takes_over_the_accounts_default_where_it_says_nothing(world: Any) -> None:
    shop = Shop(world, "1")
    default = done(shop.call("GET", "/getAccountDefault/285"))
    default |= {
        "addressOne": "1 Harbour Road",
        "zipcode": "BS1",
        "contactName": "Con Tact",
        "ownerEmail": "o@example.com",
    }
    done(shop.call("PUT", "/updateAccountDefault/1", json=default))
    empty = dict.fromkeys(
        ("orderOwnerName", "orderOwnerEmail", "contactPersonName", "deliveryAddressLine1", "postCode")
    )
    names = dict.fromkeys(("orderApnGroup", "orderNetworkProfile", "orderRoamingProfile", "orderRatePlan"))
    sent = {"tenantId": 1, "accountMasterId": 285, "productCatalogueId": 9952, **names, **empty}
    order = shop.order(**sent, defaultOwnerDetails=True, deliveryAddressCity="Bath", defaultShippingDetails=True)
    assert ("owner one", "o@example.com", "111111111") == (
        order["orderOwnerName"], order["orderOwnerEmail"], order["orderOwnerPhone"],
    )  # fmt: skip
    assert ("Con Tact", "1 Harbour Road", "BS1", "Bath") == (
        order["contactPersonName"], order["deliveryAddressLine1"], order["postCode"], order["deliveryAddressCity"],
    )  # fmt: skip
    order = shop.order(**sent, defaultOwnerDetails=True)
    assert ("owner one", None) == (order["orderOwnerName"], order["contactPersonName"])
    order = shop.order(**{**sent, "accountMasterId": 1}, defaultOwnerDetails=True)  # it has no default
    assert None is order["orderOwnerName"]


def test_another_realm_and_another_account_do_not_see_an_order(world: Any) -> None:
    acme = Shop(world, "30", world.wing_as("acme-admin", "acme-iot"))
    other = Shop(world, "7", world.wing_as("sandbox-admin", account="3122"))
    order = Shop(world).order()
    other.headers = {}  # these sections do not ask for a tenant
    for shop in (acme, other):
        assert 404 == shop.call("GET", f"/orderDetails/{order['id']}").status_code
        assert 404 == shop.call("DELETE", f"/deleteorder/{order['id']}").status_code
        assert 404 == shop.call("PUT", f"/orderNoteDetails/{order['id']}", params={"note": "x"}).status_code
        assert 404 == shop.call("GET", f"/downloadAttachment/{order['id']}").status_code
    assert order == Shop(world).read(order)


def test_acme_orders_its_own(world: Any) -> None:
    acme = Shop(world, "30", world.wing_as("acme-admin", "acme-iot"))
    order = acme.complete(
        tenantId=30, accountMasterId=9002, productCatalogueId=9955, productQty=2, orderApnGroup=None,
        orderNetworkProfile=None, orderRoamingProfile=None, orderRatePlan=None,
    )  # fmt: skip
    assert [] == acme.sims(order)  # the operator's people see none of them
    found = done(acme.client.get("/api/v1/subscription/sims", params={"batchId.equals": order["id"]}))  # type: ignore[union-attr]
    assert [("30", 9002)] * 2 == [(sim["tenantId"], sim["accountId"]) for sim in found]


def test_an_account_with_orders_is_not_deleted(world: Any) -> None:
    sub = {"accountType": "ENTERPRISE", "accountState": "DRAFT", "name": "Buyer", "billingAccountId": 49506}
    account = done_any(world.wing.post("/api/v1/accounts/account", json={**sub, "parentAccountId": 26}))["id"]
    shop = Shop(world)
    order = shop.order(accountMasterId=account, **dict.fromkeys(
        ("orderApnGroup", "orderNetworkProfile", "orderRoamingProfile", "orderRatePlan")))  # fmt: skip
    answer = world.wing.delete(f"/api/v1/accounts/account/{account}")
    assert (400, "error.hasorders") == (answer.status_code, answer.json()["message"])
    done(shop.call("DELETE", f"/deleteorder/{order['id']}"))
    assert 300 > world.wing.delete(f"/api/v1/accounts/account/{account}").status_code


def done_any(answer: Any) -> Any:
    assert 300 > answer.status_code, answer.text
    return answer.json()


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(wishes=st.lists(st.tuples(st.sampled_from(STATUSES), st.integers(-1, 6)), max_size=9))
def test_any_sequence_of_updates_leaves_an_order_where_its_table_leads(
    wishes: list[tuple[str, int]], shop: Shop
) -> None:
    """Its dates are those of its steps, and exactly its SIMs have come, once, when it is COMPLETED."""
    order = shop.order(productQty=3)
    known = {
        "orderStatus": "SUBMITTED",
        "productQty": 3,
        **{DATES[status]: order[DATES[status]] for status in STATUSES},
    }
    for wanted, quantity in wishes:
        shop.world.advance(by="1s")
        present = known["orderStatus"]
        final = present in {"COMPLETED", "CANCELLED"}
        is_fine = quantity >= 1 and ((present, wanted) in STEPS or (present == wanted and not final))
        is_repeated = final and wanted == present and quantity == known["productQty"]
        answer = shop.update(order, orderStatus=wanted, productQty=quantity)
        assert (200 if is_fine or is_repeated else 400) == answer.status_code, answer.text
        if is_fine:
            if wanted != present:
                known[DATES[wanted]] = answer.json()["modificationTimestamp"]
            known |= {"orderStatus": wanted, "productQty": quantity}
        found = shop.read(order)
        assert known == {name: found[name] for name in known}
    shop.world.advance(until="idle")
    sims = shop.sims(order)
    assert (known["productQty"] if known["orderStatus"] == "COMPLETED" else 0) == len(sims)
    assert len(sims) == len({sim["iccid"] for sim in sims})
