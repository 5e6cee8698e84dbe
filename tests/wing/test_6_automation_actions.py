"""WING 6.2 to 6.5: what rules do to SIMs, how that shows, and how it is undone."""

from typing import Any

import pytest
from tests.wing.automation import (
    ACCOUNT,
    FIVE,
    RULES,
    SIM,
    action,
    active,
    firings,
    happens,
    passes,
    record,
    rule,
    trail,
    trigger,
    uses,
)
from tests.wing.rows import rows

REF = "Automation rule 5509 Watchdog"
TRIAL, IOT_10_GB, DATA_AND_VOICE = 1391, 103752, 1088907

#: Action, what it selects, the record's field, its flag, its field for what was before, before and after, audit action.
CHANGES = {
    "plan": ("Change Rate Plan", IOT_10_GB, "ratePlanId", "resetRateplan", "prevRatePlanId", 65362,
             "SIM_RATEPLAN_CHANGE"),
    "APN group": ("Change APN Group", TRIAL, "apnGroupId", "resetApnGroup", "prevApnGroupId", 1390,
                  "SIM_APNGROUP_CHANGE"),
    "profile": ("Change Network Profile", DATA_AND_VOICE, "networkProfileId", "resetServiceProfile",
                "prevServiceProfileId", 1087055, "SIM_SERVICEPROFILE_CHANGE"),
}  # fmt: skip
NEVER = {"resetRateplan", "resetApnGroup", "resetServiceProfile", "resetState", "unblockData", "unblockSms"}


def in_march(world: Any) -> None:
    passes(world, to="2027-03-15T12:00:00Z")


def explained(world: Any) -> dict[str, Any]:
    return dict(world.control.get(f"/_box/worlds/{world.name}/sims/{SIM['iccid']}/explain").json())


def timeline(world: Any) -> list[dict[str, Any]]:
    return list(world.control.get(f"/_box/worlds/{world.name}/sims/{SIM['iccid']}").json()["timeline"])


def of_the_sim(world: Any, table: str) -> list[dict[str, Any]]:
    """What the store has of the SIM in a table."""
    return [row for row in rows(world)[table] if row["sim_id"] == 389041]


def ask_for_plan(world: Any, plan: int) -> None:
    body = {"iccid": SIM["iccid"], "ratePlanId": plan, "accountId": ACCOUNT}
    assert 200 == world.wing.put("/api/v1/subscription/sims/rateplan", json=body).status_code
    world.advance(by=3)


# ---------------------------------------------------------------------------------------------------------- suspending


def test_a_sim_is_suspended_by_the_workflow_that_suspends_it_for_anybody(world: Any) -> None:
    active(world, rule(trigger(6, "1", "MB"), actions=[action("Suspend")]))
    uses(world, 1)
    waiting = record(world)
    assert ("ACTIVE", True) == (waiting["stateName"], waiting["stateChangeLock"])
    [firing] = firings(world)
    assert ("RUNNING", "Suspend") == (firing["status"], firing["action"])
    work = world.workflow(firing["batch_id"])
    assert ("update_state_sim_wf", "RUNNING") == (work["workflowName"], work["status"])
    world.advance(by=3)
    done = record(world)
    assert ("SUSPENDED", False, "AUTOMATION_RULE", REF) == (
        done["stateName"], done["stateChangeLock"], done["stateChangeReason"], done["reason"],
    )  # fmt: skip
    assert not done["resetState"]
    assert "COMPLETED" == firings(world)[0]["status"]
    # and its session has ended
    assert [done["lastStateChangeDate"][:10]] == [row["ended_at"][:10] for row in of_the_sim(world, "wing_session")]


