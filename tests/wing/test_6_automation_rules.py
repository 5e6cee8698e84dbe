"""WING 6.1 to 6.7: rules are made, written anew and deleted; whose they are, and which section they belong to."""

import copy
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

import httpx
import pytest
from tests.wing.answers import problem, wrong_fields
from tests.wing.automation import RULES, SIM, action, kept, made, mail, rule, trigger
from tests.wing.rows import changed, rows
from tests.wing.test_3_users import group, permission, role, user

from carrierbox import contracts
from carrierbox.carriers.wing.automation.triggers import RESOURCES, TRIGGERS, TYPES
from carrierbox.contracts import Operation

USAGE = trigger(6, "5", "MB")
CREATES, EDITS = ([contracts.operation(f"wing-6.{family}.{call}") for family in range(1, 8)] for call in (1, 2))
KNOWN = contracts.document("wing-services")["automation"]


def edited(world: Any, body: Mapping[str, Any]) -> dict[str, Any]:
    answer = world.wing.put(RULES, json=body)
    assert 200 == answer.status_code, answer.text
    return dict(answer.json())


def delete(world: Any, rule_id: int) -> httpx.Response:
    answer: httpx.Response = world.wing.put(f"{RULES}/{rule_id}/Delete")
    return answer


# ------------------------------------------------------------------------------------------------ made, edited, deleted


def test_knows_the_triggers_of_the_contract() -> None:
    documented = {
        each["triggerId"]: (each["triggerName"], each["triggerTypeId"], each["resourceId"], set(each["unit"]))
        for each in KNOWN["triggers"]
    }
    known = {number: (each.name, each.type_id, each.resource_id, set(each.units)) for number, each in TRIGGERS.items()}
    assert documented == known
    types = {each["triggerTypeId"]: (each["triggerTypeName"], each["resourceId"]) for each in KNOWN["trigger_types"]}
    assert types == dict(TYPES)
    assert {each["resourceId"]: each["resourceName"] for each in KNOWN["resources"]} == dict(RESOURCES)


@pytest.mark.parametrize("operation", CREATES, ids=lambda operation: operation.id)
def test_the_answer_is_what_was_sent_and_what_follows_from_it(operation: Operation, world: Any) -> None:
    assert operation.request is not None
    answer = world.wing.post(RULES, json=operation.request.example)
    shown, documented = answer.json(), operation.success.example
    assert operation.id == answer.headers["x-carrierbox-operation"]
    assert shown["id"] + 50 == shown["monitoredTriggers"][0]["id"]
    assert shown["createdOn"] == shown["updatedOn"] == f"{world.clock()['now'][:23]}Z"
    own = {name: shown[name] for name in ("id", "createdOn", "updatedOn")}
    [monitored] = documented["monitoredTriggers"]
    triggers = [monitored | {"id": shown["id"] + 50}]
    assert documented | own | {"monitoredTriggers": triggers} == shown
    assert list(documented) == list(shown)


@pytest.mark.parametrize("printed", KNOWN["as_printed"], ids=lambda printed: printed["family"])
def test_a_body_pasted_as_printed_is_kept_and_shown_whole(printed: Mapping[str, str], world: Any) -> None:
    operation = contracts.operation(f"wing-{printed['family']}.1")
    assert operation.request is not None
    body = copy.deepcopy(operation.request.example)
    [monitored], [told], [done] = body["monitoredTriggers"], body["notifications"], body["actions"]
    parts = {"triggerName": monitored, "condition.unit": monitored["condition"], "resourceMode": body}
    parts |= {"notifications.name": told, "notifications.message": told, "actions.name": done}
    for place, text in printed.items():
        if place != "family":
            parts[place][place.rpartition(".")[2]] = text
    shown = made(world, body)
    [again] = shown["monitoredTriggers"]
    assert (monitored["triggerName"], monitored["condition"]) == (again["triggerName"], again["condition"])
    assert (body["resourceMode"], [told], [done]) == (shown["resourceMode"], shown["notifications"], shown["actions"])


@pytest.mark.parametrize("operation", EDITS, ids=lambda operation: operation.id)
def test_an_edit_replaces_all_but_the_ids_and_the_time_of_making(operation: Operation, world: Any) -> None:
    assert operation.request is not None
    answer = world.wing.put(RULES, json=operation.request.example)
    shown, documented = answer.json(), operation.success.example
    assert operation.id == answer.headers["x-carrierbox-operation"]
    assert f"{world.clock()['now'][:23]}Z" == shown["updatedOn"]
    assert documented | {"updatedOn": shown["updatedOn"]} == shown


