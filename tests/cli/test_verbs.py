"""`carrierbox world` and `carrierbox clock`: verbs about the worlds of a running box."""

from datetime import datetime, timedelta
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import httpx
import pytest


def names(worlds):
    return {world["name"] for world in worlds}


def test_a_world_from_its_creation_to_its_end(ask, box):
    made = ask("world", "create", "t1", "--sims", 3, "--seed", 5, "--pace", "instant", "--auth", "open")
    assert ("t1", f"{box.url}/w/t1") == (made["name"], made["base_url"])
    assert {"pace": "instant", "auth": "open", "seed": 5} == made["settings"]
    forked = ask("world", "fork", "t1", "t2", "--pace", "brisk")
    assert made["sims"] == forked["sims"]
    assert {"pace": "brisk", "auth": "open", "seed": 5} == forked["settings"]
    assert {"default", "t1", "t2"} <= names(ask("world", "list"))
    assert "t2" == ask("world", "reset", "t2")["name"]
    assert {"dropped": "t1"} == ask("world", "drop", "t1")
    assert {"dropped": "t2"} == ask("world", "drop", "--in", "t2")
    assert not {"t1", "t2"} & names(ask("world", "list"))


def test_a_world_needs_no_name_and_may_start_at_a_time(ask):
    made = ask("world", "create", "--now", "2031-05-06T07:08:09Z")
    assert made["clock"]["now"].startswith("2031-05-06T07:08")
    ask("world", "drop", made["name"])


def test_lines_for_people_name_each_world(say):
    say("world", "create", "t3")
    assert ["default", "t3"] == sorted(line.split()[0] for line in say("world", "list"))
    assert ["t3 is dropped"] == say("world", "drop", "t3")


def moment(shown):
    return datetime.fromisoformat(shown["now"])


def test_the_clock_stands_runs_and_jumps(ask):
    ask("world", "create", "clocked")
    there = {"CARRIERBOX_WORLD": "clocked"}
    frozen = ask("clock", "freeze", **there)
    assert "frozen" == frozen["mode"]
    assert frozen == ask("clock", "show", **there)
    advanced = ask("clock", "advance", "35d", **there)
    assert [] == advanced["ran"]
    assert timedelta(days=35) == moment(advanced) - moment(frozen)
    assert moment(ask("clock", "set", "2040-01-01", "--in", "clocked")).year == 2040
    assert 60 == ask("clock", "rate", "60", **there)["rate"]
    assert "running" == ask("clock", "unfreeze", **there)["mode"]
    assert moment(ask("clock", "show")).year < 2040, "the default world has a clock of its own"


def test_advance_says_what_ran(ask, say, box):
    ask("world", "create", "busy", "--pace", "realistic")
    base = f"{box.url}/w/busy"
    form = {"grant_type": "password", "client_id": "web-app", "username": "sandbox-admin", "password": "sandbox-pass"}
    token = httpx.post(f"{base}/uam/auth/realms/wdh-sitstg2/protocol/openid-connect/token", data=form)
    change = {"iccid": "8955644099890700001", "imsi": "234500001087001", "newState": "ACTIVE", "newStateId": 3}
    batch = httpx.post(
        f"{base}/api/v1/sim/update_state",
        json=change,
        headers={"Authorization": f"Bearer {token.json()['access_token']}", "Account-Context-Id": "*"},
    )
    assert 202 == batch.status_code, batch.text
    assert 1 == ask("clock", "show", "--in", "busy")["pending"]
    *ran, _now = say("clock", "advance", "--until-idle", "--in", "busy")
    assert 1 == len(ran)
    assert batch.text.strip('"') in ran[0]
    assert {"pending": 0, "next_due": None}.items() <= ask("clock", "show", "--in", "busy").items()


@pytest.mark.parametrize(
    "verb",
    [
        ("clock", "show", "--in", "nowhere"),
        ("world", "reset", "nowhere"),
        ("world", "fork", "nowhere"),
        ("world", "drop"),
        ("world", "create", "default"),
        ("world", "create", "Not-A-Name"),
        ("world", "create", "--fixture", "nothing"),
        ("clock", "set", "1999-12-31"),
    ],
    ids=" ".join,
)
def test_what_the_box_refuses_is_told_in_its_words(run, box, verb):
    ended = run(*verb, "--url", box.url, "--json")
    assert (1, "") == (ended.code, ended.out)
    assert len(ended.error_line) > len("carrierbox: ")


@pytest.mark.parametrize(
    "wrong",
    [
        ("advance",),
        ("advance", "soon"),
        ("advance", "90s", "--until-idle"),
        ("set", "tomorrow"),
        ("rate", "0"),
        ("rate", "fast"),
    ],
    ids=" ".join,
)
def test_what_cannot_be_meant_is_wrong_usage(run, box, wrong):
    ended = run("clock", *wrong, "--url", box.url)
    assert 2 == ended.code
    assert ended.error_line


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        (("world", "create", "--sims", "-1"), "for '--sims': Input should be greater than or equal to 0;"),
        (("world", "create", "--pace", "slow"), "for '--pace': 'slow' is not one of 'instant', 'brisk', 'realistic';"),
        (("journal", "show", "--since", "soon"), "for '--since': 'soon' is not an ISO 8601 time;"),
    ],
    ids=lambda wrong: " ".join(wrong) if isinstance(wrong, tuple) else "",
)
def test_wrong_usage_is_told_without_the_insides(here, wrong, told):
    ended = here(*wrong)
    assert 2 == ended.code
    assert told in ended.error_line


@pytest.mark.parametrize("verb", [("fault", "list"), ("outcome", "list"), ("callbacks", "list")], ids=" ".join)
def test_of_nothing_no_line_is_printed(here, box, verb):
    ended = here(*verb, "--url", box.url)
    assert (0, "", "") == (ended.code, ended.out, ended.err)


@pytest.mark.parametrize("url", ["http://127.0.0.1:1", "ftp://127.0.0.1", "nonsense", "http://no-such-host.invalid"])
def test_no_box_is_one_line_that_says_how_to_start_one(run, url):
    ended = run("world", "list", "--url", url)
    assert 1 == ended.code
    assert url in ended.error_line
    assert "carrierbox serve" in ended.error_line


def test_something_else_than_a_box_is_told_apart(run, tmp_path):
    with ThreadingHTTPServer(("127.0.0.1", 0), partial(SimpleHTTPRequestHandler, directory=str(tmp_path))) as other:
        Thread(target=other.serve_forever).start()
        ended = run("world", "list", "--url", f"http://127.0.0.1:{other.server_port}")
        other.shutdown()
    assert 1 == ended.code
    assert "is no carrierbox" in ended.error_line


def test_version_is_one_line(run):
    ended = run("--version")
    assert 0 == ended.code
    assert ended.out.startswith("carrierbox ")
    assert 1 == ended.out.count("\n")