def test_the_audit_trail_the_timeline_and_the_explanation_name_the_rule(world: Any) -> None:
    active(world, rule(trigger(1), actions=[action("Suspend")]))
    uses(world, 1)
    world.advance(by=3)
    [row] = trail(world)
    assert (REF, "SIM_STATE_CHANGE", '"ACTIVE"', '"SUSPENDED"', "COMPLETED") == (
        row["userId"], row["action"], row["preValue"], row["newValue"], row["status"],
    )  # fmt: skip
    [entry] = timeline(world)
    assert ("ACTIVE", "SUSPENDED", "rule", REF) == (entry["from"], entry["to"], entry["cause"], entry["ref"])
    assert f"A rule put it there: {REF}." in explained(world)["text"]


def test_what_somebody_asks_for_later_is_a_users_again(world: Any) -> None:
    active(world, rule(trigger(1), actions=[action("Suspend", reset=True)]))
    uses(world, 1)
    world.advance(by=3)
    world.change(SIM, "ACTIVE", 3)
    world.advance(by=3)
    now = record(world)
    assert ("USER_ACTION", None, False) == (now["stateChangeReason"], now["reason"], now["resetState"])


# ------------------------------------------------------------------------------------------------------------ changing


@pytest.mark.parametrize(
    ("name", "selected", "field", "flag", "previous", "before", "audited"), CHANGES.values(), ids=CHANGES
)
def test_a_sim_is_given_what_was_selected_for_good(
    name: str, selected: int, field: str, flag: str, previous: str, before: int, audited: str, world: Any
) -> None:
    active(world, rule(trigger(6, "1", "MB"), actions=[action(name, selected)]))
    uses(world, 1)
    world.advance(by=3)
    now = record(world)
    assert (selected, None, before) == (now[field], now[flag], now[previous])
    assert [(REF, audited, "COMPLETED")] == [(row["userId"], row["action"], row["status"]) for row in trail(world)]
    passes(world, by="70d")
    assert selected == record(world)[field]


@pytest.mark.parametrize(
    ("name", "selected", "field", "flag", "previous", "before", "audited"), CHANGES.values(), ids=CHANGES
)
def test_what_is_to_be_reset_is_put_back_when_the_cycle_ends(
    name: str, selected: int, field: str, flag: str, previous: str, before: int, audited: str, world: Any
) -> None:
    in_march(world)
    active(world, rule(trigger(6, "1", "MB"), actions=[action(name, selected, reset=True)]))
    uses(world, 1)
    world.advance(by=3)
    changed = record(world)
    assert (selected, True, before) == (changed[field], changed[flag], changed[previous])
    assert not any(changed[other] for other in NEVER - {flag})
    passes(world, to="2027-03-31T23:59:59Z")
    assert selected == record(world)[field]
    world.advance(by=4)
    back = record(world)
    assert (before, False, None) == (back[field], back[flag], back[previous])
    assert [REF] * 2 == [row["userId"] for row in trail(world)]
    assert [audited] * 2 == [row["action"] for row in trail(world)]
    assert ["UNDONE"] == [each["status"] for each in firings(world)]


def test_several_actions_are_all_carried_out(world: Any) -> None:
    wanted = [action("Change Rate Plan", IOT_10_GB), action("Change APN Group", TRIAL), action("None")]
    active(world, rule(trigger(6, "1", "MB"), actions=wanted))
    uses(world, 1)
    world.advance(by=3)
    now = record(world)
    assert (IOT_10_GB, TRIAL) == (now["ratePlanId"], now["apnGroupId"])
    assert ["COMPLETED"] * 2 == [each["status"] for each in firings(world)]


# ------------------------------------------------------------------------------------------------------- blocking data