def test_ids_are_given_once_and_never_again(world: Any) -> None:
    several = made(world, rule(trigger(1), trigger(5, "1", "GB"), trigger(10, "2", "Days")))
    first, second, third = (monitored["id"] for monitored in several["monitoredTriggers"])
    assert (several["id"] + 50, first + 1, first + 2) == (first, second, third)
    assert 200 == delete(world, several["id"]).status_code
    next_one = made(world, rule(trigger(1)))
    assert (several["id"] + 1, third + 1) == (next_one["id"], next_one["monitoredTriggers"][0]["id"])


def test_an_edit_keeps_known_triggers_and_numbers_new_ones(world: Any) -> None:
    before = made(world, rule(trigger(1), trigger(2)))
    first, second = (monitored["id"] for monitored in before["monitoredTriggers"])
    after = edited(world, rule(trigger(4, "9") | {"id": second}, trigger(1), trigger(11), id=before["id"]))
    assert [(second, 4), (first, 1), (second + 1, 11)] == [
        (monitored["id"], monitored["triggerId"]) for monitored in after["monitoredTriggers"]
    ]


def test_a_rule_is_taken_up_at_once_and_again_after_an_edit(world: Any) -> None:
    before = made(world, rule(USAGE))
    assert "Inactive" == before["state"]
    world.advance(by=0)
    since = kept(world, before["id"])
    assert ("Active", since["created_on"]) == (since["state"], since["active_since"])
    world.advance(by="1h")
    assert "Inactive" == edited(world, rule(USAGE, id=before["id"]))["state"]
    world.advance(by=0)
    again = kept(world, before["id"])
    assert "Active" == again["state"]
    assert since["active_since"] < again["active_since"] == again["updated_on"]


def test_a_rule_ends_with_its_end_date_to_the_moment(world: Any) -> None:
    end = datetime.fromisoformat(world.clock()["now"]) + timedelta(hours=2)
    timed = made(world, rule(USAGE, endDate=end.isoformat()))
    assert f"{end.isoformat()[:23]}Z" == timed["endDate"]
    world.advance(by=7199)
    assert "Active" == kept(world, timed["id"])["state"]
    world.advance(by=1)
    assert "Inactive" == kept(world, timed["id"])["state"]


def test_the_guides_own_end_dates_are_taken_and_such_a_rule_is_never_active(world: Any) -> None:
    past = made(world, rule(USAGE, endDate="2022-06-30T00:00:00.000Z"))
    world.advance(by="1h")
    assert "Inactive" == kept(world, past["id"])["state"]
    assert "2022-06-30T00:00:00.000Z" == past["endDate"]


def test_without_an_end_it_goes_on(world: Any) -> None:
    endless = made(world, rule(USAGE))
    assert endless["endDate"] is None
    world.advance(by="400d")
    assert "Active" == kept(world, endless["id"])["state"]


def test_what_is_deleted_stays_deleted_and_is_unknown_from_then_on(world: Any) -> None:
    gone = made(world, rule(USAGE))
    world.advance(by=0)
    answer = delete(world, gone["id"])
    assert gone | {"state": "Deleted"} == answer.json()
    before = rows(world)
    assert f"Automation rule {gone['id']} not found" == problem(delete(world, gone["id"]), 404)["detail"]
    assert (
        f"Automation rule {gone['id']} not found"
        == problem(world.wing.put(RULES, json=rule(USAGE, id=gone["id"])), 404)["detail"]
    )
    assert set() == changed(before, rows(world))


LISTED = "Data Usage - Billing Cycle/Data Session Start"


def test_lists_of_what_may_stand_there_are_kept_and_the_first_counts(world: Any) -> None:
    body = rule(
        {**trigger(6, "5", "MB/KB/GB"), "triggerName": LISTED},
        resourceMode="All_Subscription/ICCID/IMSI/Rate Plan/Tag",
        notifications=[mail() | {"name": "Send Email/Send SMS/None"}],
        actions=[action("Block Data/Suspend/Change Rate Plan")],
    )
    shown = made(world, body)
    assert body["resourceMode"] == shown["resourceMode"]
    assert ("MB/KB/GB", LISTED) == (
        shown["monitoredTriggers"][0]["condition"]["unit"],
        shown["monitoredTriggers"][0]["triggerName"],
    )
    assert "Send Email/Send SMS/None" == shown["notifications"][0]["name"]
    assert "Block Data/Suspend/Change Rate Plan" == shown["actions"][0]["name"]
    world.advance(by=0)
    assert "Active" == kept(world, shown["id"])["state"]


