"""Any carrier's SIMs over the control API: listed, found, shown with their history, and forced into any state."""

from collections.abc import Callable
from itertools import product
from typing import Any

import httpx
import pytest
from tests.conftest import SIM_OF_5_7, World
from tests.control.answers import good, problem

from carrierbox.kernel import lifecycle

#: One SIM of each carrier, and the states that it can be forced into.
SIMS = {
    "wing": "8955644099890700001",
    "wgtwo": "2420198416000015720",
    "dish": "11986621644523024502",
    "stn": "8931080000000000100",
}
STATES = {
    "wing": [*lifecycle.load("wing").states],
    "wgtwo": [*lifecycle.load("wgtwo").states],
    "dish": [*lifecycle.load("dish").states],
    "stn": [*lifecycle.load("stn-simcard").states, *lifecycle.load("stn-subscription").states],
}
EVERY = [(carrier, state) for carrier, states in STATES.items() for state in states]


def sims(world: World, **criteria: Any) -> list[dict[str, Any]]:
    answer = world.control.get(f"/_box/worlds/{world.name}/sims", params=criteria)
    assert 200 == answer.status_code, answer.text
    return list(answer.json())


def show(world: World, iccid: str, **query: str) -> dict[str, Any]:
    return good(world.control.get(f"/_box/worlds/{world.name}/sims/{iccid}", params=query))


def ask(world: World, iccid: str, state: Any) -> httpx.Response:
    return world.control.post(f"/_box/worlds/{world.name}/sims/{iccid}/force", json={"state": state})


def force(world: World, iccid: str, state: str) -> dict[str, Any]:
    return good(ask(world, iccid, state))


# ---------------------------------------------------------------------------------------- as the vendor's own reads say


def wing_says(world: World, iccid: str) -> set[str]:
    record = world.sim(iccid)
    query = {"stateName.equals": record["stateName"]}
    assert iccid in {sim["iccid"] for sim in world.wing.get("/api/v1/subscription/sims", params=query).json()}
    return {record["stateName"]}


def wgtwo_says(world: World, _iccid: str) -> set[str]:
    answer = world.wgtwo.get("/subscription/v2/imsi/242016000015721")
    if answer.status_code == 404:
        return {"unassigned", "terminated"}
    return {"active"} if answer.json()["active"] else {"blocked"}


def dish_says(world: World, iccid: str) -> set[str]:
    answer = world.dish.get("/sps/v5/subscription-profile", params={"iccid": iccid})
    if answer.status_code == 404:
        free = world.dish.get("/sps/v5/subscription-sim/simCheck", params={"iccid": iccid}).json()["validationStatus"]
        return {"Available"} if free else {"Replaced"}
    return {answer.json()["status"]}


def stn_says(world: World, iccid: str) -> set[str]:
    [card] = world.stn.get("/api/QuerySimcard", params={"simCardNumber": iccid}).json()["results"]
    on = world.stn.get("/api/QuerySubscription", params={"simCardNumber": iccid}).json()["results"]
    return {card["status"], *(subscription["state"] for subscription in on)}


SAYS: dict[str, Callable[[World, str], set[str]]] = {
    "wing": wing_says,
    "wgtwo": wgtwo_says,
    "dish": dish_says,
    "stn": stn_says,
}


@pytest.mark.parametrize(("carrier", "state"), EVERY, ids="-".join)
def test_any_sim_goes_into_any_state_and_everybody_sees_it(world: World, carrier: str, state: str) -> None:
    iccid = SIMS[carrier]
    shown = force(world, iccid, state)
    assert state in {shown["state"], shown.get("subscription_state")}
    assert shown == show(world, iccid)
    [found] = [sim for sim in sims(world, carrier=carrier, state=state, limit=10_000) if sim["iccid"] == iccid]
    assert found.items() <= shown.items()
    assert state in SAYS[carrier](world, iccid)
    assert {(step["from"], step["to"]) for step in shown["next"]} == next_of(carrier, shown)


def next_of(carrier: str, sim: dict[str, Any]) -> set[tuple[str, str]]:
    """The steps that the carrier's lifecycles have from where a SIM is."""
    models = {"stn": ("stn-simcard", "stn-subscription")}.get(carrier, (carrier,))
    states = (sim["state"], sim.get("subscription_state"))
    pairs = zip((lifecycle.load(name) for name in models), states, strict=False)
    return {step for model, state in pairs for step in model.steps if step[0] == state}


