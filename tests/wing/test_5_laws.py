"""Laws of chapter 5: whatever is asked of SIMs in whatever order, each is where the document lets it be."""

import json
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pydantic import ValidationError
from tests.wing.inside import advance, asking, rows, started
from tests.wing.rows import Rows

from carrierbox.carriers.wing import fleet
from carrierbox.carriers.wing.accounts.groups import rules as account_groups
from carrierbox.carriers.wing.accounts.resources import rules as resources
from carrierbox.carriers.wing.door import Caller
from carrierbox.carriers.wing.errors import Refusal
from carrierbox.carriers.wing.subscriptions import profiles
from carrierbox.carriers.wing.subscriptions.assignments import rules as assignments
from carrierbox.carriers.wing.subscriptions.groups import rules as groups
from carrierbox.carriers.wing.subscriptions.groups.schemas import Grouping, Groupings
from carrierbox.carriers.wing.subscriptions.moves import rules as moves
from carrierbox.carriers.wing.subscriptions.moves.schemas import Move
from carrierbox.carriers.wing.subscriptions.record import STATES
from carrierbox.carriers.wing.subscriptions.state import rules as states
from carrierbox.carriers.wing.subscriptions.state.schemas import NOT_FOR_ASKING, StateChange
from carrierbox.carriers.wing.subscriptions.static_ip import rules as addresses
from carrierbox.carriers.wing.subscriptions.static_ip.schemas import AddressChange
from carrierbox.kernel.lifecycle import StateName
from carrierbox.kernel.store import Store
from carrierbox.kernel.world import Box, Cause, World

#: SIMs of the documents' examples, whose profiles are their accounts' own; the last two have static addresses.
SIMS = {
    "8955644099890089041": "234500001179041",
    "1955644099890004111": "234509001014111",
    "1955644099890004091": "234509001014091",
    "1955644099890010269": "234509001020269",
    "1955644099890010277": "234509001020277",
}
ACCOUNTS = (3241, 6501, 7918, 3418)
#: What may be asked for; beside it what the SIM's account has.
PLANS = (65362, 103752, 1012, 999_999)
APN_GROUPS = (1390, 1402, 1386, 3601, 999_999)
NETWORK_PROFILES = (1087055, 1088907, 1088718, 999_999)
ROAMING_PROFILES = (1087253, 1091802, 1089201, 999_999)
GROUPS = (18351, 18351, 18401, 5053, 999_999, None)

#: What stands for the account that the SIM is in, when it is asked.
ITS_OWN = -1
iccids = st.sampled_from([*SIMS])
static = st.sampled_from([*SIMS][-2:])
accounts = st.sampled_from((*[ITS_OWN] * 10, *ACCOUNTS, 999_999))


@dataclass
class Ask:
    """A request: a rule, and what it is sent."""

    rule: Callable[[Box, Caller, Any], Any]
    schema: Any
    body: dict[str, Any]

    def __call__(self, box: Box, caller: Caller) -> Any:
        """Ask it, in the account where the SIM is by now."""
        body = {name: _account(box, self.body) if value == ITS_OWN else value for name, value in self.body.items()}
        return self.rule(box, caller, self.schema.model_validate(body) if self.schema else body)


def _account(box: Box, body: dict[str, Any]) -> int:
    named = body.get("iccid")
    iccid = named[0] if isinstance(named, list) else named or body["of"]
    return int(box.sql("SELECT account_id FROM wing_sim WHERE iccid = :iccid", iccid=iccid).fetchone()[0])


def both(iccid: str) -> dict[str, str]:
    return {"iccid": iccid, "imsi": SIMS[iccid]}


def change_state(iccid: str, state: str) -> Ask:
    wanted = {"newState": state, "newStateId": STATES.states[StateName(state)]}
    return Ask(states.request_state_change, StateChange, both(iccid) | wanted)


def assign(kind: assignments.Kind, member: str, iccid: str, wanted: int, account: int) -> Ask:
    def asked(box: Box, caller: Caller, wish: Any) -> str:
        return assignments.request(box, caller, kind, wish)

    return Ask(asked, kind.schema, {**both(iccid), member: wanted, "accountId": account, "tenantId": "21"})


