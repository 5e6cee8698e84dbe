"""The journal as a HAR file: what the format asks for, member by member, and no secrets."""

import json
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest
from tests.conftest import World
from tests.shell.test_magic import ordinary
from tests.shell.ways import CARRIERS, Way

#: What each object has to have, with the type of it. Source: the HAR 1.2 specification.
SHAPES: dict[str, dict[str, type | tuple[type, ...]]] = {
    "log": {"version": str, "creator": dict, "entries": list},
    "creator": {"name": str, "version": str},
    "entry": {
        "startedDateTime": str,
        "time": (int, float),
        "request": dict,
        "response": dict,
        "cache": dict,
        "timings": dict,
    },
    "request": {
        "method": str,
        "url": str,
        "httpVersion": str,
        "cookies": list,
        "headers": list,
        "queryString": list,
        "headersSize": int,
        "bodySize": int,
    },
    "response": {
        "status": int,
        "statusText": str,
        "httpVersion": str,
        "cookies": list,
        "headers": list,
        "content": dict,
        "redirectURL": str,
        "headersSize": int,
        "bodySize": int,
    },
    "content": {"size": int, "mimeType": str, "text": str},
    "postData": {"mimeType": str, "text": str},
    "timings": {"send": (int, float), "wait": (int, float), "receive": (int, float)},
    "pair": {"name": str, "value": str},
}
OPTIONAL = {"entry": {"pageref", "serverIPAddress", "connection"}, "request": {"postData"}}


def check(kind: str, found: dict[str, Any]) -> None:
    """Hold an object against the format."""
    own = {name for name in found if not name.startswith("_")}
    assert SHAPES[kind].keys() <= own <= SHAPES[kind].keys() | OPTIONAL.get(kind, set())
    for name, wanted in SHAPES[kind].items():
        assert isinstance(found[name], wanted), (kind, name)
        assert not isinstance(found[name], bool)


def checked(har: dict[str, Any]) -> list[dict[str, Any]]:
    """The entries of a file that holds to the format."""
    assert ["log"] == list(har)
    check("log", har["log"])
    assert "1.2" == har["log"]["version"]
    check("creator", har["log"]["creator"])
    for entry in har["log"]["entries"]:
        check("entry", entry)
        for kind in ("request", "response", "timings"):
            check(kind, entry[kind])
        check("content", entry["response"]["content"])
        if "postData" in entry["request"]:
            check("postData", entry["request"]["postData"])
        for pair in (*entry["request"]["headers"], *entry["request"]["queryString"], *entry["response"]["headers"]):
            check("pair", pair)
        assert datetime.fromisoformat(entry["startedDateTime"]).utcoffset() is not None
        assert urlsplit(entry["request"]["url"]).scheme == "http"
        assert entry["time"] == sum(entry["timings"].values())
    return list(har["log"]["entries"])


def exported(world: World, **query: Any) -> list[dict[str, Any]]:
    answer = world.control.get(f"/_box/worlds/{world.name}/journal.har", params=query)
    assert 200 == answer.status_code, answer.text
    assert f'attachment; filename="{world.name}.har"' == answer.headers["Content-Disposition"]
    return checked(answer.json())


def test_an_empty_journal_is_a_file_too(world: World) -> None:
    assert [] == exported(world)


@pytest.mark.parametrize("carrier", CARRIERS)
def test_every_carriers_requests_are_there_oldest_first(world: World, carrier: str) -> None:
    sim = Way(carrier, world, ordinary(world, carrier))
    answers = [sim.read(), sim.change()]
    told = exported(world, carrier=carrier)[-2:]
    for answer, entry in zip(answers, told, strict=True):
        assert (answer.request.method, str(answer.request.url)) == (entry["request"]["method"], entry["request"]["url"])
        assert answer.status_code == entry["response"]["status"]
        assert (carrier, [sim.iccid]) == (entry["_carrier"], entry["_iccids"])
    assert json.loads(answers[1].request.content) == json.loads(told[1]["request"]["postData"]["text"])
    assert answers[1].text == told[1]["response"]["content"]["text"]


def test_queries_and_headers_stand_one_by_one(world: World) -> None:
    world.wing.get("/api/v1/subscription/sims?size=1&stateName.equals=ACTIVE&puk1.equals=1234")
    entry = exported(world)[-1]
    assert {"name": "size", "value": "1"} in entry["request"]["queryString"]
    assert {"name": "puk1.equals", "value": "[cut]"} in entry["request"]["queryString"]
    assert {"name": "account-context-id", "value": "*"} in entry["request"]["headers"]


def test_what_got_no_answer_has_status_0(world: World) -> None:
    world.control.post(f"/_box/worlds/{world.name}/faults", json={"do": {"reset": True}, "when": {"times": 1}})
    with pytest.raises(httpx.TransportError):
        world.control.get(f"{world.url}/wing/api/v1/sim/1")
    entry = exported(world)[-1]
    assert (0, "", -1) == tuple(entry["response"][name] for name in ("status", "statusText", "bodySize"))
    assert entry["_fault"]


def test_notifications_are_there(world: World) -> None:
    Way("dish", world, ordinary(world, "dish")).change()
    world.advance(by="1m")
    [entry] = exported(world, direction="out")
    assert ("out", 204) == (entry["_direction"], entry["response"]["status"])


def test_the_worlds_own_inbox_has_a_whole_address_too(world: World) -> None:
    Way("dish", world, ordinary(world, "dish")).change()
    world.advance(by="1m")
    [entry] = exported(world, direction="out")
    address = world.control.base_url.join(f"/_box/worlds/{world.name}/inbox/dish")
    assert str(address) == entry["request"]["url"]


def test_no_secret_is_in_it(world: World) -> None:
    token = world.token()
    world.wing.get("/api/v1/subscription/sims")
    whole = world.control.get(f"/_box/worlds/{world.name}/journal.har", params={"limit": 10_000}).text
    for secret in (token, "sandbox-pass", token.partition(".")[2]):
        assert secret not in whole
