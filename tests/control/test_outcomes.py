"""How coming work ends is a tester's to say: it completes, fails wholly or in part, sticks, or takes its time."""

from datetime import datetime, timedelta
from typing import Any

import httpx
import pytest
from tests.conftest import SIM_OF_5_7, World
from tests.control.answers import good, problem

from carrierbox.kernel import outcomes

ICCID = SIM_OF_5_7["iccid"]
#: What a carrier's document calls by these numbers is in the seeded world.
DISH = "11986621644523024501"
CARD = "8931080000000000100"


def say(world: World, do: Any, times: int | None = None, **match: str) -> dict[str, Any]:
    wish = {"match": match, "do": do} | ({"times": times} if times else {})
    return good(world.control.post(f"/_box/worlds/{world.name}/outcomes", json=wish), 201)


def outcomes_of(world: World) -> list[dict[str, Any]]:
    return list(world.control.get(f"/_box/worlds/{world.name}/outcomes").json())


def work(world: World, **criteria: Any) -> list[dict[str, Any]]:
    answer = world.control.get(f"/_box/worlds/{world.name}/workflows", params=criteria)
    assert 200 == answer.status_code, answer.text
    return list(answer.json())


def in_stock(world: World) -> dict[str, Any]:
    """Another SIM than 5.7's that can be activated."""
    query = {"stateName.equals": "ENTERPRISE-INVENTORY", "size": 9, "page": 1}
    return next(
        sim for sim in world.wing.get("/api/v1/subscription/sims", params=query).json() if sim["iccid"] != ICCID
    )


def some_account(world: World) -> tuple[int, list[dict[str, Any]]]:
    """An account other than 3122, of the same tenant, and some of its SIMs whose IMSIs follow one another."""
    mine = world.sim("8955644500001089020")["tenantId"]
    by_account: dict[int, list[dict[str, Any]]] = {}
    for sim in world.wing.get("/api/v1/subscription/sims").json():
        if sim["tenantId"] == mine and sim["accountId"] != 3122 and not sim["stateChangeLock"]:
            by_account.setdefault(sim["accountId"], []).append(sim)
    account, sims = max(by_account.items(), key=lambda found: len(found[1]))
    return account, sorted(sims, key=lambda sim: str(sim["imsi"]))[:4]


def activated(world: World, sim: dict[str, Any] = SIM_OF_5_7) -> str:
    """Ask WING to activate a SIM; answers the workflow's id."""
    answer = world.change(sim, "ACTIVE", 3)
    assert 202 == answer.status_code, answer.text
    return answer.text


# ---------------------------------------------------------------------------------------------------------------- WING


def test_wing_work_fails_with_the_reason_and_code_that_were_said(world: World) -> None:
    say(world, {"fail": {"reason": "HLR is down", "code": 503}}, carrier="wing")
    batch = activated(world)
    assert "RUNNING" == world.workflow(batch)["status"]
    world.advance(by="10s")
    ended = world.workflow(batch)
    assert ("FAILED", "HLR is down") == (ended["status"], ended["reasonForIncompletion"])
    assert {"message": "HLR is down", "statusCode": 503} == ended["output"]
    assert "ENTERPRISE-INVENTORY" == world.sim(ICCID)["stateName"]
    audit = world.wing.get(f"/api/v1/getAuditTrail/{SIM_OF_5_7['imsi']}/1").json()
    assert ["FAILED"] == [entry["status"] for entry in audit]


def test_after_work_that_failed_the_sim_can_be_changed_again(world: World) -> None:
    say(world, {"fail": True}, times=1)
    failed = activated(world)
    world.advance(by="10s")
    batch = activated(world)
    world.advance(by="10s")
    assert ("FAILED", "COMPLETED") == (world.workflow(failed)["status"], world.workflow(batch)["status"])
    assert outcomes.REASON == world.workflow(failed)["reasonForIncompletion"]
    assert "ACTIVE" == world.sim(ICCID)["stateName"]


