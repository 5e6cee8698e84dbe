"""WING 12.1, a packet of disconnect for a SIM's session."""

from typing import Any

import httpx
import pytest
from tests.wing.usage import SIM, cdrs, data, kinds, later, problem, put_device, session, start_of_cycle

PATH = "/api/v1/channel-manager/terminateSession"


def disconnect(world: Any, client: httpx.Client | None = None, **change: Any) -> httpx.Response:
    body = {"imsi": SIM["imsi"], "channel": "gy"} | change
    answer: httpx.Response = (client or world.wing).post(PATH, json=body)
    return answer


@pytest.mark.parametrize("channel", ["gy", "radius"])
def test_ends_the_session_when_its_work_is_done(channel: str, world: Any) -> None:
    start_of_cycle(world)
    data(world)
    running = session(world)
    answer = disconnect(world, channel=channel)
    assert 202 == answer.status_code
    assert {"imsi": SIM["imsi"], "channel": channel, "sessionId": running["sessionId"]} == answer.json()
    assert "Active" == session(world)["sessionStatus"]
    later(world, until="idle")
    shown = session(world)
    assert (running["sessionId"], "Inactive") == (shown["sessionId"], shown["sessionStatus"])
    assert "2031-02-01T12:00:00.000+00:00" < shown["sessionEndTime"] < "2031-02-01T12:00:10.000+00:00"
    assert ["I", "U", "T"] == kinds(cdrs(world))


def test_the_session_has_all_that_its_device_did_while_the_work_was_under_way(world: Any) -> None:
    start_of_cycle(world)
    put_device(world, SIM["iccid"], "camera")
    later(world, by="2h")
    outcome = {"match": {"workflow": "terminate_session_wf"}, "do": {"take": "3h"}}
    assert 201 == world.control.post(f"/_box/worlds/{world.name}/outcomes", json=outcome).status_code
    assert 202 == disconnect(world).status_code
    later(world, until="idle")
    first, *middle, last = kinds(cdrs(world))
    assert ("I", {"U"}, "T") == (first, {*middle}, last)


def test_a_device_may_connect_again(world: Any) -> None:
    start_of_cycle(world)
    put_device(world, SIM["iccid"], "meter")
    later(world, by="7h")
    first = session(world)
    assert 202 == disconnect(world).status_code
    later(world, by="6h")
    again = session(world)
    assert "Active" == again["sessionStatus"]
    assert first["sessionId"] != again["sessionId"]


def test_without_a_running_session_there_is_nothing_to_end(world: Any) -> None:
    problem(disconnect(world), 404)
    data(world)
    disconnect(world)
    later(world, until="idle")
    problem(disconnect(world), 404)
    data(world)
    later(world, by="8h")  # it has ended by itself
    problem(disconnect(world), 404)


def test_asked_twice_it_ends_once(world: Any) -> None:
    data(world)
    assert disconnect(world).json() == disconnect(world).json()
    later(world, until="idle")
    assert ["I", "U", "T"] == kinds(cdrs(world))


def test_work_that_a_tester_lets_fail_leaves_the_session(world: Any) -> None:
    data(world)
    outcome = {"match": {"workflow": "terminate_session_wf"}, "do": {"fail": "Gateway down"}, "times": 1}
    assert world.control.post(f"/_box/worlds/{world.name}/outcomes", json=outcome).is_success
    assert 202 == disconnect(world).status_code
    later(world, until="idle")
    assert "Active" == session(world)["sessionStatus"]


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"imsi": ""}, "imsi"),
        ({"imsi": None}, "imsi"),
        ({"imsi": "twenty"}, "imsi"),
        ({"channel": ""}, "channel"),
        ({"channel": "GY"}, "channel"),
        ({"channel": "smoke"}, "channel"),
        ({"channel": None}, "channel"),
    ],
)
def test_what_cannot_be_read_is_refused_and_changes_nothing(change: dict[str, Any], field: str, world: Any) -> None:
    data(world)
    said = problem(disconnect(world, **change), 400)
    assert [field] == [each["field"] for each in said["fieldErrors"]]
    later(world, until="idle")
    assert "Active" == session(world)["sessionStatus"]


@pytest.mark.parametrize("missing", ["imsi", "channel"])
def test_both_members_are_wanted(missing: str, world: Any) -> None:
    body = {name: value for name, value in {"imsi": SIM["imsi"], "channel": "gy"}.items() if name != missing}
    said = problem(world.wing.post(PATH, json=body), 400)
    assert [missing] == [each["field"] for each in said["fieldErrors"]]


def test_an_imsi_may_be_a_number(world: Any) -> None:
    data(world)
    assert 202 == disconnect(world, imsi=int(SIM["imsi"])).status_code


def test_sims_out_of_reach_are_not_there_and_readers_may_not(world: Any) -> None:
    data(world)
    problem(disconnect(world, imsi="234500001999999"), 404)
    problem(disconnect(world, world.wing_as("acme-admin", "acme-iot")), 404)
    problem(disconnect(world, world.wing_as("sandbox-admin", account="7420")), 404)
    problem(disconnect(world, world.wing_as("sandbox-reader")), 403)
    later(world, until="idle")
    assert "Active" == session(world)["sessionStatus"]
