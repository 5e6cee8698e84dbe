"""WING 6.2 and 6.5: rules that are triggered by what happens to a SIM, each time that it does."""

from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from tests.wing import inside
from tests.wing.automation import (
    ACCOUNT,
    FIVE,
    RULES,
    SIM,
    action,
    active,
    firings,
    happens,
    kept,
    made,
    mail,
    record,
    rule,
    sent,
    texts,
    trigger,
    uses,
)
from tests.wing.rows import rows

from carrierbox.carriers.wing import happenings
from carrierbox.carriers.wing.automation import lifetimes, rules
from carrierbox.carriers.wing.automation.schemas import NewRule
from carrierbox.carriers.wing.happenings import Happening
from carrierbox.kernel import outbox

OTHER = {"iccid": "8955644099880275001", "imsi": "234500000875001"}  # of 7189
IMEI = "356938035643809"


def changes_plan(world: Any, plan: int = 103752) -> None:
    body = {"iccid": SIM["iccid"], "ratePlanId": plan, "accountId": ACCOUNT}
    assert 200 == world.wing.put("/api/v1/subscription/sims/rateplan", json=body).status_code
    world.advance(by=3)


def suspends(world: Any) -> None:
    world.change(SIM, "SUSPENDED", 4)
    world.advance(by=3)


def session_ends(world: Any) -> None:
    uses(world, 1)
    happens(world, "detach")


HAPPENINGS = {
    "session starts": (1, lambda world: uses(world, 1), r"cmg\.epc.*"),
    "session ends": (2, session_ends, r"cmg\.epc.*"),
    "session ends with the state": (2, lambda world: (uses(world, 1), suspends(world)), r"cmg\.epc.*"),
    "data is refused": (9, lambda world: happens(world, "policy", service="data"), ""),
    "state": (11, suspends, "SUSPENDED"),
    "device": (12, lambda world: (uses(world, 1), happens(world, "imei-change", imei=IMEI)), IMEI),
    "plan": (13, changes_plan, "IoT 10 GB"),
    "country": (14, lambda world: (uses(world, 1), happens(world, "location", country="DE")), "DE"),
    "message is refused": (19, lambda world: happens(world, "policy", service="sms"), ""),
    "registration": (21, lambda world: happens(world, "attach"), "Default Zone"),
}


@pytest.mark.parametrize(("number", "lets_happen", "value"), HAPPENINGS.values(), ids=HAPPENINGS)
def test_what_happens_is_told_with_its_new_value(number: int, lets_happen: Any, value: str, world: Any) -> None:
    active(world, rule(trigger(number), notifications=[mail(text="{imsi}: {value}")]))
    lets_happen(world)
    [text] = texts(world)
    imsi, _, said = text.partition(": ")
    assert SIM["imsi"] == imsi
    assert said == value if not value.startswith("cmg") else said.startswith("cmg.epc")


def test_each_time_and_not_for_what_was_before(world: Any) -> None:
    uses(world, 1)
    happens(world, "detach")
    active(world, rule(trigger(1)))
    assert [] == sent(world)
    for _ in range(3):
        happens(world, "attach")
        uses(world, 1)
        uses(world, 1)  # in the same session
    assert 3 == len(sent(world))


def test_a_rule_that_waits_hears_nothing(world: Any) -> None:
    made(world, rule(trigger(1), endDate="2022-05-31T00:00:00.000Z"))
    world.advance(by=0)
    uses(world, 1)
    assert [] == sent(world)


def test_a_rule_that_was_deleted_or_has_ended_hears_nothing(world: Any) -> None:
    gone = active(world, rule(trigger(1)))
    assert 200 == world.wing.put(f"{RULES}/{gone['id']}/Delete").status_code
    end = datetime.fromisoformat(world.clock()["now"]) + timedelta(seconds=1)
    ended = active(world, rule(trigger(1), endDate=end.isoformat()))
    world.advance(by=2)
    assert "Inactive" == kept(world, ended["id"])["state"]
    uses(world, 1)
    assert [] == sent(world)


def test_a_value_is_the_new_value_that_it_is_about(world: Any) -> None:
    active(world, rule(trigger(11, "SUSPENDED"), notifications=[mail(text="{value}")]))
    suspends(world)
    world.change(SIM, "ACTIVE", 3)
    world.advance(by=3)
    suspends(world)
    assert ["SUSPENDED", "SUSPENDED"] == texts(world)


@pytest.mark.parametrize(("wanted", "times"), [("103752", 1), ("IoT 10 GB", 1), ("65362", 0)])
def test_a_plan_is_meant_by_its_id_or_its_name(wanted: str, times: int, world: Any) -> None:
    active(world, rule(trigger(13, wanted)))
    changes_plan(world)
    assert times == len(sent(world))


