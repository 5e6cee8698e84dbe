"""WING 5: what happens to SIMs is told to who listens, when it has happened and only then."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest
from tests.wing.inside import advance, asking, job, started

from carrierbox.carriers.wing import fleet, happenings
from carrierbox.carriers.wing.happenings import Happening
from carrierbox.carriers.wing.subscriptions.assignments import rules as assignments
from carrierbox.carriers.wing.subscriptions.moves import rules as moves
from carrierbox.carriers.wing.subscriptions.moves.schemas import Move
from carrierbox.carriers.wing.subscriptions.state import rules as states
from carrierbox.carriers.wing.subscriptions.state.schemas import StateChange
from carrierbox.kernel.lifecycle import StateName
from carrierbox.kernel.world import Box, Cause, World

SIM = {"iccid": "8955644099890089041", "imsi": "234500001179041"}
SIM_ID, ACCOUNT = 389041, 3241
#: What each kind of happening is about.
COLUMNS = {"state": "state", "rate-plan": "rate_plan_id", "account": "account_id"}


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    with started(tmp_path) as world:
        yield world


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch) -> list[Happening]:
    """What was told, in order; each time the SIM was as the happening says already."""
    heard: list[Happening] = []

    def listen(box: Box, happened: Sequence[Happening]) -> None:
        for each in happened:
            row = box.sql("SELECT * FROM wing_sim WHERE id = :id", id=each.sim_id).fetchone()
            assert each.at == box.now
            assert each.after == (str(row[COLUMNS[each.kind]] or "") or None)
        heard.extend(happened)

    monkeypatch.setattr(happenings, "_listeners", [listen])
    return heard


def short(told: list[Happening]) -> list[tuple[Any, ...]]:
    return [(each.kind, each.sim_id, each.before, each.after) for each in told]


def change_plan(world: World, plan: int, account: int = ACCOUNT) -> str:
    wanted = {"iccid": SIM["iccid"], "ratePlanId": plan, "accountId": account}
    with asking(world) as (box, caller):
        kind = assignments.CHANGE_RATE_PLAN
        return assignments.request(box, caller, kind, kind.schema.model_validate(wanted))


def move(world: World, target: int, **more: Any) -> str:
    ends = {"from": SIM["imsi"], "to": SIM["imsi"]}
    body = {"accountId": target, "fromAccountId": ACCOUNT, "useImsi": True, "range": ends, **more}
    with asking(world) as (box, caller):
        return moves.request(box, caller, Move.model_validate(body))


def test_5_7_tells_of_a_state_when_it_is_taken(world: World, told: list[Happening]) -> None:
    with asking(world) as (box, caller):
        wanted = StateChange.model_validate({**SIM, "newState": "SUSPENDED", "newStateId": 4})
        states.request_state_change(box, caller, wanted)
    assert [] == told
    advance(world)
    assert [("state", SIM_ID, "ACTIVE", "SUSPENDED")] == short(told)


def test_5_7_tells_nothing_where_it_fails(world: World, told: list[Happening]) -> None:
    with asking(world) as (box, caller):
        wanted = StateChange.model_validate({**SIM, "newState": "RETIRED", "newStateId": 9})
        states.request_state_change(box, caller, wanted)
    advance(world)
    assert [] == told


def test_force_tells_of_a_state_and_leaves_the_lock_to_who_listens(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    def lock(box: Box, happened: Sequence[Happening]) -> None:
        box.sql("UPDATE wing_sim SET state_change_lock = 1 WHERE id = :id", id=happened[0].sim_id)

    monkeypatch.setattr(happenings, "_listeners", [lock])
    with world.transaction(Cause("forced", "test")) as box:
        fleet.force(box, SIM["iccid"], StateName("TRIAL"))
    row = world.store.sql("SELECT state, state_change_lock FROM wing_sim WHERE id = ?", (SIM_ID,)).fetchone()
    assert ("TRIAL", 1) == (row["state"], row["state_change_lock"])


def test_5_11_tells_of_another_plan_when_the_sim_has_it(world: World, told: list[Happening]) -> None:
    change_plan(world, 103752)
    assert [] == told
    advance(world)
    assert [("rate-plan", SIM_ID, "65362", "103752")] == short(told)


def test_5_11_tells_nothing_of_the_same_plan_and_of_one_that_is_refused(world: World, told: list[Happening]) -> None:
    for plan in (65362, 1012):
        change_plan(world, plan)
        advance(world)
    assert [] == told


def test_the_other_assignments_tell_nothing(world: World, told: list[Happening]) -> None:
    wanted = {**SIM, "apnGroupId": 1391, "serviceProfileId": 1088907, "roamingProfileId": 1091802,
              "accountId": ACCOUNT, "tenantId": "21"}  # fmt: skip
    for kind in assignments.KINDS.values():
        if kind is not assignments.CHANGE_RATE_PLAN:
            with asking(world) as (box, caller):
                batch = assignments.request(box, caller, kind, kind.schema.model_validate(wanted))
            advance(world)
            assert "completed" == job(world, batch)["status"]
    assert [] == told


def test_5_14_tells_of_the_account_and_of_a_plan_that_the_move_changes(world: World, told: list[Happening]) -> None:
    move(world, 3418)
    assert [] == told
    advance(world)
    assert [("rate-plan", SIM_ID, "65362", "1012"), ("account", SIM_ID, "3241", "3418")] == short(told)


def test_5_14_tells_nothing_of_a_plan_that_goes_along(world: World, told: list[Happening]) -> None:
    move(world, 6501)
    advance(world)
    assert [("account", SIM_ID, "3241", "6501")] == short(told)


def test_5_14_tells_nothing_of_a_sim_that_stays(world: World, told: list[Happening]) -> None:
    world.store.sql("UPDATE wing_sim SET state_change_lock = 1 WHERE id = ?", (SIM_ID,))
    batch = move(world, 3418)
    advance(world)
    assert "failed" == job(world, batch)["status"]
    assert [] == told


def test_5_14_tells_of_a_plan_that_is_lost(world: World, told: list[Happening]) -> None:
    move(world, 3921)  # its default is one
    advance(world)
    assert ("rate-plan", SIM_ID, "65362", "17893") == short(told)[0]
    world.store.sql("DELETE FROM wing_resource WHERE account_id = 4376")
    told.clear()
    with asking(world) as (box, caller):
        body = {"accountId": 4376, "fromAccountId": 3921, "useImsi": True,
                "range": {"from": SIM["imsi"], "to": SIM["imsi"]}}  # fmt: skip
        moves.request(box, caller, Move.model_validate(body))
    advance(world)
    assert [("rate-plan", SIM_ID, "17893", None), ("account", SIM_ID, "3921", "4376")] == short(told)
