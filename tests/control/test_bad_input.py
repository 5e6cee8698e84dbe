"""The control API's refusals: whatever it is sent, a problem document with the right status, and nothing changed."""

import json
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from tests.conftest import Box, World
from tests.control.answers import problem
from tests.shell import raw

JSON = {"Content-Type": "application/json"}

#: Every call about one world.
ABOUT = [
    ("GET", ""),
    ("DELETE", ""),
    ("POST", "/reset"),
    ("GET", "/clock"),
    ("PATCH", "/clock"),
    ("POST", "/clock/advance"),
    ("GET", "/settings"),
    ("PATCH", "/settings"),
    ("GET", "/faults"),
    ("POST", "/faults"),
    ("DELETE", "/faults"),
    ("GET", "/journal"),
    ("DELETE", "/journal"),
    ("GET", "/journal.har"),
    ("POST", "/journal/verify"),
    ("POST", "/wait"),
]

#: Every call that is sent a body.
SENT = [("POST", "")] + [
    (method, path) for method, path in ABOUT if path not in ("", "/reset") and method not in ("GET", "DELETE")
]


#: What calls are sent that say more than an empty body.
BODIES = {
    "/clock/advance": {"by": 1},
    "/faults": {"do": {"status": 503}},
    "/journal/verify": {"expect": [{}]},
    "/wait": {"for": {"callback": "*"}},
}


@pytest.fixture(autouse=True)
def nothing_changes(control: httpx.Client, world: World) -> Iterator[None]:
    """No world comes, goes or changes."""
    path = f"/_box/worlds/{world.name}"
    before = control.get(path).json()
    names = [each["name"] for each in control.get("/_box/worlds").json()]
    yield
    assert before == control.get(path).json()
    assert names == [each["name"] for each in control.get("/_box/worlds").json()]


def send(world: World, method: str, path: str, content: bytes, headers: dict[str, str]) -> httpx.Response:
    where = f"/_box/worlds/{world.name}{path}" if path else "/_box/worlds"
    return world.control.request(method, where, content=content, headers=headers)


# ------------------------------------------------------------------------------------------------------- unknown worlds


@pytest.mark.parametrize(
    "name", ["nowhere", "DEFAULT", "default.origin", "-", "%20", "%00", "%ff", "a%0a", "a" * 64, "%2e%2e"]
)
@pytest.mark.parametrize(("method", "path"), ABOUT)
def test_an_unknown_world_is_not_found(control: httpx.Client, method: str, path: str, name: str) -> None:
    body = BODIES.get(path) if method == "POST" else {} if method == "PATCH" else None
    problem(control.request(method, f"/_box/worlds/{name}{path}", json=body), 404)


@pytest.mark.parametrize(
    "name", ["..%2f..%2fetc%2fpasswd", "..", ".", "../default", "default%2f..", "default/", "/default", "default;x=1"]
)
def test_no_path_leads_out_of_the_worlds(box: Box, name: str) -> None:
    answer = raw.over_socket(box.url, f"DELETE /_box/worlds/{name} HTTP/1.1\r\nHost: localhost".encode())
    assert (404, "application/problem+json") == (answer.status, answer.headers["content-type"])


def test_a_world_unknown_to_a_header_is_not_found(control: httpx.Client) -> None:
    problem(control.get("/_box/worlds", headers={"X-Carrierbox-World": "nowhere"}), 404)


def test_a_fork_of_an_unknown_world_is_not_made(control: httpx.Client) -> None:
    assert "nowhere" in problem(control.post("/_box/worlds", json={"from": "nowhere"}), 404)["detail"]


# ------------------------------------------------------------------------------------------------------------- creation


@pytest.mark.parametrize(
    "body",
    [
        *({"name": name} for name in ("", "A", "a_b", "-a", "../t1", "a" * 64, "a\n", "a\x00", "ä", 7, True, [])),
        *({"from": name} for name in ("", "../default", "DEFAULT", 7, [])),
        {"from": "default", "sims": 5},
        *({"fixture": name} for name in ("nothing", "", "../../etc/passwd", "documents.yaml", "\ud800", 7)),
        *({"sims": sims} for sims in (-1, 5_000_001, 1e18, 1.5, "5", True, [])),
        *({"seed": seed} for seed in (-1, 2**63, 1.5, "5", True)),
        *(
            {"now": now}
            for now in (
                "",
                "soon",
                "2026-02-30",
                "9000-01-01",
                "1969-12-31",
                "0001-01-01",
                "0001-01-01T00:00:00+01:00",
                0,
                "2" * 65,
            )
        ),
        *({"pace": pace} for pace in ("", "slow", 1)),
        *({"auth": auth} for auth in ("", "none", False)),
        {"colour": "red"},
        {"source": "default"},
        {"name": "t1", "\ud800": 1},
        {"x" * 10_000: 1},
        [],
        [{}],
        "t1",
        7,
        True,
    ],
    ids=lambda body: repr(body)[:48],
)
def test_a_world_that_is_not_understood_is_not_made(control: httpx.Client, body: Any) -> None:
    # as ASCII: half of a surrogate pair has no other spelling
    problem(control.post("/_box/worlds", content=json.dumps(body), headers=JSON), 400)


