"""WING 5.6 to 5.8 and 5.19: billing states, and the workflows that change them."""

import asyncio
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from uuid import UUID

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.wing.inside import asking

from carrierbox.carriers.wing import workflows
from carrierbox.carriers.wing.subscriptions.record import STATES
from carrierbox.carriers.wing.subscriptions.state import rules
from carrierbox.carriers.wing.subscriptions.state.schemas import StateChange
from carrierbox.kernel import workflow
from carrierbox.kernel import world as kernel

UPDATE = "/api/v1/sim/update_state"
SIM = {"iccid": "8955644099890700001", "imsi": "234500001087001"}
ASKABLE = ["TRIAL", "ACTIVE", "SUSPENDED", "CONDITIONAL-SUSPEND", "DEACTIVATED", "RETIRED"]
KNOWN = ["ENTERPRISE-INVENTORY", *ASKABLE]


def everything(world: Any, iccid: str) -> Any:
    """All that a refused request could have changed about a SIM."""
    record = world.wing.get("/api/v1/subscription/sims", params={"iccid.equals": iccid}).json()
    return record, world.wing.get(f"/api/v1/getAuditTrail/{record[0]['imsi']}/36500").json()


def test_the_sim_changes_when_the_batch_completes_and_not_before(world: Any) -> None:
    answer = world.wing.post(UPDATE, json={**SIM, "newState": "ACTIVE", "newStateId": 3})
    assert 202 == answer.status_code
    assert answer.text == str(UUID(answer.text))
    waiting = world.sim(SIM["iccid"])
    assert ("ENTERPRISE-INVENTORY", True, False) == (
        waiting["stateName"], waiting["stateChangeLock"], waiting["lcStateInsync"],
    )  # fmt: skip
    running = world.workflow(answer.text)
    assert ("RUNNING", 0, {}) == (running["status"], running["endTime"], running["output"])
    world.advance(until="idle")
    done = world.workflow(answer.text)
    assert ("COMPLETED", {"message": "Success", "statusCode": 200}) == (done["status"], done["output"])
    changed = world.sim(SIM["iccid"])
    assert ("ACTIVE", 3, False, True) == (
        changed["stateName"], changed["stateId"], changed["stateChangeLock"], changed["lcStateInsync"],
    )  # fmt: skip
    assert changed["initialActivationDate"] == changed["lastStateChangeDate"] == changed["modificationTimestamp"]
    [row] = world.wing.get(f"/api/v1/getAuditTrail/{SIM['imsi']}/1").json()
    assert {
        "accountName": "DNT_MoveSIM", "action": "SIM_STATE_CHANGE", "preValue": '"ENTERPRISE-INVENTORY"',
        "newValue": '"ACTIVE"', "status": "COMPLETED",
    }.items() <= row.items()  # fmt: skip


def test_its_tasks_run_one_after_the_other(world: Any) -> None:
    batch = world.change(SIM, "ACTIVE", 3).text
    seen = []
    for _ in range(9):
        seen.append([task["status"] for task in world.workflow(batch)["tasks"]])
        world.advance(by=0.3)
    assert ["SCHEDULED"] == seen[0]
    assert ["IN_PROGRESS"] == seen[1]
    assert ["COMPLETED", "IN_PROGRESS"] in seen
    assert ["COMPLETED", "COMPLETED", "IN_PROGRESS"] in seen
    assert ["COMPLETED"] * 3 == seen[-1]
    tasks = world.workflow(batch)["tasks"]
    assert [1, 2, 3] == [task["seq"] for task in tasks]
    assert all(task["scheduledTime"] <= task["startTime"] <= task["endTime"] for task in tasks)
    assert world.workflow(batch)["endTime"] == tasks[-1]["endTime"]


def test_include_tasks_false_leaves_the_tasks_out_and_all_else_in(world: Any) -> None:
    batch = world.change(SIM, "ACTIVE", 3).text
    bare = world.wing.get(f"/api/v1/sim/{batch}", params={"includeTasks": "false"})
    assert "wing-5.19" == bare.headers["x-carrierbox-operation"]
    assert {**world.workflow(batch), "tasks": []} == bare.json()


