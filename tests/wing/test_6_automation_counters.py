"""WING 6.1, 6.4 to 6.7: counters, which trigger a rule when they reach a threshold from below."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
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
    mail,
    passes,
    rule,
    sent,
    texts,
    trigger,
    uses,
)
from tests.wing.rows import rows as stored

from carrierbox.carriers.wing import happenings
from carrierbox.carriers.wing.automation import counters, lifetimes, rules
from carrierbox.carriers.wing.automation.schemas import NewRule
from carrierbox.carriers.wing.door import Caller
from carrierbox.carriers.wing.happenings import Happening
from carrierbox.carriers.wing.usage.network import NETWORK
from carrierbox.kernel import clock, devices
from carrierbox.kernel.world import Box, World

#: SIMs of the account with five.
FIRST, SECOND, THIRD = "8955644500001090062", "8955644500001090066", "1955644099890004111"
PLAN, OTHER_PLAN = 65362, 103752


def of_sims(*triggers: dict[str, Any], **more: Any) -> dict[str, Any]:
    return rule(*triggers, accountId=FIVE, **more)


def of_plan(*triggers: dict[str, Any], **more: Any) -> dict[str, Any]:
    facts = {"accountId": FIVE, "resourceId": 2, "resourceMode": None, "resourceDetail1": PLAN}
    return rule(*triggers, **(facts | more))


def of_account(*triggers: dict[str, Any], account: int = FIVE, **more: Any) -> dict[str, Any]:
    facts = {"accountId": account, "resourceId": 1, "resourceMode": None, "resourceDetail1": account}
    return rule(*triggers, **(facts | more))


def start_month(world: Any) -> None:
    """Go to the middle of a month, so that a day either way lies in it."""
    passes(world, to="2027-03-15T12:00:00Z")


# -------------------------------------------------------------------------------------------------- one SIM's counters


def test_fires_when_the_sum_reaches_the_value_once_a_cycle(world: Any) -> None:
    start_month(world)
    active(world, of_sims(trigger(6, "5", "MB")))
    for megabytes in (2, 2.9):
        uses(world, megabytes, FIRST)
    assert [] == sent(world)
    uses(world, 0.1, FIRST)
    assert 1 == len(sent(world))
    uses(world, 50, FIRST)
    world.advance(by="10d")
    uses(world, 50, FIRST)
    assert 1 == len(sent(world))
    world.advance(to="2027-04-01T00:00:00Z")
    uses(world, 4.9, FIRST)
    assert 1 == len(sent(world))
    uses(world, 0.1, FIRST)
    assert 2 == len(sent(world))
    assert ["2027-03", "2027-04"] == [each["window"] for each in firings(world)]


def test_fires_for_each_sim_by_itself(world: Any) -> None:
    active(world, of_sims(trigger(6, "5", "MB"), notifications=[mail(text="{imsi}")]))
    uses(world, 4, FIRST)
    uses(world, 4, SECOND)
    assert [] == sent(world)
    uses(world, 1, SECOND)
    uses(world, 1, FIRST)
    assert ["234500001090066", "234500001090062"] == texts(world)


def test_what_was_used_before_counts_and_does_not_fire_by_itself(world: Any) -> None:
    uses(world, 4, FIRST)
    uses(world, 6, SECOND)
    active(world, of_sims(trigger(6, "5", "MB")))
    uses(world, 10, SECOND)  # it was above already
    assert [] == sent(world)
    uses(world, 1, FIRST)
    assert [290062] == [each["sim_id"] for each in firings(world)]


def test_an_edited_rule_starts_over(world: Any) -> None:
    first = active(world, of_sims(trigger(6, "5", "MB")))
    uses(world, 5, FIRST)
    assert 1 == len(sent(world))
    assert 200 == world.wing.put(RULES, json=of_sims(trigger(6, "8", "MB"), id=first["id"])).status_code
    world.advance(by=1)
    uses(world, 2, FIRST)
    assert 1 == len(sent(world))
    uses(world, 1, FIRST)
    assert 2 == len(sent(world))


UNITS = [("KB", 1 / 1024), ("MB", 1), ("GB", 1024)]


@pytest.mark.parametrize(("unit", "megabytes"), UNITS)
def test_units_are_powers_of_1024(unit: str, megabytes: float, world: Any) -> None:
    active(world, of_sims(trigger(6, "2.5", unit)))
    happens(world, "data", FIRST, up_bytes=1, down_bytes=round(2.5 * megabytes * 1024**2) - 2)
    assert [] == sent(world)
    happens(world, "data", FIRST, up_bytes=1, down_bytes=0)
    assert 1 == len(sent(world))


def test_the_last_24_hours_roll_on_and_fire_anew_when_they_were_below(world: Any) -> None:
    start_month(world)
    active(world, of_sims(trigger(5, "5", "MB")))
    uses(world, 3, FIRST)
    world.advance(by="20h")
    uses(world, 2, FIRST)
    assert 1 == len(sent(world))
    uses(world, 1, FIRST)  # 6 MB
    world.advance(by="4h1s")  # the first 3 MB are older than a day
    assert 1 == len(sent(world))
    uses(world, 1, FIRST)  # 4 MB
    uses(world, 1, FIRST)  # 5 MB, from below
    assert 2 == len(sent(world))
    uses(world, 1, FIRST)
    assert 2 == len(sent(world))


def test_sessions_are_counted_when_they_start(world: Any) -> None:
    start_month(world)
    active(world, of_sims(trigger(3, "2"), ruleName="day"))
    active(world, of_sims(trigger(4, "3"), ruleName="cycle"))
    fired = []
    for _ in range(4):
        happens(world, "attach", FIRST)
        uses(world, 1, FIRST)
        uses(world, 1, FIRST)
        world.advance(by="1h")
        fired.append([each["cause"].split()[-1] for each in sent(world)])
    assert [[], ["day"], ["day", "cycle"], ["day", "cycle"]] == fired


def test_messages_are_counted_that_the_sim_sends(world: Any) -> None:
    start_month(world)
    active(world, of_sims(trigger(15, "2"), ruleName="day"))
    active(world, of_sims(trigger(16, "3"), ruleName="cycle"))
    happens(world, "sms-mo", FIRST)
    happens(world, "sms-mt", FIRST)
    happens(world, "sms-mt", FIRST)
    assert [] == sent(world)
    world.advance(by="24h")
    happens(world, "sms-mo", FIRST)
    assert [] == sent(world)
    happens(world, "sms-mo", FIRST)
    assert {"Automation rule 5509 day", "Automation rule 5510 cycle"} == {each["cause"] for each in sent(world)}


def test_a_country_and_a_zone_count_by_themselves(world: Any) -> None:
    active(world, of_sims(trigger(7, "2", "MB", country="DE"), ruleName="country"))
    active(world, of_sims(trigger(8, "2", "MB", zone="Zone 9"), ruleName="zone"))
    active(world, of_sims(trigger(17, "1", country="DE"), ruleName="messages"))
    uses(world, 10, FIRST)
    happens(world, "sms-mo", FIRST)
    assert [] == sent(world)
    happens(world, "location", FIRST, country="DE")
    uses(world, 1, FIRST)
    uses(world, 1, FIRST, zone="Zone 9")
    assert ["Automation rule 5509 country"] == [each["cause"] for each in sent(world)]
    uses(world, 1, FIRST, zone="Zone 9")
    happens(world, "sms-mo", FIRST)
    assert ["country", "zone", "messages"] == [each["cause"].split()[-1] for each in sent(world)]


def test_a_percentage_is_of_what_the_plan_includes_in_the_zone(world: Any) -> None:
    # 65362 includes 1 GB and 100 messages in the default zone
    active(world, of_sims(trigger(33, "50", "%", zone="Default Zone"), ruleName="data"))
    active(world, of_sims(trigger(34, "2", zone="Default Zone"), ruleName="messages"))
    active(world, of_sims(trigger(33, "1", zone="Nowhere"), ruleName="nothing"))
    uses(world, 511, FIRST)
    happens(world, "sms-mo", FIRST)
    assert [] == sent(world)
    uses(world, 1, FIRST)
    happens(world, "sms-mo", FIRST)
    assert ["data", "messages"] == [each["cause"].split()[-1] for each in sent(world)]


def test_what_comes_in_late_counts_where_it_belongs(world: Any) -> None:
    start_month(world)
    active(world, of_sims(trigger(6, "5", "MB"), ruleName="cycle"))
    active(world, of_sims(trigger(5, "5", "MB"), ruleName="day"))
    now = datetime.fromisoformat(world.clock()["now"])
    world.advance(by="30h")
    uses(world, 3, FIRST, at=(now + timedelta(hours=1)).isoformat())
    uses(world, 2, FIRST)
    assert ["cycle"] == [each["cause"].split()[-1] for each in sent(world)]
    # 6 MB until then; and then, the first 3 MB being older than a day, 5 MB again with the last 2
    uses(world, 3, FIRST, at=(now + timedelta(hours=20)).isoformat())
    uses(world, 1, FIRST)
    assert ["cycle", "day", "day"] == [each["cause"].split()[-1] for each in sent(world)]


def test_what_was_used_before_the_rule_and_is_heard_of_later_does_not_fire(world: Any) -> None:
    start_month(world)
    before = world.clock()["now"]
    world.advance(by="1h")
    active(world, of_sims(trigger(6, "5", "MB")))
    uses(world, 6, FIRST, at=before)
    assert [] == sent(world)


# ------------------------------------------------------------------------------------ rate plans and accounts together


def test_a_plan_counts_all_its_sims(world: Any) -> None:
    active(world, of_plan(trigger(24, "5", "MB"), notifications=[mail(text="{name} {value} {units}")]))
    uses(world, 2, FIRST)
    uses(world, 2, SECOND)
    uses(world, 9, SIM["iccid"])  # on the plan, in another account
    assert [] == sent(world)
    uses(world, 2, THIRD)
    assert ["IoT 1 GB 5 MB"] == texts(world)
    uses(world, 20, THIRD)
    assert 1 == len(sent(world))
    assert [(None, "6291456")] == [(each["sim_id"], str(each["value"])) for each in firings(world)]


def test_a_plan_of_an_account_above_counts_those_below(world: Any) -> None:
    # in a zone of its own, since others on the plan live too
    active(world, of_plan(trigger(26, "5", "MB", zone="Zone 9"), accountId=3122))
    uses(world, 3, FIRST, zone="Zone 9")
    assert [] == sent(world)
    uses(world, 2, SIM["iccid"], zone="Zone 9")
    assert 1 == len(sent(world))


def test_use_counts_for_the_plan_that_the_sim_was_on(world: Any) -> None:
    active(world, of_plan(trigger(24, "5", "MB")))
    uses(world, 3, FIRST)
    body = {"iccid": FIRST, "ratePlanId": OTHER_PLAN, "accountId": FIVE}
    assert 200 == world.wing.put("/api/v1/subscription/sims/rateplan", json=body).status_code
    world.advance(by=3)
    uses(world, 9, FIRST)
    assert [] == sent(world)
    uses(world, 2, SECOND)
    assert 1 == len(sent(world))


def test_a_plans_day_rolls_on(world: Any) -> None:
    start_month(world)
    active(world, of_plan(trigger(23, "5", "MB"), ruleName="data"))
    active(world, of_plan(trigger(27, "2"), ruleName="messages"))
    uses(world, 3, FIRST)
    happens(world, "sms-mo", FIRST)
    world.advance(by="20h")
    uses(world, 2, SECOND)
    happens(world, "sms-mo", SECOND)
    assert ["data", "messages"] == [each["cause"].split()[-1] for each in sent(world)]
    uses(world, 9, SECOND)
    world.advance(by="25h")
    uses(world, 4, FIRST)
    happens(world, "sms-mo", SECOND)
    assert 2 == len(sent(world))
    uses(world, 4, SECOND)
    happens(world, "sms-mo", FIRST)
    assert ["data", "messages"] * 2 == [each["cause"].split()[-1] for each in sent(world)]


def test_a_plan_counts_by_country_zone_and_messages(world: Any) -> None:
    active(world, of_plan(trigger(25, "2", "MB", country="DE"), ruleName="country"))
    active(world, of_plan(trigger(26, "2", "MB", zone="Zone 9"), ruleName="zone"))
    active(world, of_plan(trigger(28, "2"), ruleName="messages"))
    active(world, of_plan(trigger(29, "1", country="DE"), ruleName="abroad"))
    active(world, of_plan(trigger(30, "9", zone="Zone 9"), ruleName="never"))
    uses(world, 9, FIRST)
    happens(world, "sms-mo", FIRST)
    assert [] == sent(world)
    happens(world, "location", SECOND, country="DE")
    uses(world, 2, SECOND)
    uses(world, 2, FIRST, zone="Zone 9")
    happens(world, "sms-mo", SECOND)
    assert ["country", "zone", "messages", "abroad"] == [each["cause"].split()[-1] for each in sent(world)]


def test_a_plans_quota_is_that_of_all_its_active_sims(world: Any) -> None:
    # five SIMs with 1 GB and 100 messages each
    active(world, of_plan(trigger(35, "10", zone="Default Zone"), ruleName="data"))
    active(world, of_plan(trigger(36, "1", "%", zone="Default Zone"), ruleName="messages"))
    uses(world, 300, FIRST)
    for iccid in (FIRST, FIRST, SECOND, SECOND):
        happens(world, "sms-mo", iccid)
    assert [] == sent(world)
    uses(world, 212, SECOND)
    happens(world, "sms-mo", SECOND)
    assert ["data", "messages"] == [each["cause"].split()[-1] for each in sent(world)]


def changes(world: Any, iccid: str, state: str, number: int) -> None:
    world.change(world.sim(iccid), state, number)
    world.advance(by=3)


def test_active_sims_are_counted_up_from_below(world: Any) -> None:
    changes(world, FIRST, "SUSPENDED", 4)
    changes(world, SECOND, "SUSPENDED", 4)
    text = mail(text="{name} {value}")
    active(world, of_account(trigger(32, "5"), ruleName="account", notifications=[text]))
    active(world, of_plan(trigger(31, "4"), ruleName="plan", notifications=[text]))
    changes(world, FIRST, "ACTIVE", 3)
    assert ["IoT 1 GB 4"] == texts(world)
    changes(world, SECOND, "ACTIVE", 3)
    assert ["IoT 1 GB 4", "Group sample 5"] == texts(world)
    changes(world, SECOND, "SUSPENDED", 4)
    changes(world, SECOND, "ACTIVE", 3)
    assert ["IoT 1 GB 4", "Group sample 5", "Group sample 5"] == texts(world)


def test_active_sims_that_come_into_an_account_or_plan_are_counted(world: Any) -> None:
    active(world, of_account(trigger(32, "6"), ruleName="account"))
    active(world, of_plan(trigger(31, "1"), resourceDetail1=OTHER_PLAN, ruleName="plan"))
    body = {"iccid": FIRST, "ratePlanId": OTHER_PLAN, "accountId": FIVE}
    assert 200 == world.wing.put("/api/v1/subscription/sims/rateplan", json=body).status_code
    world.advance(by=3)
    assert ["Automation rule 5510 plan"] == [each["cause"] for each in sent(world)]
    move = {
        "accountId": FIVE, "fromAccountId": ACCOUNT, "useImsi": True, "range": {"from": SIM["imsi"], "to": SIM["imsi"]},
    }  # fmt: skip
    assert 202 == world.wing.post("/api/v1/resources/batch/sims/assign", json=move).status_code
    world.advance(by=5)
    assert ["plan", "account"] == [each["cause"].split()[-1] for each in sent(world)]


# ------------------------------------------------------------------------------------------------ devices are looked at


def give(world: Any, iccid: str, profile: str) -> None:
    answer = world.control.put(f"/_box/worlds/{world.name}/sims/{iccid}/device", json={"profile": profile})
    assert answer.status_code in (200, 201), answer.text


def test_a_device_that_lives_by_itself_fires_while_the_clock_jumps(world: Any) -> None:
    start_month(world)
    active(world, of_sims(trigger(6, "200", "MB"), actions=[action("Suspend")]))
    give(world, FIRST, "camera")  # some megabytes an hour
    passes(world, by="5d")
    assert "SUSPENDED" == world.sim(FIRST)["stateName"]
    [firing] = firings(world)
    [crossing] = [row for row in reached(world, 290062, 200 * 1024**2) if row["opened_at"] <= firing["at"]]
    assert crossing["opened_at"] == firing["at"]
    after = [row for row in stored(world)["wing_cdr"] if row["sim_id"] == 290062 and row["opened_at"] > firing["at"]]
    assert ["TERMINATE_REQUEST"] == [row["record_type"] for row in after]  # it does nothing any more


def reached(world: Any, sim_id: int, threshold: int) -> Iterator[dict[str, Any]]:
    """The record with which a SIM's use reached a threshold."""
    total = 0
    for row in stored(world)["wing_cdr"]:
        if row["sim_id"] == sim_id:
            before, total = total, total + row["up_bytes"] + row["down_bytes"]
            if before < threshold <= total:
                yield row


