"""How much of the carriers' lifecycles was exercised: each step that was taken, and each that was refused, counts."""

from typing import Any

import httpx
import pytest
from tests.conftest import SIM_OF_5_7, World
from tests.control.answers import good, problem

from carrierbox import main
from carrierbox.kernel import lifecycle

CARRIERS = {part.name: [model.name for model in part.lifecycles] for part in main.PARTS if part.lifecycles}
DISH, CARD = "11986621644523024501", "8931080000000000100"


def covered(world: World, **query: str) -> dict[str, Any]:
    return good(world.control.get(f"/_box/worlds/{world.name}/lifecycle-coverage", params=query))


def whole(control: httpx.Client, **query: str) -> dict[str, Any]:
    return good(control.get("/_box/lifecycle-coverage", params=query))


def taken(coverage: dict[str, Any]) -> dict[tuple[str, str, str], int]:
    return {
        (model["lifecycle"], each["from"], each["to"]): each["times"]
        for model in coverage["lifecycles"]
        for each in model["transitions"]
        if each["times"]
    }


def refused(coverage: dict[str, Any]) -> dict[tuple[str, str, str], int]:
    return {
        (model["lifecycle"], each["from"], each["to"]): each["times"]
        for model in coverage["lifecycles"]
        for each in model["refusals"]
    }


def test_in_a_fresh_world_nothing_was(world: World) -> None:
    coverage = covered(world)
    assert (0.0, 0, {}, {}) == (coverage["percent"], coverage["taken"], taken(coverage), refused(coverage))
    assert [(name, carrier) for carrier, names in CARRIERS.items() for name in names] == [
        (model["lifecycle"], model["carrier"]) for model in coverage["lifecycles"]
    ]
    for model in coverage["lifecycles"]:
        steps = lifecycle.load(model["lifecycle"]).steps
        assert [*steps] == [(each["from"], each["to"]) for each in model["transitions"]]
        assert len(steps) == model["steps"]
    assert sum(model["steps"] for model in coverage["lifecycles"]) == coverage["steps"]


def test_a_step_counts_when_it_is_taken_and_not_when_it_is_asked_for(world: World) -> None:
    world.change(SIM_OF_5_7, "ACTIVE", 3)
    assert {} == taken(covered(world))
    world.advance(by="10s")
    coverage = covered(world, carrier="wing")
    assert {("wing", "ENTERPRISE-INVENTORY", "ACTIVE"): 1} == taken(coverage)
    steps = sum(len(lifecycle.load(name).steps) for name in CARRIERS["wing"])
    assert (1, steps, round(100 / steps, 1)) == (coverage["taken"], coverage["steps"], coverage["percent"])
    for state, number in (("SUSPENDED", 4), ("ACTIVE", 3), ("SUSPENDED", 4)):
        world.change(SIM_OF_5_7, state, number)
        world.advance(by="10s")
    assert 2 == taken(covered(world))["wing", "ACTIVE", "SUSPENDED"]
    assert 3 == covered(world, carrier="wing")["taken"], "a step taken twice is one step"


def test_a_step_that_does_not_exist_counts_once_as_refused(world: World) -> None:
    world.change(SIM_OF_5_7, "SUSPENDED", 4)
    world.advance(by="10s")
    coverage = covered(world)
    assert ({}, {("wing", "ENTERPRISE-INVENTORY", "SUSPENDED"): 1}) == (taken(coverage), refused(coverage))


def test_every_carriers_steps_are_counted(world: World) -> None:
    world.wgtwo.post("/provision/v2/block", json={"bssid": "operator_name", "msisdn": "46737678218"})
    body = {"partnerTransactionId": "T1", "iccid": DISH, "action": "Suspend"}
    world.dish.post("/sps/v5/subscription/status", json=body)
    world.stn.post("/api/NewSubscription", json={"simCardNumber": CARD})
    world.advance(by="10s")
    assert {
        ("wgtwo", "active", "blocked"): 1,
        ("dish", "Active", "Suspended"): 1,
        ("stn-simcard", "FREE", "BUSY"): 1,
        ("stn-simcard", "BUSY", "ACTIVATED"): 1,
        ("stn-subscription", "PENDING", "ACTIVE"): 1,
        ("stn-activation", "INIT", "BUSY"): 1,
        ("stn-activation", "BUSY", "DONE"): 1,
    } == taken(covered(world))


def test_every_carriers_refusals_are_counted(world: World) -> None:
    resume = {"partnerTransactionId": "T1", "iccid": DISH, "action": "Resume"}
    in_use = world.control.get(f"/_box/worlds/{world.name}/sims?carrier=stn&state=ACTIVATED").json()[-1]["iccid"]
    world.dish.post("/sps/v5/subscription/status", json=resume)
    world.stn.post("/api/NewSubscription", json={"simCardNumber": in_use})
    for operation in ("terminate", "block"):
        world.wgtwo.post(f"/provision/v2/{operation}", json={"bssid": "operator_name", "msisdn": "46737678218"})
    assert {("dish", "Active", "Active"): 1, ("stn-simcard", "ACTIVATED", "BUSY"): 1} == refused(covered(world))
    assert {("wgtwo", "active", "terminated"): 1} == taken(covered(world))


def test_force_takes_no_step(world: World) -> None:
    for state in ("ACTIVE", "RETIRED", "ACTIVE"):
        world.control.post(f"/_box/worlds/{world.name}/sims/{SIM_OF_5_7['iccid']}/force", json={"state": state})
    assert ({}, {}) == (taken(covered(world)), refused(covered(world)))


def test_a_fork_begins_anew_and_a_dropped_world_still_counts_for_the_box(world: World, control: httpx.Client) -> None:
    key = ("wing", "ENTERPRISE-INVENTORY", "ACTIVE")
    before = taken(whole(control)).get(key, 0)
    world.change(SIM_OF_5_7, "ACTIVE", 3)
    world.advance(by="10s")
    fork = control.post("/_box/worlds", json={"from": world.name}).json()
    assert {} == taken(good(control.get(f"/_box/worlds/{fork['name']}/lifecycle-coverage")))
    assert before + 1 == taken(whole(control))[key]
    assert 204 == control.delete(f"/_box/worlds/{fork['name']}").status_code
    made = World(fork["name"], fork["base_url"], control)
    control.post("/_box/worlds", json={"from": "default", "name": made.name})
    made.change(SIM_OF_5_7, "ACTIVE", 3)
    made.close()
    assert 200 == control.post(f"/_box/worlds/{made.name}/clock/advance", json={"by": "10s"}).status_code
    assert 204 == control.delete(f"/_box/worlds/{made.name}").status_code
    assert before + 2 == taken(whole(control))[key]


def test_one_carrier_may_be_asked_for(world: World, control: httpx.Client) -> None:
    for carrier, names in CARRIERS.items():
        assert names == [model["lifecycle"] for model in covered(world, carrier=carrier)["lifecycles"]]
        assert names == [model["lifecycle"] for model in whole(control, carrier=carrier)["lifecycles"]]


@pytest.mark.parametrize("carrier", ["", "nobody", "keycloak"])
def test_what_is_no_carrier_has_no_lifecycle(world: World, control: httpx.Client, carrier: str) -> None:
    problem(control.get("/_box/lifecycle-coverage", params={"carrier": carrier}), 400)
    problem(control.get(f"/_box/worlds/{world.name}/lifecycle-coverage", params={"carrier": carrier}), 400)
    problem(control.get("/_box/worlds/nowhere/lifecycle-coverage"), 404)