def test_blocked_data_ends_sessions_and_lets_none_begin_and_all_else_goes_on(world: Any) -> None:
    in_march(world)
    active(world, rule(trigger(6, "1", "MB"), actions=[action("Block Data", reset=True)]))
    uses(world, 1)
    world.advance(by=3)
    now = record(world)
    assert ("ACTIVE", True) == (now["stateName"], now["unblockData"])
    assert [False] == [row["ended_at"] is None for row in of_the_sim(world, "wing_session")]
    assert [(REF, "SIM_DATA_BLOCK_CHANGE", '"UNBLOCKED"', '"BLOCKED"', "COMPLETED")] == [
        (row["userId"], row["action"], row["preValue"], row["newValue"], row["status"]) for row in trail(world)
    ]
    used = of_the_sim(world, "wing_usage")
    uses(world, 1)
    assert used == of_the_sim(world, "wing_usage")
    happens(world, "sms-mo")
    assert 1 == sum(row["sms_mo"] for row in of_the_sim(world, "wing_usage"))
    passes(world, to="2027-04-01T00:00:03Z")
    assert ("ACTIVE", False) == (record(world)["stateName"], record(world)["unblockData"])
    uses(world, 1)
    assert 2 == len(of_the_sim(world, "wing_session"))


def test_data_that_is_blocked_for_good_stays_blocked(world: Any) -> None:
    active(world, rule(trigger(6, "1", "MB"), actions=[action("Block Data")]))
    uses(world, 1)
    world.advance(by=3)
    assert record(world)["unblockData"] is None
    passes(world, by="70d")
    uses(world, 1)
    assert 1 == len(of_the_sim(world, "wing_session"))


# ------------------------------------------------------------------------------------------------------------- undoing


def test_a_day_later_where_the_trigger_is_about_a_day(world: Any) -> None:
    in_march(world)
    active(world, rule(trigger(5, "1", "MB"), actions=[action("Suspend", reset=True)]))
    uses(world, 1)
    passes(world, by="24h")
    assert "SUSPENDED" == record(world)["stateName"]
    passes(world, by=3)
    assert "ACTIVE" == record(world)["stateName"]


def test_an_events_action_is_undone_with_the_cycle(world: Any) -> None:
    in_march(world)
    active(world, rule(trigger(1), actions=[action("Suspend", reset=True)]))
    uses(world, 1)
    passes(world, to="2027-03-31T23:59:59Z")
    assert "SUSPENDED" == record(world)["stateName"]
    world.advance(by=4)
    assert "ACTIVE" == record(world)["stateName"]


def test_what_somebody_changed_meanwhile_is_left_alone(world: Any) -> None:
    in_march(world)
    active(world, rule(trigger(1), actions=[action("Change Rate Plan", IOT_10_GB, reset=True)]))
    uses(world, 1)
    world.advance(by=3)
    ask_for_plan(world, 65362)
    assert record(world)["resetRateplan"] is False
    ask_for_plan(world, IOT_10_GB)
    passes(world, to="2027-04-02T00:00:00Z")
    assert IOT_10_GB == record(world)["ratePlanId"]
    assert ["KEPT"] == [each["status"] for each in firings(world)]


def test_a_sim_that_somebody_deactivated_stays_so(world: Any) -> None:
    in_march(world)
    active(world, rule(trigger(1), actions=[action("Suspend", reset=True)]))
    uses(world, 1)
    world.advance(by=3)
    world.change(SIM, "DEACTIVATED", 8)
    passes(world, to="2027-04-02T00:00:00Z")
    assert ("DEACTIVATED", False) == (record(world)["stateName"], record(world)["resetState"])


def test_one_change_after_another_is_undone_to_where_the_first_began(world: Any) -> None:
    in_march(world)
    iccid = "8955644500001090062"
    one = {"accountId": FIVE, "resourceMode": "ICCID", "resourceDetail1": iccid}
    assign = {"resourceId": 17893, "resourceType": "RATE-PLAN", "isDefault": False}
    answer = world.wing.post(f"/api/v1/accounts/account/{FIVE}/resources", json=assign)
    assert 200 == answer.status_code, answer.text
    active(world, rule(trigger(6, "1", "MB"), actions=[action("Change Rate Plan", IOT_10_GB, reset=True)], **one))
    active(world, rule(trigger(6, "2", "MB"), actions=[action("Change Rate Plan", 17893, reset=True)], **one))
    uses(world, 1, iccid)
    world.advance(by=3)
    assert IOT_10_GB == record(world, iccid)["ratePlanId"]
    uses(world, 1, iccid)
    world.advance(by=3)
    assert 17893 == record(world, iccid)["ratePlanId"]
    passes(world, to="2027-04-01T00:00:04Z")
    assert (65362, False) == (record(world, iccid)["ratePlanId"], record(world, iccid)["resetRateplan"])


