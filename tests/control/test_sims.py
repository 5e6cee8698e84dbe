"""A SIM's device over the control API: single events, and profiles."""

from typing import Any

import httpx
import pytest
from tests.conftest import World

ACTIVE, PENDING = "8931080000000000027", "8931080000000000100"


def call(world: World, method: str, path: str, body: Any = None) -> httpx.Response:
    return world.control.request(method, f"/_box/worlds/{world.name}/sims/{path}", json=body)


def cdrs(world: World) -> list[dict[str, Any]]:
    used = world.stn.get("/api/QueryUsageSubscription", params={"phoneNumber": "0612345678"}).json()["results"]
    return [line for usage in used for line in usage["usageDetails"]]


def test_an_event_is_answered_with_what_followed_from_it(world: World) -> None:
    answer = call(world, "POST", f"{ACTIVE}/events", {"kind": "data", "up_bytes": 100, "down_bytes": 2000})
    assert 201 == answer.status_code
    event, [followed] = answer.json()["event"], answer.json()["followed"]
    assert {"iccid": ACTIVE, "kind": "data", "up_bytes": 100, "down_bytes": 2000, "at": world.clock()["now"]} == event
    assert ("INT_NAT", 3) == (followed["cdr"]["rate_class"], followed["cdr"]["volume"])
    assert [("INT_NAT", 3)] == [(line["invoiceLineCode"], line["volume"]) for line in cdrs(world)]


def test_an_event_may_lie_in_the_past(world: World) -> None:
    before = world.clock()["now"]
    world.advance(by="3h")
    answer = call(world, "POST", f"{ACTIVE}/events", {"kind": "sms-mo", "at": before})
    assert (201, before) == (answer.status_code, answer.json()["event"]["at"])


def test_a_profile_lives_from_the_moment_it_is_given_until_it_is_taken(world: World) -> None:
    given = call(world, "PUT", f"{ACTIVE}/device", {"profile": "meter"})
    assert 200 == given.status_code
    assert ("stn", "meter", True) == tuple(given.json()[name] for name in ("carrier", "profile", "attached"))
    world.advance(by="3d")
    assert 12 == sum(line["quantity"] for line in cdrs(world))
    assert 204 == call(world, "DELETE", f"{ACTIVE}/device").status_code
    world.advance(by="3d")
    assert 12 == sum(line["quantity"] for line in cdrs(world))
    assert 404 == call(world, "DELETE", f"{ACTIVE}/device").status_code


def test_a_profile_puts_a_detached_device_back_on_the_network(world: World) -> None:
    call(world, "PUT", f"{ACTIVE}/device", {"profile": "phone"})
    assert 201 == call(world, "POST", f"{ACTIVE}/events", {"kind": "detach"}).status_code
    given = call(world, "PUT", f"{ACTIVE}/device", {"profile": "meter"}).json()
    assert given["attached"]
    assert given["next_at"]
    assert 201 == call(world, "POST", f"{ACTIVE}/events", {"kind": "sms-mo"}).status_code


@pytest.mark.parametrize("kind", ["attach", "detach", "sms-mo"])
def test_a_sim_whose_state_may_not_use_the_network_is_409(kind: str, world: World) -> None:
    assert 409 == call(world, "POST", f"{PENDING}/events", {"kind": kind}).status_code


def test_a_sim_of_nobody_is_404(world: World) -> None:
    for method, path, body in (
        ("POST", "1/events", {"kind": "attach"}),
        ("PUT", "1/device", {"profile": "phone"}),
        ("DELETE", "1/device", None),
    ):
        assert 404 == call(world, method, path, body).status_code


@pytest.mark.parametrize(
    "body",
    [
        {},
        [],
        {"kind": "explode"},
        {"kind": "data"},
        {"kind": "data", "up_bytes": -1, "down_bytes": 0},
        {"kind": "data", "up_bytes": 0, "down_bytes": 2**50 + 1},
        {"kind": "data", "up_bytes": "1", "down_bytes": 0},
        {"kind": "data", "up_bytes": 1, "down_bytes": 0, "country": "Germany"},
        {"kind": "data", "up_bytes": 1, "down_bytes": 0, "plmn": "2040"},
        {"kind": "data", "up_bytes": 1, "down_bytes": 0, "plmn": "00000"},
        {"kind": "location", "plmn": "99999"},
        {"kind": "location"},
        {"kind": "voice", "direction": "up", "seconds": 1},
        {"kind": "voice", "direction": "mo", "seconds": 1, "peer": "0612345678"},
        {"kind": "sms-mo", "text": "x" * 1601},
        {"kind": "imei-change"},
        {"kind": "imei-change", "imei": "1"},
        {"kind": "attach", "nonsense": 1},
        {"kind": "attach", "at": "tomorrow"},
        {"kind": "attach", "at": "8000-01-01T00:00:00Z"},
    ],
    ids=str,
)
def test_an_event_that_cannot_be_read_is_400_and_leaves_nothing(body: Any, world: World) -> None:
    answer = call(world, "POST", f"{ACTIVE}/events", body)
    assert (400, "application/problem+json") == (answer.status_code, answer.headers["content-type"])
    assert [] == cdrs(world)


@pytest.mark.parametrize(
    "body", [{}, {"profile": "toaster"}, {"profile": "phone", "more": 1}, {"profile": None}], ids=str
)
def test_a_profile_that_is_unknown_is_400(body: Any, world: World) -> None:
    assert 400 == call(world, "PUT", f"{ACTIVE}/device", body).status_code
