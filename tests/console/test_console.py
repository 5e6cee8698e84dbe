"""The console is a page on the box's own port: whole, closed to other origins, and true to the control API."""

import json
import re
from typing import Any

import httpx
import pytest
from tests.conftest import SIM_OF_5_7, World, start_box

from carrierbox.console import PAGES

FILES = sorted(each.name for each in PAGES.iterdir())
SCRIPTS = [name for name in FILES if name.endswith(".js")]
EXAMPLES: dict[str, Any] = json.loads((PAGES / "examples.json").read_text(encoding="utf-8"))
RULES = [(kind, name) for kind in ("faults", "outcomes", "callback-plans") for name in EXAMPLES[kind]]


def page(name: str) -> str:
    return (PAGES / name).read_text(encoding="utf-8")


@pytest.mark.parametrize("path", ["/_box", "/_box/", "/w/default/_box/"])
def test_it_lies_where_the_control_api_does(control: httpx.Client, path: str) -> None:
    answer = control.get(path, follow_redirects=True)
    assert (200, "text/html; charset=utf-8") == (answer.status_code, answer.headers["content-type"])
    assert page("index.html") == answer.text
    assert answer.url.path.endswith("/_box/")


@pytest.mark.parametrize("name", FILES)
def test_a_file_of_it_is_served_for_this_page_only(control: httpx.Client, name: str) -> None:
    answer = control.get(f"/_box/console/{name}")
    assert page(name) == answer.text
    assert "default-src 'none'" in answer.headers["content-security-policy"]
    assert "frame-ancestors 'none'" in answer.headers["content-security-policy"]
    assert "nosniff" == answer.headers["x-content-type-options"]
    kinds = {"js": "text/javascript", "css": "text/css", "html": "text/html", "json": "application/json"}
    assert kinds[name.partition(".")[2]] == answer.headers["content-type"].partition(";")[0]
    assert "" == control.head(f"/_box/console/{name}").text


@pytest.mark.parametrize(
    "path", ["/_box/console/", "/_box/console/none.js", "/_box/console/../api.js", "/_box/console/%2e%2e/__init__.py"]
)
def test_nothing_else_is(control: httpx.Client, path: str) -> None:
    assert 404 == control.get(path).status_code


def test_it_needs_no_key_but_what_it_asks_does() -> None:
    box = start_box("--data", "memory", "--sims", "5", "--control-key", "a-key-of-ours")
    with httpx.Client(base_url=box.url) as client:
        assert [200, 200, 401] == [
            client.get(path).status_code for path in ("/_box/", "/_box/console/console.js", "/_box/worlds")
        ]
    assert 0 == box.stop()


def test_it_lives_without_the_network_and_within_its_policy() -> None:
    assert not re.search(r"<script(?![^>]*\bsrc=)|<style|\son\w+=|\sstyle=", page("index.html"))
    for name in FILES:
        assert [] == re.findall(r"https?://|innerHTML|insertAdjacentHTML|document\.write|\beval\(", page(name)), name


def test_no_file_of_it_is_left_over() -> None:
    named = set(re.findall(r'"(?:\./|console/)([\w.]+)"', "".join(map(page, FILES))))
    assert {"index.html", *named} == set(FILES)


@pytest.mark.parametrize("name", SCRIPTS)
def test_what_a_script_imports_is_exported(name: str) -> None:
    for names, source in re.findall(r"import \{([^}]*)\} from \"\./([\w.]+)\"", page(name)):
        for wanted in (each.partition(" as ")[0].strip() for each in names.split(",")):
            assert re.search(rf"export (?:async )?(?:function|class|const) {wanted}\b", page(source)), (wanted, source)


def test_what_it_asks_for_is_documented(control: httpx.Client) -> None:
    paths = control.get("/_box/openapi.json").json()["paths"]
    asked = {room for name in SCRIPTS for room in re.findall(r'here\.at\("([\w.-]+)"|\bat\("([\w.-]+)"', page(name))}
    rooms = {first or second for first, second in asked} | set(EXAMPLES) - {"events", "profiles"}
    assert {"sims", "workflows", "journal", "journal.har", "callbacks", "clock", "inbox", "outbox", "faults"} <= rooms
    assert [] == [room for room in rooms if f"/worlds/{{w}}/{room}" not in paths]


@pytest.mark.parametrize(("kind", "name"), RULES)
def test_a_rule_that_it_offers_is_taken(world: World, kind: str, name: str) -> None:
    answer = world.control.post(f"/_box/worlds/{world.name}/{kind}", json=EXAMPLES[kind][name])
    assert 201 == answer.status_code, answer.text


@pytest.mark.parametrize("kind", EXAMPLES["events"])
def test_an_event_that_it_offers_happens(world: World, kind: str) -> None:
    sim = f"/_box/worlds/{world.name}/sims/{SIM_OF_5_7['iccid']}"
    world.control.post(f"{sim}/force", json={"state": "ACTIVE"}).raise_for_status()
    usual = {name: value for name, value in EXAMPLES["events"][kind].items() if value != ""}
    answer = world.control.post(f"{sim}/events", json={"kind": kind, **usual})
    assert 201 == answer.status_code, answer.text


@pytest.mark.parametrize("profile", EXAMPLES["profiles"])
def test_a_profile_that_it_offers_is_one(world: World, profile: str) -> None:
    sim = f"/_box/worlds/{world.name}/sims/{SIM_OF_5_7['iccid']}"
    assert world.control.put(f"{sim}/device", json={"profile": profile}).is_success
