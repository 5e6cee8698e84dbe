"""6: a rule about what devices do by themselves, which the clock jumps over ..."""

import asyncio
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from tests.wing import inside
from tests.wing.automation import FIVE, rule, trigger

from carrierbox.carriers.wing.accounts.account import rules as accounts
from carrierbox.carriers.wing.accounts.account.schemas import AccountChange
from carrierbox.carriers.wing.automation import looks, rules, work
from carrierbox.carriers.wing.automation.schemas import NewRule
from carrierbox.carriers.wing.usage import network
from carrierbox.carriers.wing.usage.network import NETWORK
from carrierbox.kernel import clock, devices, workflow
from carrierbox.kernel.world import World

START = clock.moment("2031-02-01T10:20:30Z")
DAYS = 8
PROFILES = ("phone", "phone", "tracker", "camera", "meter")
TRIGGERS = {
    "start": trigger(1),
    "end": trigger(2),
    "sessions of a day": trigger(3, "2"),
    "sessions": trigger(4, "4"),
    "bytes of a day": trigger(5, "80", "MB"),
    "bytes": trigger(6, "200", "MB"),
    "country": trigger(14),
    "messages": trigger(16, "2"),
    "silence": trigger(10, "1", "Hours"),
}

Moments = set[tuple[int, str]]