def test_several_triggers_are_alternatives(world: Any) -> None:
    active(world, rule(trigger(1), trigger(2), notifications=[mail(text="x")]))
    session_ends(world)
    assert 2 == len(sent(world))
    assert 2 == len({each["trigger_id"] for each in firings(world)})


# ------------------------------------------------------------------------------------------------------ which SIMs


MODES = {
    "ICCID": ({"resourceMode": "ICCID", "resourceDetail1": "8955644500001090062"}, {"290062"}),
    "IMSI": ({"resourceMode": "IMSI", "resourceDetail1": "234500001090066"}, {"290066"}),
    "all": ({"resourceMode": "All_Subscription"}, {"290062", "290066", "304111"}),
    "plan": ({"resourceMode": "Rate Plan", "resourceDetail1": 103752}, {"304111"}),
}


@pytest.mark.parametrize(("mode", "heard"), MODES.values(), ids=MODES)
def test_the_mode_says_which_sims(mode: dict[str, Any], heard: set[str], world: Any) -> None:
    body = {"iccid": "1955644099890004111", "ratePlanId": 103752, "accountId": FIVE}
    assert 200 == world.wing.put("/api/v1/subscription/sims/rateplan", json=body).status_code
    world.advance(by=3)
    active(world, rule(trigger(1), accountId=FIVE, **mode))
    for iccid in ("8955644500001090062", "8955644500001090066", "1955644099890004111", OTHER["iccid"]):
        uses(world, 1, iccid)
    assert heard == {str(each["sim_id"]) for each in firings(world)}


@pytest.mark.parametrize("member", ["resourceModeName", "resourceDetail1", "resourceModeId"])
def test_a_tag_says_which_sims_as_long_as_they_bear_it(member: str, world: Any) -> None:
    new = {"name": "Suspicious", "description": "", "visibilty": "Public"}
    tag = world.wing.post("/api/v1/tags", json=new).json()
    named = tag["name"] if member == "resourceModeName" else tag["id"]
    active(world, rule(trigger(1), accountId=FIVE, resourceMode="Tag", **{member: named}))
    bearing, other = "8955644500001090062", "8955644500001090066"
    for iccid in (bearing, other):
        uses(world, 1, iccid)
        happens(world, "detach", iccid)
        happens(world, "attach", iccid)
    assert [] == sent(world)
    body = {"subscriptionIccIdList": [bearing], "tagIdList": [tag["id"]]}
    assert 202 == world.wing.post("/api/v1/subscription/assignTags", json=body).status_code
    for iccid in (bearing, other):
        uses(world, 1, iccid)
    assert [290062] == [each["sim_id"] for each in firings(world)]


def test_a_rule_of_an_account_is_about_those_below_it_too_and_about_no_other(world: Any) -> None:
    active(world, rule(trigger(1), accountId=3122, ruleName="above"))
    active(world, rule(trigger(1), accountId=7189, ruleName="beside"))
    uses(world, 1)
    assert ["Automation rule 5509 above"] == [each["cause"] for each in sent(world)]
    uses(world, 1, OTHER["iccid"])
    assert 3 == len(sent(world))


def test_a_sim_that_has_moved_away_is_not_the_rules_any_more(world: Any) -> None:
    active(world, rule(trigger(1)))
    move = {
        "accountId": FIVE, "fromAccountId": ACCOUNT, "useImsi": True, "range": {"from": SIM["imsi"], "to": SIM["imsi"]},
    }  # fmt: skip
    assert 202 == world.wing.post("/api/v1/resources/batch/sims/assign", json=move).status_code
    world.advance(by=5)
    uses(world, 1)
    assert [] == sent(world)


def test_a_place_narrows_it_down(world: Any) -> None:
    active(world, rule(trigger(1, location="COUNTRY", country="de"), ruleName="country"))
    active(world, rule(trigger(1, location="COUNTRY", locationValue="FR"), ruleName="another"))
    active(world, rule(trigger(21, zone="Default Zone"), ruleName="zone"))
    active(world, rule(trigger(21, zone="Nowhere"), ruleName="no zone"))
    uses(world, 1)
    happens(world, "location", country="DE")
    uses(world, 1)
    assert {"Automation rule 5509 country", "Automation rule 5511 zone"} == {each["cause"] for each in sent(world)}


# ------------------------------------------------------------------------------------------ whom a rule tells, and what


