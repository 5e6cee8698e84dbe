"""A journal held against what a test expects: whether it holds, and how it differs where not."""

from typing import Any

import httpx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.conftest import World
from tests.control.answers import good, problem
from tests.shell.test_magic import ordinary
from tests.shell.ways import CARRIERS, CHANGES, READS, Way

from carrierbox.control import verify as verifying

ICCID = "8955644500001089020"


def verify(world: World, *expect: dict[str, Any], **how: Any) -> dict[str, Any]:
    return good(world.control.post(f"/_box/worlds/{world.name}/journal/verify", json={"expect": [*expect], **how}))


def holds(world: World, *expect: dict[str, Any], **how: Any) -> bool:
    verdict = verify(world, *expect, **how)
    assert ["holds"] == list(verdict) if verdict["holds"] else ["holds", "differences"] == list(verdict)
    return bool(verdict["holds"])


@pytest.fixture
def asked(world: World) -> World:
    """A world that was asked for three things, two of them alike."""
    wing = world.wing
    world.control.delete(f"/_box/worlds/{world.name}/journal")
    for path in (f"/api/v1/subscription/sims/iccid/{ICCID}", "/api/v1/sim/1", "/api/v1/sim/2"):
        wing.get(path)
    wing.post("/api/v1/sim/update_state?dry=1", headers={"X-Note": "mine"},
              json={"iccid": ICCID, "imsi": "234500001089020", "newState": "ACTIVE", "newStateId": 3})  # fmt: skip
    return world


@pytest.mark.parametrize("carrier", CARRIERS)
def test_what_happened_holds_for_every_carrier(world: World, carrier: str) -> None:
    sim = Way(carrier, world, ordinary(world, carrier))
    sim.read()
    sim.change()
    read, change = ({"operation": each[carrier], "where": {"iccid": sim.iccid}} for each in (READS, CHANGES))
    assert holds(world, read | {"times": 1}, change | {"times": 1}, in_order=True)
    assert not holds(world, change, read, in_order=True)
    assert not holds(world, read | {"times": 0})


@pytest.mark.parametrize(
    ("often", "is_so"),
    [
        ({}, True),
        ({"times": 2}, True),
        ({"times": 1}, False),
        ({"times": 3}, False),
        ({"times": 0}, False),
        ({"at_least": 2}, True),
        ({"at_least": 3}, False),
        ({"at_most": 2}, True),
        ({"at_most": 1}, False),
        ({"at_least": 1, "at_most": 3}, True),
        ({"at_least": 3, "at_most": 4}, False),
    ],
)
def test_it_counts(asked: World, often: dict[str, int], is_so: bool) -> None:
    assert is_so == holds(asked, {"operation": "wing-5.8", **often})


def test_what_never_happened_holds_as_never_only(asked: World) -> None:
    assert not holds(asked, {"operation": "dish-activate-subscription"})
    assert holds(asked, {"operation": "dish-activate-subscription", "times": 0})
    assert holds(asked, {"operation": "dish-activate-subscription", "at_most": 5})


@pytest.mark.parametrize(
    ("where", "is_so"),
    [
        ({"status": 202}, True),
        ({"status": "2xx"}, True),
        ({"status": "202"}, True),
        ({"status": 200}, False),
        ({"status": "4xx"}, False),
        ({"method": "post", "carrier": "wing", "direction": "in"}, True),
        ({"method": "PUT"}, False),
        ({"direction": "out"}, False),
        ({"path": "/api/v1/sim/update_state"}, True),
        ({"path": "/api/*state"}, True),
        ({"path": "/api"}, False),
        ({"iccid": ICCID}, True),
        ({"iccid": "8955644500001089021"}, False),
        ({"query": {"dry": "1"}}, True),
        ({"query": {"dry": "2"}}, False),
        ({"query": {"wet": "1"}}, False),
        ({"headers": {"x-note": "mine"}}, True),
        ({"headers": {"X-Note": "mine"}}, True),
        ({"headers": {"Authorization": "Bearer [cut]"}}, True),
        ({"headers": {"X-Note": "yours"}}, False),
        ({"body": {"newState": "ACTIVE"}}, True),
        ({"body": {"newState": "ACTIVE", "newStateId": 3, "imsi": "234500001089020"}}, True),
        ({"body": {"newState": "SUSPENDED"}}, False),
        ({"body": {"newStateId": "3"}}, False),
        ({"body": {"newStateId": True}}, False),
        ({"body": {"colour": None}}, False),
        ({"body": []}, False),
        ({"body": None}, False),
        ({"fault": "*"}, False),
    ],
)
def test_it_looks_at_all_of_a_request(asked: World, where: dict[str, Any], is_so: bool) -> None:
    assert is_so == holds(asked, {"operation": "wing-5.7", "where": where})


