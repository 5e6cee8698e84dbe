"""WING 8.1, large orders: they come in parts, and are completed when the last SIM has come."""

from typing import Any

import pytest
from tests.wing.ordering import Shop, done, fields

from carrierbox.kernel.magic import magic

DELIVERY = "deliver_sims_wf"


@pytest.fixture
def shop(world: Any) -> Shop:
    return Shop(world)


def deliveries(shop: Shop) -> list[dict[str, Any]]:
    """The workflows that bring SIMs, newest first."""
    jobs = done(shop.world.control.get(f"/_box/worlds/{shop.world.name}/workflows"))
    return [job for job in jobs if job["workflow"] == DELIVERY]


def let(shop: Shop, **do: Any) -> None:
    """Say how the next delivery ends."""
    outcome = {"match": {"workflow": DELIVERY}, "times": 1, "do": do}
    assert shop.world.control.post(f"/_box/worlds/{shop.world.name}/outcomes", json=outcome).is_success


def test_a_large_order_comes_in_parts(shop: Shop) -> None:
    order = shop.complete(productQty=1750)
    [job] = deliveries(shop)
    assert (order["id"], "wing-8.1.2") == (job["input"]["orderId"], job["operation"])
    assert "RUNNING" == shop.world.workflow(job["id"])["status"]
    assert [] == shop.sims(order)
    seen = []
    for _ in range(40):
        shop.world.advance(by=0.04)
        seen.append(len(shop.sims(order)))
    assert {500, 1000, 1500} <= set(seen)
    assert 1750 == seen[-1]
    shop.world.advance(until="idle")
    sims = shop.sims(order, size=2000)
    assert 1750 == len(sims) == len({sim["iccid"] for sim in sims}) == len({sim["msisdn"] for sim in sims})
    assert all(magic(sim["iccid"]) is None for sim in sims)
    ended = shop.world.workflow(job["id"])
    assert ("COMPLETED", 1750) == (ended["status"], ended["output"]["delivered"])


def test_it_is_approved_until_its_last_sim_has_come(shop: Shop) -> None:
    entries = [{"email": "buyer@example.com", "type": f"order{step}"} for step in ("Approved", "Completed")]
    done(shop.call("POST", "/simProducts/addUserGroup", json=entries))
    order = shop.take(shop.order(productQty=501), "APPROVED")
    order = done(shop.update(order, orderStatus="COMPLETED", orderCompletedComments="all of them"))
    assert ("APPROVED", None, "all of them") == (
        order["orderStatus"], order["orderCompletedDate"], order["orderCompletedComments"],
    )  # fmt: skip
    shop.world.advance(by=1.3)
    assert (500, "APPROVED") == (len(shop.sims(order, size=2000)), shop.read(order)["orderStatus"])
    assert ["APPROVED"] == [mail["subject"].split()[-1] for mail in shop.mails()]
    shop.world.advance(until="idle")
    [job] = deliveries(shop)
    completed = shop.read(order)
    assert ("COMPLETED", 501) == (completed["orderStatus"], len(shop.sims(order, size=2000)))
    ended = f"{job['ended_at'][:23].rstrip('0').rstrip('.')}Z"
    assert ended == completed["orderCompletedDate"] == completed["modificationTimestamp"]
    assert ["APPROVED", "COMPLETED"] == [mail["subject"].split()[-1] for mail in shop.mails()]


def test_the_same_request_again_starts_no_second_delivery(shop: Shop) -> None:
    order = shop.complete(productQty=501)
    shop.world.advance(by=1)
    assert order == done(shop.update(order, orderStatus="COMPLETED"))
    assert order == done(shop.update(order))
    shop.world.advance(until="idle")
    assert 1 == len(deliveries(shop))
    assert 501 == len(shop.sims(order, size=2000))


@pytest.mark.parametrize(
    ("field", "value"),
    [("productQty", 12), ("orderStatus", "CANCELLED"), ("orderStatus", "ONHOLD"), ("orderComments", "other")],
)
def test_an_order_whose_sims_are_on_their_way_takes_no_other_values(field: str, value: Any, shop: Shop) -> None:
    order = shop.complete(productQty=501)
    assert [field] == fields(shop.update(order, **{field: value}))
    assert order == shop.read(order)
    noted = done(shop.call("PUT", f"/orderNoteDetails/{order['id']}", params={"note": "on its way"}))
    assert "on its way" == noted["note"]


def test_a_delivery_that_fails_leaves_the_order_approved_and_may_be_tried_again(shop: Shop) -> None:
    let(shop, fail={"reason": "no cards left"})
    order = shop.complete(productQty=501)
    shop.world.advance(until="idle")
    [job] = deliveries(shop)
    assert ("failed", "no cards left") == (job["status"], job["reason"])
    assert order == shop.read(order)
    assert ("APPROVED", []) == (order["orderStatus"], shop.sims(order))
    shop.take(order, "COMPLETED")
    shop.world.advance(until="idle")
    assert ("COMPLETED", 501) == (shop.read(order)["orderStatus"], len(shop.sims(order, size=2000)))


def test_an_order_whose_delivery_failed_may_be_changed_or_cancelled(shop: Shop) -> None:
    let(shop, fail={"reason": "no cards left"})
    order = shop.complete(productQty=501)
    shop.world.advance(until="idle")
    smaller = done(shop.update(order, orderStatus="APPROVED", productQty=2))
    assert 2 == smaller["productQty"]
    assert "CANCELLED" == shop.take(smaller, "CANCELLED")["orderStatus"]
    assert [] == shop.sims(order)


def test_a_large_order_that_is_deleted_meanwhile_comes_all_the_same(shop: Shop) -> None:
    order = shop.complete(productQty=501)
    done(shop.call("DELETE", f"/deleteorder/{order['id']}"))
    shop.world.advance(until="idle")
    assert 501 == len(shop.sims(order, size=2000))
    assert 404 == shop.call("GET", f"/orderDetails/{order['id']}").status_code
