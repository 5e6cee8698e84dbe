"""DISH, the sibling APIs: port-in, profile, device, number, SIM and balance, all on the same rows."""

from typing import Any

import pytest
from tests.dish.conftest import CHIP, GPSI, ICCID, PROFILE, STOCK, Partner, refusal

CYCLE = {"gpsi": GPSI, "billCycleFrequency": "MONTHLY", "billCycleStartDay": 15}


def post(partner: Partner, path: str, **body: Any) -> Any:
    return partner.api.post(f"/sps/v5/{path}", json=body)


def done(partner: Partner, path: str, **body: Any) -> None:
    answer = post(partner, path, **body)
    assert (200, {"status": "Success"}) == (answer.status_code, answer.json()), answer.text
    partner.world.advance(until="idle")


def balances(partner: Partner) -> list[tuple[str, bool, float]]:
    answer = partner.api.get("/sps/v5/subscription-balance/balances", params={"gpsi": GPSI}).json()
    return [(each["bucketRefId"], each["primary"], each["balance"]) for each in answer["balances"]]


def test_port_in_is_rejected_for_a_number_that_is_here_and_accepted_for_another(partner: Partner) -> None:
    rejected = post(partner, "port-in/eligibility", gpsi=GPSI).json()
    assert {
        "eligibilityStatus": "Reject",
        "reasonCode": "8A",
        "reasonDesc": "NumberalreadyActive",
    }.items() <= rejected.items()
    assert "Accept" == post(partner, "port-in/eligibility", gpsi="13035551111").json()["eligibilityStatus"]
    order = partner.order(gpsi="13035551111", location=None)
    done(partner, "port-in/create", **order)
    assert ("CreatePortIn", "13035551111") == (partner.events()[0]["eventType"], partner.events()[0]["gpsi"])
    assert "13035551111" == partner.details(iccid=STOCK[0])["gpsi"]
    refusal(post(partner, "port-in/create", **partner.order(gpsi=GPSI, iccid=STOCK[1])), 409, "GPSI_IN_USE")


def test_port_in_is_rejected_for_a_number_that_an_order_under_way_keeps_and_not_for_a_reserved_one(
    partner: Partner,
) -> None:
    def checked(gpsi: str) -> str:
        return str(post(partner, "port-in/eligibility", gpsi=gpsi).json()["eligibilityStatus"])

    assert ("Accept", "Accept") == (checked("19459986899"), checked("19459986892"))
    partner.activate(gpsi="19459986899")
    assert "Reject" == checked("19459986899")
    refusal(post(partner, "port-in/create", **partner.order(gpsi="19459986899", iccid=STOCK[1])), 409, "GPSI_IN_USE")
    done(partner, "port-in/create", **partner.order(gpsi="19459986892", iccid=STOCK[1]))
    assert "Reject" == checked("19459986892")


def test_the_bill_cycle_changes_at_once(partner: Partner) -> None:
    assert {"status": "Success"} == post(partner, "subscription-profile/billCycle", **CYCLE).json()
    assert 15 == partner.details()["billCycleStartDay"]
    assert [] == partner.events()


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("subscription-profile/billCycle", CYCLE),
        ("subscription-balance/addBuckets", {"gpsi": GPSI, "bucketRefId": ["B"]}),
        ("subscription-balance/swapBucket", {"gpsi": GPSI, "bucketRefId": "B"}),
        ("subscription-balance/cancelBuckets", {"gpsi": GPSI, "bucketRefId": ["1000001"]}),
        ("subscription-balance/balances", {"gpsi": GPSI, "balances": [{"bucketRefId": "1000001", "balance": 1}]}),
        ("subscription-number/change", {"partnerTransactionId": "A", "gpsi": GPSI}),
        ("subscription-number/changeWithPortIn", {"partnerTransactionId": "A", "gpsi": GPSI, "newGpsi": "13035551111"}),
        ("subscription-device/change", {"partnerTransactionId": "A", "gpsi": GPSI, "newIccid": STOCK[0]}),
    ],
)
@pytest.mark.parametrize("state", ["Suspended", "Ceased"])
def test_changes_want_an_active_subscription(partner: Partner, path: str, body: dict[str, Any], state: str) -> None:
    partner.brought_to(state)
    before = partner.everything()
    refusal(post(partner, path, **body), 409, "INVALID_STATE")
    refusal(post(partner, path, **{**body, "gpsi": "19999999999"}), 404, "SUBSCRIPTION_NOT_FOUND")
    assert before == partner.everything()