@pytest.mark.parametrize("carrier", SIMS)
def test_from_every_state_it_goes_into_every_other(world: World, carrier: str) -> None:
    for pair in product(STATES[carrier], repeat=2):
        for state in pair:
            shown = force(world, SIMS[carrier], state)
            assert state in {shown["state"], shown.get("subscription_state")}, pair
    assert state in SAYS[carrier](world, SIMS[carrier])


@pytest.mark.parametrize(("carrier", "state"), [("wing", "RETIRED"), ("wgtwo", "blocked"), ("dish", "Ceased")])
def test_the_counts_of_the_world_follow(world: World, carrier: str, state: str) -> None:
    def counted() -> dict[str, int]:
        counts = good(world.control.get(f"/_box/worlds/{world.name}"))["sims"][carrier]
        return {name: counts.get(name, 0) for name in STATES[carrier]}

    before, present = counted(), show(world, SIMS[carrier])["state"]
    force(world, SIMS[carrier], state)
    assert before | {present: before[present] - 1, state: before[state] + 1} == counted()


def test_the_timeline_says_that_it_was_forced_and_by_which_request(world: World) -> None:
    answer = ask(world, SIMS["wing"], "CSP-HOLD")
    [entry] = good(answer)["timeline"]
    assert ("ENTERPRISE-INVENTORY", "CSP-HOLD", "forced") == (entry["from"], entry["to"], entry["cause"])
    assert (answer.headers["X-Request-Id"], world.clock()["now"]) == (entry["ref"], entry["at"])
    again = ask(world, SIMS["wing"], "CSP-HOLD")
    assert [entry] == good(again)["timeline"], "it was there already"


def test_a_request_a_workflow_and_force_follow_one_another_in_the_timeline(world: World) -> None:
    answer = world.change(SIM_OF_5_7, "ACTIVE", 3)
    world.advance(by="10s")
    world.wgtwo.post("/provision/v2/block", json={"bssid": "operator_name", "msisdn": "46737678218"})
    force(world, SIMS["wing"], "RETIRED")
    first, second = show(world, SIMS["wing"])["timeline"]
    assert ("workflow", answer.text, "wing-5.7", "5.7") == tuple(
        first[member] for member in ("cause", "ref", "operation", "section")
    )
    assert ("ACTIVE", "RETIRED", "forced") == (second["from"], second["to"], second["cause"])
    [blocked] = show(world, SIMS["wgtwo"])["timeline"]
    assert ("active", "blocked", "request", "wgtwo-block") == tuple(
        blocked[member] for member in ("from", "to", "cause", "operation")
    )
    assert blocked["section"]


def test_afterwards_the_carrier_allows_the_steps_from_there(world: World) -> None:
    force(world, SIMS["wing"], "SUSPENDED")
    batch = world.change(SIM_OF_5_7, "ACTIVE", 3).text
    world.advance(by="10s")
    assert ("COMPLETED", "ACTIVE") == (world.workflow(batch)["status"], world.sim(SIMS["wing"])["stateName"])
    force(world, SIMS["wing"], "RETIRED")
    refused = world.change(SIM_OF_5_7, "ACTIVE", 3).text
    world.advance(by="10s")
    assert "FAILED" == world.workflow(refused)["status"]


@pytest.mark.parametrize("carrier", ["wgtwo", "dish", "stn"])
def test_afterwards_the_carriers_operations_work_on_it(world: World, carrier: str) -> None:
    active = {"wgtwo": "active", "dish": "Active", "stn": "ACTIVE"}[carrier]
    msisdn = force(world, SIMS[carrier], active)["msisdn"]
    asked = {
        "wgtwo": lambda: world.wgtwo.post("/provision/v2/block", json={"bssid": "operator_name", "msisdn": msisdn}),
        "dish": lambda: world.dish.post(
            "/sps/v5/subscription/status",
            json={"partnerTransactionId": "T1", "iccid": SIMS["dish"], "action": "Suspend"},
        ),
        "stn": lambda: world.stn.post("/api/SuspendSubscription", json={"phoneNumber": msisdn}),
    }[carrier]()
    assert asked.is_success, asked.text
    world.advance(by="10s")
    assert {"wgtwo": "blocked", "dish": "Suspended", "stn": "SUSPENDED"}[carrier] in SAYS[carrier](world, SIMS[carrier])


