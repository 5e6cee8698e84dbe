"""The control API's clock: shown, set, frozen, run at a rate and advanced; it never goes back."""

from collections.abc import Callable
from typing import Any

import httpx
import pytest
from tests.conftest import World
from tests.control.answers import good, problem

from carrierbox.kernel.clock import duration, moment, text

Make = Callable[..., World]


def shown(world: World) -> dict[str, Any]:
    return good(world.control.get(f"/_box/worlds/{world.name}/clock"))


def later(world: World, by: str) -> str:
    """The world's time after so long."""
    return text(moment(shown(world)["now"]) + duration(by))


def advance(world: World, **how_far: Any) -> httpx.Response:
    return world.control.post(f"/_box/worlds/{world.name}/clock/advance", json=how_far)


def change(world: World, **change: Any) -> httpx.Response:
    return world.control.patch(f"/_box/worlds/{world.name}/clock", json=change)


def begin(world: World, state: str = "ENTERPRISE-INVENTORY") -> dict[str, Any]:
    """Ask for a SIM to be activated; the SIM, with the workflow's id."""
    sim = world.sim_in(state)
    return sim | {"batch": world.change(sim, "ACTIVE", 3).text}


# ---------------------------------------------------------------------------------------------------------------- shown


def test_it_shows_its_time_how_it_runs_and_what_is_pending(world: World) -> None:
    clock = shown(world)
    assert {"now", "mode", "rate", "pending", "next_due"} == clock.keys()
    assert ("frozen", 1.0, 0, None) == tuple(clock[name] for name in ("mode", "rate", "pending", "next_due"))
    assert clock["now"] == text(moment(clock["now"]))


def test_it_shows_what_is_pending_and_when_the_next_of_it_is_due(world: World) -> None:
    advance(world, to="2100-01-01")
    begin(world)
    first = shown(world)
    world.advance(by="500ms")
    begin(world, "TRIAL")  # refused, and so due sooner
    both = shown(world)
    assert (1, 2) == (first["pending"], both["pending"])
    assert "2100-01-01T00:00:01.920000Z" == first["next_due"]
    assert "2100-01-01T00:00:01.140000Z" == both["next_due"]


def test_running_it_goes_on_by_itself(make: Make) -> None:
    world = make(from_="default")
    first, second = shown(world), shown(world)
    assert "running" == first["mode"]
    assert first["now"] < second["now"]


# ------------------------------------------------------------------------------------------------------------------ set


def test_frozen_it_stands_still(world: World) -> None:
    before = shown(world)
    assert before == good(change(world, mode="frozen"))
    assert before == shown(world)


def test_unfrozen_it_goes_on_from_where_it_stood(world: World) -> None:
    before = shown(world)
    after = good(change(world, mode="running"))
    assert "running" == after["mode"]
    assert before["now"] <= after["now"] < later(world, "1h")


def test_it_runs_at_a_rate(world: World) -> None:
    assert ("frozen", 3600.0) == tuple(good(change(world, rate=3600))[name] for name in ("mode", "rate"))
    first = good(change(world, mode="running"))
    assert (3600.0, True) == (first["rate"], first["now"] < shown(world)["now"])


def test_it_is_set_ahead_and_says_so(world: World) -> None:
    wanted = later(world, "35d")
    assert wanted == good(change(world, now=wanted))["now"]
    assert wanted == shown(world)["now"]


def test_it_may_be_frozen_set_and_given_a_rate_in_one(make: Make) -> None:
    world = make(from_="default")
    wanted = later(world, "1d")
    after = good(change(world, mode="frozen", now=wanted, rate=2))
    assert ("frozen", 2.0, wanted) == (after["mode"], after["rate"], after["now"])


def test_set_ahead_it_runs_what_falls_due_on_the_way(world: World) -> None:
    sim = begin(world)
    due = shown(world)["next_due"]
    assert 0 == good(change(world, now=later(world, "1m")))["pending"]
    assert "ACTIVE" == world.sim(sim["iccid"])["stateName"]
    assert int(moment(due).timestamp() * 1000) == world.workflow(sim["batch"])["endTime"]


def test_nothing_asked_for_changes_nothing(world: World) -> None:
    before = shown(world)
    assert before == good(change(world)) == good(change(world, mode=None, rate=None, now=None))


# -------------------------------------------------------------------------------------------------------------- advance


def test_it_is_advanced_by_a_duration(world: World) -> None:
    for by in ("90s", "15m", "36h", "35d", "1h30m", "PT90S", "90", 90, 0.5, 0):
        wanted = text(moment(shown(world)["now"]) + duration(by))
        assert {"now": wanted, "ran": []} == good(advance(world, by=by))


def test_it_is_advanced_to_a_time(world: World) -> None:
    wanted = later(world, "35d")
    assert {"now": wanted, "ran": []} == good(advance(world, to=wanted))
    assert {"now": wanted, "ran": []} == good(advance(world, to=wanted))


def test_what_falls_due_runs_at_its_own_time_and_is_told(world: World) -> None:
    sim = begin(world)
    due = shown(world)["next_due"]
    moved = good(advance(world, by="1m"))
    assert [{"at": due, "kind": "update_state_sim_wf", "id": sim["batch"], "outcome": "completed"}] == moved["ran"]
    assert "ACTIVE" == world.sim(sim["iccid"])["stateName"]
    assert "COMPLETED" == world.workflow(sim["batch"])["status"]


def test_what_falls_due_later_does_not_run_yet(world: World) -> None:
    sim = begin(world)
    due = moment(shown(world)["next_due"])
    before = due - duration("1ms")
    assert [] == good(advance(world, to=text(before)))["ran"]
    assert "ENTERPRISE-INVENTORY" == world.sim(sim["iccid"])["stateName"]
    assert 1 == len(good(advance(world, to=text(due)))["ran"])


