"""Laws of usage: whatever happens to SIMs, all figures agree, and those that may not use the network did not.

The rules are asked in this process, as the routes ask them.
"""

import asyncio
import json
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from datetime import timedelta
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from carrierbox import keycloak, main
from carrierbox.carriers.wing.door import Caller
from carrierbox.carriers.wing.errors import Refusal
from carrierbox.carriers.wing.fleet import FLEET
from carrierbox.carriers.wing.subscriptions.assignments import rules as assignments
from carrierbox.carriers.wing.subscriptions.assignments.schemas import RatePlanChange
from carrierbox.carriers.wing.subscriptions.moves import rules as moves
from carrierbox.carriers.wing.subscriptions.moves.schemas import Move
from carrierbox.carriers.wing.subscriptions.record import STATES
from carrierbox.carriers.wing.subscriptions.state import rules as states
from carrierbox.carriers.wing.subscriptions.state.schemas import StateChange
from carrierbox.carriers.wing.usage import asking, network
from carrierbox.carriers.wing.usage.asking import Page
from carrierbox.carriers.wing.usage.cdrs import rules as cdrs
from carrierbox.carriers.wing.usage.devices import rules as device_usage
from carrierbox.carriers.wing.usage.network import ADMITTED, NETWORK
from carrierbox.carriers.wing.usage.plans import rules as plan_usage
from carrierbox.carriers.wing.usage.plans.rules import Asked
from carrierbox.carriers.wing.usage.sessions import rules as sessions
from carrierbox.carriers.wing.usage.sessions.schemas import Disconnection
from carrierbox.carriers.wing.users import permits
from carrierbox.kernel import clock, devices, workflow
from carrierbox.kernel.devices import NoNetwork
from carrierbox.kernel.world import Box, Cause, Settings, World
from carrierbox.kernel.worlds import Origin, Worlds

#: ACTIVE SIMs of two accounts, and the devices in them.
SIMS = {"8955644099890137106": "phone", "8955644099890132791": "meter"}
ACCOUNTS = {3439: "DNT_MoveSIM", 7412: "RAM_TESTING_2023", 3501: "Fleet Metering North"}
PLANS = {1011: "Pay per use", 65362: "IoT 1 GB", 103752: "IoT 10 GB", 200467: "Ram Plan"}
STATE_IDS = {name: number for name, number in STATES.states.items() if name in {"ACTIVE", "SUSPENDED", "DEACTIVATED"}}

SERVICES = ("data", "sms_mo", "sms_mt", "voice_mo", "voice_mt")


# ---------------------------------------------------------------------------------------------------------- the stories


@contextmanager
def asked(world: World) -> Iterator[tuple[Box, Caller]]:
    """One request of the seeded admin."""
    with world.transaction(Cause("request", "test")) as box:
        user = keycloak.without_token(box, "wdh-sitstg2", "sandbox-admin")
        yield box, Caller(user, *permits.admit(box, user, "*", frozenset(), "WRITE"))


def look(world: World, _iccid: str) -> None:
    asyncio.run(devices.settle(world, NETWORK))


def let_happen(world: World, iccid: str, event: Mapping[str, Any]) -> None:
    facts = dict(event)
    kind, ago = facts.pop("kind"), facts.pop("ago", None)
    at = world.clock.now() - timedelta(seconds=ago) if ago is not None else None
    with suppress(NoNetwork), asked(world) as (box, _):
        devices.happen(box, NETWORK, iccid, kind, at, **facts)


def force(world: World, iccid: str, state: str) -> None:
    with asked(world) as (box, _):
        FLEET.force(box, iccid, state)  # type: ignore[arg-type]


def change_state(world: World, iccid: str, state: str) -> None:
    with asked(world) as (box, caller):
        sim = asking.find(box, caller, "iccid", iccid)
        wish = {"iccid": iccid, "imsi": sim["imsi"], "newState": state, "newStateId": STATE_IDS[state]}
        states.request_state_change(box, caller, StateChange.model_validate(wish))


def change_plan(world: World, iccid: str, plan: int) -> None:
    with asked(world) as (box, caller):
        account = asking.find(box, caller, "iccid", iccid)["account_id"]
        wish = RatePlanChange.model_validate({"iccid": iccid, "ratePlanId": plan, "accountId": account})
        assignments.request(box, caller, assignments.CHANGE_RATE_PLAN, wish)


def move(world: World, iccid: str, account: int) -> None:
    with asked(world) as (box, caller):
        sim = asking.find(box, caller, "iccid", iccid)
        if sim["account_id"] != account:
            numbers = {"from": sim["imsi"], "to": sim["imsi"]}
            wish = {"accountId": account, "fromAccountId": sim["account_id"], "useImsi": True, "range": numbers}
            moves.request(box, caller, Move.model_validate(wish))