def test_it_looks_at_answers_and_faults(asked: World) -> None:
    assert holds(asked, {"operation": "wing-5.1.4", "where": {"response": {"id": 1169, "stateModelId": 4}}})
    assert not holds(asked, {"operation": "wing-5.1.4", "where": {"response": {"id": 1170}}})
    rule = good(asked.control.post(f"/_box/worlds/{asked.name}/faults", json={"do": {"status": 500}}), 201)
    asked.control.get(f"{asked.url}/wing/api/v1/sim/1")
    assert holds(asked, {"where": {"fault": rule["id"]}, "times": 1}, {"where": {"fault": "*"}, "times": 1})


def test_without_an_operation_all_requests_count(asked: World) -> None:
    assert holds(asked, {"times": 4}, {"where": {"status": "5xx"}, "times": 0})


def test_a_form_is_looked_at_field_by_field(world: World) -> None:
    world.token()
    body = {"grant_type": "password", "username": "sandbox-admin", "password": "[cut]"}
    assert holds(world, {"operation": "wing-2", "where": {"body": body}})


def test_a_callback_can_be_expected(world: World) -> None:
    sim = Way("dish", world, ordinary(world, "dish"))
    sim.change()
    world.advance(by="1m")
    told = {"operation": "dish-notification", "where": {"direction": "out", "iccid": sim.iccid}, "times": 1}
    assert holds(world, {"operation": CHANGES["dish"]}, told, in_order=True)


# ---------------------------------------------------------------------------------------------------------- differences


def test_near_misses_come_with_what_they_lack(asked: World) -> None:
    expect = {"operation": "wing-5.7", "where": {"status": 200, "body": {"newState": "SUSPENDED"}, "iccid": ICCID}}
    [difference] = verify(asked, {"operation": "wing-5.8"}, expect)["differences"]
    assert (1, expect, "at least 1", 0) == tuple(difference[name] for name in ("index", "expect", "wanted", "found"))
    nearest = difference["near_misses"][0]
    assert ("wing-5.7", 202, "POST", "/api/v1/sim/update_state") == tuple(
        nearest[name] for name in ("operation", "status", "method", "path")
    )
    assert {"status is 202, not 200", "body.newState is 'ACTIVE', not 'SUSPENDED'"} == {*nearest["why"]}
    assert {"id", "at"} <= nearest.keys()
    assert "wing-5.1.4" == difference["near_misses"][1]["operation"]
    assert len(nearest["why"]) <= len(difference["near_misses"][1]["why"]) < 4


def test_a_request_that_has_nothing_of_it_is_no_near_miss(asked: World) -> None:
    [difference] = verify(asked, {"operation": "dish-activate-subscription"})["differences"]
    assert [] == difference["near_misses"]
    [difference] = verify(asked, {"operation": "dish-activate-subscription", "where": {"status": 299}})["differences"]
    assert [] == difference["near_misses"]


def test_those_too_many_are_named(asked: World) -> None:
    [difference] = verify(asked, {"operation": "wing-5.8", "at_most": 1})["differences"]
    assert ("at most 1", 2) == (difference["wanted"], difference["found"])
    assert ["/api/v1/sim/1", "/api/v1/sim/2"] == [entry["path"] for entry in difference["entries"]]


