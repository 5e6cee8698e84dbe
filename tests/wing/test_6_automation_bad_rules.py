"""WING 6, what is no rule: refused by field, and nothing changes."""

from typing import Any

import pytest
from tests.wing.answers import problem, wrong_fields
from tests.wing.automation import FIVE, RULES, SIM, action, made, mail, rule, trigger
from tests.wing.rows import changed, rows

USAGE = trigger(6, "5", "MB")


def without(body: dict[str, Any], member: str) -> dict[str, Any]:
    return {name: value for name, value in body.items() if name != member}


T = "monitoredTriggers.0"
C = f"{T}.condition"
EVERY = {"resourceMode": None, "resourceDetail1": 3241}
ACCOUNTS = rule(trigger(32, "1"), resourceId=1, **EVERY)
PLANS = rule(trigger(24, "1", "MB"), resourceId=2, resourceMode=None, resourceDetail1=65362)

WRONG: dict[str, tuple[dict[str, Any], set[str]]] = {
    "no name": (without(rule(USAGE), "ruleName"), {"ruleName"}),
    "empty name": (rule(USAGE, ruleName=""), {"ruleName"}),
    "long name": (rule(USAGE, ruleName="x" * 256), {"ruleName"}),
    "name is a number": (rule(USAGE, ruleName=5), {"ruleName"}),
    "no account": (without(rule(USAGE), "accountId"), {"accountId"}),
    "account is a word": (rule(USAGE, accountId="all"), {"accountId"}),
    "another tenant": (rule(USAGE, tenantId="7"), {"tenantId"}),
    "no resource": (without(rule(USAGE), "resourceId"), {"resourceId"}),
    "resource 4": (rule(USAGE, resourceId=4), {"resourceId"}),
    "resource is a word": (rule(USAGE, resourceId="3"), {"resourceId"}),
    "resource of another name": (rule(USAGE, resourceName="Account"), {"resourceName"}),
    "no triggers": (without(rule(USAGE), "monitoredTriggers"), {"monitoredTriggers"}),
    "empty triggers": (rule(), {"monitoredTriggers"}),
    "triggers are no list": (rule(USAGE, monitoredTriggers=USAGE), {"monitoredTriggers"}),
    "too many triggers": (rule(*[USAGE] * 21), {"monitoredTriggers"}),
    "no trigger id": (rule(without(USAGE, "triggerId")), {f"{T}.triggerId"}),
    "unknown trigger 22": (rule(trigger(22)), {f"{T}.triggerId"}),
    "unknown trigger 99": (rule(trigger(99)), {f"{T}.triggerId"}),
    "trigger of a rate plan": (rule(trigger(24, "5", "MB")), {f"{T}.triggerId"}),
    "trigger of an account": (rule(trigger(32, "5")), {f"{T}.triggerId"}),
    "trigger of SIMs for an account": ({**ACCOUNTS, "monitoredTriggers": [USAGE]}, {f"{T}.triggerId"}),
    "trigger of SIMs for a plan": ({**PLANS, "monitoredTriggers": [USAGE]}, {f"{T}.triggerId"}),
    "another type": (rule(USAGE | {"triggerTypeId": 3}), {f"{T}.triggerTypeId"}),
    "another type's name": (rule(USAGE | {"triggerTypeName": "Event"}), {f"{T}.triggerTypeName"}),
    "condition is a list": (rule(USAGE | {"condition": []}), {C}),
    "value is a number": (rule(trigger(6, 5, "MB")), {f"{C}.value"}),  # type: ignore[arg-type]
    "value is a word": (rule(trigger(6, "much", "MB")), {f"{C}.value"}),
    "value is empty": (rule(trigger(6, "", "MB")), {f"{C}.value"}),
    "value is 0": (rule(trigger(6, "0", "MB")), {f"{C}.value"}),
    "value is 0.0": (rule(trigger(6, "0.0", "MB")), {f"{C}.value"}),
    "value is negative": (rule(trigger(6, "-5", "MB")), {f"{C}.value"}),
    "value is absurd": (rule(trigger(6, "9" * 13, "MB")), {f"{C}.value"}),
    "value is not a number": (rule(trigger(6, "NaN", "MB")), {f"{C}.value"}),
    "value is infinite": (rule(trigger(6, "1e400", "MB")), {f"{C}.value"}),
    "value in other digits": (rule(trigger(6, "\u0665", "MB")), {f"{C}.value"}),
    "half a message": (rule(trigger(16, "1.5")), {f"{C}.value"}),
    "percentage beyond all": (rule(trigger(33, "10001", "%", zone="Zone 1")), {f"{C}.value"}),
    "silence for ever": (rule(trigger(10, "3651", "Days")), {f"{C}.value"}),
    "silence beyond the calendar": (rule(trigger(10, "999999999999", "Days")), {f"{C}.value"}),
    "no such state": (rule(trigger(11, "ASLEEP")), {f"{C}.value"}),
    "unit of data is missing": (rule(trigger(6, "5")), {f"{C}.unit"}),
    "unit of data is TB": (rule(trigger(6, "5", "TB")), {f"{C}.unit"}),
    "unit of data is hours": (rule(trigger(6, "5", "Hours")), {f"{C}.unit"}),
    "unit of messages": (rule(trigger(16, "5", "MB")), {f"{C}.unit"}),
    "unit of an event": (rule(trigger(1, "", "MB")), {f"{C}.unit"}),
    "unit of silence": (rule(trigger(10, "5", "MB")), {f"{C}.unit"}),
    "unit of a percentage": (rule(trigger(33, "5", "MB", zone="Zone 1")), {f"{C}.unit"}),
    "no country": (rule(trigger(7, "5", "MB")), {f"{C}.country"}),
    "a country's name": (rule(trigger(7, "5", "MB", country="Germany")), {f"{C}.country"}),
    "no zone": (rule(trigger(8, "5", "MB")), {f"{C}.zone"}),
    "no zone for messages": (rule(trigger(18, "5")), {f"{C}.zone"}),
    "no zone for a quota": (rule(trigger(33, "5")), {f"{C}.zone"}),
    "no country for a plan": ({**PLANS, "monitoredTriggers": [trigger(25, "5", "MB")]}, {f"{C}.country"}),
    "location without a country": (rule(trigger(6, "5", "MB", location="COUNTRY")), {f"{C}.country"}),
    "no such location": (rule(trigger(6, "5", "MB", location="MOON")), {f"{C}.location"}),
    "messages of a day have no place": (rule(trigger(15, "5", location="ZONE", zone="Z")), {f"{C}.location"}),
    "another rule's trigger": (rule(USAGE | {"id": 5556}, id=5507, accountId=3438), {f"{T}.id"}),
    "end is past": (rule(USAGE, endDate="2024-01-01T00:00:00.000Z"), {"endDate"}),
    "end is no date": (rule(USAGE, endDate="tomorrow"), {"endDate"}),
    "end is a number": (rule(USAGE, endDate=1653955200000), {"endDate"}),
    "no mode": (rule(USAGE, resourceMode=None), {"resourceMode"}),
    "no such mode": (rule(USAGE, resourceMode="EID"), {"resourceMode"}),
    "mode of an account": ({**ACCOUNTS, "resourceMode": "All_Subscription"}, {"resourceMode"}),
    "account is missing": ({**ACCOUNTS, "resourceDetail1": None}, {"resourceDetail1"}),
    "account is unknown": ({**ACCOUNTS, "resourceDetail1": 1}, {"resourceDetail1"}),
    "account is another realm's": ({**ACCOUNTS, "resourceDetail1": 9001}, {"resourceDetail1"}),
    "plan is unknown": ({**PLANS, "resourceDetail1": 1}, {"resourceDetail1"}),
    "plan is another realm's": ({**PLANS, "resourceDetail1": 3000011}, {"resourceDetail1"}),
    "plan is a truth": ({**PLANS, "resourceDetail1": True}, {"resourceDetail1"}),
    "plan is negative": ({**PLANS, "resourceDetail1": -1}, {"resourceDetail1"}),
    "plan is beyond all numbers": ({**PLANS, "resourceDetail1": 2**63}, {"resourceDetail1"}),
    "no ICCID": (rule(USAGE, resourceMode="ICCID"), {"resourceDetail1"}),
    "unknown ICCID": (rule(USAGE, resourceMode="ICCID", resourceModeName="89"), {"resourceModeName"}),
    "another account's SIM": (
        rule(USAGE, resourceMode="ICCID", resourceDetail1="8955644099880275001"), {"resourceDetail1"},
    ),
    "unknown IMSI": (rule(USAGE, resourceMode="IMSI", resourceModeId=1), {"resourceModeId"}),
    "ICCID as IMSI": (rule(USAGE, resourceMode="IMSI", resourceDetail1=SIM["iccid"]), {"resourceDetail1"}),
    "unknown plan's SIMs": (rule(USAGE, resourceMode="Rate Plan", resourceModeName="Gold"), {"resourceModeName"}),
    "unknown tag": (rule(USAGE, resourceMode="Tag", resourceModeName="Nobody's"), {"resourceModeName"}),
    "notifications are no list": (rule(USAGE, notifications="all"), {"notifications"}),
    "nameless notification": (rule(USAGE, notifications=[{"id": "1"}]), {"notifications.0.name"}),
    "unknown notification": (rule(USAGE, notifications=[mail() | {"name": "Fax"}]), {"notifications.0.name"}),
    "no recipient": (
        rule(USAGE, notifications=[without(mail(), "receipient")]), {"notifications.0.receipient"},
    ),
    "recipient is no address": (rule(USAGE, notifications=[mail("ops")]), {"notifications.0.receipient"}),
    "one of them is no address": (
        rule(USAGE, notifications=[mail("a@example.com, b@")]), {"notifications.0.receipient"},
    ),
    "recipients are a list": (
        rule(USAGE, notifications=[mail() | {"receipient": ["a@example.com"]}]), {"notifications.0.receipient"},
    ),
    "mail address as a number": (
        rule(USAGE, notifications=[mail() | {"name": "Send SMS"}]), {"notifications.0.receipient"},
    ),
    "message beyond all": (rule(USAGE, notifications=[mail(text="x" * 4001)]), {"notifications.0.message"}),
    "unknown action": (rule(USAGE, actions=[action("Explode")]), {"actions.0.name"}),
    "nameless action of no known id": (rule(USAGE, actions=[{"id": "7"}]), {"actions.0.name"}),
    "action on an account": ({**ACCOUNTS, "actions": [action("Suspend")]}, {"actions.0.name"}),
    "action on a plan": ({**PLANS, "actions": [action("Block Data")]}, {"actions.0.name"}),
    "no plan selected": (rule(USAGE, actions=[action("Change Rate Plan")]), {"actions.0.selectedId"}),
    "plan that is unknown": (rule(USAGE, actions=[action("Change Rate Plan", 5)]), {"actions.0.selectedId"}),
    "plan that is not assigned": (rule(USAGE, actions=[action("Change Rate Plan", 1011)]), {"actions.0.selectedId"}),
    "APN group of another account": (
        rule(USAGE, actions=[action("Change APN Group", 1386)]), {"actions.0.selectedId"},
    ),
    "profile that is not assigned": (
        rule(USAGE, actions=[action("Change Network Profile", 1096001)]), {"actions.0.selectedId"},
    ),
    "selected by a word": (rule(USAGE, actions=[action("Change Rate Plan", "Gold")]), {"actions.0.selectedId"}),
    "reset is a truth": (rule(USAGE, actions=[action("Suspend") | {"reset": True}]), {"actions.0.reset"}),
    "reset is a word": (rule(USAGE, actions=[action("Suspend") | {"reset": "soon"}]), {"actions.0.reset"}),
}  # fmt: skip


