"""Why a SIM is in its state: what put it there, where the document has that, what failed since, what may follow."""

from typing import Any

import pytest
from tests.conftest import SIM_OF_5_7, World
from tests.control.answers import good, problem

ICCID = SIM_OF_5_7["iccid"]
WGTWO, DISH, STN = "2420198416000015720", "11986621644523024501", "8931080000000000100"


def explain(world: World, iccid: str) -> dict[str, Any]:
    return good(world.control.get(f"/_box/worlds/{world.name}/sims/{iccid}/explain"))


def because(world: World, iccid: str) -> dict[str, Any]:
    [reason] = explain(world, iccid)["because"]
    return dict(reason)


def steps(explained: dict[str, Any]) -> set[tuple[str, str]]:
    return {(step["from"], step["to"]) for step in explained["next"]}


@pytest.mark.parametrize(
    ("iccid", "state", "following"),
    [
        (ICCID, "ENTERPRISE-INVENTORY", {"TRIAL", "ACTIVE", "DEACTIVATED"}),
        (WGTWO, "active", {"blocked", "active", "unassigned", "terminated"}),
        (DISH, "Active", {"Suspended", "Ceased", "Replaced"}),
        (STN, "FREE", {"BUSY"}),
    ],
)
def test_a_sim_that_nobody_touched_is_as_it_came_into_the_world(
    world: World, iccid: str, state: str, following: set[str]
) -> None:
    explained = explain(world, iccid)
    assert [{"state": state, "cause": "seed"}] == explained["because"]
    assert {(state, each) for each in following} == steps(explained)
    assert ([], []) == (explained["work"], explained["failed"])
    assert f"{state}, as it came into the world." in explained["text"][0]
    assert explained["text"][-1].startswith(f"Allowed next: {state} -> ")


def test_a_workflow_is_named_with_the_request_that_asked_for_it(world: World) -> None:
    asked_at = world.clock()["now"]
    answer = world.change(SIM_OF_5_7, "ACTIVE", 3)
    world.advance(by="10s")
    explained = explain(world, ICCID)
    [reason] = explained["because"]
    assert ("ACTIVE", "ENTERPRISE-INVENTORY", "workflow", answer.text, "update_state_sim_wf") == tuple(
        reason[member] for member in ("state", "from", "cause", "ref", "workflow")
    )
    assert (answer.headers["X-Request-Id"], asked_at) == (reason["request_id"], reason["requested_at"])
    assert ("wing-5.7", "5.7", "Update Billing State") == tuple(
        reason[member] for member in ("operation", "section", "name")
    )
    told = " ".join(explained["text"])
    for word in (answer.text, answer.headers["X-Request-Id"], "wing-5.7 Update Billing State", "section 5.7"):
        assert word in told


def test_a_request_that_takes_effect_at_once_is_named_itself(world: World) -> None:
    answer = world.wgtwo.post("/provision/v2/block", json={"bssid": "operator_name", "msisdn": "46737678218"})
    reason = because(world, WGTWO)
    assert ("blocked", "active", "request", "wgtwo-block") == tuple(
        reason[member] for member in ("state", "from", "cause", "operation")
    )
    assert answer.headers["X-Request-Id"] == reason["ref"]
    assert reason["section"]
    assert f"Request {reason['ref']} put it there (wgtwo-block" in explain(world, WGTWO)["text"][1]


def test_of_work_in_several_moves_the_request_at_its_beginning_is_named(world: World) -> None:
    answer = world.stn.post("/api/NewSubscription", json={"simCardNumber": STN})
    card, subscription = explain(world, STN)["because"]
    assert ("BUSY", "FREE", "PENDING") == (card["state"], card["from"], subscription["state"])
    for reason in (card, subscription):
        assert ("request", answer.headers["X-Request-Id"]) == (reason["cause"], reason["ref"])
    assert "Its subscription is PENDING since" in explain(world, STN)["text"][2]
    world.advance(by="10s")
    card, subscription = explain(world, STN)["because"]
    assert ("ACTIVATED", "ACTIVE") == (card["state"], subscription["state"])
    for reason in (card, subscription):
        assert ("workflow", "stn_activatenew") == (reason["cause"], reason["workflow"])
        assert answer.headers["X-Request-Id"] == reason["request_id"]
        assert "stn-newsubscription" == reason["operation"]


def test_dish_work_is_named_with_its_transactions_request(world: World) -> None:
    body = {"partnerTransactionId": "T1", "iccid": DISH, "action": "Suspend"}
    answer = world.dish.post("/sps/v5/subscription/status", json=body)
    world.advance(by="10s")
    reason = because(world, DISH)
    assert ("Suspended", "workflow", answer.headers["X-Request-Id"], "dish-update-subscription-status") == tuple(
        reason[member] for member in ("state", "cause", "request_id", "operation")
    )


def test_force_is_said_to_be_force(world: World) -> None:
    forced = world.control.post(f"/_box/worlds/{world.name}/sims/{ICCID}/force", json={"state": "CSP-HOLD"})
    explained = explain(world, ICCID)
    assert ("forced", forced.headers["X-Request-Id"]) == (
        explained["because"][0]["cause"],
        explained["because"][0]["ref"],
    )
    assert "whatever the lifecycle says" in explained["text"][1]
    assert ([], "Allowed next: nothing.") == (explained["next"], explained["text"][-1])


def test_work_under_way_is_named_with_the_time_it_falls_due(world: World) -> None:
    batch = world.change(SIM_OF_5_7, "ACTIVE", 3).text
    explained = explain(world, ICCID)
    [job] = explained["work"]
    assert (batch, "update_state_sim_wf", "wing-5.7") == (job["id"], job["workflow"], job["operation"])
    assert f"Under way: update_state_sim_wf {batch}, due at {job['due_at']}." in explained["text"]


def test_what_failed_since_is_told_with_its_reason_and_before_no_longer(world: World) -> None:
    refused = world.change(SIM_OF_5_7, "SUSPENDED", 4).text
    world.advance(by="10s")
    [failed] = explain(world, ICCID)["failed"]
    assert refused == failed["id"]
    assert "ENTERPRISE-INVENTORY to SUSPENDED is not allowed" in failed["reason"]
    assert failed["reason"] in " ".join(explain(world, ICCID)["text"])
    world.change(SIM_OF_5_7, "ACTIVE", 3)
    world.advance(by="10s")
    assert [] == explain(world, ICCID)["failed"]


@pytest.mark.parametrize(
    ("ending", "told"),
    [("0202", "three times as long"), ("0400", "fail"), ("0429", "429"), ("0503", "503"), ("0504", "504")],
)
def test_a_magic_iccid_is_said_to_be_one(world: World, ending: str, told: str) -> None:
    found = world.control.get(f"/_box/worlds/{world.name}/sims", params={"q": ending, "limit": 10_000}).json()
    for iccid in (sim["iccid"] for sim in found if sim["iccid"].endswith(ending)):
        [line] = [line for line in explain(world, iccid)["text"] if "magic" in line]
        assert told in line


def test_no_other_iccid_is(world: World) -> None:
    assert "magic" not in " ".join(explain(world, ICCID)["text"])


def test_a_sim_of_nobody_is_not_explained(world: World) -> None:
    problem(world.control.get(f"/_box/worlds/{world.name}/sims/1/explain"), 404)
    problem(world.control.get(f"/_box/worlds/{world.name}/sims/{ICCID}/explain?carrier=nobody"), 400)
    problem(world.control.get(f"/_box/worlds/{world.name}/sims/{ICCID}/explain?carrier=stn"), 404)
