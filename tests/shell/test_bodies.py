"""The shell lets no body in that is larger than an operation needs, announced or not, and then nothing changes."""

import asyncio
import json
import logging
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import httpx
import orjson
import pytest
from starlette.requests import Request
from tests.conftest import Box, World
from tests.control.answers import problem
from tests.shell import raw
from tests.shell.conftest import vendor_problem

from carrierbox import contracts
from carrierbox.shell.gateway import hand_on

MEBIBYTE = 1024 * 1024
PATH = "/api/v1/sim/update_state"
JSON = {"Content-Type": "application/json"}


def change(sim: dict[str, Any], size: int) -> bytes:
    """A request for another state that is so many bytes long."""
    body = {"iccid": sim["iccid"], "imsi": sim["imsi"], "newState": "ACTIVE", "newStateId": 3}
    spelled = json.dumps(body).encode()
    return spelled + b" " * (size - len(spelled))


def pieces(content: bytes) -> Iterator[bytes]:
    for start in range(0, len(content), 100_000):
        yield content[start : start + 100_000]


@pytest.fixture
def sim(world: World) -> dict[str, Any]:
    return world.sim_in("ENTERPRISE-INVENTORY")


@pytest.mark.parametrize("announced", [True, False], ids=["announced", "in pieces"])
def test_a_body_of_a_mebibyte_is_taken(world: World, sim: dict[str, Any], announced: bool) -> None:
    content = change(sim, MEBIBYTE)
    answer = world.wing.post(PATH, content=content if announced else pieces(content), headers=JSON)
    assert 202 == answer.status_code
    assert 1 == len(world.advance(until="idle")["ran"])


@pytest.mark.parametrize("size", [MEBIBYTE + 1, 5 * MEBIBYTE])
@pytest.mark.parametrize("announced", [True, False], ids=["announced", "in pieces"])
def test_a_larger_one_is_refused_as_the_vendor_would_and_nothing_changes(
    world: World, sim: dict[str, Any], announced: bool, size: int
) -> None:
    content = change(sim, size)
    answer = world.wing.post(PATH, content=content if announced else pieces(content), headers=JSON)
    assert 413 == answer.status_code
    assert vendor_problem(answer.json(), 413, PATH)
    assert "wing-5.7" == answer.headers["X-Carrierbox-Operation"]
    assert [] == world.advance(until="idle")["ran"]
    assert sim == world.wing.get("/api/v1/subscription/sims", params={"iccid.equals": sim["iccid"]}).json()[0]
    assert 202 == world.wing.post(PATH, content=change(sim, 1000), headers=JSON).status_code


def test_a_body_is_refused_before_it_is_sent(box: Box, world: World) -> None:
    head = (
        f"POST /w/{world.name}{PATH} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {world.token()}\r\n"
        "Account-Context-Id: *\r\nContent-Type: application/json\r\nContent-Length: 1000000000"
    )
    assert 413 == raw.over_socket(box.url, head.encode()).status


@pytest.mark.parametrize("length", [b"9" * 19, b"9" * 30, b"-1", b"x", b"1e9", b"0x10"])
def test_a_length_that_is_none_is_refused(box: Box, length: bytes) -> None:
    head = b"POST /_box/worlds HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: "
    assert raw.over_socket(box.url, head + length).status in {400, 413}


def test_the_callers_rights_are_looked_at_before_the_body(box: Box) -> None:
    answer = httpx.post(f"{box.url}{PATH}", content=b" " * (MEBIBYTE + 1), headers=JSON)
    assert 401 == answer.status_code


def test_control_refuses_it_as_a_problem(control: httpx.Client) -> None:
    problem(control.post("/_box/worlds", content=pieces(b" " * (MEBIBYTE + 1)), headers=JSON), 413)


def test_a_form_is_limited_as_well(world: World) -> None:
    path = "/uam/auth/realms/wdh-sitstg2/protocol/openid-connect/token"
    form = {"grant_type": "password", "client_id": "web-app", "username": "sandbox-admin", "password": "x" * MEBIBYTE}
    assert 413 == httpx.post(world.url + path, data=form).status_code
    assert world.token()


NO_NUMBERS = ["NaN", "-Infinity", "1e999", "[-1e999]"]


@pytest.mark.parametrize("number", NO_NUMBERS)
@pytest.mark.parametrize(
    "operation", ["wing-5.7", "wing-5.15.1", "wgtwo-activate", "dish-add-buckets", "stn-setservicessubscription"]
)
def test_a_number_that_json_does_not_have_is_400_wherever_it_stands(operation: str, number: str, world: World) -> None:
    control = f"/_box/worlds/{world.name}"
    before = world.control.get(f"{control}/workflows").json()
    [asked] = [each for each in contracts.operations(operation.partition("-")[0]) if operation == each.id]
    assert asked.request is not None
    body = json.dumps({**asked.request.example, "unheardOf": "number"}).replace('"number"', number)
    client: httpx.Client = getattr(world, operation.partition("-")[0])
    path = asked.path.replace("{version}", "v1")
    answer = client.request(asked.method, path, content=body, headers=JSON)
    assert 400 == answer.status_code, answer.text
    assert operation == answer.headers["X-Carrierbox-Operation"]
    assert before == world.control.get(f"{control}/workflows").json()
    orjson.loads(world.control.get(f"{control}/journal").content)  # a strict reader


@pytest.mark.parametrize("number", NO_NUMBERS)
def test_nor_is_it_kept_by_the_control_api(number: str, world: World) -> None:
    where = f"/_box/worlds/{world.name}/faults"
    body = '{"do": {"status": 503, "body": {"a": [number]}}}'.replace("number", number)
    problem(world.control.post(where, content=body, headers=JSON), 400)
    assert [] == world.control.get(where).json()


def test_a_client_that_leaves_in_the_middle_of_a_body_is_no_fault(caplog: pytest.LogCaptureFixture) -> None:
    async def read(scope: Any, receive: Any, send: Any) -> None:
        await Request(scope, receive, send).body()

    async def gone() -> dict[str, Any]:
        return {"type": "http.disconnect"}

    async def nobody(_message: Any) -> None:
        raise AssertionError("there is nobody to answer")

    scope = {"type": "http", "carrierbox": SimpleNamespace(request_id="r-1"), "method": "POST", "path": PATH}
    caplog.set_level(logging.INFO)
    asyncio.run(hand_on(read, scope, gone, nobody))
    assert [("INFO", None)] == [(record.levelname, record.exc_info) for record in caplog.records]