def test_work_that_sticks_never_ends_by_itself_and_keeps_its_lock(world: World) -> None:
    say(world, {"stick": True}, times=1, iccid=ICCID)
    batch = activated(world)
    assert 0 == world.clock()["pending"]
    second = activated(world)
    world.advance(by="10s")
    assert "already under way" in world.workflow(second)["reasonForIncompletion"]
    world.advance(by="365d")
    assert [(batch, None)] == [(each["id"], each["due_at"]) for each in work(world, iccid=ICCID, status="running")]


def test_work_takes_the_time_that_was_said(world: World) -> None:
    say(world, {"take": "3m"}, workflow="update_state_sim_wf")
    batch = activated(world)
    world.advance(by="170s")
    running = world.workflow(batch)
    assert "RUNNING" == running["status"]
    assert ["COMPLETED", "COMPLETED", "IN_PROGRESS"] == [task["status"] for task in running["tasks"]]
    [ran] = world.advance(by="10s")["ran"]
    [job] = work(world, iccid=ICCID)
    asked, ended = (datetime.fromisoformat(moment) for moment in (job["created_at"], ran["at"]))
    assert timedelta(minutes=3) - timedelta(milliseconds=1) <= ended - asked <= timedelta(minutes=3)
    assert "COMPLETED" == world.workflow(batch)["status"]


def test_of_work_over_many_sims_those_fail_that_were_named(world: World) -> None:
    account, (one, other, third, *_) = some_account(world)
    owner = world.wing_as("sandbox-admin", account=str(account))
    group_id = owner.post("/api/v1/accounts/groups", json={"name": "Meters"}).json()["id"]
    say(
        world, {"partly": {"iccids": [other["iccid"], "8900000000000000000"], "reason": "Card is lost"}}, carrier="wing"
    )
    wish = {"accountId": account, "groupId": group_id, "iccid": [sim["iccid"] for sim in (one, other, third)]}
    batch = world.wing.post("/api/v1/resources/batch/sims/update/group/list", json=wish).text
    world.advance(by="10s")
    ended = world.workflow(batch)
    assert "PARTIALLY COMPLETED" == ended["status"]
    assert 2 == ended["output"]["succeeded"]
    assert [{"iccid": other["iccid"], "message": "Card is lost"}] == ended["output"]["failures"]
    trails = [world.wing.get(f"/api/v1/getAuditTrail/{sim['imsi']}/1").json()[0] for sim in (one, other, third)]
    assert ["COMPLETED", "FAILED", "COMPLETED"] == [entry["status"] for entry in trails]
    assert {"SIM_GROUP_CHANGE"} == {entry["action"] for entry in trails}


def test_of_sims_that_move_those_stay_that_were_named(world: World) -> None:
    account, (first, *others, last) = some_account(world)
    say(world, {"partly": [last["iccid"]]}, workflow="move_sims_wf")
    wish = {
        "accountId": 3122,
        "fromAccountId": account,
        "useImsi": True,
        "range": {"from": first["imsi"], "to": last["imsi"]},
    }
    moved = world.wing.post("/api/v1/resources/batch/sims/assign", json=wish)
    world.advance(by="1m")
    ended = world.workflow(moved.text)
    assert ("PARTIALLY COMPLETED", len(others) + 1) == (ended["status"], ended["output"]["succeeded"])
    assert [{"iccid": last["iccid"], "message": outcomes.REASON}] == ended["output"]["failures"]
    assert {3122} == {world.sim(sim["iccid"])["accountId"] for sim in (first, *others)}
    assert account == world.sim(last["iccid"])["accountId"]


def grouped(world: World, account: int, sims: list[dict[str, Any]]) -> str:
    """Ask for SIMs of an account to leave their groups."""
    wish = {"accountId": account, "groupId": None, "iccid": [sim["iccid"] for sim in sims]}
    batch = world.wing.post("/api/v1/resources/batch/sims/update/group/list", json=wish).text
    world.advance(by="10s")
    return batch


def failures(world: World, batch: str) -> dict[str, str]:
    """Which SIMs of work over many failed, and why."""
    return {each["iccid"]: each["message"] for each in world.workflow(batch)["output"].get("failures", ())}