def disconnect(world: World, iccid: str) -> None:
    asyncio.run(devices.settle(world, NETWORK, iccid))  # as the route does
    with suppress(Refusal), asked(world) as (box, caller):
        sim = asking.find(box, caller, "iccid", iccid)
        wish = Disconnection.model_validate({"imsi": sim["imsi"], "channel": "gy"})
        sessions.request_end(box, caller, sim, wish)


def cancel_location(world: World, iccid: str) -> None:
    with asked(world) as (box, caller):
        devices.catch_up(box, NETWORK, iccid)
        network.cancel_location(box, asking.find(box, caller, "iccid", iccid)["id"])


def block_data(world: World, iccid: str, is_blocked: bool) -> None:
    with asked(world) as (box, _):
        devices.catch_up(box, NETWORK, iccid)
        box.sql("UPDATE wing_sim SET data_blocked = :blocked WHERE iccid = :iccid", blocked=is_blocked, iccid=iccid)


places = st.sampled_from([{}, {"country": "FR"}, {"country": "US"}, {"plmn": "23415"}, {"zone": "Zone 2"}])
agos = st.sampled_from([{}, {}, {"ago": 1}, {"ago": 3600}, {"ago": 40_000}])
data = st.builds(
    lambda up, down, place, ago: {"kind": "data", "up_bytes": up, "down_bytes": down, **place, **ago},
    st.integers(0, 10_000),
    st.integers(0, 10_000_000),
    places,
    agos,
)
events = st.one_of(
    data,
    data,
    agos.map(lambda ago: {"kind": "sms-mo", "text": "hello", **ago}),
    st.just({"kind": "sms-mt"}),
    st.builds(lambda way, seconds: {"kind": "voice", "direction": way, "seconds": seconds},
              st.sampled_from(["mo", "mt"]), st.integers(0, 5000)),
    st.sampled_from([{"kind": "location", "country": "DE"}, {"kind": "location", "plmn": "23410"}]),
    st.sampled_from([{"kind": "attach", "rat": "2G"}, {"kind": "attach", "rat": "LTE"}, {"kind": "detach"}]),
    st.sampled_from(["356938035643809", "490154203237518"]).map(lambda imei: {"kind": "imei-change", "imei": imei}),
    st.just({"kind": "policy", "service": "sms"}),
)  # fmt: skip
steps = st.one_of(
    st.tuples(st.just(let_happen), events),
    st.tuples(st.just(let_happen), events),
    st.tuples(st.just(force), st.sampled_from(["ACTIVE", "TRIAL", "SUSPENDED", "CONDITIONAL-SUSPEND"])),
    st.tuples(st.just(change_state), st.sampled_from(sorted(STATE_IDS))),
    st.tuples(st.just(change_plan), st.sampled_from(sorted(PLANS))),
    st.tuples(st.just(move), st.sampled_from(sorted(ACCOUNTS))),
    st.tuples(st.just(block_data), st.booleans()),
    st.sampled_from([(disconnect,), (cancel_location,), (look,)]),
)
pauses = st.one_of(st.integers(0, 300), st.integers(0, 100_000), st.just(8 * 86_400))
stories = st.lists(st.tuples(steps, st.sampled_from(sorted(SIMS)), pauses), max_size=8)


def tell(world: World, story: Any, *, looks: bool = False) -> None:
    """Let a story happen."""
    for (step, *more), iccid, pause in story:
        step(world, iccid, *more)
        asyncio.run(workflow.advance(world, world.clock.now() + timedelta(seconds=pause)))
        if looks:
            look(world, iccid)


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Worlds]:
    house = Worlds(tmp_path_factory.mktemp("data"), main.PARTS)
    world = house.start(Origin(sims=0), Settings(pace="brisk"))
    world.clock.freeze()
    world.clock.reach(clock.moment("2031-01-20T08:00:00Z"))
    with asked(world) as (box, _):
        box.sql("DELETE FROM box_device")  # the fixtures' have years to live
        for iccid, profile in SIMS.items():
            devices.give(box, NETWORK, iccid, profile)
            box.sql(  # plans may be changed to any of these in any of the accounts
                "INSERT INTO wing_resource (account_id, resource_type, resource_id, is_default, effective_date,"
                " expiration_date) SELECT a.value, 'RATE-PLAN', p.value, 0, '2021', '9999' FROM json_each(:accounts) a,"
                " json_each(:plans) p WHERE NOT EXISTS (SELECT 1 FROM wing_resource r WHERE r.account_id = a.value AND"
                " r.resource_type = 'RATE-PLAN' AND r.resource_id = p.value)",
                accounts=json.dumps([*ACCOUNTS]),
                plans=json.dumps([*PLANS]),
            )
        world.save_clock(box)
    yield house
    house.close()