def test_members_that_are_left_out_have_what_every_rule_has(world: Any) -> None:
    bare = {"ruleName": "Bare", "accountId": 3241, "resourceId": 3, "resourceMode": "All_Subscription"}
    shown = made(world, {**bare, "monitoredTriggers": [{"triggerId": 1}]})
    assert ("21", "Subscription", [], []) == (
        shown["tenantId"], shown["resourceName"], shown["notifications"], shown["actions"],
    )  # fmt: skip
    assert {
        "id": shown["id"] + 50, "triggerId": 1, "triggerName": "Data Session Start", "triggerTypeId": 1,
        "triggerTypeName": "Event",
        "condition": {"value": "", "unit": "", "location": "ALL", "locationId": "", "locationValue": "", "country": "",
                      "zone": ""},
    } == shown["monitoredTriggers"][0]  # fmt: skip


NAMING = [
    ({"resourceMode": "ICCID", "resourceDetail1": SIM["iccid"]}, 389041),
    ({"resourceMode": "IMSI", "resourceModeName": SIM["imsi"]}, 389041),
    ({"resourceMode": "IMSI", "resourceModeId": int(SIM["imsi"])}, 389041),
    ({"resourceMode": "Rate Plan", "resourceDetail1": 65362}, 65362),
    ({"resourceMode": "Rate Plan", "resourceModeName": "IoT 1 GB"}, 65362),
]


@pytest.mark.parametrize(("naming", "watched"), NAMING)
def test_what_is_watched_is_named_by_the_first_of_three_members(
    naming: dict[str, Any], watched: int, world: Any
) -> None:
    shown = made(world, rule(USAGE, **naming))
    assert watched == kept(world, shown["id"])["watched_id"]
    assert naming.get("resourceModeId") == shown["resourceModeId"]
    assert naming.get("resourceModeName") == shown["resourceModeName"]
    detail = naming.get("resourceDetail1")
    assert (None if detail is None else str(detail)) == shown["resourceDetail1"]


FAMILIES = [
    (rule(trigger(1) | {"triggerTypeId": 1}), "6.2"),
    (rule(trigger(20, "3", "Days") | {"triggerTypeId": 3}), "6.3"),
    (rule(trigger(16, "3") | {"triggerTypeId": 2}), "6.4"),
    (rule(trigger(16, "3")), "6.5"),
    (rule(trigger(1) | {"triggerTypeId": 1}, trigger(16, "3") | {"triggerTypeId": 2}), "6.5"),
]


@pytest.mark.parametrize(("body", "family"), FAMILIES)
def test_names_the_section_that_fits_what_was_sent(body: dict[str, Any], family: str, world: Any) -> None:
    answer = world.wing.post(RULES, json=body)
    said = [answer.headers["x-carrierbox-operation"]]
    body = {**body, "id": answer.json()["id"], "monitoredTriggers": answer.json()["monitoredTriggers"]}
    said += [world.wing.put(RULES, json=body).headers["x-carrierbox-operation"]]
    said += [delete(world, body["id"]).headers["x-carrierbox-operation"]]
    assert [f"wing-{family}.{call}" for call in (1, 2, 3)] == said


@pytest.mark.parametrize("wrong", [{"ruleName": ""}, {"accountId": 999_999}, {"resourceMode": "Some"}, {"actions": 7}])
@pytest.mark.parametrize(("body", "family"), [*FAMILIES, ({"resourceId": 1}, "6.1")])
def test_a_refusal_names_the_section_that_fits_what_was_sent(
    body: dict[str, Any], family: str, wrong: dict[str, Any], world: Any
) -> None:
    for answer, call in ((world.wing.post(RULES, json=body | wrong), 1), (world.wing.put(RULES, json=body | wrong), 2)):
        assert answer.status_code in {400, 404}, answer.text
        assert f"wing-{family}.{call}" == answer.headers["x-carrierbox-operation"]


@pytest.mark.parametrize(
    "body",
    [
        [], {}, {"resourceId": 4}, {"resourceId": "x" * 30, "monitoredTriggers": {}}, {"resourceId": True},
        {"resourceId": 3, "monitoredTriggers": [7, {"triggerId": [1]}, {"triggerId": "9" * 30, "triggerTypeId": {}}]},
    ],
)  # fmt: skip
def test_one_that_fits_none_is_told_as_6_1(body: Any, world: Any) -> None:
    answer = world.wing.post(RULES, json=body)
    assert (400, "wing-6.1.1") == (answer.status_code, answer.headers["x-carrierbox-operation"])


def test_a_type_that_is_no_number_is_refused_and_no_fault(world: Any) -> None:
    answer = world.wing.post(RULES, json=rule(trigger(1) | {"triggerTypeId": []}))
    assert (400, "wing-6.2.1") == (answer.status_code, answer.headers["x-carrierbox-operation"])


