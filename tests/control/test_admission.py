"""The control API lets in who has its key, or, without one, who calls from this machine."""

import asyncio
import re

import httpx
import pytest
from tests.conftest import Box
from tests.control.answers import good, problem
from tests.control.conftest import KEY
from tests.shell import raw

from carrierbox import main
from carrierbox.kernel.worlds import Worlds

CALLS = [
    ("GET", "/_box/worlds"),
    ("POST", "/_box/worlds"),
    ("GET", "/_box/worlds/default"),
    ("GET", "/_box/worlds/nowhere"),
    ("POST", "/_box/worlds/default/reset"),
    ("DELETE", "/_box/worlds/default"),
    ("GET", "/_box/worlds/default/clock"),
    ("PATCH", "/_box/worlds/default/clock"),
    ("POST", "/_box/worlds/default/clock/advance"),
    ("GET", "/_box/worlds/default/settings"),
    ("PATCH", "/_box/worlds/default/settings"),
    ("GET", "/_box/openapi.json"),
    ("GET", "/_box/nothing"),
    ("GET", "/_box/health/"),
    ("POST", "/_box/"),
    ("TRACE", "/_box/worlds"),
    ("OPTIONS", "/_box/worlds"),
    ("GET", "/w/default/_box/worlds"),
]

WRONG = [
    None,
    "",
    KEY,
    "Bearer",
    f"Bearer  {KEY}",
    f"Bearer {KEY}x",
    f"Bearer {KEY[:-1]}",
    f"Bearer {KEY.upper()}",
    f"Basic {KEY}",
    "Bearer clé",
    "Bearer " + "x" * 10_000,
]


@pytest.mark.parametrize(("method", "path"), CALLS)
def test_with_a_key_set_every_call_wants_it_whatever_lies_there(stranger: httpx.Client, method: str, path: str) -> None:
    answer = stranger.request(method, path)
    problem(answer, 401)
    assert "Bearer" == answer.headers["WWW-Authenticate"]
    assert stranger.get("/_box/worlds").content == answer.content


def test_no_call_that_the_box_describes_is_forgotten(stranger: httpx.Client) -> None:
    key = {"Authorization": f"Bearer {KEY}"}
    described = stranger.get("/_box/openapi.json", headers=key).json()["paths"]
    calls = {(method.upper(), path) for path, methods in described.items() for method in methods}
    without = {
        (method, path)
        for method, path in calls
        if stranger.request(method, "/_box" + re.sub(r"\{.*?\}", "default", path)).status_code != 401
    }
    assert len(calls) > 50
    assert {
        ("GET", "/health"),
        ("GET", "/livez"),
        ("GET", "/readyz"),
        ("POST", "/worlds/{w}/inbox/{name}"),
    } == without


@pytest.mark.parametrize(
    "path",
    [
        "/_box/worlds/default/inbox/..%2f..%2f..%2fworlds",
        "/_box/worlds/default/inbox/x/../../clock",
        "/_box/worlds/default/inbox/x%2f..%2fclock",
        "/_box/worlds/default/inbox/",
        "/_box/worlds/default/inbox",
        "/_box/health/../worlds",
        "/_box/health%2f..%2fworlds",
        "/_box//worlds",
        "/_box/./worlds",
        "/_box/worlds%0a",
        "/w/default/_box/worlds",
        "/w/x/../default/_box/worlds",
        "/w/_box/health/_box/worlds",
    ],
)
def test_no_spelling_of_a_path_leads_past_the_key(locked: Box, path: str) -> None:
    for method in ("GET", "DELETE", "PATCH"):
        answer = raw.over_socket(locked.url, f"{method} {path} HTTP/1.1\r\nHost: localhost".encode())
        assert answer.status in {401, 404}, answer.content
        if answer.status == 404:
            assert b"nothing lies" in answer.content or b"no world" in answer.content


@pytest.mark.parametrize("content", [b"", b"{", b"{}", b'{"name": "t1"}', b"\xff" * 100])
def test_without_the_key_no_body_is_looked_at(stranger: httpx.Client, content: bytes) -> None:
    answer = stranger.post("/_box/worlds", content=content, headers={"Content-Type": "application/json"})
    assert stranger.get("/_box/worlds").content == answer.content
    assert 1 == stranger.get("/_box/health").json()["worlds"]