@pytest.mark.parametrize("do", [{"fail": "Card is lost"}, {"partly": {"iccids": ["%"], "reason": "Card is lost"}}])
def test_what_is_said_of_one_sim_holds_in_work_over_many(do: dict[str, Any], world: World) -> None:
    account, (one, other, *_) = some_account(world)
    said = do if "fail" in do else {"partly": do["partly"] | {"iccids": [other["iccid"]]}}
    say(world, said, iccid="8900000000000000000")
    say(world, said, iccid=other["iccid"], workflow="move_sims_wf")
    say(world, said, iccid=other["iccid"], times=1)
    assert {other["iccid"]: "Card is lost"} == failures(world, grouped(world, account, [one, other]))
    assert [None, None, 0] == [each["times"] for each in outcomes_of(world)]
    assert {} == failures(world, grouped(world, account, [one, other]))


def test_of_the_sims_that_move_each_ends_as_was_said_of_it(world: World) -> None:
    account, (first, *others, last) = some_account(world)
    say(world, {"fail": "Card is lost"}, iccid=first["iccid"])
    say(world, {"complete": True}, iccid=last["iccid"])
    moving = {"accountId": 3122, "fromAccountId": account, "useImsi": True}
    span = {"from": first["imsi"], "to": last["imsi"]}
    batch = world.wing.post("/api/v1/resources/batch/sims/assign", json=moving | {"range": span}).text
    world.advance(by="1m")
    assert {first["iccid"]: "Card is lost"} == failures(world, batch)
    assert [account, *[3122] * len(others), 3122] == [
        world.sim(sim["iccid"])["accountId"] for sim in (first, *others, last)
    ]


def test_what_is_said_of_the_whole_goes_before_what_is_said_of_one(world: World) -> None:
    account, (one, other, *_) = some_account(world)
    say(world, {"fail": "Card is lost"}, iccid=other["iccid"])
    say(world, {"complete": True}, workflow="update_group_list_wf", times=1)
    assert {} == failures(world, grouped(world, account, [one, other]))
    assert {other["iccid"]: "Card is lost"} == failures(world, grouped(world, account, [one, other]))


def test_a_magic_sim_among_many_completes_where_that_is_said(world: World) -> None:
    [sim] = world.wing.get("/api/v1/subscription/sims", params={"iccid.contains": "0400", "size": 500}).json()[-1:]
    assert sim["iccid"].endswith("0400")
    assert [sim["iccid"]] == list(failures(world, grouped(world, sim["accountId"], [sim])))
    say(world, {"complete": True}, iccid=sim["iccid"])
    assert "COMPLETED" == world.workflow(grouped(world, sim["accountId"], [sim]))["status"]


def test_work_on_one_sim_fails_where_that_is_among_the_named_and_completes_where_not(world: World) -> None:
    other = in_stock(world)
    say(world, {"partly": {"iccids": [ICCID], "reason": "Card is lost"}})
    fails, completes = activated(world), activated(world, other)
    world.advance(by="10s")
    assert ("FAILED", "Card is lost") == (world.workflow(fails)["status"], world.workflow(fails)["output"]["message"])
    assert "COMPLETED" == world.workflow(completes)["status"]


def test_a_magic_sims_work_completes_where_that_is_said(world: World) -> None:
    [sim] = world.wing.get("/api/v1/subscription/sims", params={"iccid.contains": "0400", "size": 500}).json()[-1:]
    assert sim["iccid"].endswith("0400")
    change = {"ACTIVE": ("SUSPENDED", 4)}[sim["stateName"]]
    fails = world.change(sim, *change).text
    world.advance(by="10s")
    say(world, {"complete": True}, iccid=sim["iccid"])
    completes = world.change(sim, *change).text
    world.advance(by="10s")
    assert ("FAILED", "COMPLETED") == (world.workflow(fails)["status"], world.workflow(completes)["status"])


def test_what_the_carrier_itself_refuses_stays_refused(world: World) -> None:
    say(world, {"complete": True})
    refused = world.change(SIM_OF_5_7, "SUSPENDED", 4).text
    world.advance(by="10s")
    assert "not allowed" in world.workflow(refused)["reasonForIncompletion"]
    assert "ENTERPRISE-INVENTORY" == world.sim(ICCID)["stateName"]


# ---------------------------------------------------------------------------------------------------------------- DISH


