"""The shell marks every answer with its request, its world and the documented operation, unless told not to."""

import re

import httpx
import pytest
from tests.conftest import Box, World
from tests.shell import raw

MARKS = ("X-Request-Id", "X-Carrierbox-World", "X-Carrierbox-Operation")

SANE = ["1", "a" * 128, "0af7651916cd43dd8448eb211c80319c", "r-1/2:3;a=b,c", "~!@#$%^&*()"]
INSANE = ["", "a b", "a" * 129, "a\tb", "é"]


def marks(answer: httpx.Response) -> list[str | None]:
    return [answer.headers.get(name) for name in MARKS]


@pytest.mark.parametrize(
    ("path", "status", "world", "operation"),
    [
        ("/api/v1/subscription/sims", 401, "default", "wing-5.1.1"),
        ("/wing/api/v1/sim/1", 401, "default", "wing-5.8"),
        ("/wing/nothing", 404, "default", None),
        ("/nothing", 404, None, None),
        ("/w/nowhere/api/v1/sim/1", 404, None, None),
        ("/_box/health", 200, None, None),
        ("/_box/nothing", 404, None, None),
        ("/uam/auth/realms/wdh-sitstg2", 200, "default", None),
    ],
)
def test_every_answer_is_marked(box: Box, path: str, status: int, world: str | None, operation: str | None) -> None:
    answer = httpx.get(box.url + path)
    assert status == answer.status_code
    request_id, *rest = marks(answer)
    assert re.fullmatch(r"[0-9a-f]{32}", request_id or "")
    if path.startswith("/api") or operation:
        assert [world, operation] == rest
    else:
        assert world == rest[0]


def test_a_documented_operation_is_named(world: World) -> None:
    answer = world.wing.get("/api/v1/subscription/sims", params={"stateName.equals": "ACTIVE"})
    assert ["wing-5.2.1", world.name] == [answer.headers[name] for name in (MARKS[2], MARKS[1])]


@pytest.mark.parametrize("given", SANE)
@pytest.mark.parametrize("path", ["/api/v1/sim/1", "/_box/health", "/nothing", "/w/nowhere/wing/x"])
def test_a_request_id_that_is_sane_comes_back(box: Box, path: str, given: str) -> None:
    answer = httpx.get(box.url + path, headers={"X-Request-Id": given})
    assert [given] == answer.headers.get_list("X-Request-Id")


@pytest.mark.parametrize("given", INSANE, ids=repr)
def test_one_that_is_not_is_replaced(box: Box, given: str) -> None:
    answer = httpx.get(f"{box.url}/api/v1/sim/1", headers={"X-Request-Id": given.encode()})
    assert re.fullmatch(r"[0-9a-f]{32}", answer.headers["X-Request-Id"])


def test_no_two_requests_are_given_one_id(box: Box) -> None:
    assert 20 == len({httpx.get(f"{box.url}/_box/health").headers["X-Request-Id"] for _ in range(20)})


def test_an_answer_is_marked_once(box: Box) -> None:
    answer = raw.get(box.url, b"/api/v1/sim/1", b"X-Request-Id: one", b"X-Carrierbox-World: default")
    assert ("one", "default") == (answer.headers["x-request-id"], answer.headers["x-carrierbox-world"])


@pytest.mark.parametrize(
    "path", ["/api/v1/sim/1", "/_box/health", "/nothing", "/w/nowhere/wing/x", "/uam/auth/realms/wdh-sitstg2"]
)
def test_a_box_told_so_marks_nothing(plain: Box, path: str) -> None:
    answer = httpx.get(plain.url + path, headers={"X-Request-Id": "mine"})
    assert [None, None, None] == marks(answer)
    assert not [name for name in answer.headers if "carrierbox" in name.lower()]
