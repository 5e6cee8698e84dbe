"""WING 6.3: silence, which triggers a rule for an active SIM at the moment when it has lasted for long enough."""

import itertools
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from tests.wing import inside
from tests.wing.automation import (
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
    sent,
    trigger,
    uses,
)
from tests.wing.rows import rows

from carrierbox.carriers.wing.automation import lifetimes, rules, silence
from carrierbox.carriers.wing.automation.schemas import NewRule

HOUR = timedelta(hours=1)
#: A session lasts for eight hours after the last data.
LAPSE = 8 * HOUR
STATES = {"SUSPENDED": 4, "ACTIVE": 3}


def now(world: Any) -> datetime:
    return datetime.fromisoformat(world.clock()["now"])


def fired_at(world: Any) -> list[datetime]:
    return [datetime.fromisoformat(each["at"]) for each in firings(world)]


def changes(world: Any, state: str) -> None:
    world.change(SIM, state, STATES[state])
    world.advance(by=2)


@pytest.mark.parametrize(("value", "unit", "length"), [("3", "Hours", 3 * HOUR), ("2", "Days", 48 * HOUR)])
def test_fires_to_the_moment_after_the_last_session_ended(value: str, unit: str, length: timedelta, world: Any) -> None:
    uses(world, 1)
    active(world, rule(trigger(10, value, unit)))
    world.advance(by="1h")
    happens(world, "detach")
    end = now(world)
    world.advance(to=(end + length - timedelta(seconds=1)).isoformat())
    assert [] == sent(world)
    world.advance(by=1)
    assert [end + length] == fired_at(world)
    passes(world, by="10d")
    assert 1 == len(sent(world))


@pytest.mark.parametrize("hour", [3, 14, 15, 20])  # whether the session's end or the silence lies in the next day
def test_a_session_under_way_is_no_silence_until_it_lapses(hour: int, world: Any) -> None:
    passes(world, to=(now(world) + 24 * HOUR).replace(hour=hour).isoformat())
    uses(world, 1)
    start = now(world)
    active(world, rule(trigger(10, "2", "Hours")))
    passes(world, by="9h59m59s")
    assert [] == sent(world)
    passes(world, by="1s")
    assert [start + LAPSE + 2 * HOUR] == fired_at(world)


def test_what_comes_in_between_moves_it(world: Any) -> None:
    uses(world, 1)
    happens(world, "detach")
    active(world, rule(trigger(10, "2", "Hours")))
    world.advance(by="1h59m")
    happens(world, "attach")
    uses(world, 1)
    world.advance(by="1h")
    happens(world, "detach")
    end = now(world)
    world.advance(by="9h")
    assert [end + 2 * HOUR] == fired_at(world)


def test_each_silence_fires_once(world: Any) -> None:
    active(world, rule(trigger(10, "2", "Hours")))
    for _ in range(3):
        happens(world, "attach")
        uses(world, 1)
        happens(world, "detach")
        passes(world, by="5h")
    assert 3 + 1 == len(sent(world))  # and once at first, as the SIM had been silent since it is active


def test_a_sim_that_has_been_silent_for_long_enough_fires_at_once(world: Any) -> None:
    active(world, rule(trigger(10, "2", "Hours")))
    world.advance(by=1)
    assert 1 == len(sent(world))


def test_silence_begins_when_a_sim_becomes_active(world: Any) -> None:
    changes(world, "SUSPENDED")
    active(world, rule(trigger(10, "2", "Hours")))
    world.advance(by="5h")
    assert [] == sent(world)
    changes(world, "ACTIVE")
    became = datetime.fromisoformat(record(world)["lastStateChangeDate"].replace("+0000", "+00:00"))
    world.advance(by="2h")
    [at] = fired_at(world)
    assert timedelta() <= at - became - 2 * HOUR < timedelta(seconds=1)


def test_a_sim_that_is_not_active_any_more_does_not_fire(world: Any) -> None:
    uses(world, 1)
    active(world, rule(trigger(10, "2", "Hours")))
    changes(world, "SUSPENDED")
    passes(world, by="3d")
    assert [] == sent(world)