def move(of: str, source: int, target: int, other: str, given: dict[str, int | None]) -> Ask:
    """Of one SIM in most cases, else of all between two."""
    first, last = sorted((SIMS[of], SIMS[other]))
    body = {"of": of, "accountId": target, "fromAccountId": source, "useImsi": True}

    def checked(box: Box, caller: Caller, wanted: Move) -> str:
        moves.check(box, caller, wanted)
        return moves.request(box, caller, wanted)

    given = {name: value for name, value in given.items() if value is not None}
    return Ask(checked, Move, {**body, "range": {"from": first, "to": last}, **given})


def group(iccid: str, account: int, group_id: int | None) -> Ask:
    return Ask(groups.put, Grouping, {**both(iccid), "accountId": account, "groupId": group_id})


def group_all(listed: list[str], account: int, group_id: int | None) -> Ask:
    return Ask(groups.request, Groupings, {"iccid": listed, "accountId": account, "groupId": group_id})


def drop_group(group_id: int) -> Ask:
    return Ask(lambda box, caller, body: account_groups.delete(box, caller, body["id"], 6501), None, {"id": group_id})


def take_from(account: int, plan: int) -> Ask:
    """Take a plan from an account by 4.31."""

    def taken(box: Box, caller: Caller, _body: Any) -> None:
        row = box.sql(
            "SELECT id FROM wing_resource WHERE account_id = :account AND resource_type = 'RATE-PLAN'"
            " AND resource_id = :plan",
            account=account,
            plan=plan,
        ).fetchone()
        resources.delete(box, caller, row["id"] if row else 999_999)

    return Ask(taken, None, {})


def readdress(iccid: str, last: int) -> Ask:
    body = {"apnGroupName": "G5", "apnName": "mani_03", "ipPoolName": "mani_03", "ipAddress": f"10.21.120.{last}"}
    return Ask(addresses.request_change, AddressChange, {**both(iccid), "accountId": ITS_OWN, **body})


def maybe(values: tuple[int, ...]) -> st.SearchStrategy[int | None]:
    return st.none() | st.none() | st.sampled_from(values)


KINDS = (
    (assignments.ASSIGN_APN_GROUP, "apnGroupId", APN_GROUPS),
    (assignments.ASSIGN_SERVICE_PROFILE, "serviceProfileId", NETWORK_PROFILES),
    (assignments.CHANGE_RATE_PLAN, "ratePlanId", PLANS),
    (assignments.ASSIGN_ROAMING_PROFILE, "roamingProfileId", ROAMING_PROFILES),
)
ASKABLE = [state for state in STATES.states if state not in NOT_FOR_ASKING]
given_profiles = st.fixed_dictionaries(
    {
        "apnGroupId": maybe(APN_GROUPS),
        "serviceProfileId": maybe(NETWORK_PROFILES),
        "rateplanId": maybe(PLANS),
        "roamingProfileId": maybe(ROAMING_PROFILES),
    }
)
#: By what they are about: stories of one kind go deep where stories of all kinds go wide.
REQUESTS = {
    "states": st.builds(change_state, iccids, st.sampled_from(ASKABLE)),
    "profiles": st.one_of(
        *(
            st.builds(partial(assign, kind, member), iccids, st.sampled_from(ids), accounts)
            for kind, member, ids in KINDS
        )
    ),
    "plans": st.builds(partial(assign, *KINDS[2][:2]), iccids, st.sampled_from(PLANS[:2]), st.just(ITS_OWN))
    | st.builds(take_from, st.sampled_from(ACCOUNTS), st.sampled_from(PLANS[:2])),
    "moves": st.builds(lambda of, target: move(of, ITS_OWN, target, of, {}), iccids, st.sampled_from(ACCOUNTS))
    | st.builds(move, iccids, accounts, st.sampled_from((*ACCOUNTS, 999_999)), iccids, given_profiles),
    "groups": st.builds(group, iccids, accounts, st.sampled_from(GROUPS))
    | st.builds(group_all, st.lists(iccids, min_size=1, max_size=5, unique=True), accounts, st.sampled_from(GROUPS))
    | st.builds(drop_group, st.sampled_from([18351, 18401, 999_999])),
    "addresses": st.builds(readdress, static, st.integers(95, 99)),
}
pauses, forces = st.floats(0, 3), st.tuples(iccids, st.sampled_from([*STATES.states]))
STORIES = {
    "of all": st.one_of(*REQUESTS.values(), pauses, forces),
    "of states": st.one_of(REQUESTS["states"], pauses, forces),
    "of groups and moves": st.one_of(REQUESTS["groups"], REQUESTS["moves"], pauses),
    "of profiles and moves": st.one_of(REQUESTS["profiles"], REQUESTS["plans"], REQUESTS["moves"], pauses),
    "of plans": st.one_of(REQUESTS["plans"], pauses),
    "of addresses": st.one_of(REQUESTS["addresses"], pauses),
}