def test_work_that_was_pending_ends_as_it_can(world: World) -> None:
    batch = world.change(SIM_OF_5_7, "ACTIVE", 3).text
    assert [batch] == [job["id"] for job in show(world, SIMS["wing"])["work"]]
    force(world, SIMS["wing"], "RETIRED")
    world.advance(by="10s")
    assert "RETIRED to ACTIVE is not allowed" in world.workflow(batch)["reasonForIncompletion"]
    assert ("RETIRED", False) == tuple(world.sim(SIMS["wing"])[name] for name in ("stateName", "stateChangeLock"))
    assert [] == show(world, SIMS["wing"])["work"]


def test_nobody_is_notified(world: World) -> None:
    force(world, SIMS["dish"], "Active")
    world.advance(by="1h")
    assert [] == world.control.get(f"/_box/worlds/{world.name}/inbox").json()


def test_a_device_may_use_the_network_in_its_new_state_or_not(world: World) -> None:
    event = f"/_box/worlds/{world.name}/sims/{SIMS['stn']}/events"
    assert 409 == world.control.post(event, json={"kind": "sms-mo"}).status_code
    force(world, SIMS["stn"], "ACTIVE")
    assert 201 == world.control.post(event, json={"kind": "sms-mo"}).status_code
    force(world, SIMS["stn"], "SUSPENDED")
    assert 409 == world.control.post(event, json={"kind": "sms-mo"}).status_code


# ----------------------------------------------------------------------------------------------------- listed and found


def test_all_carriers_sims_are_listed_and_as_many_as_are_counted(world: World) -> None:
    counts = good(world.control.get(f"/_box/worlds/{world.name}"))["sims"]
    found = sims(world, limit=10_000)
    for carrier, by_state in counts.items():
        mine = [sim for sim in found if sim["carrier"] == carrier]
        assert sum(by_state.values()) == len(mine) == len({sim["iccid"] for sim in mine})
        for state, count in by_state.items():
            assert count == len(sims(world, carrier=carrier, state=state, limit=10_000))
    assert found[:5] == sims(world, limit=5)
    assert 100 == len(sims(world))


def test_a_sim_is_found_by_a_part_of_its_identities(world: World) -> None:
    sim = show(world, SIMS["wing"])
    for part in (sim["iccid"][4:], sim["imsi"][:14], sim["msisdn"][2:]):
        assert sim["iccid"] in {each["iccid"] for each in sims(world, q=part)}
    assert [] == sims(world, q="nothing")
    assert [] == sims(world, q="%")
    assert [] == sims(world, carrier="dish", q=sim["iccid"])
    assert {SIMS["stn"]} == {each["iccid"] for each in sims(world, state="FREE", q=SIMS["stn"])}


def test_a_subscriptions_state_finds_its_sims_too(world: World) -> None:
    found = sims(world, carrier="stn", state="SUSPENDED")
    assert found
    assert {("ACTIVATED", "SUSPENDED")} == {(sim["state"], sim["subscription_state"]) for sim in found}


@pytest.mark.parametrize("query", ["carrier=nobody", "carrier=", "limit=0", "limit=10001", "limit=many"])
def test_sims_are_not_listed_by_what_cannot_be(world: World, query: str) -> None:
    problem(world.control.get(f"/_box/worlds/{world.name}/sims?{query}"), 400)


def test_a_sim_that_is_not_there_is_not_found(world: World) -> None:
    for path in ("1", "nothing", "1/explain", "%00", f"{SIMS['wing']}%20"):
        problem(world.control.get(f"/_box/worlds/{world.name}/sims/{path}"), 404)
    problem(ask(world, "1", "ACTIVE"), 404)
    problem(world.control.get(f"/_box/worlds/{world.name}/sims/{SIMS['wing']}", params={"carrier": "dish"}), 404)
    assert show(world, SIMS["wing"]) == show(world, SIMS["wing"], carrier="wing")


@pytest.mark.parametrize("state", ["", "active", "Active ", "UNKNOWN", 3, None, [], "x" * 101], ids=repr)
def test_a_state_that_the_carrier_does_not_know_is_refused_and_nothing_changes(world: World, state: Any) -> None:
    before = show(world, SIMS["wing"])
    refused = problem(ask(world, SIMS["wing"], state), 400)
    if isinstance(state, str) and len(state) < 100:
        assert "ENTERPRISE-INVENTORY, TRIAL, ACTIVE" in refused["detail"]
    assert before == show(world, SIMS["wing"])