@pytest.mark.parametrize("given", WRONG, ids=lambda given: repr(given)[:24])
def test_what_is_not_the_key_gets_one_answer(stranger: httpx.Client, given: str | None) -> None:
    headers = {} if given is None else {"Authorization": given.encode()}
    answer = stranger.get("/_box/worlds", headers=headers)
    problem(answer, 401)
    assert stranger.get("/_box/worlds").content == answer.content
    assert KEY not in answer.text


@pytest.mark.parametrize("scheme", ["Bearer", "bearer", "BEARER"])
def test_the_key_lets_in(stranger: httpx.Client, scheme: str) -> None:
    key = {"Authorization": f"{scheme} {KEY}"}
    assert 200 == stranger.get("/_box/worlds", headers=key).status_code
    name = good(stranger.post("/_box/worlds", json={"from": "default"}, headers=key), 201)["name"]
    assert 204 == stranger.delete(f"/_box/worlds/{name}", headers=key).status_code
    assert 200 == stranger.get("/_box/openapi.json", headers=key).status_code


@pytest.mark.parametrize("path", ["/_box/health", "/_box/livez", "/_box/readyz", "/w/default/_box/health"])
def test_health_needs_no_key(stranger: httpx.Client, path: str) -> None:
    assert "ok" == good(stranger.get(path))["status"]


def test_the_carriers_need_no_key(stranger: httpx.Client) -> None:
    assert 401 == stranger.get("/api/v1/subscription/sims").status_code
    form = {"grant_type": "password", "client_id": "web-app", "username": "sandbox-admin", "password": "sandbox-pass"}
    token = stranger.post("/uam/auth/realms/wdh-sitstg2/protocol/openid-connect/token", data=form)
    headers = {"Authorization": f"Bearer {token.json()['access_token']}", "Account-Context-Id": "*"}
    assert 200 == stranger.get("/api/v1/subscription/sims", headers=headers).status_code


def test_without_a_key_this_machine_is_let_in(control: httpx.Client) -> None:
    assert 200 == control.get("/_box/worlds").status_code


@pytest.mark.parametrize(
    ("client", "status"),
    [("127.0.0.1", 200), ("127.8.9.10", 200), ("::1", 200), ("203.0.113.9", 403), ("10.0.0.1", 403), ("fe80::1", 403)],
)
def test_without_a_key_no_other_machine_is(house: Worlds, client: str, status: int) -> None:
    async def ask(path: str) -> httpx.Response:
        transport = httpx.ASGITransport(main.build(house), client=(client, 12345))
        async with httpx.AsyncClient(transport=transport, base_url="http://localhost") as caller:
            return await caller.get(path)

    answer = asyncio.run(ask("/_box/worlds"))
    if status == 200:
        assert 200 == answer.status_code
    else:
        problem(answer, status)
    assert 200 == asyncio.run(ask("/_box/health")).status_code


def test_the_key_is_not_told(locked: Box, stranger: httpx.Client) -> None:
    described = stranger.get("/_box/worlds/default", headers={"Authorization": f"Bearer {KEY}"})
    assert locked.url == good(described)["base_url"]
    assert KEY not in described.text


@pytest.mark.parametrize(
    ("host", "status"),
    [
        *((host, 200) for host in ("localhost", "LOCALHOST:7462", "127.0.0.1", "[::1]:7462", "t1.localhost:1")),
        *((host, 403) for host in ("rebound.example.com", "10.0.0.1", "localhost.example.com", "127.0.0.1.nip.io")),
        *((host, 403) for host in ("0.0.0.0", "[fe80::1]", "notlocalhost", "localhost.", "", "[", "a@b", "127.1")),
    ],
)
def test_without_a_key_the_box_is_called_by_this_machines_names(box: Box, host: str, status: int) -> None:
    answer = raw.over_socket(box.url, b"GET /_box/worlds HTTP/1.1\r\nHost: " + host.encode())
    assert status == answer.status
    assert 200 == raw.over_socket(box.url, b"GET /_box/health HTTP/1.1\r\nHost: " + host.encode()).status


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://example.com"},
        {"Origin": "null"},
        {"Origin": "http://localhost:1"},
        {"Host": "rebound.example.com", "Origin": "http://rebound.example.com"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site", "Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "document"},
    ],
)
def test_no_web_page_from_elsewhere_is_let_in(box: Box, headers: dict[str, str]) -> None:
    assert 403 == httpx.post(f"{box.url}/_box/worlds", headers=headers).status_code


def test_the_boxs_own_page_is_let_in(box: Box) -> None:
    assert 200 == httpx.get(f"{box.url}/_box/worlds", headers={"Origin": box.url}).status_code