def test_placeholders_are_filled_in_once_and_unknown_ones_stay(world: Any) -> None:
    text = "{imsi}/{value}/{unit}/{units}/{name}/{else}/{}"
    active(world, rule(trigger(11), notifications=[mail(text=text, subject="{value} of {imsi}")]))
    suspends(world)
    [one] = sent(world)
    assert f"{SIM['imsi']}/SUSPENDED///{{name}}/{{else}}/{{}}" == one["text"]
    assert f"SUSPENDED of {SIM['imsi']}" == one["subject"]
    assert ("email", "ops@example.com") == (one["kind"], one["to"])
    assert "Automation rule 5509 Watchdog" == one["cause"]


def test_several_recipients_get_a_mail_each(world: Any) -> None:
    active(world, rule(trigger(1), notifications=[mail("a@example.com, b@example.com,string")]))
    uses(world, 1)
    assert ["a@example.com", "b@example.com", "string"] == [each["to"] for each in sent(world)]


def test_without_texts_the_triggers_name_is_said(world: Any) -> None:
    bare = {"name": "Send Email", "receipient": "ops@example.com"}
    active(world, rule({"triggerId": 1, "triggerName": "Data Session Start"}, notifications=[bare, {"name": "None"}]))
    uses(world, 1)
    [one] = sent(world)
    assert ("Data Session Start", "Data Session Start") == (one["subject"], one["text"])


def test_a_message_goes_to_numbers(world: Any) -> None:
    sms = mail("+46700000001,46700000002", "hello {imsi}") | {"name": "Send SMS"}
    active(world, rule(trigger(1), notifications=[sms]))
    uses(world, 1)
    assert [("sms", "+46700000001"), ("sms", "46700000002")] == [(each["kind"], each["to"]) for each in sent(world)]
    assert all("subject" not in each for each in sent(world))


def test_a_message_to_a_sims_number_is_a_message_of_that_sim(world: Any) -> None:
    number = record(world, OTHER["iccid"])["msisdn"]
    active(world, rule(trigger(1), notifications=[mail(number, "hello") | {"name": "Send SMS"}]))
    uses(world, 1)
    world.advance(by=3)
    [message] = [row for row in rows(world)["wing_sms"] if row["text"] == "hello"]
    assert (245904, "AO/MT", "1234", number, "Message Sent") == (
        message["sim_id"], message["message_type"], message["origination"], message["destination"], message["status"],
    )  # fmt: skip
    assert 1 == sum(row["sms_mt"] for row in rows(world)["wing_usage"] if row["sim_id"] == 245904)
    body = {"iccid": OTHER["iccid"], "fromdate": "2026-01-01"}
    found = world.wing.post("/api/v1/notification/sms/searchsms", json=body)
    assert message["id"] in [each["id"] for each in found.json()], found.text


# --------------------------------------------------------------------------------------------------- no end of it


def test_what_a_rules_own_action_causes_does_not_trigger_it_again(world: Any) -> None:
    active(world, rule(trigger(11), actions=[action("Suspend")], ruleName="own"))
    active(world, rule(trigger(11), ruleName="another's"))
    world.change(SIM, "DEACTIVATED", 8)
    world.advance(by=3)
    world.change(SIM, "ACTIVE", 3)
    world.advance(by=10)
    # DEACTIVATED -> SUSPENDED is no step; ACTIVE -> SUSPENDED is, and only the other one hears of that
    assert "SUSPENDED" == record(world)["stateName"]
    causes = [each["cause"] for each in sent(world)]
    assert (2, 3) == tuple(causes.count(f"Automation rule {ref}") for ref in ("5509 own", "5510 another's"))


def test_rules_that_cause_each_other_come_to_an_end(world: Any) -> None:
    for plan in (103752, 65362):
        active(world, rule(trigger(13), actions=[action("Change Rate Plan", plan)]))
    changes_plan(world)
    world.advance(until="idle")
    assert 10 < len(sent(world)) <= 22
    assert 0 == world.clock()["pending"]


def test_what_the_device_had_done_until_then_is_not_of_the_rules_making(tmp_path: Path) -> None:
    with inside.started(tmp_path) as world, inside.asking(world) as (box, caller):
        rules.create(box, caller, NewRule.model_validate(rule(trigger(1))))
        lifetimes.take_up(box)
        box.now += timedelta(minutes=1)
        box.cause = replace(box.cause, kind="rule", ref="Automation rule 5509 Watchdog")
        for at in (box.now, box.now - timedelta(seconds=1)):
            happenings.tell(box, [Happening("session-start", 389041, at, "GB", "Default Zone", after=f"{at}")])
        [text] = [each["text"] for each in outbox.sent(box, None, None, 10)]
        assert f"{box.now - timedelta(seconds=1)}" in text