def test_a_device_that_was_there_before_the_rule_is_looked_at_too(world: Any) -> None:
    start_month(world)
    give(world, FIRST, "camera")
    passes(world, by="1d")
    active(world, of_sims(trigger(6, "600", "MB")))
    world.advance(by="9d")
    assert 1 == len(sent(world))


def test_one_sims_device_is_looked_at_by_itself(world: Any) -> None:
    start_month(world)
    give(world, FIRST, "meter")
    give(world, SECOND, "meter")
    active(world, of_sims(trigger(4, "1"), resourceMode="ICCID", resourceDetail1=FIRST))
    world.advance(by="2d")
    looked_at = {row["sim_id"] for row in stored(world)["wing_cdr"] if row["opened_at"] >= "2027-03"}
    assert {290062} == looked_at
    assert 1 == len(sent(world))


# -------------------------------------------------------------------------------------------------------------- the law

START = datetime.fromisoformat("2027-03-30T00:00:00Z")
USES = st.lists(
    st.tuples(st.sampled_from((FIRST, SECOND)), st.integers(1, 2_000), st.integers(0, 20 * 3600)), max_size=25
)


@pytest.fixture(scope="module")
def inner(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """A world in this process, its clock two days before a month ends."""
    with inside.started(tmp_path_factory.mktemp("world"), pace="instant") as world:
        world.clock.reach(START)
        yield world


class Undone(Exception):
    """Takes back what an example did."""


@contextmanager
def undone(world: World) -> Iterator[tuple[Box, Caller]]:
    """A request that leaves nothing behind."""
    with suppress(Undone), inside.asking(world) as (box, caller):
        yield box, caller
        raise Undone


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(uses=USES, threshold=st.integers(1, 5_000))
def test_any_sequence_of_use_fires_once_a_sim_and_window_in_which_the_sum_crosses(
    uses: Sequence[tuple[str, int, int]], threshold: int, inner: World
) -> None:
    with undone(inner) as (box, caller):
        names = {}
        for name, number in (("cycle", 6), ("day", 5)):
            body = of_sims(trigger(number, str(threshold), "KB"), ruleName=name)
            shown, _ = rules.create(box, caller, NewRule.model_validate(body))
            names[shown["id"]] = name
        lifetimes.take_up(box)
        used = let_use(box, uses)
        fired = [
            (names[row["rule_id"]], row["sim_id"], row["window"])
            for row in box.sql("SELECT * FROM wing_rule_firing ORDER BY id")
        ]
    expected = []
    for iccid, sim_id in ((FIRST, 290062), (SECOND, 290066)):
        expected += [("cycle", sim_id, month) for month in months(used[iccid], threshold)]
        expected += [("day", sim_id, clock.text(at)) for at in days(used[iccid], threshold)]
    assert sorted(expected) == sorted(fired)


def let_use(box: Box, uses: Sequence[tuple[str, int, int]]) -> dict[str, list[tuple[datetime, int]]]:
    """Let SIMs use kilobytes, each so many seconds after the one before; answers when each used how many."""
    used: dict[str, list[tuple[datetime, int]]] = {FIRST: [], SECOND: []}
    for iccid, kilobytes, seconds in uses:
        box.now += timedelta(seconds=seconds)
        devices.happen(box, NETWORK, iccid, "data", up_bytes=0, down_bytes=kilobytes * 1024)
        used[iccid].append((box.now, kilobytes))
    return used


def months(history: Sequence[tuple[datetime, int]], threshold: int) -> list[str]:
    """The months in which a SIM's use reached a threshold."""
    totals: dict[str, int] = {}
    for at, amount in history:
        totals[f"{at:%Y-%m}"] = totals.get(f"{at:%Y-%m}", 0) + amount
    return [month for month, total in totals.items() if total >= threshold]


def days(history: Sequence[tuple[datetime, int]], threshold: int) -> list[datetime]:
    """When the use of the last 24 hours reached a threshold from below."""

    def held(until: int) -> int:
        at = history[until][0]
        return sum(amount for when, amount in history[: until + 1] if when > at - timedelta(days=1))

    return [at for i, (at, amount) in enumerate(history) if held(i) - amount < threshold <= held(i)]


@given(
    grew=st.lists(st.tuples(st.integers(0, 10**6), st.integers(1, 100)), min_size=1),
    before=st.integers(0, 200),
    threshold=st.integers(1, 400),
)
def test_a_cycles_crossing_is_where_the_running_sum_first_reaches_it(
    grew: list[tuple[int, int]], before: int, threshold: int
) -> None:
    records = [(START + timedelta(seconds=second), amount) for second, amount in sorted(grew)]
    total = before + sum(amount for _, amount in records)
    crossing = counters.in_cycle(total, records, threshold)  # type: ignore[arg-type]
    assert (before < threshold <= total) == (crossing is not None)
    if crossing is not None:
        until = [amount for at, amount in records if at <= crossing.at]
        assert threshold <= crossing.value <= before + sum(until)


# ----------------------------------------------------------------------------------------------------- what it costs


def told(sims: Sequence[int], times: int) -> list[Happening]:
    return [
        Happening("data", sim_id, START + timedelta(seconds=second), "GB", "Default Zone", down_bytes=1)
        for second in range(times)
        for sim_id in sims
    ]


def statements(world: World, box: Box, happened: Sequence[Happening]) -> int:
    """How many statements it takes to hear of something."""
    run: list[str] = []
    world.store._writer.set_trace_callback(run.append)
    happenings.tell(box, happened)
    world.store._writer.set_trace_callback(None)
    return len(run)


WATCHING = [
    (0, None),
    (2, rule(trigger(6, "1", "GB"), accountId=ACCOUNT)),
    (3, of_sims(trigger(6, "1", "GB"))),
    (3, of_sims(trigger(5, "1", "GB"))),
    (3, of_plan(trigger(24, "1", "GB"))),
    (3, of_plan(trigger(23, "1", "GB"))),
]


@pytest.mark.parametrize(("most", "body"), WATCHING)
def test_hearing_of_thousands_costs_as_few_statements_as_hearing_of_one_and_without_a_rule_none(
    most: int, body: dict[str, Any] | None, inner: World
) -> None:
    sims = (290062, 290066, 304111)
    with undone(inner) as (box, caller):
        if body is not None:
            rules.create(box, caller, NewRule.model_validate(body))
            lifetimes.take_up(box)
        happenings.tell(box, told(sims, 1))  # what is remembered is read once
        few, many = (statements(inner, box, told(sims, times)) for times in (1, 1_000))
    assert few == many <= most