def test_the_workflow_shows_the_request_as_it_was_sent(world: Any) -> None:
    sent = {
        "newStateId": 3, "newState": "ACTIVATED", "imsi": int(SIM["imsi"]), "iccid": int(SIM["iccid"]), "note": 10**40,
    }  # fmt: skip
    batch = world.wing.post(UPDATE, json=sent)
    assert 202 == batch.status_code
    assert sent == world.workflow(batch.text)["input"]


@pytest.mark.parametrize("wanted", ASKABLE)
@pytest.mark.parametrize("present", KNOWN)
def test_takes_each_step_of_5_6_and_no_other(present: str, wanted: str, world: Any) -> None:
    sim = world.sim_in(present)
    before = everything(world, sim["iccid"])
    batch = world.change(sim, wanted, STATES.states[wanted]).text  # type: ignore[index]
    world.advance(until="idle")
    done = world.workflow(batch)
    if (present, wanted) in STATES.steps:
        assert "COMPLETED" == done["status"]
        assert wanted == world.sim(sim["iccid"])["stateName"]
        return
    reason = f"State transition from {present} to {wanted} is not allowed"
    assert ("FAILED", reason) == (done["status"], done["reasonForIncompletion"])
    assert {"message": reason, "statusCode": 409} == done["output"]
    assert ["validate_state_transition_ref"] == done["failedReferenceTaskNames"]
    assert ["FAILED_WITH_TERMINAL_ERROR"] == [task["status"] for task in done["tasks"]]
    record, trail = everything(world, sim["iccid"])
    assert before[0] == record
    assert ["FAILED"] == [row["status"] for row in trail[: len(trail) - len(before[1])]]


def test_dates_say_what_happened_first_and_last(world: Any) -> None:
    dates = []
    for state, number in (("ACTIVE", 3), ("DEACTIVATED", 8), ("ACTIVE", 3)):
        world.change(SIM, state, number)
        world.advance(by="1h")
        dates.append(world.sim(SIM["iccid"]))
    assert 1 == len({sim["initialActivationDate"] for sim in dates})
    assert dates[1]["deactivationDate"] == dates[2]["deactivationDate"] == dates[1]["lastStateChangeDate"]
    assert dates[2]["lastStateChangeDate"] > dates[1]["lastStateChangeDate"]


def test_a_change_of_a_sim_under_change_ends_failed(world: Any) -> None:
    first, second = world.change(SIM, "ACTIVE", 3).text, world.change(SIM, "DEACTIVATED", 8).text
    world.advance(until="idle")
    assert "COMPLETED" == world.workflow(first)["status"]
    assert "FAILED" == world.workflow(second)["status"]
    assert "under way" in world.workflow(second)["reasonForIncompletion"]
    assert "ACTIVE" == world.sim(SIM["iccid"])["stateName"]


def test_a_change_that_breaks_ends_failed_and_lets_go(inside: kernel.World, monkeypatch: pytest.MonkeyPatch) -> None:
    def stumble(*_: Any, **__: Any) -> None:
        raise RuntimeError("the network is down")

    sim = inside.store.sql("SELECT * FROM wing_sim WHERE iccid = ?", (SIM["iccid"],)).fetchone()
    with asking(inside) as (box, caller):
        change = StateChange.model_validate({**SIM, "newState": "ACTIVE", "newStateId": 3})
        batch = rules.request_state_change(box, caller, change)
    monkeypatch.setattr(rules, "take", stumble)
    asyncio.run(workflow.advance(inside, None))
    with asking(inside) as (box, caller):
        ended = workflows.status(box, caller.user.realm, batch, include_tasks=True)
    assert ("FAILED", "Internal error") == (ended["status"], ended["reasonForIncompletion"])
    assert {"message": "Internal error", "statusCode": 500} == ended["output"]
    left = inside.store.sql("SELECT * FROM wing_sim WHERE id = ?", (sim["id"],)).fetchone()
    assert ("ENTERPRISE-INVENTORY", 0, 1) == (left["state"], left["state_change_lock"], left["lc_state_insync"])
    [row] = inside.store.sql("SELECT * FROM wing_audit WHERE imsi = ?", (SIM["imsi"],)).fetchall()
    assert ("SIM_STATE_CHANGE", "FAILED") == (row["action"], row["status"])