@contextmanager
def fork(house: Worlds, name: str) -> Iterator[World]:
    world = asyncio.run(house.create(name, source="default"))
    try:
        yield world
    finally:
        asyncio.run(house.drop(name))


def rows(world: World, query: str) -> list[dict[str, Any]]:
    return [dict(row) for row in world.store.sql(query)]


# ------------------------------------------------------------------------------------------------------------- the laws


@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(story=stories)
def test_all_figures_agree_and_who_may_not_use_the_network_did_not(story: Any, house: Worlds) -> None:
    with fork(house, "story") as world:
        tell(world, story)
        look(world, "")
        records_and_counters_agree(world)
        sessions_are_whole(world)
        only_those_who_may_used_anything(world)
        operations_agree(world)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(story=stories)
def test_looking_changes_nothing(story: Any, house: Worlds) -> None:
    with fork(house, "seen") as seen, fork(house, "unseen") as unseen:
        for world, looks in ((seen, True), (unseen, False)):
            tell(world, story, looks=looks)
            look(world, "")
        for table in ("wing_session", "wing_cdr", "wing_call", "wing_sms", "wing_usage", "wing_registration"):
            assert contents(seen, table) == contents(unseen, table)


def contents(world: World, table: str) -> Counter[Any]:
    """A table's rows without their numbers."""
    found = rows(world, f"SELECT * FROM {table}")
    return Counter(tuple((name, row[name]) for name in row if name not in {"id", "session_id"}) for row in found)


def records_and_counters_agree(world: World) -> None:
    """By SIM, cycle, account, zone and country, records and calls add up to counters; messages by SIM and cycle."""
    where = "sim_id, account_id, zone, country"
    of_counters = "SELECT cycle, {where}, sum({amount}) AS amount FROM wing_usage GROUP BY cycle, {where}"
    grouped = "GROUP BY 1, 2, 3, 4, 5"
    of_cdrs = (
        "SELECT substr(c.opened_at, 1, 7) AS cycle, c.sim_id, account_id, zone, country, sum(c.{amount}) AS"
        " amount FROM wing_cdr c JOIN wing_session x ON x.id = c.session_id {grouped}"
    )
    of_sessions = "SELECT substr(started_at, 1, 7) AS cycle, {where}, count(*) AS amount FROM wing_session {grouped}"
    of_calls = (
        "SELECT substr(at, 1, 7) AS cycle, {where}, sum(seconds) AS amount FROM wing_call WHERE 'voice_' || direction"
        " = '{amount}' {grouped}"
    )
    pairs = {
        **dict.fromkeys(("up_bytes", "down_bytes"), of_cdrs),
        **dict.fromkeys(("voice_mo", "voice_mt"), of_calls),
        "sessions": of_sessions,
    }
    for amount, of_records in pairs.items():
        counted = rows(world, of_counters.format(where=where, amount=amount))
        recorded = rows(world, of_records.format(where=where, amount=amount, grouped=grouped))
        assert kept(counted) == kept(recorded), amount
    for amount, kind in (("sms_mo", "MO/AT"), ("sms_mt", "AO/MT")):
        counted = rows(world, of_counters.format(where="sim_id, account_id", amount=amount))
        sent = rows(
            world,
            "SELECT substr(at, 1, 7) AS cycle, sim_id, account_id, count(*) AS amount FROM wing_sms"
            f" WHERE message_type = '{kind}' AND sim_id IN ({_sims(world)}) GROUP BY 1, 2, 3",
        )
        assert kept([row for row in counted if str(row["sim_id"]) in _sims(world).split(", ")]) == kept(sent)


def kept(found: list[dict[str, Any]]) -> dict[Any, int]:
    """Amounts by what they are of, without zeros."""
    return {
        tuple(value for name, value in sorted(row.items()) if name != "amount"): row["amount"]
        for row in found
        if row["amount"]
    }


def _sims(world: World) -> str:
    iccids = ", ".join(f"'{iccid}'" for iccid in SIMS)
    return ", ".join(str(row["id"]) for row in rows(world, f"SELECT id FROM wing_sim WHERE iccid IN ({iccids})"))