def suspended(world: World, transaction: str) -> None:
    body = {"partnerTransactionId": transaction, "iccid": DISH, "action": "Suspend"}
    assert 200 == world.dish.post("/sps/v5/subscription/status", json=body).status_code


def transaction(world: World, transaction_id: str) -> dict[str, Any]:
    return dict(world.dish.get(f"/sps/v5/subscription/transactionStatus/{transaction_id}").json())


def profile(world: World) -> str:
    return str(world.dish.get("/sps/v5/subscription-profile", params={"iccid": DISH}).json()["status"])


def test_a_dish_transaction_fails_and_its_notification_says_why(world: World) -> None:
    say(world, {"fail": "Switch timed out"}, carrier="dish", iccid=DISH, times=1)
    suspended(world, "T1")
    assert {"status": "InProgress"} == transaction(world, "T1")
    world.advance(by="1m")
    end = transaction(world, "T1")
    assert "Failure" == end["status"]
    assert "Switch timed out" in end["reasonDesc"]
    assert "Active" == profile(world)
    [notified] = world.control.get(f"/_box/worlds/{world.name}/inbox").json()
    assert ("T1", "Failure", end["reasonDesc"]) == tuple(
        notified["body"][member] for member in ("partnerTransactionId", "status", "reasonDesc")
    )
    suspended(world, "T2")
    world.advance(by="1m")
    assert ("Success", "Suspended") == (transaction(world, "T2")["status"], profile(world))


def test_a_dish_transaction_sticks_or_takes_its_time(world: World) -> None:
    say(world, {"take": "10m"}, operation="dish-update-subscription-status", times=1)
    suspended(world, "T1")
    world.advance(by="9m")
    assert {"status": "InProgress"} == transaction(world, "T1")
    world.advance(by="2m")
    assert {"status": "Success"} == transaction(world, "T1")
    say(world, {"stick": True}, carrier="dish")
    body = {"partnerTransactionId": "T2", "iccid": DISH, "action": "Resume"}
    assert 200 == world.dish.post("/sps/v5/subscription/status", json=body).status_code
    world.advance(by="30m")
    assert {"status": "InProgress"} == transaction(world, "T2")
    world.advance(by="365d")
    assert ["running"] == [each["status"] for each in work(world, carrier="dish", iccid=DISH, limit=1)]


# ----------------------------------------------------------------------------------------------------------------- sTN


def subscribed(world: World) -> str:
    answer = world.stn.post("/api/NewSubscription", json={"simCardNumber": CARD})
    assert 200 == answer.status_code, answer.text
    return str(answer.json()["id"])


def activation(world: World, activation_id: str) -> dict[str, Any]:
    [found] = world.stn.get("/api/QueryActivation", params={"id": activation_id}).json()["results"]
    return dict(found)


def card(world: World) -> str:
    [found] = world.stn.get("/api/QuerySimcard", params={"simCardNumber": CARD}).json()["results"]
    return str(found["status"])


def test_an_stn_activation_ends_in_error_and_gives_its_card_up(world: World) -> None:
    say(world, {"fail": True}, carrier="stn", times=1)
    asked = subscribed(world)
    world.advance(by="10s")
    assert ("ERROR", "FREE") == (activation(world, asked)["status"], card(world))
    assert outcomes.REASON == work(world, carrier="stn", status="failed")[0]["reason"]
    again = subscribed(world)
    world.advance(by="10s")
    assert ("DONE", "ACTIVATED") == (activation(world, again)["status"], card(world))


def test_an_stn_activation_sticks_once_the_operator_has_it(world: World) -> None:
    say(world, {"stick": True}, carrier="stn")
    asked = subscribed(world)
    world.advance(by="365d")
    assert ("BUSY", "BUSY") == (activation(world, asked)["status"], card(world))


def test_a_move_on_the_way_of_an_stn_activation_may_be_named(world: World) -> None:
    say(world, {"fail": "Refused at the door"}, workflow="stn_begin")
    asked = subscribed(world)
    world.advance(by="10s")
    assert "ERROR" == activation(world, asked)["status"]
    assert ["stn_begin"] == [each["workflow"] for each in work(world, carrier="stn", status="failed")]


# ------------------------------------------------------------------------------------------------------- Working Group


