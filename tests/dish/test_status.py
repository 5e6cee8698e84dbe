"""DISH, Update Subscription Status: each action in each state, and what stands in its way."""

import itertools
from urllib.parse import quote

import pytest
from tests.dish.conftest import GPSI, ICCID, STOCK, Partner, refusal

from carrierbox import contracts

ACTIONS = ("Suspend", "Resume", "Cease", "Reactivate")
STATES = ("Active", "Suspended", "Ceased")
ALLOWED = {
    (state, step["action"]): step["to"]
    for step in contracts.document("dish")["lifecycle"]["actions"]
    for state in step["from"]
}


@pytest.mark.parametrize(("state", "action"), [*itertools.product(STATES, ACTIONS)])
def test_an_action_is_taken_or_refused_as_the_lifecycle_says(partner: Partner, state: str, action: str) -> None:
    partner.brought_to(state)
    before = partner.everything()
    answer = partner.act(action)
    if (state, action) not in ALLOWED:
        refused = refusal(answer, 409, "INVALID_STATE")
        assert f"{action} is not allowed for a subscription in status {state}" == refused["reasonDesc"]
        assert before == partner.everything()
        return
    assert (200, {"status": "Success"}) == (answer.status_code, answer.json())
    assert state == partner.details()["status"]
    partner.world.advance(until="idle")
    assert ALLOWED[state, action] == partner.details()["status"]
    event = partner.events()[-1]
    assert ("UpdateSubscriptionStatus", action, "Success") == (event["eventType"], event["action"], event["status"])


def test_while_a_transaction_is_under_way_no_other_is_taken(partner: Partner) -> None:
    partner.act("Suspend")
    before = partner.everything()
    for action in ACTIONS:
        refusal(partner.act(action), 409, "TRANSACTION_IN_PROGRESS")
    cycle = {"gpsi": GPSI, "billCycleFrequency": "MONTHLY", "billCycleStartDay": 2}
    for path, body in (
        ("subscription-profile/billCycle", cycle),
        ("subscription-balance/addBuckets", {"gpsi": GPSI, "bucketRefId": ["B"]}),
        ("subscription-number/change", {"partnerTransactionId": "N", "gpsi": GPSI}),
        ("subscription-device/change", {"partnerTransactionId": "D", "gpsi": GPSI, "newIccid": STOCK[0]}),
    ):
        refusal(partner.api.post(f"/sps/v5/{path}", json=body), 409, "TRANSACTION_IN_PROGRESS")
    assert before == partner.everything()
    partner.world.advance(until="idle")
    assert 200 == partner.act("Resume").status_code


def test_it_is_found_by_either_identifier_and_by_both_where_they_agree(partner: Partner) -> None:
    partner.activate()
    partner.world.advance(until="idle")
    assert 200 == partner.act("Suspend", gpsi=GPSI).status_code
    assert 200 == partner.act("Suspend", iccid=STOCK[0], gpsi="19459986899").status_code
    refusal(partner.act("Suspend", iccid=STOCK[0], gpsi=GPSI), 409, "IDENTIFIER_MISMATCH")
    refusal(partner.act("Suspend", iccid=STOCK[1]), 404, "SUBSCRIPTION_NOT_FOUND")
    refusal(partner.act("Suspend", gpsi="19999999999"), 404, "SUBSCRIPTION_NOT_FOUND")
    refusal(partner.act("Suspend", iccid="11986621644523024591"), 404, "SUBSCRIPTION_NOT_FOUND")


def test_a_ceased_number_may_go_to_another_sim_and_then_is_not_reactivated(partner: Partner) -> None:
    partner.brought_to("Ceased")
    refusal(partner.activate(iccid=ICCID), 409, "SIM_IN_USE")
    assert not partner.is_free(ICCID)
    assert 200 == partner.activate(gpsi=GPSI).status_code
    refusal(partner.act("Reactivate"), 409, "GPSI_IN_USE")
    partner.world.advance(until="idle")
    refusal(partner.act("Reactivate"), 409, "GPSI_IN_USE")
    # the number is the live one's now
    assert STOCK[0] == partner.details(gpsi=GPSI)["iccid"]


def test_while_it_is_reactivated_its_number_is_kept(partner: Partner) -> None:
    partner.brought_to("Ceased")
    assert 200 == partner.act("Reactivate").status_code
    refusal(partner.activate(gpsi=GPSI), 409, "GPSI_IN_USE")


def test_a_transaction_is_the_customers_own(partner: Partner) -> None:
    partner.act("Suspend")
    path = "/sps/v5/subscription/transactionStatus/Order1"
    assert {"status": "InProgress"} == partner.api.get(path).json()
    brand = partner.api.get(path, headers={"wholesaleCustomerId": "920000108465"})
    refusal(brand, 404, "TRANSACTION_NOT_FOUND")
    refusal(partner.world.dish_as("other-partner").get(path), 404, "TRANSACTION_NOT_FOUND")


@pytest.mark.parametrize("transaction_id", ["a/b", "/", "a//b/", "../status", "50%/\u00e9?#"])
@pytest.mark.parametrize(
    "path", ["subscription/transactionStatus", "subscription/transaction", "subscriptions/transactions"]
)
def test_a_transaction_id_may_hold_slashes(partner: Partner, path: str, transaction_id: str) -> None:
    assert 200 == partner.act("Suspend", iccid=ICCID, partnerTransactionId=transaction_id).status_code
    answer = partner.api.get(f"/sps/v5/{path}/{quote(transaction_id, safe='')}")
    assert (200, {"status": "InProgress"}) == (answer.status_code, answer.json())
    assert "dish-query-transaction-status" == answer.headers["X-Carrierbox-Operation"]
    refusal(
        partner.api.get(f"/sps/v5/{path}/another%2F{quote(transaction_id, safe='')}"),
        404,
        "TRANSACTION_NOT_FOUND",
    )
