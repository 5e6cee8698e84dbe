"""DISH, Activate Subscription: acknowledged at once, done over time, notified at its end."""

from typing import Any
from uuid import UUID

import pytest
from tests.dish.conftest import CHIP, GPSI, ICCID, PROFILE, STOCK, Partner, refusal


def test_is_acknowledged_and_there_is_no_subscription_until_it_ends(partner: Partner) -> None:
    answer = partner.activate()
    assert (200, {"status": "Success"}) == (answer.status_code, answer.json())
    assert {"status": "InProgress"} == partner.status("Order1")
    missing = partner.api.get("/sps/v5/subscription-profile", params={"iccid": STOCK[0]})
    refusal(missing, 404, "SUBSCRIPTION_NOT_FOUND")
    assert [] == partner.events()
    partner.world.advance(by="1s")
    assert {"status": "InProgress"} == partner.status("Order1")
    partner.world.advance(by="2s")
    assert {"status": "Success"} == partner.status("Order1")
    found = partner.details(iccid=STOCK[0])
    assert ("Active", "19459986899", ["1000001"]) == (found["status"], found["gpsi"], found["bucketRefId"])
    [event] = partner.events()
    assert ("ActivateSubscription", "Success", STOCK[0]) == (event["eventType"], event["status"], event["iccid"])


def test_its_event_has_the_documented_members_in_order(partner: Partner) -> None:
    partner.api.headers["X-Correlation-Id"] = "TQA20210903155950999"
    partner.activate()
    partner.world.advance(until="idle")
    [kept] = partner.world.control.get(f"/_box/worlds/{partner.world.name}/inbox").json()
    assert [
        *("eventId", "eventType", "eventTime", "partnerTransactionId", "wholesaleCustomerId"),
        *("subscriberId", "gpsi", "iccid", "status"),
    ] == list(kept["body"])
    assert UUID(kept["body"]["eventId"])
    assert kept["body"]["eventId"] == kept["headers"]["webhook-id"]
    assert kept["body"]["eventTime"] == f"{kept['at'][:19]}Z"
    assert "TQA20210903155950999" == kept["headers"]["X-Correlation-Id"]


def test_the_correlation_id_is_echoed_or_made(partner: Partner) -> None:
    answer = partner.api.get("/sps/v5/nothing", headers={"X-Correlation-Id": "no uuid at all"})
    assert "no uuid at all" == answer.headers["X-Correlation-Id"]
    made = [partner.act("Resume").headers["X-Correlation-Id"] for _ in range(2)]
    assert len({UUID(each) for each in made}) == 2


def test_draws_a_number_where_none_is_given_and_tells_it(partner: Partner) -> None:
    partner.activate(gpsi=None)
    partner.activate(gpsi=None, iccid=STOCK[1])
    partner.world.advance(until="idle")
    drawn = [event["gpsi"] for event in partner.events()]
    assert 2 == len(set(drawn))
    assert drawn == [partner.details(iccid=iccid)["gpsi"] for iccid in STOCK]
    assert all(gpsi.isdigit() and len(gpsi) == 11 for gpsi in drawn)


@pytest.mark.parametrize("reservation", [None, "NumOrd123", "NumOrd124", "anything"])
def test_any_reservation_id_passes_with_a_number_and_none_does_too(partner: Partner, reservation: str | None) -> None:
    reserved = "19459986892"  # for NumOrd123
    assert 200 == partner.activate(gpsi=reserved, gpsiReservationId=reservation).status_code
    refusal(partner.activate(gpsi=reserved, gpsiReservationId="NumOrd123", iccid=STOCK[1]), 409, "GPSI_IN_USE")
    partner.world.advance(until="idle")
    assert reserved == partner.details(iccid=STOCK[0])["gpsi"]
    refusal(partner.activate(gpsi=reserved, gpsiReservationId="NumOrd123", iccid=STOCK[1]), 409, "GPSI_IN_USE")


def test_a_reservation_gives_its_number_and_is_used_up(partner: Partner) -> None:
    assert 200 == partner.activate(gpsi=None, gpsiReservationId="NumOrd124").status_code
    partner.world.advance(until="idle")
    assert "19459986893" == partner.details(iccid=STOCK[0])["gpsi"]
    refusal(partner.activate(gpsi=None, gpsiReservationId="NumOrd123", iccid=ICCID), 409, "SIM_IN_USE")