def test_a_fork_is_not_older_than_its_parent(control: httpx.Client, world: World) -> None:
    problem(control.post("/_box/worlds", json={"from": world.name, "now": "2020-01-01T00:00:00Z"}), 409)


def test_a_refusal_names_what_was_wrong(control: httpx.Client) -> None:
    refused = problem(control.post("/_box/worlds", json={"pace": "slow", "colour": "red"}), 400)
    assert {"body.pace", "body.colour"} == {wrong["where"] for wrong in refused["errors"]}
    assert "body.pace" in refused["detail"]


@pytest.mark.parametrize(
    ("path", "body"), [("/faults", {"do": {}}), ("/outcomes", {"do": {}}), ("/callback-plans", {"do": {"lose": None}})]
)
def test_a_refusal_speaks_plainly(world: World, path: str, body: Any) -> None:
    refused = problem(world.control.post(f"/_box/worlds/{world.name}{path}", json=body), 400)
    assert refused["detail"].startswith("body.do: say one")


# ----------------------------------------------------------------------------------------------------------- parameters


@pytest.mark.parametrize(
    "path",
    [
        "journal?operaton=wing-5.7",
        "journal.har?limi=1",
        "sims?carier=wing",
        "sims/8955644099890700001?state=ACTIVE",
        "callbacks?status=pending",
        "workflows?kind=x",
        "outbox?carrier=wing",
        "inbox?limit=1&since=2026-01-01",
    ],
)
def test_a_parameter_that_a_call_does_not_know_is_refused(control: httpx.Client, world: World, path: str) -> None:
    refused = problem(control.get(f"/_box/worlds/{world.name}/{path}"), 400)
    assert "there is no parameter" in refused["detail"]


@pytest.mark.parametrize("room", ["sims", "journal", "journal.har", "callbacks", "workflows", "lifecycle-coverage"])
def test_a_carrier_that_is_not_here_is_refused(control: httpx.Client, world: World, room: str) -> None:
    refused = problem(control.get(f"/_box/worlds/{world.name}/{room}?carrier=wings"), 400)
    assert "there is no carrier 'wings'; there are wing, " in refused["detail"]


@pytest.mark.parametrize("room", ["faults", "outcomes", "callback-plans"])
def test_a_rule_for_a_carrier_that_is_not_here_is_not_made(control: httpx.Client, world: World, room: str) -> None:
    do = {"faults": {"status": 503}, "outcomes": {"stick": True}, "callback-plans": {"lose": True}}[room]
    rule = {"match": {"carrier": "wings"}, "do": do}
    assert "'wings'" in problem(control.post(f"/_box/worlds/{world.name}/{room}", json=rule), 400)["detail"]
    assert [] == control.get(f"/_box/worlds/{world.name}/{room}").json()


@pytest.mark.parametrize(("query", "known"), [("state=active", None), ("state=activ", "active"),
                                              ("state=ACTIVE&carrier=dish", "Suspended")])  # fmt: skip
def test_a_state_that_no_sim_can_be_in_is_refused(
    control: httpx.Client, world: World, query: str, known: str | None
) -> None:
    answer = control.get(f"/_box/worlds/{world.name}/sims?{query}")
    if known is None:
        assert 200 == answer.status_code
    else:
        assert known in problem(answer, 400)["detail"].split("; there are ")[1].split(", ")


# --------------------------------------------------------------------------------------------------------------- bodies

HALF = "\ud800"
DEEP: Any = []
for _ in range(200):
    DEEP = [DEEP]


@pytest.mark.parametrize(
    ("method", "path", "body", "where"),
    [
        ("PATCH", "/settings", {"callback_url": {"dish": {HALF: "inbox"}}}, ", in callback_url.dish"),
        ("PATCH", "/settings", {"callback_url": {HALF: "inbox"}}, ", in callback_url"),
        ("POST", "/callback-plans", {"match": {"carrier": HALF}, "do": {"lose": True}}, ", in match.carrier"),
        ("POST", "/callback-plans", {"match": {"iccid": HALF}, "do": {"lose": True}}, ", in match.iccid"),
        ("POST", "/callback-plans", {"match": {"event": HALF}, "do": {"lose": True}}, ", in match.event"),
        *(
            ("POST", "/journal/verify", {"expect": [{"where": where}]}, f", in expect.0.where.{place}")
            for where, place in (
                ({"query": {HALF: "x"}}, "query"),
                ({"query": {"x": HALF}}, "query.x"),
                ({"headers": {"x": HALF}}, "headers.x"),
                ({"body": HALF}, "body"),
                ({"body": {HALF: 1}}, "body"),
                ({"response": [1, HALF]}, "response.1"),
            )
        ),
    ],
    ids=lambda value: json.dumps(value)[:60],
)
def test_half_of_a_surrogate_pair_is_no_text(world: World, method: str, path: str, body: Any, where: str) -> None:
    refused = problem(send(world, method, path, json.dumps(body).encode(), JSON), 400)
    assert refused["detail"].endswith(f"half of a surrogate pair is no text{where}")