def test_no_more_than_a_handful_is_told(world: World) -> None:
    for i in range(9):
        world.control.get(f"{world.url}/wing/api/v1/sim/{i}")
    [many] = verify(world, {"operation": "wing-5.8", "times": 1})["differences"]
    [near] = verify(world, {"operation": "wing-5.8", "where": {"status": 200}})["differences"]
    assert (9, 5, 5) == (many["found"], len(many["entries"]), len(near["near_misses"]))


def test_order_is_looked_at_when_all_else_holds(asked: World) -> None:
    first, second = {"operation": "wing-5.7"}, {"operation": "wing-5.8", "times": 2}
    assert holds(asked, first, second)
    assert holds(asked, second, first, in_order=True)
    [difference] = verify(asked, first, second, in_order=True)["differences"]
    assert (1, "in order", "wing-5.7") == (difference["index"], difference["wanted"], difference["after"]["operation"])
    assert ["wing-5.8", "wing-5.8"] == [entry["operation"] for entry in difference["entries"]]
    [difference] = verify(asked, first, second | {"times": 3}, in_order=True)["differences"]
    assert "exactly 3" == difference["wanted"]


def test_alike_ones_follow_each_other_in_order(asked: World) -> None:
    first, second = ({"operation": "wing-5.8", "where": {"path": f"/api/v1/sim/{i}"}} for i in (1, 2))
    assert holds(asked, first, second, {"operation": "wing-5.7"}, in_order=True)
    assert not holds(asked, second, first, in_order=True)
    assert not holds(asked, first, first, in_order=True)


# ------------------------------------------------------------------------------------------------------------ bad input


@pytest.mark.parametrize(
    ("body", "where"),
    [
        ({}, "body.expect"),
        ({"expect": []}, "body.expect"),
        ({"expect": {}}, "body.expect"),
        ({"expect": [{"operation": "wing-5.8"}] * 101}, "body.expect"),
        ({"expect": [{"operation": 5}]}, "body.expect.0.operation"),
        ({"expect": [{"times": -1}]}, "body.expect.0.times"),
        ({"expect": [{"times": "1"}]}, "body.expect.0.times"),
        ({"expect": [{"times": 1.5}]}, "body.expect.0.times"),
        ({"expect": [{"times": 1, "at_least": 1}]}, "either times, or at_least and at_most"),
        ({"expect": [{"colour": 1}]}, "body.expect.0.colour"),
        ({"expect": [{"where": {"colour": 1}}]}, "body.expect.0.where.colour"),
        ({"expect": [{"where": {"status": "many"}}]}, "body.expect.0.where.status"),
        ({"expect": [{"where": {"status": 7}}]}, "body.expect.0.where.status"),
        ({"expect": [{"where": {"method": "GET /"}}]}, "body.expect.0.where.method"),
        ({"expect": [{"where": {"query": {"a": 1}}}]}, "body.expect.0.where.query.a"),
        ({"expect": [{"where": {"carrier": "nobody"}}]}, "no carrier 'nobody'"),
        ({"expect": [{"operation": "wing-99"}]}, "no operation 'wing-99'"),
        ({"expect": [{}], "in_order": "yes"}, "body.in_order"),
        ({"expect": [{}], "order": True}, "body.order"),
    ],
)
def test_what_cannot_be_expected_is_refused(world: World, body: Any, where: str) -> None:
    path = f"/_box/worlds/{world.name}/journal/verify"
    assert where in problem(world.control.post(path, json=body), 400)["detail"]


def test_the_order_of_a_world_that_is_not_there_is_not_looked_at(control: httpx.Client) -> None:
    problem(control.post("/_box/worlds/nowhere/journal/verify", json={"expect": [{}]}), 404)


values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=8,
)


@settings(deadline=None)
@given(values)
def test_a_value_fits_itself(value: Any) -> None:
    assert verifying.misfit(value, value, "body") is None


@settings(deadline=None)
@given(st.dictionaries(st.text(max_size=3), values, max_size=4), values)
def test_an_object_fits_with_members_to_spare_and_not_without_one(members: dict[str, Any], value: Any) -> None:
    assert verifying.misfit(members, members | {"one more": value}, "body") is None
    assert verifying.misfit(members | {"one more": value}, members, "body") is not None
