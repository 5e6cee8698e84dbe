"""The control API's settings of a world: shown, changed one by one, and changed whole or not at all."""

from collections.abc import Callable
from typing import Any

import httpx
import pytest
from tests.conftest import World
from tests.control.answers import good, problem

Make = Callable[..., World]


def settings(world: World) -> dict[str, Any]:
    return good(world.control.get(f"/_box/worlds/{world.name}/settings"))


def change(world: World, **change: Any) -> httpx.Response:
    return world.control.patch(f"/_box/worlds/{world.name}/settings", json=change)


def test_they_are_shown_as_a_world_was_made(make: Make) -> None:
    world = make(sims=0, pace="realistic", auth="open", seed=5)
    assert {"pace": "realistic", "auth": "open", "seed": 5}.items() <= settings(world).items()


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("pace", "instant"),
        ("pace", "realistic"),
        ("auth", "open"),
        ("seed", 0),
        ("seed", 2**63 - 1),
    ],
)
def test_one_is_changed_and_the_others_stay(world: World, name: str, value: Any) -> None:
    before = settings(world)
    after = good(change(world, **{name: value}))
    assert before | {name: value} == after == settings(world)


def test_several_are_changed_at_once(world: World) -> None:
    after = good(change(world, pace="instant", auth="open", seed=9))
    assert {"pace": "instant", "auth": "open", "seed": 9}.items() <= after.items()


def test_nothing_asked_for_changes_nothing(world: World) -> None:
    before = settings(world)
    assert before == good(change(world)) == good(change(world, pace=None, auth=None, seed=None))


def test_the_pace_decides_when_work_falls_due_that_is_asked_for_then(world: World) -> None:
    good(change(world, pace="instant"))
    sim = world.sim_in("ENTERPRISE-INVENTORY")
    assert 202 == world.change(sim, "ACTIVE", 3).status_code
    assert "ACTIVE" == world.sim(sim["iccid"])["stateName"]
    good(change(world, pace="realistic"))
    assert 202 == world.change(sim, "SUSPENDED", 4).status_code
    assert [] == world.advance(by="10s")["ran"]
    assert 1 == len(world.advance(by="1m")["ran"])


def test_open_auth_lets_in_without_a_token_and_strict_does_not(world: World) -> None:
    client = world.client(headers={"Account-Context-Id": "*"})
    assert 401 == client.get("/api/v1/subscription/sims").status_code
    good(change(world, auth="open"))
    assert 200 == client.get("/api/v1/subscription/sims").status_code
    good(change(world, auth="strict"))
    assert 401 == client.get("/api/v1/subscription/sims").status_code


@pytest.mark.parametrize(
    "body",
    [
        *({"pace": pace} for pace in ("slow", "", "BRISK", 1, True, [])),
        *({"auth": auth} for auth in ("none", "", "Strict", 0, False, {})),
        *({"seed": seed} for seed in (-1, 2**63, "5", 5.5, True, [])),
        {"pace": "instant", "auth": "none"},
        {"pace": "instant", "colour": "red"},
        [],
        "instant",
        7,
        None,
    ],
    ids=repr,
)
def test_a_change_that_is_not_understood_is_refused_whole(world: World, body: Any) -> None:
    before = settings(world)
    problem(world.control.patch(f"/_box/worlds/{world.name}/settings", json=body), 400)
    assert before == settings(world)