def test_a_query_wants_all_criteria_to_fit_and_reads_ten_digits_as_a_us_number(partner: Partner) -> None:
    assert ICCID == partner.details(gpsi=GPSI[1:])["iccid"]
    assert ICCID == partner.details(subscriberId="Sub001", gpsi=GPSI)["iccid"]
    answer = partner.api.get("/sps/v5/subscription-profile", params={"subscriberId": "Sub001", "gpsi": "2812368903"})
    refusal(answer, 404, "SUBSCRIPTION_NOT_FOUND")


def test_a_number_of_ten_digits_is_known_for_its_sim_by_all_that_looks_for_one(partner: Partner) -> None:
    def ask(gpsi: str) -> Any:
        return partner.api.get("/sps/v5/subscription-profile/subscriptionDetails", params={"gpsi": gpsi})

    control, world = partner.world.control, f"/_box/worlds/{partner.world.name}"
    [slow_down] = [
        sim["msisdn"]
        for sim in control.get(f"{world}/sims", params={"carrier": "dish", "q": "0429"}).json()
        if sim["msisdn"].endswith("0429")
    ]
    assert [429, 429] == [ask(slow_down).status_code, ask(slow_down[1:]).status_code]
    control.delete(f"{world}/journal")
    assert 200 == ask(GPSI[1:]).status_code
    [entry] = control.get(f"{world}/journal", params={"iccid": ICCID}).json()
    assert [ICCID] == entry["iccids"]
    control.post(f"{world}/faults", json={"match": {"iccid": ICCID}, "do": {"status": 503}})
    assert 503 == ask(GPSI[1:]).status_code


def test_of_several_subscriptions_the_newest_is_shown_that_is_not_ceased(partner: Partner) -> None:
    for i, iccid in enumerate(STOCK):
        partner.activate(subscriberId="Sub001", iccid=iccid, gpsi=f"1945998690{i}")
        partner.world.advance(by="1m")
    assert STOCK[1] == partner.details(subscriberId="Sub001")["iccid"]
    partner.act("Cease", iccid=STOCK[1])
    partner.world.advance(until="idle")
    assert STOCK[0] == partner.details(subscriberId="Sub001")["iccid"]


def test_compatibility_and_block_status_are_the_devices_own(partner: Partner) -> None:
    def ask(**query: str) -> Any:
        return partner.api.get("/sps/v5/subscription-device/compatibility", params=query)

    assert not ask(pei="012158001234567").json()["networkCompatibilityList"][0]["compatible"]
    assert ask(pei="356462520000005").json()["blockStatus"]["blocked"]
    assert "TABLET" == ask(tac="35917610").json()["equipmentType"]
    refusal(ask(tac="99999999"), 404, "DEVICE_NOT_FOUND")


def test_a_device_changes_when_the_transaction_ends(partner: Partner) -> None:
    body = {"partnerTransactionId": "A", "gpsi": GPSI, "newPei": "359176101234567"}
    assert 200 == post(partner, "subscription-device/change", **body).status_code
    asked = {"gpsi": GPSI}
    assert "PHONE" == partner.api.get("/sps/v5/subscription-device", params=asked).json()["equipmentType"]
    partner.world.advance(until="idle")
    assert "TABLET" == partner.api.get("/sps/v5/subscription-device", params=asked).json()["equipmentType"]
    assert ("ChangeDevice", ICCID) == (partner.events()[0]["eventType"], partner.events()[0]["iccid"])


def test_a_sim_is_replaced_and_never_used_again(partner: Partner) -> None:
    done(partner, "subscription-device/change", partnerTransactionId="A", iccid=ICCID, newIccid=STOCK[0])
    assert STOCK[0] == partner.events()[0]["iccid"] == partner.details(gpsi=GPSI)["iccid"]
    assert ["1000001"] == partner.details(gpsi=GPSI)["bucketRefId"]
    assert not partner.is_free(ICCID)
    refusal(partner.activate(iccid=ICCID), 409, "SIM_IN_USE")
    refusal(partner.act("Suspend", iccid=ICCID), 404, "SUBSCRIPTION_NOT_FOUND")
    shown = partner.api.get("/sps/v5/subscription-sim/simDetails", params={"iccid": ICCID}).json()
    assert {"iccid": ICCID, "status": "Replaced"} == shown