def test_of_fifty_simultaneous_changes_exactly_one_wins(world: Any) -> None:
    with ThreadPoolExecutor(50) as crowd:
        batches = [answer.text for answer in crowd.map(lambda _: world.change(SIM, "ACTIVE", 3), range(50))]
    world.advance(until="idle")
    endings = [world.workflow(batch)["status"] for batch in batches]
    assert (1, 49) == (endings.count("COMPLETED"), endings.count("FAILED"))
    assert ("ACTIVE", False) == (world.sim(SIM["iccid"])["stateName"], world.sim(SIM["iccid"])["stateChangeLock"])


WRONG_BODIES: list[tuple[Any, str]] = [
    ({}, "iccid"),
    ({"iccid": SIM["iccid"]}, "imsi"),
    ({**SIM, "newStateId": 3}, "newState"),
    ({**SIM, "newState": "ACTIVE"}, "newStateId"),
    ({**SIM, "new_state": "ACTIVE", "new_state_id": 3}, "newState"),
    ({**SIM, "newState": "ACTIVE", "new_state_id": 3}, "newStateId"),
    ({**SIM, "newState": "AWAKE", "newStateId": 3}, "newState"),
    ({**SIM, "newState": "", "newStateId": 3}, "newState"),
    ({**SIM, "newState": 3, "newStateId": 3}, "newState"),
    ({**SIM, "newState": "ENTERPRISE-INVENTORY", "newStateId": 1}, "newState"),
    ({**SIM, "newState": "REGULATORY-HOLD", "newStateId": 5}, "newState"),
    ({**SIM, "newState": "ACTIVE", "newStateId": 4}, "newStateId"),
    ({**SIM, "newState": "ACTIVE", "newStateId": 11}, "newStateId"),
    ({**SIM, "newState": "ACTIVE", "newStateId": "3"}, "newStateId"),
    ({**SIM, "newState": "ACTIVE", "newStateId": True}, "newStateId"),
    ({**SIM, "newState": "ACTIVE", "newStateId": None}, "newStateId"),
    ({**SIM, "iccid": "", "newState": "ACTIVE", "newStateId": 3}, "iccid"),
    ({**SIM, "iccid": "89x", "newState": "ACTIVE", "newStateId": 3}, "iccid"),
    ({**SIM, "iccid": None, "newState": "ACTIVE", "newStateId": 3}, "iccid"),
    ({**SIM, "iccid": True, "newState": "ACTIVE", "newStateId": 3}, "iccid"),
    ({**SIM, "iccid": -5, "newState": "ACTIVE", "newStateId": 3}, "iccid"),
    ({**SIM, "iccid": [SIM["iccid"]], "newState": "ACTIVE", "newStateId": 3}, "iccid"),
    ({**SIM, "imsi": {"a": 1}, "newState": "ACTIVE", "newStateId": 3}, "imsi"),
]


@pytest.mark.parametrize(
    ("body", "field"), WRONG_BODIES, ids=[f"{i}-{field}" for i, (_, field) in enumerate(WRONG_BODIES)]
)
def test_a_body_that_does_not_fit_names_the_field_and_changes_nothing(body: Any, field: str, world: Any) -> None:
    before = everything(world, SIM["iccid"])
    answer = world.wing.post(UPDATE, json=body)
    assert 400 == answer.status_code
    assert field in [wrong["field"] for wrong in answer.json()["fieldErrors"]]
    assert before == everything(world, SIM["iccid"])


