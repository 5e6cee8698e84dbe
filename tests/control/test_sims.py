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


#: Carriers whose APIs show nothing of devices: an active SIM, one in stock, states without a network, one with it.
SILENT = {
    "wgtwo": ("2420198416000015720", "2420198412148748973", ("blocked", "terminated", "unassigned"), "active"),
    "dish": ("11986621644523024501", "11986621644523024502", ("Suspended", "Ceased", "Available"), "Active"),
}
EVENTS = [
    {"kind": "attach", "plmn": "20404", "imei": "359176101234564"},
    {"kind": "data", "up_bytes": 1, "down_bytes": 2},
    {"kind": "voice", "direction": "mo", "seconds": 5},
    {"kind": "sms-mo", "text": "hello"},
    {"kind": "imei-change", "imei": "359176101234572"},
    {"kind": "location", "country": "DE"},
    {"kind": "detach"},
]


@pytest.mark.parametrize("carrier", SILENT)
def test_a_carrier_that_shows_nothing_of_devices_takes_their_events(carrier: str, world: World) -> None:
    active, *_ = SILENT[carrier]
    for event in EVENTS:
        answer = call(world, "POST", f"{active}/events", event)
        assert (201, []) == (answer.status_code, answer.json()["followed"])
        assert {**event, "iccid": active}.items() <= answer.json()["event"].items()
    assert 409 == call(world, "POST", f"{active}/events", {"kind": "sms-mo"}).status_code  # detached
    assert (active, carrier, "meter", True, "359176101234572", "DE") == tuple(
        call(world, "PUT", f"{active}/device", {"profile": "meter"}).json()[name]
        for name in ("iccid", "carrier", "profile", "attached", "imei", "country")
    )
    world.advance(by="3d")
    assert 201 == call(world, "POST", f"{active}/events", {"kind": "attach"}).status_code
    assert 204 == call(world, "DELETE", f"{active}/device").status_code


@pytest.mark.parametrize("carrier", SILENT)
def test_there_too_the_state_decides(carrier: str, world: World) -> None:
    active, stock, without, back = SILENT[carrier]
    assert 409 == call(world, "POST", f"{stock}/events", {"kind": "attach"}).status_code
    call(world, "PUT", f"{active}/device", {"profile": "phone"})

    def lives() -> bool:
        return call(world, "PUT", f"{active}/device", {"profile": "phone"}).json()["next_at"] is not None

    assert lives()
    for state in without:
        assert 200 == call(world, "POST", f"{active}/force", {"state": state}).status_code
        assert 409 == call(world, "POST", f"{active}/events", {"kind": "attach"}).status_code
        assert not lives()
    call(world, "POST", f"{active}/force", {"state": back})
    assert 201 == call(world, "POST", f"{active}/events", {"kind": "sms-mt"}).status_code
    assert lives()


@pytest.mark.parametrize("carrier", SILENT)
def test_a_device_goes_along_to_the_sim_that_replaces_its_own(carrier: str, world: World) -> None:
    old, new, *_ = SILENT[carrier]
    call(world, "POST", f"{old}/events", {"kind": "imei-change", "imei": "359176101234572"})
    if carrier == "wgtwo":
        answer = world.wgtwo.post("/provision/v2/changesim", json={"iccid": old, "newIccid": new})
    else:
        body = {"partnerTransactionId": "T1", "iccid": old, "newIccid": new}
        answer = world.dish.post("/sps/v5/subscription-device/change", json=body)
    assert answer.is_success, answer.text
    world.advance(by="10s")
    assert 409 == call(world, "POST", f"{old}/events", {"kind": "attach"}).status_code
    assert 201 == call(world, "POST", f"{new}/events", {"kind": "attach"}).status_code
    assert "359176101234572" == call(world, "PUT", f"{new}/device", {"profile": "idle"}).json()["imei"]
    assert 404 == call(world, "DELETE", f"{old}/device").status_code


def test_what_the_sandbox_host_does_is_nothing_to_the_devices_here(world: World) -> None:
    old, new, *_ = SILENT["wgtwo"]
    call(world, "PUT", f"{old}/device", {"profile": "phone"})
    sandbox = world.client()
    answers = [
        sandbox.post("/wgtwo-sandbox/provision/v2/changesim", json={"iccid": old, "newIccid": new}),
        sandbox.post("/wgtwo-sandbox/provision/v2/terminate", json={"iccid": new}),
    ]
    assert [201, 201] == [answer.status_code for answer in answers]
    assert 404 == call(world, "DELETE", f"{new}/device").status_code
    assert 201 == call(world, "POST", f"{old}/events", {"kind": "attach"}).status_code