def test_working_group_two_has_no_work_over_time_that_could_end_otherwise(world: World) -> None:
    say(world, {"fail": True}, carrier="wgtwo")
    answer = world.wgtwo.post("/provision/v2/block", json={"bssid": "operator_name", "msisdn": "46737678218"})
    assert 201 == answer.status_code
    assert not world.wgtwo.get("/subscription/v2/msisdn/46737678218").json()["active"]
    assert [] == work(world, carrier="wgtwo")


# ------------------------------------------------------------------------------------------------- which one, how often


def test_the_first_that_fits_applies_as_often_as_was_said(world: World) -> None:
    first = say(world, {"fail": "first"}, times=1, operation="wing-5.7")
    second = say(world, {"fail": "second"}, carrier="wing")
    batches = [activated(world, SIM_OF_5_7)]
    world.advance(by="10s")
    batches.append(activated(world, SIM_OF_5_7))
    world.advance(by="10s")
    assert ["first", "second"] == [world.workflow(batch)["reasonForIncompletion"] for batch in batches]
    assert [(first["id"], 0), (second["id"], None)] == [(each["id"], each["times"]) for each in outcomes_of(world)]


@pytest.mark.parametrize(
    "match",
    [
        {"carrier": "dish"},
        {"workflow": "move_sims_wf"},
        {"operation": "wing-5.9"},
        {"iccid": "8955644500001089020"},
        {"carrier": "wing", "iccid": "8955644500001089020"},
    ],
    ids=str,
)
def test_work_that_does_not_fit_ends_as_ever(world: World, match: dict[str, str]) -> None:
    say(world, {"fail": True}, **match)
    batch = activated(world)
    world.advance(by="10s")
    assert "COMPLETED" == world.workflow(batch)["status"]


def test_how_work_ends_is_settled_when_it_falls_due(world: World) -> None:
    batch = activated(world)
    said = say(world, {"fail": "late"})
    world.advance(by="10s")
    assert "late" == world.workflow(batch)["reasonForIncompletion"]
    assert 204 == world.control.delete(f"/_box/worlds/{world.name}/outcomes/{said['id']}").status_code
    assert "late" == world.workflow(batch)["reasonForIncompletion"]
    again = activated(world)
    world.advance(by="10s")
    assert "COMPLETED" == world.workflow(again)["status"]


def test_an_outcome_is_read_listed_and_forgotten(world: World) -> None:
    path = f"/_box/worlds/{world.name}/outcomes"
    said = say(world, {"take": 90}, times=3, iccid=ICCID)
    assert {"match": {"iccid": ICCID}, "times": 3, "do": {"take": 90}}.items() <= said.items()
    other = say(world, {"fail": True})
    assert {"fail": {"reason": outcomes.REASON, "code": outcomes.CODE}} == other["do"]
    assert [said, other] == outcomes_of(world)
    assert said == good(world.control.get(f"{path}/{said['id']}"))
    assert 204 == world.control.delete(f"{path}/{said['id']}").status_code
    problem(world.control.get(f"{path}/{said['id']}"), 404)
    problem(world.control.delete(f"{path}/{said['id']}"), 404)
    assert 204 == world.control.delete(path).status_code
    assert [] == outcomes_of(world)


def test_they_are_one_worlds_and_go_along_with_a_fork(world: World) -> None:
    say(world, {"fail": True})
    control = world.control
    fork = control.post("/_box/worlds", json={"from": world.name}).json()["name"]
    assert control.delete(f"/_box/worlds/{world.name}/outcomes")
    assert 1 == len(control.get(f"/_box/worlds/{fork}/outcomes").json())
    assert [] == control.get("/_box/worlds/default/outcomes").json()
    assert 204 == control.delete(f"/_box/worlds/{fork}").status_code


def test_a_world_takes_a_thousand_and_no_more(world: World) -> None:
    for _ in range(outcomes.MOST_OUTCOMES):
        say(world, {"stick": True}, iccid="1")
    wish = {"do": {"stick": True}}
    detail = problem(world.control.post(f"/_box/worlds/{world.name}/outcomes", json=wish), 409)["detail"]
    assert str(outcomes.MOST_OUTCOMES) in detail


