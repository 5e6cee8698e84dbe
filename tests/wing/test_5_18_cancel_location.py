"""WING 5.18 and 5.19, cancelling a SIM's location: its session ends, and the network forgets where it is."""

from typing import Any
from uuid import UUID

import pytest
from tests.wing.answers import wrong_fields
from tests.wing.rows import rows
from tests.wing.usage import session

PATH = "/api/v1/diagnostics/subscription/cancel_location"
ICCID, IMSI = "8955644099890130870", "234500001310870"


def cancel(world: Any, side: str = "all") -> str:
    answer = world.wing.post(PATH, json={"imsi": IMSI, "cancelLocType": side})
    assert 200 == answer.status_code, answer.text
    assert "text/plain" == answer.headers["content-type"].partition(";")[0]
    assert answer.text == str(UUID(answer.text))
    return str(answer.text)


def use_data(world: Any) -> list[str]:
    """What followed when the SIM's device used data: the kinds of rows that were written."""
    path = f"/_box/worlds/{world.name}/sims/{ICCID}/events"
    answer = world.control.post(path, json={"kind": "data", "up_bytes": 1000, "down_bytes": 9000})
    assert 201 == answer.status_code, answer.text
    return [kind for row in answer.json()["followed"] for kind in row]


def trail(world: Any) -> list[tuple[str, str, str, str]]:
    rows = world.wing.get(f"/api/v1/getAuditTrail/{IMSI}/1").json()
    return [(row["action"], row["preValue"], row["newValue"], row["status"]) for row in rows]


def test_the_session_ends_and_the_sim_registers_anew_when_it_is_heard_of_again(world: Any) -> None:
    assert world.control.delete(f"/_box/worlds/{world.name}/sims/{ICCID}/device").is_success  # which reports by itself
    use_data(world)
    assert "registration" not in use_data(world)  # it goes on in its session
    before = world.sim(ICCID)
    batch = cancel(world)
    assert "registration" not in use_data(world)  # the workflow is under way still
    world.advance(until="idle")
    assert "COMPLETED" == world.workflow(batch)["status"]
    assert before == world.sim(ICCID)
    assert "registration" in use_data(world)
    assert [("SIM_CANCEL_LOCATION", '""', '"all"', "COMPLETED")] == trail(world)


def test_the_session_ends_that_a_device_has_which_nobody_looked_at_for_hours(world: Any) -> None:
    world.advance(by="3h")  # its tracker reports each hour
    assert "COMPLETED" == settled(world, cancel(world))["status"]
    assert "Inactive" == session(world, ICCID)["sessionStatus"]


def settled(world: Any, batch: str) -> dict[str, Any]:
    world.advance(until="idle")
    return dict(world.workflow(batch))


@pytest.mark.parametrize(
    ("side", "tasks"),
    [
        ("all", ["send_cancel_location_3g", "send_cancel_location_4g"]),
        ("3G", ["send_cancel_location_3g"]),
        ("4G", ["send_cancel_location_4g"]),
    ],
)
def test_its_workflow_is_cancel_location_wf_3_with_the_tasks_of_the_side(
    side: str, tasks: list[str], world: Any
) -> None:
    batch = cancel(world, side)
    world.advance(until="idle")
    done = world.workflow(batch)
    assert ("cancel_location_wf", 3, "COMPLETED") == (done["workflowName"], done["workflowVersion"], done["status"])
    assert {"imsi": IMSI, "cancelLocType": side} == done["input"]
    assert {"message": "Success", "statusCode": 200} == done["output"]
    assert tasks == [task["taskType"] for task in done["tasks"]]


@pytest.mark.parametrize("state", ["ENTERPRISE-INVENTORY", "SUSPENDED", "RETIRED"])
def test_a_sim_that_is_known_nowhere_is_forgotten_all_the_same(state: str, world: Any) -> None:
    sim = world.sim_in(state)
    batch = world.wing.post(PATH, json={"imsi": sim["imsi"], "cancelLocType": "4G"}).text
    world.advance(until="idle")
    assert "COMPLETED" == world.workflow(batch)["status"]


def test_where_it_fails_nothing_is_cancelled(world: Any) -> None:
    use_data(world)
    body = {"match": {"workflow": "cancel_location_wf"}, "do": {"fail": {"reason": "No answer", "code": 504}}}
    assert 201 == world.control.post(f"/_box/worlds/{world.name}/outcomes", json=body).status_code
    batch = cancel(world)
    world.advance(until="idle")
    failed = world.workflow(batch)
    assert ("FAILED", "No answer") == (failed["status"], failed["reasonForIncompletion"])
    assert "registration" not in use_data(world)
    assert [("SIM_CANCEL_LOCATION", '""', '"all"', "FAILED")] == trail(world)


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"cancelLocType": "5G"}, "cancelLocType"),
        ({"cancelLocType": "ALL"}, "cancelLocType"),
        ({"cancelLocType": None}, "cancelLocType"),
        ({"imsi": None}, "imsi"),
        ({"imsi": ""}, "imsi"),
        ({"imsi": "x"}, "imsi"),
        ({"imsi": ["234500001310870"]}, "imsi"),
    ],
)
def test_a_wish_that_cannot_be_is_refused_by_field(change: dict[str, Any], field: str, world: Any) -> None:
    before = rows(world)
    assert {field} == wrong_fields(world.wing.post(PATH, json={"imsi": IMSI, "cancelLocType": "all", **change}))
    assert before == rows(world)


@pytest.mark.parametrize("name", ["imsi", "cancelLocType"])
def test_a_wish_without_a_mandatory_field_names_it(name: str, world: Any) -> None:
    body = {"imsi": IMSI, "cancelLocType": "all"}
    del body[name]
    assert {name} == wrong_fields(world.wing.post(PATH, json=body))


def test_a_sim_that_is_unknown_or_anothers_does_not_exist(world: Any) -> None:
    assert 404 == world.wing.post(PATH, json={"imsi": "234500009999999", "cancelLocType": "all"}).status_code
    for client in (
        world.wing_as("acme-admin", realm="acme-iot"),
        world.wing_as("sandbox-admin", account="3034"),
    ):
        assert 404 == client.post(PATH, json={"imsi": IMSI, "cancelLocType": "all"}).status_code
    assert [] == trail(world)


def test_who_may_only_read_gets_403(world: Any) -> None:
    reader = world.wing_as("sandbox-reader")
    assert 403 == reader.post(PATH, json={"imsi": IMSI, "cancelLocType": "all"}).status_code