def test_a_deleted_rules_actions_are_undone_all_the_same(world: Any) -> None:
    in_march(world)
    shown = active(world, rule(trigger(1), actions=[action("Suspend", reset=True)]))
    uses(world, 1)
    world.advance(by=3)
    assert 200 == world.wing.put(f"{RULES}/{shown['id']}/Delete").status_code
    passes(world, to="2027-04-01T00:00:04Z")
    assert "ACTIVE" == record(world)["stateName"]


# ------------------------------------------------------------------------------------------------- what cannot be done


def test_a_step_that_is_not_allowed_is_tried_and_audited_as_failed(world: Any) -> None:
    world.change(SIM, "SUSPENDED", 4)
    world.advance(by=3)
    active(world, rule(trigger(11), actions=[action("Suspend", reset=True)]))
    world.change(SIM, "DEACTIVATED", 8)
    world.advance(by=6)
    assert "DEACTIVATED" == record(world)["stateName"]
    assert not record(world)["resetState"]
    [row] = [row for row in trail(world) if row["userId"] == REF]
    assert ('"DEACTIVATED"', '"SUSPENDED"', "FAILED") == (row["preValue"], row["newValue"], row["status"])
    assert ["FAILED"] == [each["status"] for each in firings(world)]


def test_a_sim_under_change_is_left_alone(world: Any) -> None:
    world.change(SIM, "SUSPENDED", 4)
    active(world, rule(trigger(6, "1", "MB"), actions=[action("Change Rate Plan", IOT_10_GB)]))
    uses(world, 1)
    world.advance(by=3)
    assert 65362 == record(world)["ratePlanId"]
    assert [(REF, "FAILED")] == [(row["userId"], row["status"]) for row in trail(world) if row["userId"] == REF]


def test_what_was_taken_from_the_account_meanwhile_cannot_be_given(world: Any) -> None:
    active(world, rule(trigger(6, "1", "MB"), actions=[action("Change Rate Plan", IOT_10_GB, reset=True)]))
    [resource] = [
        row["id"] for row in rows(world)["wing_resource"]
        if (row["account_id"], row["resource_type"], row["resource_id"]) == (ACCOUNT, "RATE-PLAN", IOT_10_GB)
    ]  # fmt: skip
    answer = world.wing.delete(f"/api/v1/accounts/resources/{resource}")
    assert answer.status_code in {200, 204}, answer.text
    uses(world, 1)
    world.advance(by=3)
    assert (65362, None) == (record(world)["ratePlanId"], record(world)["resetRateplan"])
    assert ["FAILED"] == [row["status"] for row in trail(world)]


def test_an_outcome_that_fails_the_work_fails_the_action(world: Any) -> None:
    answer = world.control.post(
        f"/_box/worlds/{world.name}/outcomes",
        json={"match": {"workflow": "update_state_sim_wf"}, "do": {"fail": {"reason": "The HLR is down"}}},
    )
    assert 201 == answer.status_code, answer.text
    active(world, rule(trigger(1), actions=[action("Suspend", reset=True)]))
    uses(world, 1)
    world.advance(by=3)
    now = record(world)
    assert ("ACTIVE", False) == (now["stateName"], now["stateChangeLock"])
    assert not now["resetState"]
    assert ["FAILED"] == [each["status"] for each in firings(world)]


def test_data_of_a_sim_under_change_is_not_blocked(world: Any) -> None:
    active(world, rule(trigger(1), actions=[action("Block Data")]))
    world.change(SIM, "SUSPENDED", 4)
    uses(world, 1)
    world.advance(by=3)
    assert [("SIM_DATA_BLOCK_CHANGE", "FAILED")] == [
        (row["action"], row["status"]) for row in trail(world) if row["userId"] == REF
    ]