def test_what_ran_is_told_in_order(world: World) -> None:
    late = begin(world)
    early = begin(world, "TRIAL")  # refused at its first task
    ran = good(advance(world, until="idle"))["ran"]
    assert [(early["batch"], "failed"), (late["batch"], "completed")] == [(each["id"], each["outcome"]) for each in ran]


def test_until_idle_it_goes_to_the_last_due_time_and_no_further(world: World) -> None:
    begin(world)
    due = shown(world)["next_due"]
    moved = good(advance(world, until="idle"))
    assert (due, 1) == (moved["now"], len(moved["ran"]))
    assert {"now": due, "ran": []} == good(advance(world, until="idle"))
    assert (0, None) == (shown(world)["pending"], shown(world)["next_due"])


@pytest.mark.parametrize("rate", [1, 10_000_000])
def test_running_it_is_advanced_as_well(make: Make, rate: float) -> None:
    world = make(from_="default")
    change(world, rate=rate)
    before = shown(world)["now"]
    for by in (0, "1ms", "1s", "1d"):
        assert before <= (before := good(advance(world, by=by))["now"])


def test_an_access_token_ages_with_the_world(world: World) -> None:
    assert 200 == world.wing.get("/api/v1/subscription/sims?size=1").status_code
    advance(world, by="35d")
    assert 401 == world.wing.get("/api/v1/subscription/sims?size=1").status_code


# ----------------------------------------------------------------------------------------------------------- never back


@pytest.mark.parametrize("mode", ["frozen", "running"])
def test_it_never_goes_back(make: Make, mode: str) -> None:
    world = make(from_="default")
    change(world, mode=mode)
    before = shown(world)
    back = text(moment(before["now"]) - duration("1ms"))
    for refused in (
        change(world, now=back),
        change(world, now=back, mode="frozen"),
        change(world, now=back, mode="running", rate=9),
        advance(world, to=back),
        advance(world, to="1970-01-01"),
    ):
        assert before["now"][:10] in problem(refused, 409)["detail"]
    after = shown(world)
    assert before["now"] <= after["now"] < later(world, "1h")
    assert (before["mode"], before["rate"]) == (after["mode"], after["rate"])


# ----------------------------------------------------------------------------------------------- what is not understood

TIMES: list[Any] = ["", "soon", "2026-13-01", "9000-01-01T00:00:00Z", "9999-12-31T23:59:59-01:00", 1763899200, True, []]
DURATIONS: list[Any] = ["", "soon", "-1s", -1, -0.5, "PT", "9999999d", 1e300, "1 h", True, [], {}]


@pytest.mark.parametrize(
    "body",
    [
        *({"now": time} for time in TIMES),
        *({"mode": mode} for mode in ("stopped", "", "FROZEN", 1, [])),
        *({"rate": rate} for rate in (0, -1, 10_000_001, 1e300, "2", True, [])),
        *({"mode": "frozen", "now": time} for time in TIMES),
        *({"mode": "frozen", "rate": rate} for rate in (0, -1, 10_000_001, "2")),
        {"mode": "frozen", "speed": 2},
        [],
        "frozen",
        7,
        None,
    ],
    ids=repr,
)
def test_a_change_that_is_not_understood_is_refused_whole(make: Make, body: Any) -> None:
    world = make(from_="default")
    problem(world.control.patch(f"/_box/worlds/{world.name}/clock", json=body), 400)
    after = shown(world)
    assert ("running", 1.0) == (after["mode"], after["rate"])


@pytest.mark.parametrize(
    "body",
    [
        *({"by": by} for by in DURATIONS),
        *({"to": time} for time in TIMES),
        *({"until": until} for until in ("never", "", "IDLE", True, 0)),
        {},
        {"by": None},
        {"by": "1s", "until": "idle"},
        {"by": "1s", "to": "2100-01-01"},
        {"by": "1s", "then": "stop"},
        {"seconds": 1},
        [],
        "1s",
        7,
        None,
    ],
    ids=repr,
)
def test_an_advance_that_is_not_understood_is_refused_and_nothing_moves(world: World, body: Any) -> None:
    begin(world)
    before = shown(world)
    problem(world.control.post(f"/_box/worlds/{world.name}/clock/advance", json=body), 400)
    assert before == shown(world)


@pytest.mark.parametrize("number", ["NaN", "Infinity", "-Infinity", "1e999", "-1e999", "9" * 5000])
@pytest.mark.parametrize(("method", "path", "name"), [("PATCH", "clock", "rate"), ("POST", "clock/advance", "by")])
def test_a_number_that_is_none_is_refused(world: World, method: str, path: str, name: str, number: str) -> None:
    before = shown(world)
    answer = world.control.request(
        method,
        f"/_box/worlds/{world.name}/{path}",
        content=f'{{"{name}": {number}}}',
        headers={"Content-Type": "application/json"},
    )
    problem(answer, 400)
    assert before == shown(world)


def test_the_end_of_time_can_be_reached_and_the_world_goes_on_answering(world: World) -> None:
    begin(world)
    last = "8999-12-31T23:59:59.999999Z"
    assert last == good(advance(world, to=last))["now"]
    problem(advance(world, by="1ms"), 400)
    late = World(world.name, world.url, world.control)
    assert 202 == late.change(late.sim_in("ENTERPRISE-INVENTORY"), "ACTIVE", 3).status_code
    assert 1 == shown(world)["pending"]
    assert {"now": last, "ran": []} == good(advance(world, until="idle"))
    late.close()