@pytest.mark.parametrize(
    ("content", "status"),
    [
        (b"", 400),
        (b"{", 400),
        (b"null", 400),
        (b"[]", 400),
        (b'"text"', 400),
        (b"5", 400),
        (b"\xff\xfe", 400),
        (b"[" * 100_000, 400),
        (b'{"iccid": ' + b"9" * 5000 + b"}", 400),
        (b"x" * 10_000_000, 413),
    ],
    ids=["empty", "cut", "null", "list", "text", "number", "bytes", "deep", "digits", "10MB"],
)
def test_a_body_that_is_no_object_is_refused(content: bytes, status: int, world: Any) -> None:
    answer = world.wing.post(UPDATE, content=content, headers={"Content-Type": "application/json"})
    assert status == answer.status_code, answer.text
    assert status == answer.json()["status"]
    assert 0 == world.clock()["pending"]


def test_a_body_of_another_type_is_415(world: Any) -> None:
    assert 415 == world.wing.post(UPDATE, data={"iccid": "1"}).status_code


@pytest.mark.parametrize(
    "identity",
    [
        {"iccid": "8955644099890700002", "imsi": SIM["imsi"]},
        {"iccid": SIM["iccid"], "imsi": "234500001089020"},
        {"iccid": "1", "imsi": "2"},
    ],
)
def test_identities_of_no_sim_or_of_two_are_404(identity: dict[str, str], world: Any) -> None:
    assert 404 == world.change(identity, "ACTIVE", 3).status_code
    assert 0 == world.clock()["pending"]


def test_a_reader_may_read_and_not_write(world: Any) -> None:
    reader = world.wing_as("sandbox-reader")
    assert 200 == reader.get("/api/v1/subscription/sims/1169").status_code
    assert 200 == reader.post("/api/v1/subscription/sims", params={"size": 1}).status_code
    answer = reader.post(UPDATE, json={**SIM, "newState": "ACTIVE", "newStateId": 3})
    assert (403, "Access Denied") == (answer.status_code, answer.json()["detail"])
    assert 0 == world.clock()["pending"]


@pytest.mark.parametrize("batch", ["00000000-0000-4000-8000-000000000000", "none", "%00", "1"])
def test_an_unknown_batch_is_404(batch: str, world: Any) -> None:
    assert 404 == world.wing.get(f"/api/v1/sim/{batch}").status_code


def test_include_tasks_that_is_no_boolean_is_400(world: Any) -> None:
    answer = world.wing.get("/api/v1/sim/53cdc2a6-cf6c-4ed1-abcc-1901a2c0e625", params={"includeTasks": "maybe"})
    assert 400 == answer.status_code


@pytest.mark.parametrize(("model", "status"), [("4", 200), ("5", 404), ("99999999999999999999999", 404), ("x", 400)])
def test_only_model_4_is_known(model: str, status: int, world: Any) -> None:
    answer: httpx.Response = world.wing.get(f"/api/v1/subscription/model/{model}/allowed-state-transition")
    assert status == answer.status_code
    if status == 404:
        assert f"State model {model} not found" == answer.json()["detail"]


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(wishes=st.lists(st.tuples(st.sampled_from(ASKABLE), st.floats(0, 5)), max_size=8))
def test_any_sequence_of_wishes_leaves_a_sim_where_5_6_can_lead(wishes: list[tuple[str, float]], world: Any) -> None:
    present = world.sim(SIM["iccid"])["stateName"]
    reachable = {present}
    while more := {wanted for before, wanted in STATES.steps if before in reachable} - reachable:
        reachable |= more
    for wanted, seconds in wishes:
        assert 202 == world.change(SIM, wanted, STATES.states[wanted]).status_code  # type: ignore[index]
        world.advance(by=seconds)
    world.advance(until="idle")
    after = world.sim(SIM["iccid"])
    assert after["stateName"] in reachable
    assert not after["stateChangeLock"]