def sessions_are_whole(world: World) -> None:
    """A session's records are numbered, begin and end it, and add up to it; those of a SIM do not overlap."""
    begun = "2031-01-20"
    records: dict[int, list[dict[str, Any]]] = {}
    for record in rows(world, "SELECT * FROM wing_cdr ORDER BY id"):
        records.setdefault(record["session_id"], []).append(record)
    found = rows(world, f"SELECT * FROM wing_session WHERE started_at >= '{begun}' ORDER BY sim_id, started_at, id")
    for session in found:
        mine = records[session["id"]]
        assert [*range(session["records"])] == [record["sequence"] for record in mine]
        kinds = [record["record_type"][0] for record in mine]
        assert "I" == kinds[0]
        assert ("T" if session["ended_at"] else "U") == kinds[-1]
        assert {"U"} == {*kinds[1 : len(kinds) - bool(session["ended_at"])]}
        for column in ("up_bytes", "down_bytes"):
            assert session[column] == sum(record[column] for record in mine)
        last = session["ended_at"] or session["reported_at"]
        assert session["started_at"] <= session["reported_at"] <= last <= clock.text(world.clock.now())
        assert all(session["started_at"] <= record["opened_at"] <= last for record in mine)
        if not session["ended_at"]:
            assert session["lapses_at"] > clock.text(world.clock.now())
    # what came in late has a session that is no longer than a moment
    long = [session for session in found if session["started_at"] != session["ended_at"]]
    for one, other in pairwise(long):
        if one["sim_id"] == other["sim_id"]:
            assert one["ended_at"] <= other["started_at"]


def only_those_who_may_used_anything(world: World) -> None:
    """At the time of whatever was used, the SIM's state let it be used."""
    for iccid in SIMS:
        sim = rows(world, f"SELECT id, state FROM wing_sim WHERE iccid = '{iccid}'")[0]
        changes = rows(world, f"SELECT at, before, after FROM box_timeline WHERE iccid = '{iccid}' ORDER BY rowid")
        used = rows(
            world,
            f"SELECT opened_at AS at FROM wing_cdr WHERE sim_id = {sim['id']} AND record_type = 'UPDATE_REQUEST'"
            f" UNION SELECT at FROM wing_call WHERE sim_id = {sim['id']}"
            f" UNION SELECT at FROM wing_sms WHERE sim_id = {sim['id']}",
        )
        for at in (row["at"] for row in used if row["at"] >= "2031-01-20"):
            assert _states_at(at, changes, sim["state"]) & ADMITTED, (at, changes)


def _states_at(at: str, changes: list[dict[str, Any]], present: str) -> set[str]:
    """The states that a SIM had at a moment: two or more where it changed just then."""
    before = [change["after"] for change in changes if change["at"] < at][-1:]
    just_then = [state for change in changes if change["at"] == at for state in (change["before"], change["after"])]
    first = changes[0]["before"] if changes else present
    return {*(before or [first]), *just_then}


def operations_agree(world: World) -> None:
    """5.17, 11.1, 11.2 and a SIM's part of 11.4 tell the same of this cycle."""
    with asked(world) as (box, caller):
        cycle = clock.text(box.now)[:7]
        period = cdrs.period(f"{cycle}-01T00:00:00Z", f"{clock.text(box.now)[:19]}Z")
        everything = Page(0, 2000)
        sims = {iccid: asking.find(box, caller, "iccid", iccid) for iccid in SIMS}
    of_plans: dict[str, Counter[str]] = {iccid: Counter() for iccid in SIMS}
    for plan in PLANS.values():
        for account in ACCOUNTS.values():
            shown = asyncio.run(plan_usage.usage(box, caller, Asked(plan, account, everything)))
            for zone in shown["zones"]:
                for each in zone["subscriptions"]:
                    if each["iccid"] in of_plans:
                        of_plans[each["iccid"]].update(each["usage"])
    for iccid, sim in sims.items():
        totals = device_usage.totals(box, sim)
        of_zones: Counter[str] = Counter()
        for zones in device_usage.in_zones(box, sim)["billCycleUsageInZones"].values():
            for zone in zones:
                of_zones.update({name: zone[name] for name in of_plans[iccid] or zone if name.endswith("Usage")})
        assert of_zones == of_plans[iccid]
        assert totals["dataUsage"] == of_zones["dataUsage"]
        assert totals["smsUsage"] == of_zones["smsMoUsage"] + of_zones["smsMtUsage"]
        assert totals["voiceUsage"] == of_zones["voiceMoUsage"] + of_zones["voiceMtUsage"]
        pages = [
            asyncio.run(cdrs.records(box, caller, sim["msisdn"], period, Page(number, 2000))) for number in range(3)
        ]
        assert [] == pages[-1]
        records = [record for page in pages for record in page]
        assert totals["dataUsage"] == sum(int(record["intermediate_Usage"]) for record in records)
