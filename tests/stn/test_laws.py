"""Laws: whatever is asked in whatever order, things are where their lifecycles can lead, and the timeline says how."""

import asyncio
from collections.abc import Iterator
from datetime import timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.stn.conftest import CARDS

from carrierbox import main
from carrierbox.carriers.stn import states
from carrierbox.carriers.stn.door import Caller
from carrierbox.carriers.stn.errors import Refusal
from carrierbox.carriers.stn.porting import rules as porting
from carrierbox.carriers.stn.porting import schemas as port
from carrierbox.carriers.stn.subscriptions import rules, schemas
from carrierbox.kernel import workflow
from carrierbox.kernel.magic import magic
from carrierbox.kernel.world import Cause, Settings, World
from carrierbox.kernel.worlds import Origin, Worlds

SANDBOX = Caller("sandbox")
CYCLES = {"simcard": states.SIMCARD, "subscription": states.SUBSCRIPTION, "activation": states.ACTIVATION}


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    house = Worlds(tmp_path, main.PARTS)
    world = house.start(Origin(sims=0), Settings())
    world.clock.freeze()
    yield world
    house.close()


def ask(world: World, rule: Any, wish: Any) -> dict[str, Any] | None:
    """Ask as a route does; nothing where it is refused, and then nothing has changed."""
    before = world.store.changes
    try:
        with world.transaction(Cause("request", "test")) as box:
            answer: dict[str, Any] = rule(box, SANDBOX, wish)
    except Refusal:
        assert before == world.store.changes
        return None
    return answer


def advance(world: World, seconds: float) -> None:
    asyncio.run(workflow.advance(world, world.clock.now() + timedelta(seconds=seconds)))


def rows(world: World, table: str) -> list[dict[str, Any]]:
    return [dict(row) for row in world.store.sql(f"SELECT * FROM {table}")]


wishes = st.one_of(
    st.just((rules.suspend, schemas.OfSubscription, {"subscriptionId": "SUB12345"})),
    st.just((rules.resume, schemas.OfSubscription, {"subscriptionId": "SUB12345"})),
    st.sampled_from([{"voiceMail": False}, {"voiceMail": True}, {"dataRoamingLimitation": "Limit 12.5"}]).map(
        lambda services: (rules.set_services, schemas.SetServices, {"subscriptionId": "SUB12345", "services": services})
    ),
    st.sampled_from(CARDS).map(
        lambda card: (rules.swap_sim, schemas.SimSwap, {"subscriptionId": "SUB12345", "newSimCardNumber": card})
    ),
    st.sampled_from(CARDS).map(lambda card: (rules.new_subscription, schemas.NewSubscription, {"simCardNumber": card})),
    st.sampled_from(CARDS).map(
        lambda card: (
            porting.port_in,
            port.InPort,
            {"phoneNumber": "0612345678", "donorCustomerNumber": "1", "simCardNumber": card},
        )
    ),
    st.just((rules.terminate, schemas.Ending, {"subscriptionId": "SUB12345"})),
    st.just((porting.port_out, schemas.Ending, {"subscriptionId": "SUB12345"})),
    st.sampled_from([rules.cancel_new, rules.cancel_terminate, porting.cancel_port_in, porting.cancel_port_out]).map(
        lambda rule: (rule, schemas.OfActivation, None)
    ),
)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(story=st.lists(st.tuples(wishes, st.floats(0, 3)), max_size=12))
def test_any_story_leaves_everything_where_its_lifecycle_can_lead(story: list[Any], world: World) -> None:
    seen = {name: {row["id"]: row for row in rows(world, f"stn_{name}")} for name in CYCLES}
    asked = ["###eP7ds###WQJoIE"]
    for (rule, schema, body), pause in story:
        answer = ask(world, rule, schema.model_validate(body or {"activationId": asked[-1]}))
        asked += [answer["id"]] if answer else []
        advance(world, pause)
    asyncio.run(workflow.advance(world, None))
    for name, cycle in CYCLES.items():
        column = "state" if name == "subscription" else "status"
        for row in rows(world, f"stn_{name}"):
            assert row[column] in cycle.states
            if row["id"] in seen[name]:
                assert row[column] in reachable(cycle, seen[name][row["id"]][column])
    for row in rows(world, "stn_activation"):
        if row["id"] in asked[1:]:
            assert row["status"] in {"DONE", "ERROR", "CANCELLED"}
    in_use = {row["iccid"] for row in rows(world, "stn_subscription") if row["state"] in {"ACTIVE", "SUSPENDED"}}
    assert in_use == {row["iccid"] for row in rows(world, "stn_simcard") if row["status"] == "ACTIVATED"}
    busy = [row["iccid"] for row in rows(world, "stn_simcard") if row["status"] == "BUSY"]
    assert ["locked"] == [magic(iccid) for iccid in busy], "by work that never ends, from the start"
    numbers = [
        row["phone_number"] for row in rows(world, "stn_subscription") if row["state"] in {"ACTIVE", "SUSPENDED"}
    ]
    assert len(numbers) == len(set(numbers))
    timeline_is_whole(world)


def reachable(cycle: Any, present: str) -> set[str]:
    found = {present}
    while more := {wanted for before, wanted in cycle.steps if before in found} - found:
        found |= more
    return found


def timeline_is_whole(world: World) -> None:
    """Each card's steps follow from one another, and the last is where the card is."""
    for card in rows(world, "stn_simcard"):
        every = [row for row in rows(world, "box_timeline") if row["iccid"] == card["iccid"]]
        steps = [row for row in every if (row["before"], row["after"]) in states.SIMCARD.steps]
        for one, other in pairwise(steps):
            assert one["after"] == other["before"]
        assert not steps or card["status"] == steps[-1]["after"]


def test_every_step_stands_in_the_timeline_with_its_cause(world: World) -> None:
    ask(world, rules.new_subscription, schemas.NewSubscription.model_validate({"simCardNumber": CARDS[0]}))
    advance(world, 10)
    timeline = [row for row in rows(world, "box_timeline") if row["iccid"] == CARDS[0]]
    assert [("FREE", "BUSY", "request"), ("BUSY", "ACTIVATED", "workflow"), ("PENDING", "ACTIVE", "workflow")] == [
        (row["before"], row["after"], row["cause"]) for row in timeline
    ]
    assert {"stn"} == {row["carrier"] for row in timeline}