@pytest.mark.parametrize("place", ["body", "response"])
def test_what_is_nested_too_deep_is_not_compared(world: World, place: str) -> None:
    body = {"expect": [{"where": {place: DEEP}}]}
    refused = problem(send(world, "POST", "/journal/verify", json.dumps(body).encode(), JSON), 400)
    assert refused["detail"].endswith("it is nested more than 100 deep")


@pytest.mark.parametrize(
    "content",
    [
        b"{",
        b'{"name": "t1"',
        b"{'name': 't1'}",
        b"t1",
        b"\x00",
        b"\xff\xfe{}",
        b'{"name": "\xff"}',
        b"{}{}",
        b"[" * 100_000,
        b'{"a":' * 100_000,
        b"\x1f\x8b\x08\x00",
    ],
    ids=lambda content: repr(content[:16]),
)
@pytest.mark.parametrize(("method", "path"), SENT)
def test_what_is_not_json_is_refused(world: World, method: str, path: str, content: bytes) -> None:
    problem(send(world, method, path, content, JSON), 400)


@pytest.mark.parametrize("media", ["text/plain", "application/x-www-form-urlencoded", "application/xml"])
@pytest.mark.parametrize(("method", "path"), SENT)
def test_what_does_not_claim_to_be_json_is_refused(world: World, method: str, path: str, media: str) -> None:
    refused = problem(send(world, method, path, b'{"pace": "instant"}', {"Content-Type": media}), 400)
    assert "Content-Type: application/json" in refused["detail"]


@pytest.mark.parametrize(("method", "path"), SENT[1:])
def test_a_body_that_is_needed_is_missed(world: World, method: str, path: str) -> None:
    problem(send(world, method, path, b"", JSON), 400)


@pytest.mark.parametrize(("method", "path"), SENT)
def test_a_body_beyond_a_mebibyte_is_too_large(world: World, method: str, path: str) -> None:
    problem(send(world, method, path, b'{"name": "' + b"a" * 1024 * 1024 + b'"}', JSON), 413)


# ---------------------------------------------------------------------------------------------------- paths and methods


@pytest.mark.parametrize(
    "path",
    ["/_box/nothing", "/_box/worlds/default/nothing", "/_box//worlds", "/_box/Worlds", "/_box/worlds%00", "/_box/%ff"],
)
def test_what_lies_nowhere_is_not_found(box: Box, path: str) -> None:
    answer = raw.get(box.url, path.encode())
    assert (404, "application/problem+json") == (answer.status, answer.headers["content-type"])
    assert b"/_box/openapi.json" in answer.content


@pytest.mark.parametrize(
    ("method", "path", "allowed"),
    [
        ("PUT", "/_box/worlds", {"GET", "POST"}),
        ("DELETE", "/_box/worlds", {"GET", "POST"}),
        ("POST", "/_box/worlds/default", {"GET", "DELETE"}),
        ("GET", "/_box/worlds/default/reset", {"POST"}),
        ("DELETE", "/_box/worlds/default/clock", {"GET", "PATCH"}),
        ("GET", "/_box/worlds/default/clock/advance", {"POST"}),
        ("PUT", "/_box/worlds/default/settings", {"GET", "PATCH"}),
        ("PUT", "/_box/worlds/default/faults", {"DELETE", "GET", "POST"}),
        ("POST", "/_box/worlds/default/faults/x", {"DELETE", "GET"}),
        ("POST", "/_box/worlds/default/journal", {"DELETE", "GET"}),
        ("GET", "/_box/worlds/default/journal/verify", {"POST"}),
        ("GET", "/_box/worlds/default/wait", {"POST"}),
        ("POST", "/_box/metrics", {"GET"}),
    ],
)
def test_a_method_that_is_not_there_is_refused_with_those_that_are(
    control: httpx.Client, method: str, path: str, allowed: set[str]
) -> None:
    answer = control.request(method, path)
    problem(answer, 405)
    assert allowed | ({"HEAD"} if "GET" in allowed else set()) == {*answer.headers["Allow"].split(", ")}