def test_device_and_esim_change_together(partner: Partner) -> None:
    body = {"newPei": "359176101234567", "newEid": CHIP, "newIccid": PROFILE, "eSIMDeliveryMethod": "QR"}
    done(partner, "subscription-device/change", partnerTransactionId="A", gpsi=GPSI, **body)
    found = partner.details(gpsi=GPSI)
    assert (PROFILE, CHIP, "359176101234567") == (found["iccid"], found["eid"], found["pei"])
    assert partner.events()[0]["activationCode"].startswith("LPA:1$")


@pytest.mark.parametrize(
    ("new", "status", "code"), [(ICCID, 409, "SIM_IN_USE"), ("11986621644523029999", 404, "SIM_NOT_FOUND")]
)
def test_a_new_sim_has_to_be_in_stock(partner: Partner, new: str, status: int, code: str) -> None:
    before = partner.everything()
    answer = post(partner, "subscription-device/change", partnerTransactionId="A", gpsi=GPSI, newIccid=new)
    refusal(answer, status, code)
    assert before == partner.everything()


def test_a_number_changes_and_the_old_one_is_free(partner: Partner) -> None:
    change = {"gpsi": GPSI, "newGpsi": "19459986892", "gpsiReservationId": "NumOrd123"}
    done(partner, "subscription-number/change", partnerTransactionId="A", **change)
    assert "19459986892" == partner.details()["gpsi"] == partner.events()[0]["gpsi"]
    assert 200 == partner.activate(gpsi=GPSI).status_code
    done(partner, "subscription-number/change", partnerTransactionId="B", iccid=ICCID)
    assert partner.details()["gpsi"] not in {GPSI, "19459986892"}
    done(partner, "subscription-number/changeWithPortIn", partnerTransactionId="C",
         gpsi=partner.details()["gpsi"], newGpsi="13035551111")  # fmt: skip
    assert "13035551111" == partner.details()["gpsi"]
    assert "ChangeNumberWithPortIn" == partner.events()[-1]["eventType"]


def test_a_number_changes_to_a_reserved_one_whatever_the_reservation(partner: Partner) -> None:
    change = {"gpsi": GPSI, "newGpsi": "19459986892", "gpsiReservationId": "anything"}
    done(partner, "subscription-number/change", partnerTransactionId="A", **change)
    assert "19459986892" == partner.details()["gpsi"]


def test_a_number_in_use_is_not_given_twice(partner: Partner) -> None:
    partner.activate()
    before = partner.everything()
    for taken in (GPSI, "19459986899"):
        answer = post(partner, "subscription-number/change", partnerTransactionId="A", gpsi=GPSI, newGpsi=taken)
        refusal(answer, 409, "GPSI_IN_USE")
    assert before == partner.everything()


def test_sim_details_are_of_both_criteria_and_stock_has_no_status(partner: Partner) -> None:
    def ask(**query: str) -> Any:
        return partner.api.get("/sps/v5/subscription-sim/simDetails", params=query)

    assert ICCID == ask(gpsi=GPSI).json()["iccid"]
    assert {"iccid": STOCK[0]} == ask(iccid=STOCK[0]).json()
    refusal(ask(iccid=ICCID, gpsi="13035551111"), 404, "SIM_NOT_FOUND")


def test_buckets_come_and_go_and_the_first_is_the_primary(partner: Partner) -> None:
    done(partner, "subscription-balance/balances", gpsi=GPSI, balances=[{"bucketRefId": "1000001", "balance": 12.5}])
    done(partner, "subscription-balance/addBuckets", gpsi=GPSI, bucketRefId=["1000001", "1000002"])
    assert [("1000001", True, 12.5), ("1000002", False, 0)] == balances(partner)
    done(partner, "subscription-balance/swapBucket", gpsi=GPSI, bucketRefId="1000003")
    assert ["1000003", "1000001", "1000002"] == [each[0] for each in balances(partner)]
    done(partner, "subscription-balance/cancelBuckets", gpsi=GPSI, bucketRefId="1000003")
    assert [("1000001", True, 12.5), ("1000002", False, 0)] == balances(partner)
    before = partner.everything()
    both = {"gpsi": GPSI, "bucketRefId": ["1000001", "9"]}
    refusal(post(partner, "subscription-balance/cancelBuckets", **both), 404, "BUCKET_NOT_FOUND")
    assert before == partner.everything()