def test_the_box_shows_rules_as_they_stand_now_though_the_guide_has_no_call_for_it(world: Any) -> None:
    first, second = made(world, rule(USAGE)), made(world, rule(trigger(1)))
    world.advance(by=0)
    assert first | {"state": "Active"} == world.wing.get(f"{RULES}/{first['id']}").json()
    assert 200 == delete(world, second["id"]).status_code
    problem(world.wing.get(f"{RULES}/{second['id']}"), 404)
    shown = world.wing_as("sandbox-admin", account="3241").get(RULES)
    assert ("box-wing-rules", [first["id"]]) == (
        shown.headers["x-carrierbox-operation"], [each["id"] for each in shown.json()],
    )  # fmt: skip
    assert {3203, 3302, 5411, 5505, 5506, 5507, 5508, first["id"]} == {
        each["id"] for each in world.wing_as("sandbox-reader").get(RULES).json()
    }
    acme = world.wing_as("acme-admin", "acme-iot")
    assert [] == acme.get(RULES).json()
    problem(acme.get(f"{RULES}/{first['id']}"), 404)


# --------------------------------------------------------------------------------------------------------- who may what


def test_roles_decide_who_may_make_rules(world: Any) -> None:
    for name, scopes, statuses in (("rw", ("READ", "WRITE"), (201, 200)), ("ro", ("READ",), (403, 403))):
        may = role(world, name, permission(world, 38, *scopes), account=3241)
        user(world, group(world, may, 3241, account="3241"), name, account="3241")
        joe = world.wing_as(name)
        answer = joe.post(RULES, json=rule(USAGE))
        rule_id = answer.json().get("id", 5506)
        assert statuses == (answer.status_code, joe.put(f"{RULES}/{rule_id}/Delete").status_code)


def test_a_reader_changes_nothing(world: Any) -> None:
    before, reader = rows(world), world.wing_as("sandbox-reader")
    for method, path, body in (
        ("POST", RULES, rule(USAGE)),
        ("PUT", RULES, rule(USAGE, id=5506)),
        ("PUT", f"{RULES}/5506/Delete", None),
    ):
        problem(reader.request(method, path, json=body), 403)
    assert set() == changed(before, rows(world))


def test_somebodys_own_tag_is_unknown_to_others(world: Any) -> None:
    new = {"name": "Mine", "description": "", "visibilty": "Private"}
    tag = world.wing.post("/api/v1/tags", json=new).json()
    assert 201 == world.wing.post(RULES, json=rule(USAGE, resourceMode="Tag", resourceDetail1=tag["id"])).status_code
    may = role(world, "rw", permission(world, 38, "READ", "WRITE"), account=3241)
    user(world, group(world, may, 3241, account="3241"), "joe", account="3241")
    answer = world.wing_as("joe").post(RULES, json=rule(USAGE, resourceMode="Tag", resourceDetail1=tag["id"]))
    assert {"resourceDetail1"} == wrong_fields(answer)


def test_another_realm_sees_nothing_of_it(world: Any) -> None:
    before, acme = rows(world), world.wing_as("acme-admin", "acme-iot")
    problem(acme.put(f"{RULES}/5506/Delete"), 404)
    problem(acme.put(RULES, json=rule(USAGE, id=5506, accountId=9001)), 404)
    assert {"accountId"} == wrong_fields(acme.post(RULES, json=rule(USAGE)))
    foreign = rule(USAGE, accountId=9001, resourceMode="ICCID", resourceDetail1=SIM["iccid"])
    assert {"resourceDetail1"} == wrong_fields(acme.post(RULES, json=foreign))
    foreign = rule(USAGE, accountId=9001, actions=[action("Change Rate Plan", 65362)])
    assert {"actions.0.selectedId"} == wrong_fields(acme.post(RULES, json=foreign))
    assert set() == changed(before, rows(world))


def test_an_account_context_reaches_no_other_account(world: Any) -> None:
    elsewhere = world.wing_as("sandbox-admin", account="3439")
    assert {"accountId"} == wrong_fields(elsewhere.post(RULES, json=rule(USAGE)))
    problem(elsewhere.put(f"{RULES}/5506/Delete"), 404)


@pytest.mark.parametrize("method", ["POST", "PUT"])
def test_another_version_is_unknown(method: str, world: Any) -> None:
    body = rule(USAGE, id=5506, accountId=3438)
    for path in (RULES.replace("/v1/automation", "/v2/automation"), RULES.replace("/v1/monitored", "/v2/monitored")):
        problem(world.wing.request(method, path, json=body), 404)