REFUSED = [
    *({"do": do} for do in ({}, None, "explode", [], {"explode": True}, {"complete": True, "stick": True})),
    *({"do": {"complete": value}} for value in (False, 0, "true")),
    *({"do": {"fail": value}} for value in (False, "", 7, [], {"code": 99}, {"code": 600}, {"why": "x"}, "x" * 1001)),
    *({"do": {"partly": value}} for value in ([], "1", {}, {"iccids": []}, {"iccids": [1]}, {"reason": "x"})),
    *({"do": {"take": value}} for value in ("soon", -1, "", "101y", "36526d", True)),
    *({"do": {"stick": True}, "times": times} for times in (0, -1, 1.5, "1", 2**63)),
    *({"do": {"stick": True}, "match": match} for match in ([], {"colour": "red"}, {"iccid": 7}, {"iccid": "1" * 101})),
    {"do": {"stick": True}, "match": {"carrier": "nobody"}},
    {"do": {"stick": True}, "match": {"workflow": "nothing"}},
    {"do": {"stick": True}, "match": {"operation": "wing-5.7.1"}},
    {"do": {"stick": True}, "more": 1},
    {},
    [],
]


@pytest.mark.parametrize("wish", REFUSED, ids=lambda wish: repr(wish)[:60])
def test_a_wish_that_is_not_understood_is_refused_and_kept_by_nobody(world: World, wish: Any) -> None:
    problem(world.control.post(f"/_box/worlds/{world.name}/outcomes", json=wish), 400)
    assert [] == outcomes_of(world)


# ------------------------------------------------------------------------------------------------------------ workflows


def test_work_is_listed_newest_first_and_by_what_it_is(world: World) -> None:
    first, second = activated(world), activated(world, in_stock(world))
    suspended(world, "T1")
    latest, *others = work(world, limit=3)
    assert [second, first] == [each["id"] for each in others]
    assert "dish-update-subscription-status" == latest["workflow"]
    assert [latest] == work(world, carrier="dish", iccid=DISH, limit=1)
    assert [first] == [each["id"] for each in work(world, iccid=ICCID)]
    mine = {"workflow": "update_state_sim_wf", "carrier": "wing"}
    assert [second, first] == [each["id"] for each in work(world, **mine, status="running", limit=2)]
    assert [latest] == work(world, limit=1)
    before = len(work(world, status="completed"))
    world.advance(by="1m")
    assert before + 3 == len(work(world, status="completed"))


def test_one_piece_of_work_says_what_was_asked_and_what_came_of_it(world: World) -> None:
    batch = activated(world)
    shown = good(world.control.get(f"/_box/worlds/{world.name}/workflows/{batch}"))
    assert ("wing", "update_state_sim_wf", ICCID, "wing-5.7", "running") == tuple(
        shown[member] for member in ("carrier", "workflow", "iccid", "operation", "status")
    )
    assert 3 == shown["input"]["newStateId"]
    assert shown["created_at"] <= shown["tasks"][0]["starts_at"] < shown["tasks"][-1]["ends_at"] <= shown["due_at"]
    world.advance(by="10s")
    ended = good(world.control.get(f"/_box/worlds/{world.name}/workflows/{batch}"))
    assert ("completed", None, shown["due_at"]) == (ended["status"], ended["due_at"], ended["ended_at"])


@pytest.mark.parametrize("query", ["status=gone", "limit=0", "limit=10001", "limit=x"])
def test_work_is_not_listed_by_what_it_cannot_be(world: World, query: str) -> None:
    problem(world.control.get(f"/_box/worlds/{world.name}/workflows?{query}"), 400)


def test_standing_work_is_listed_where_it_is_asked_for(world: World) -> None:
    assert [] == [each for each in work(world, limit=10_000) if each["workflow"] == "close_billing_cycle"]
    [closing] = work(world, workflow="close_billing_cycle")
    assert ("wing", "running", 0) == (closing["carrier"], closing["status"], world.clock()["pending"])


def test_work_that_is_not_there_is_not_found(world: World, control: httpx.Client) -> None:
    batch = activated(world)
    problem(control.get(f"/_box/worlds/{world.name}/workflows/nothing"), 404)
    problem(control.get(f"/_box/worlds/default/workflows/{batch}"), 404)