def test_messages_break_their_own_silence_only(world: Any) -> None:
    happens(world, "sms-mo")
    uses(world, 1)
    happens(world, "detach")
    active(world, rule(trigger(10, "2", "Hours"), ruleName="data"))
    active(world, rule(trigger(20, "2", "Hours"), ruleName="messages"))
    world.advance(by="1h")
    happens(world, "attach")
    happens(world, "sms-mt")
    at = now(world)
    world.advance(by="1h")
    assert ["Automation rule 5509 data"] == [each["cause"] for each in sent(world)]
    world.advance(by="1h")
    assert ["data", "messages"] == [each["cause"].split()[-1] for each in sent(world)]
    assert at + 2 * HOUR == fired_at(world)[-1]


def test_each_sim_is_silent_by_itself(world: Any) -> None:
    for iccid in ("8955644500001090062", "8955644500001090066"):
        uses(world, 1, iccid)
        happens(world, "detach", iccid)
        world.advance(by="1h")
    plan = {"iccid": "8955644500001090066", "ratePlanId": 103752, "accountId": FIVE}
    assert 200 == world.wing.put("/api/v1/subscription/sims/rateplan", json=plan).status_code
    world.advance(by="10m")
    active(world, rule(trigger(10, "6", "Hours"), accountId=FIVE, resourceMode="Rate Plan", resourceDetail1=103752))
    active(world, rule(trigger(10, "5", "Hours"), accountId=FIVE, resourceMode="ICCID",
                       resourceDetail1="8955644500001090062"))  # fmt: skip
    world.advance(by="8h")
    assert [(5510, 290062), (5509, 290066)] == [(each["rule_id"], each["sim_id"]) for each in firings(world)]


@pytest.mark.parametrize("how", ["deleted", "edited", "ended"])
def test_a_rule_that_is_gone_waits_for_nothing(how: str, world: Any) -> None:
    uses(world, 1)
    happens(world, "detach")
    shown = active(world, rule(trigger(10, "2", "Hours"), endDate=(now(world) + HOUR).isoformat()))
    if how == "deleted":
        assert 200 == world.wing.put(f"{RULES}/{shown['id']}/Delete").status_code
    if how == "edited":
        assert 200 == world.wing.put(RULES, json=rule(trigger(11), id=shown["id"])).status_code
    world.advance(by="5h")
    assert [] == sent(world)
    assert [] == rows(world)["wing_rule_silence"]


def test_a_silent_sim_is_suspended_for_a_day(world: Any) -> None:
    uses(world, 1)
    happens(world, "detach")
    active(world, rule(trigger(10, "2", "Hours"), actions=[action("Suspend", reset=True)]))
    world.advance(by="2h3s")
    assert ("SUSPENDED", True) == (record(world)["stateName"], record(world)["resetState"])
    passes(world, by="24h")
    assert ("ACTIVE", False) == (record(world)["stateName"], record(world)["resetState"])
    # and still being silent, again two hours later
    passes(world, by="2h3s")
    assert "SUSPENDED" == record(world)["stateName"]
    assert 2 == len(sent(world))


def test_a_meter_that_reports_is_not_silent_and_one_that_is_taken_away_is(world: Any) -> None:
    device = f"/_box/worlds/{world.name}/sims/{SIM['iccid']}/device"
    assert world.control.put(device, json={"profile": "meter"}).status_code in {200, 201}
    uses(world, 1)
    active(world, rule(trigger(10, "7", "Hours")))
    passes(world, by="5d")  # it reports every six hours
    assert [] == sent(world)
    assert 204 == world.control.delete(device).status_code
    sessions = [row for row in rows(world)["wing_session"] if row["sim_id"] == 389041]
    last = max(datetime.fromisoformat(row["reported_at"]) for row in sessions)
    passes(world, by="16h")
    [at] = fired_at(world)
    assert 7 * HOUR <= at - last <= LAPSE + 7 * HOUR


def test_a_large_fleet_is_waited_for_some_sims_at_a_time(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(silence, "WINDOW", 2)
    with inside.started(tmp_path) as world:
        with inside.asking(world) as (box, caller):
            body = rule(trigger(10, "9", "Days"), accountId=FIVE, notifications=[])
            rules.create(box, caller, NewRule.model_validate(body))
            lifetimes.take_up(box)
            waited_for = []
            while silence.begin(box):
                waited_for.append(box.sql("SELECT count(*) FROM wing_rule_silence").fetchone()[0])
            active = box.sql("SELECT count(*) FROM wing_sim WHERE account_id = :id AND state = 'ACTIVE'", id=FIVE)
            steps = {after - before for before, after in itertools.pairwise([0, *waited_for])}
        assert active.fetchone()[0] == waited_for[-1] > 2
        assert {0, 1, 2} >= steps