@pytest.fixture(scope="module")
def lived(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """A world in which devices have lived for some days under rules about all that they do."""
    with inside.started(tmp_path_factory.mktemp("world"), pace="instant") as world:
        world.clock.reach(START)
        with inside.asking(world) as (box, caller):
            for name, monitored in TRIGGERS.items():
                body = rule(monitored, accountId=FIVE, ruleName=name, notifications=[])
                rules.create(box, caller, NewRule.model_validate(body))
        inside.advance(world, 0)
        with inside.asking(world) as (box, _):
            sims = box.sql("SELECT iccid FROM wing_sim WHERE account_id = :id ORDER BY id", id=FIVE).fetchall()
            for profile, sim in zip(PROFILES, sims, strict=True):
                devices.give(box, NETWORK, sim["iccid"], profile)
        inside.advance(world, DAYS * 86_400)
        yield world


def fired(world: World, name: str) -> Moments:
    """Which SIMs triggered a rule, and when, after it was taken up."""
    found = world.store.sql(
        "SELECT f.sim_id, f.at FROM wing_rule_firing f JOIN wing_rule r ON r.id = f.rule_id WHERE r.name = ?"
        " AND f.at > ?",
        (name, clock.text(START)),
    )
    return {(row["sim_id"], row["at"]) for row in found}


def moments(world: World, query: str) -> Moments:
    return {(row[0], row[1]) for row in world.store.sql(query)}


def history(world: World, query: str) -> dict[int, list[tuple[datetime, int]]]:
    """When each SIM used how much."""
    found: dict[int, list[tuple[datetime, int]]] = {}
    for sim_id, at, amount in world.store.sql(query):
        if at >= clock.text(START):
            found.setdefault(sim_id, []).append((clock.moment(at), amount))
    return found


BYTES = "SELECT sim_id, opened_at, up_bytes + down_bytes FROM wing_cdr WHERE record_type = 'UPDATE_REQUEST' ORDER BY id"
SESSIONS = "SELECT sim_id, started_at, 1 FROM wing_session ORDER BY started_at"
MESSAGES = "SELECT sim_id, at, 1 FROM wing_sms WHERE message_type = 'MO/AT' ORDER BY at"


@pytest.mark.parametrize(("name", "column"), [("start", "started_at"), ("end", "ended_at")])
def test_hears_of_each_session_at_its_own_time(name: str, column: str, lived: World) -> None:
    query = f"SELECT sim_id, {column} FROM wing_session WHERE {column} > '{clock.text(START)}'"
    assert moments(lived, query) == fired(lived, name) != set()


@pytest.mark.parametrize(
    ("name", "query", "threshold"),
    [("sessions", SESSIONS, 4), ("bytes", BYTES, 200 * 1024**2), ("messages", MESSAGES, 2)],
)
def test_is_triggered_with_the_record_that_reaches_a_cycles_threshold(
    name: str, query: str, threshold: int, lived: World
) -> None:
    assert crossings(lived, query, threshold) == fired(lived, name) != set()


def crossings(world: World, query: str, threshold: int) -> Moments:
    """With which records SIMs reached a threshold."""
    found: Moments = set()
    for sim_id, records in history(world, query).items():
        total = 0
        for at, amount in records:
            total += amount
            if total - amount < threshold <= total:
                found.add((sim_id, clock.text(at)))
    return found


@pytest.mark.parametrize(
    ("name", "query", "threshold"), [("sessions of a day", SESSIONS, 2), ("bytes of a day", BYTES, 80 * 1024**2)]
)
def test_is_triggered_with_the_record_that_reaches_a_days_threshold(
    name: str, query: str, threshold: int, lived: World
) -> None:
    expected: Moments = set()
    for sim_id, records in history(lived, query).items():
        for i, (at, amount) in enumerate(records):
            held = sum(used for when, used in records[: i + 1] if when > at - timedelta(days=1))
            if held - amount < threshold <= held:
                expected.add((sim_id, clock.text(at)))
    assert expected == fired(lived, name) != set()


def test_hears_of_another_country_on_the_day_on_which_a_device_is_there(lived: World) -> None:
    expected: Moments = set()
    query = "SELECT sim_id, country, started_at FROM wing_session WHERE started_at > ? ORDER BY sim_id, started_at"
    before = None
    for sim_id, country, at in lived.store.sql(query, (clock.text(START),)):
        if before is not None and before[0] == sim_id and before[1] != country:
            expected.add((sim_id, f"{at[:10]}T00:00:00.000000Z"))
        before = sim_id, country
    assert expected <= fired(lived, "country") != set()


def test_waits_for_silence_after_the_last_session(lived: World) -> None:
    expected: Moments = set()
    sims: dict[int, list[Any]] = {}
    for row in lived.store.sql("SELECT * FROM wing_session ORDER BY sim_id, started_at"):
        sims.setdefault(row["sim_id"], []).append(row)
    for sim_id, sessions in sims.items():
        for session, following in zip(sessions, [*sessions[1:], None], strict=True):
            if session["ended_at"] is None:
                continue
            due = clock.moment(session["ended_at"]) + timedelta(hours=1)
            until = lived.clock.now() if following is None else clock.moment(following["started_at"])
            if START < due <= until:
                expected.add((sim_id, clock.text(due)))
    assert expected == fired(lived, "silence") != set()


# ------------------------------------------------------------------------------------------------- what changes it


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    """A world of its own."""
    with inside.started(tmp_path, pace="instant") as world:
        world.clock.reach(START)
        yield world


def give(world: World, profile: str, sims: int = 1) -> list[Any]:
    """Put devices into SIMs of the account with five; answers these."""
    with inside.asking(world) as (box, _):
        found: list[Any] = box.sql("SELECT * FROM wing_sim WHERE account_id = :id ORDER BY id", id=FIVE).fetchall()
        for sim in found[:sims]:
            devices.give(box, NETWORK, sim["iccid"], profile)
    return found[:sims]


def begin(world: World, name: str, monitored: dict[str, Any], **more: Any) -> None:
    with inside.asking(world) as (box, caller):
        body = rule(monitored, **{"accountId": FIVE, "ruleName": name, "notifications": [], **more})
        rules.create(box, caller, NewRule.model_validate(body))
    inside.advance(world, 0)


def next_look(world: World, kind: str) -> str:
    found = world.store.sql("SELECT due_at FROM box_job WHERE kind = ?", (kind,)).fetchone()
    return str(found["due_at"])


@pytest.mark.parametrize(
    ("kind", "facts"),
    [
        (work.DAYS, {}),
        (work.PLANS, {"resourceId": 2, "resourceMode": None, "resourceDetail1": 65362}),
    ],
)
def test_lets_devices_live_a_day_in_one_go_where_it_is_not_triggered(
    kind: str, facts: dict[str, Any], world: World
) -> None:
    give(world, "camera", 5)
    begin(world, "far", trigger(24 if facts else 6, "900", "GB"), **facts)
    assert "2031-02-01T23:59:59.999999Z" == next_look(world, kind)
    inside.advance(world, 86_400)
    assert "2031-02-02T23:59:59.999999Z" == next_look(world, kind)


def test_about_a_rate_plan_is_triggered_within_minutes_in_each_cycle(world: World) -> None:
    sims = {sim["id"] for sim in give(world, "camera", 5) if sim["rate_plan_id"] == 65362}
    facts = {"resourceId": 2, "resourceMode": None, "resourceDetail1": 65362}
    begin(world, "plan", trigger(24, "900", "MB"), **facts)
    inside.advance(world, 40 * 86_400)
    crossed: dict[str, str] = {}
    totals: dict[str, int] = {}
    for sim_id, at, amount in world.store.sql(BYTES.replace("ORDER BY id", "ORDER BY opened_at")):
        if sim_id in sims and at >= clock.text(START):
            totals[at[:7]] = totals.get(at[:7], 0) + amount
            if totals[at[:7]] >= 900 * 1024**2:
                crossed.setdefault(at[:7], at)
    fired_at = [row["at"] for row in world.store.sql("SELECT at FROM wing_rule_firing ORDER BY id")]
    assert ["2031-02", "2031-03"] == [at[:7] for at in crossed.values()] == [at[:7] for at in fired_at]
    for at, reached in zip(fired_at, crossed.values(), strict=True):
        assert timedelta() <= clock.moment(at) - clock.moment(reached) <= looks.PAUSE


def test_hears_of_the_session_that_lapses_when_its_device_is_taken_away(world: World) -> None:
    [sim] = give(world, "camera")
    begin(world, "end", trigger(2))
    inside.advance(world, 3 * 3600)
    with inside.asking(world) as (box, _):
        devices.take_away(box, NETWORK, sim["iccid"])
    inside.advance(world, 12 * 3600)
    [session] = world.store.sql("SELECT * FROM wing_session WHERE sim_id = ? AND started_at > '2031'", (sim["id"],))
    lapse = clock.moment(session["reported_at"]) + timedelta(hours=8)
    assert {(sim["id"], clock.text(lapse))} == fired(world, "end")


def test_hears_of_a_registration_that_the_network_had_forgotten(world: World) -> None:
    [sim] = give(world, "meter")
    begin(world, "registration", trigger(21))
    inside.advance(world, 86_400)
    known = fired(world, "registration")
    with inside.asking(world) as (box, _):
        devices.catch_up(box, NETWORK, sim["iccid"])
        network.disconnect(box, sim["id"])
    inside.advance(world, 0)
    with inside.asking(world) as (box, _):  # it has no session by now, whose end would be heard of
        network.cancel_location(box, sim["id"])
    forgotten = clock.text(world.clock.now())
    inside.advance(world, 86_400)
    [again] = fired(world, "registration") - known
    [started] = world.store.sql(
        "SELECT min(started_at) FROM wing_session WHERE sim_id = ? AND started_at > ?", (sim["id"], forgotten)
    ).fetchone()
    assert (sim["id"], started) == again


def test_is_triggered_at_the_moment_by_a_sim_that_was_tagged_on_that_day(world: World) -> None:
    [sim] = give(world, "camera")
    [tag_id] = world.store.sql("SELECT min(id) FROM wing_tag WHERE tenant_id = '21'").fetchone()
    begin(world, "tag", trigger(6, "100", "MB"), resourceMode="Tag", resourceDetail1=tag_id)
    with inside.asking(world) as (box, _):
        box.sql("INSERT INTO wing_tag_association (tag_id, sim_id) VALUES (:tag, :sim)", tag=tag_id, sim=sim["id"])
    inside.advance(world, 86_400)
    assert crossings(world, BYTES, 100 * 1024**2) == fired(world, "tag") != set()


def test_lets_no_device_be_looked_at_any_longer_when_it_is_gone(world: World) -> None:
    give(world, "camera")
    begin(world, "gone", trigger(4, "1"))
    assert [1] == [*world.store.sql("SELECT count(*) FROM wing_rule_look").fetchone()]
    with inside.asking(world) as (box, caller):
        [rule_id] = box.sql("SELECT id FROM wing_rule WHERE name = 'gone'").fetchone()
        rules.delete(box, caller, rule_id)
    assert [0] == [*world.store.sql("SELECT count(*) FROM wing_rule_look").fetchone()]


def test_is_triggered_at_the_moment_by_a_sim_whose_account_came_below_its_own(world: World) -> None:
    [sim] = give(world, "camera")
    with inside.asking(world) as (box, caller):
        [above] = box.sql(
            "SELECT id FROM wing_account WHERE tenant_id = :tenant AND id <> :five AND account_state <> 'RETIRED'"
            " AND id NOT IN (SELECT account_id FROM wing_sim) ORDER BY id LIMIT 1",
            tenant=sim["tenant_id"],
            five=FIVE,
        ).fetchone()
    begin(world, "above", trigger(6, "100", "MB"), accountId=above)
    with inside.asking(world) as (box, caller):
        accounts.update(box, caller, AccountChange.model_validate({"id": FIVE, "parentAccountId": above}))
    inside.advance(world, 86_400)
    assert crossings(world, BYTES, 100 * 1024**2) == fired(world, "above") != set()


def test_lets_no_request_wait_while_a_days_devices_are_looked_at(world: World) -> None:
    give(world, "camera", 5)
    begin(world, "far", trigger(6, "900", "GB"))
    world.clock.reach(clock.moment("2031-02-02T00:00:00Z"))
    asyncio.run(workflow.settle(world))  # as every request does
    assert "2031-02-01T23:59:59.999999Z" == next_look(world, work.DAYS)
    while asyncio.run(workflow.go_on(world)):  # as the ticker does
        pass
    assert "2031-02-02T23:59:59.999999Z" == next_look(world, work.DAYS)