def test_a_chip_alone_gets_the_next_profile_in_stock_and_its_qr_code(partner: Partner) -> None:
    chip = partner.world.control.get(f"/_box/worlds/{partner.world.name}").json()["free"]["dish"]["eid"][0]
    partner.activate(iccid=None, eid=chip, eSIMDeliveryMethod="QR")
    partner.world.advance(until="idle")
    [event] = partner.events()
    assert event["activationCode"].startswith("LPA:1$")
    assert chip == partner.details(iccid=event["iccid"])["eid"]
    partner.activate(iccid=PROFILE, eid=CHIP, gpsi="19459986898")
    partner.world.advance(until="idle")
    assert "activationCode" not in partner.events()[1]


def test_a_chip_gets_a_card_when_no_profile_is_left_and_is_not_blamed_when_no_card_is(partner: Partner) -> None:
    api = partner.world.dish_as("other-partner")  # who has one card in stock, and no profile
    order = partner.order(iccid=None, gpsi=None, eid="89033023000000000000090000000022")
    answer = api.post("/sps/v5/subscription/activate", json=order)
    assert 200 == answer.status_code, answer.text
    partner.world.advance(until="idle")
    shown = api.get("/sps/v5/subscription-profile", params={"iccid": "11986621644523024590"}).json()
    assert ("Active", order["eid"]) == (shown["status"], shown["eid"])
    answer = api.post("/sps/v5/subscription/activate", json=order | {"partnerTransactionId": "another"})
    assert "No SIM is left in stock for the given eid" == refusal(answer, 404, "SIM_NOT_FOUND")["reasonDesc"]


@pytest.mark.parametrize(
    ("fields", "status", "code"),
    [
        ({"iccid": ICCID}, 409, "SIM_IN_USE"),
        ({"gpsi": GPSI}, 409, "GPSI_IN_USE"),
        ({"iccid": "11986621644523029999"}, 404, "SIM_NOT_FOUND"),
        ({"iccid": "11986621644523024590"}, 404, "SIM_NOT_FOUND"),  # somebody else's stock
        ({"iccid": PROFILE, "eid": "89033023000000000000000999999999"}, 409, "IDENTIFIER_MISMATCH"),
        ({"partnerTransactionId": "WhlSlOrd12345"}, 409, "DUPLICATE_TRANSACTION"),
    ],
)
def test_what_is_taken_or_unknown_is_refused_and_nothing_changes(
    partner: Partner, fields: dict[str, Any], status: int, code: str
) -> None:
    before = partner.everything()
    refusal(partner.activate(**fields), status, code)
    assert before == partner.everything()
    if code != "DUPLICATE_TRANSACTION":  # its id stays free
        assert 404 == partner.api.get("/sps/v5/subscription/transactionStatus/Order1").status_code


def test_what_an_activation_under_way_keeps_is_in_use(partner: Partner) -> None:
    partner.activate()
    before = partner.everything()
    assert not partner.is_free(STOCK[0])
    refusal(partner.activate(gpsi="19459986898"), 409, "SIM_IN_USE")
    refusal(partner.activate(iccid=STOCK[1]), 409, "GPSI_IN_USE")
    refusal(partner.activate(partnerTransactionId="Order1"), 409, "DUPLICATE_TRANSACTION")
    refusal(partner.act("Suspend", iccid=STOCK[0]), 404, "SUBSCRIPTION_NOT_FOUND")
    assert before == partner.everything()


@pytest.mark.parametrize("pei", ["012158001234567", "356462520000005"], ids=["not compatible", "blocked"])
def test_a_device_that_the_network_does_not_take_is_a_failure_at_the_end(partner: Partner, pei: str) -> None:
    assert 200 == partner.activate(pei=pei).status_code
    partner.world.advance(until="idle")
    end = partner.status("Order1")
    assert ("Failure", "DEVICE_NOT_COMPATIBLE") == (end["status"], end["reasonCode"])
    [event] = partner.events()
    assert end.items() <= event.items()
    assert partner.is_free(STOCK[0])
    assert 200 == partner.activate(pei=None).status_code  # with the same SIM and number


def test_products_are_added_and_removed_and_the_bill_day_has_a_default(partner: Partner) -> None:
    partner.world.clock(now="2030-01-31T12:00:00Z")
    speed = [{"key": "Download Speed", "value": "128 bps"}]
    partner.activate(
        products=[
            {"productId": "P1", "action": "Add"},
            {"productId": "P2", "action": "Update", "characteristics": speed},
            {"productId": "P1", "action": "Remove"},
        ],
        bucketRefId=["1000002", "1000001", "1000002"],
    )
    partner.world.advance(until="idle")
    found = partner.details(iccid=STOCK[0])
    assert [{"productId": "P2", "characteristics": speed}] == found["products"]
    assert ["1000002", "1000001"] == found["bucketRefId"]
    assert 1 == found["billCycleStartDay"]