@pytest.mark.parametrize(("body", "fields"), WRONG.values(), ids=WRONG)
def test_what_is_no_rule_is_refused_by_field_and_changes_nothing(
    body: dict[str, Any], fields: set[str], world: Any
) -> None:
    before = rows(world)
    answers = [world.wing.put(RULES, json={"id": 5506, **body})]
    if "id" not in body:
        answers.append(world.wing.post(RULES, json=body))
    assert [fields] * len(answers) == [wrong_fields(answer) for answer in answers]
    assert set() == changed(before, rows(world))


@pytest.mark.parametrize("account", [1, 9001, 999_999])
def test_an_account_that_is_not_there_is_refused_by_field(account: int, world: Any) -> None:
    admin = world.wing_as("sandbox-admin", account="3122")
    before = rows(world)
    for method, body in (("POST", rule(USAGE)), ("PUT", rule(USAGE, id=5506))):
        assert {"accountId"} == wrong_fields(admin.request(method, RULES, json=body | {"accountId": account}))
    assert set() == changed(before, rows(world))


@pytest.mark.parametrize(("rule_id", "status"), [("1", 404), ("99999999999999999999", 400), ("x", 400), ("-1", 400)])
def test_a_rule_that_is_not_there_is_not_deleted(rule_id: str, status: int, world: Any) -> None:
    problem(world.wing.put(f"{RULES}/{rule_id}/Delete"), status)


def test_a_rule_that_is_not_there_is_not_edited(world: Any) -> None:
    problem(world.wing.put(RULES, json=rule(USAGE, id=1)), 404)
    assert {"id"} == wrong_fields(world.wing.put(RULES, json=rule(USAGE)))


@pytest.mark.parametrize("content", [b"", b"{", b"null", b"[]", b'"text"', b"5", b"\xff\xfe", b"[" * 100_000])
@pytest.mark.parametrize("method", ["POST", "PUT"])
def test_a_body_that_is_no_object_is_refused(method: str, content: bytes, world: Any) -> None:
    before = rows(world)
    answer = world.wing.request(method, RULES, content=content, headers={"Content-Type": "application/json"})
    problem(answer, 400)
    assert set() == changed(before, rows(world))


def test_a_body_of_another_type_is_415(world: Any) -> None:
    problem(world.wing.post(RULES, data={"ruleName": "x"}), 415)


def test_a_nameless_action_is_known_by_its_id(world: Any) -> None:
    shown = made(world, rule(USAGE, actions=[{"id": "32"}], accountId=FIVE))
    assert [{"id": "32"}] == shown["actions"]