@pytest.fixture(scope="module")
def seeded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[World, Path]]:
    """A world, and its file as it was at first: each story begins there."""
    folder = tmp_path_factory.mktemp("laws")
    with started(folder / "world") as world:
        world.store.copy_to(folder / "seeded.db")
        yield world, folder / "seeded.db"


def begin(seeded: tuple[World, Path]) -> World:
    world, file = seeded
    path = world.store.path
    world.store.close()
    path.write_bytes(file.read_bytes())
    world.take(Store(path))
    world.clock.freeze()
    return world


def tell(world: World, story: list[Any]) -> dict[str, set[str]]:
    """Let a story happen; answers the states that each SIM was forced into."""
    forced: dict[str, set[str]] = {iccid: set() for iccid in SIMS}
    for step in story:
        if isinstance(step, float):
            advance(world, step)
        elif isinstance(step, Ask):
            request(world, step)
        else:
            iccid, state = step
            with world.transaction(Cause("forced", "test")) as box:
                fleet.force(box, iccid, StateName(state))
            forced[iccid].add(state)
    advance(world)
    return forced


def request(world: World, wanted: Ask) -> None:
    """Ask; where it is refused, nothing was written, not even to be taken back."""
    before = world.store.changes
    try:
        with asking(world) as (box, caller):
            wanted(box, caller)
    except Refusal:
        assert before == world.store.changes


def reachable(states: set[str]) -> set[str]:
    while more := {wanted for before, wanted in STATES.steps if before in states} - states:
        states = states | more
    return states


@pytest.mark.parametrize("kind", STORIES)
@settings(max_examples=50, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(data=st.data())
def test_any_story_leaves_every_sim_where_it_may_be(kind: str, data: st.DataObject, seeded: tuple[World, Path]) -> None:
    story = data.draw(st.lists(STORIES[kind], min_size=5, max_size=30))
    world = begin(seeded)
    before = rows(world)
    forced = tell(world, story)
    after = rows(world)
    was = {row["iccid"]: row for row in before["wing_sim"]}
    accounts = {row["id"]: row["name"] for row in after["wing_account"]}
    group_of = {row["id"]: row["account_id"] for row in after["wing_group"]}
    taken = plans_of(before) - plans_of(after)
    assert was.keys() == {row["iccid"] for row in after["wing_sim"]}
    for sim in after["wing_sim"]:
        then = was[sim["iccid"]]
        if then["account_id"] not in ACCOUNTS:
            assert then == sim
            continue
        for same in ("id", "realm", "tenant_id", "imsi", "msisdn", "service_profile_id", "creation_timestamp"):
            assert then[same] == sim[same]
        assert sim["state"] in reachable({then["state"]} | forced.get(sim["iccid"], set()))
        assert (0, 1) == (sim["state_change_lock"], sim["lc_state_insync"])
        assert sim["group_id"] is None or group_of[sim["group_id"]] == sim["account_id"]
        assert_its_profiles_are_its_accounts(world, sim, taken)
        assert_its_trail_is_whole(after, sim, accounts)
        assert_its_timeline_is_whole(after, sim)
    assert_addresses_are_nobody_elses_and_in_their_pools(world, after)
    assert_every_workflow_has_ended_and_says_so_once(before, after)


def plans_of(found: Rows) -> set[tuple[int, int]]:
    """Which accounts have which plans."""
    return {
        (row["account_id"], row["resource_id"]) for row in found["wing_resource"] if row["resource_type"] == "RATE-PLAN"
    }


def assert_its_profiles_are_its_accounts(world: World, sim: dict[str, Any], taken: set[tuple[int, int]]) -> None:
    """They are still, but for a plan that was taken from the account: SIMs keep it."""
    kept = {plan for account, plan in taken if account == sim["account_id"]}
    with asking(world) as (box, _):
        for profile in (profiles.APN_GROUP, profiles.NETWORK_PROFILE, profiles.RATE_PLAN, profiles.ROAMING_PROFILE):
            known = {0, *profiles.usable(box, sim["account_id"], profile)[0]}
            assert sim[profile.column] in known | (kept if profile is profiles.RATE_PLAN else set()), profile


def assert_its_trail_is_whole(after: Any, sim: dict[str, Any], accounts: dict[int, str]) -> None:
    """What ended well follows from what was before, and the last of it is what is."""
    done = [row for row in after["wing_audit"] if row["imsi"] == sim["imsi"] and row["status"] == "COMPLETED"]
    for action, present in (("SIM_ACCOUNT_CHANGE", accounts[sim["account_id"]]), ("SIM_STATE_CHANGE", sim["state"])):
        changes = [row for row in done if row["action"] == action]
        assert all(one["new_value"] == other["pre_value"] for one, other in pairwise(changes))
        assert not changes or json.dumps(present) == changes[-1]["new_value"]


def assert_its_timeline_is_whole(after: Any, sim: dict[str, Any]) -> None:
    timeline = [row for row in after["box_timeline"] if row["iccid"] == sim["iccid"]]
    for entry in timeline:
        assert entry["cause"] == "forced" or (entry["before"], entry["after"]) in STATES.steps
    assert all(one["after"] == other["before"] for one, other in pairwise(timeline))
    assert not timeline or timeline[-1]["after"] == sim["state"]


def assert_addresses_are_nobody_elses_and_in_their_pools(world: World, after: Any) -> None:
    static = [(sim, address) for sim in after["wing_sim"] for address in json.loads(sim["ip_addresses"])]
    assert len(static) == len({address for _, address in static})
    with asking(world) as (box, _):
        for sim, address in static:
            assert any(address in pool for pool in addresses._pools(box, sim["realm"], sim["apn_group_id"]))


#: Workflows over one SIM, and the action that each of them writes down.
ACTIONS = {kind.workflow: kind.action for kind, _, _ in KINDS} | {
    states.UPDATE_STATE: "SIM_STATE_CHANGE",
    addresses.CHANGE_ADDRESS: "SIM_IPADDRESS_CHANGE",
}


def assert_every_workflow_has_ended_and_says_so_once(before: Any, after: Any) -> None:
    known = {job["id"] for job in before["box_job"]}
    jobs = [job for job in after["box_job"] if job["id"] not in known]
    assert {job["status"] for job in jobs} <= {"completed", "partly", "failed"}
    assert all(job["reason"] == json.loads(job["output"])["message"] for job in jobs if job["status"] == "failed")
    asked = Counter((ACTIONS[job["kind"]], job["status"]) for job in jobs if job["kind"] in ACTIONS)
    trail = after["wing_audit"][len(before["wing_audit"]) :]
    written = Counter(
        (row["action"], row["status"].lower())
        for row in trail
        if row["action"] in ACTIONS.values() and row["user_id"] == "test-user"
    )
    assert asked == written


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(story=st.lists(st.one_of(*REQUESTS.values(), pauses), max_size=15))
def test_a_story_told_twice_ends_the_same(story: list[Any], seeded: tuple[World, Path]) -> None:
    ends = []
    for _ in range(2):
        world = begin(seeded)
        world.clock.jump(world.clock.now().replace(microsecond=0) + timedelta(days=1))
        tell(world, story)
        after = rows(world)
        sims = [{name: value for name, value in row.items() if "date" not in name and "timestamp" not in name}
                for row in after["wing_sim"]]  # fmt: skip
        trail = [{name: value for name, value in row.items() if name != "executed_at"} for row in after["wing_audit"]]
        ends.append((sims, trail, [(job["id"], job["status"], job["reason"]) for job in after["box_job"]]))
    assert ends[0] == ends[1]


wild = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=20),
    lambda inside: st.lists(inside, max_size=3) | st.dictionaries(st.text(max_size=5), inside, max_size=3),
    max_leaves=5,
)


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(data=st.data())
def test_no_value_whatever_makes_a_schema_fail_otherwise_than_by_refusing(data: st.DataObject) -> None:
    schemas = (StateChange, *(kind.schema for kind, _, _ in KINDS), Move, Grouping, Groupings, AddressChange)
    schema = data.draw(st.sampled_from(schemas))
    names = [field.validation_alias or field.alias for field in schema.model_fields.values()]
    body = {str(name): data.draw(wild) for name in names if isinstance(name, str)}
    if schema is Move:
        body["range"] = data.draw(wild | st.fixed_dictionaries({"from": wild, "to": wild}))
    try:
        read = schema.model_validate(body)
    except ValidationError:
        return
    assert body == read.whole
