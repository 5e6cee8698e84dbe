"""A world as one file, which restores the world anywhere: it answers the same, and goes on the same."""

import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from tests.conftest import SIM_OF_5_7, Box, World, start_box
from tests.control.answers import good, problem
from tests.control.snapshot_files import load, opened, save

from carrierbox.kernel import snapshots

Make = Callable[..., World]
ICCID = SIM_OF_5_7["iccid"]

#: What a client of each carrier reads, and a tester.
READS = [
    ("wing", "/wing/api/v1/subscription/sims?page=1&size=50"),
    ("wing", "/wing/api/v1/accounts/account"),
    ("wing", f"/wing/api/v1/getAuditTrail/{SIM_OF_5_7['imsi']}/30"),
    ("wgtwo", "/wgtwo/subscription/v2/msisdn/46737678218"),
    ("dish", "/dish/sps/v5/subscription-profile?iccid=11986621644523024501"),
    ("stn", "/stn/api/QuerySubscription?take=20"),
    ("stn", "/stn/api/QueryActivation?take=20"),
]
ROOMS = ["clock", "settings", "workflows", "sims?limit=500", f"sims/{ICCID}", "callbacks", "callback-plans", "outcomes"]
ROOMS += ["inbox", "outbox"]
CHANCE = re.compile(r'"duration_ms":\d+,|(?<=/_box/worlds/)[a-z0-9-]+(?=/inbox)|"(host|webhook-[a-z]+)":"[^"]*",?')


def everything(world: World) -> dict[str, Any]:
    """What a world answers, wherever it is, whatever it is called, and however fast its machine is."""
    texts = {room: world.control.get(f"/_box/worlds/{world.name}/{room}").text for room in ROOMS}
    told = {room: json.loads(CHANCE.sub("", text)) for room, text in texts.items()}
    described = good(world.control.get(f"/_box/worlds/{world.name}"))
    for member in ("name", "base_url", "urls", "token_urls"):
        del described[member]
    read = {path: getattr(world, carrier).get(path).json() for carrier, path in READS}
    return told | read | {"described": described}


def lived_in(world: World) -> None:
    """Let something happen in each room of a world, and leave work, notifications and devices pending."""
    control, path = world.control, f"/_box/worlds/{world.name}"
    world.change(SIM_OF_5_7, "ACTIVE", 3)
    body = {"partnerTransactionId": "T1", "iccid": "11986621644523024501", "action": "Suspend"}
    world.dish.post("/sps/v5/subscription/status", json=body)
    world.wgtwo.post("/provision/v2/block", json={"bssid": "operator_name", "msisdn": "46737678218"})
    control.put(f"{path}/sims/8931080000000000027/device", json={"profile": "phone"})
    world.advance(by="3d")
    control.post(f"{path}/outcomes", json={"do": {"take": "1h"}, "match": {"carrier": "stn"}})
    control.post(f"{path}/callback-plans", json={"do": {"duplicate": 2}})
    control.patch(f"{path}/settings", json={"pace": "realistic", "callback_url": {"dish": "http://127.0.0.1:1/hook"}})
    world.stn.post("/api/NewSubscription", json={"simCardNumber": "8931080000000000100"})
    resumed = {"partnerTransactionId": "T2", "iccid": "11986621644523024501", "action": "Resume"}
    headers = world.control.post(f"{path}/tokens", json={"carrier": "dish"}).json()["headers"]
    world.client(headers=headers).post("/dish/sps/v5/subscription/status", json=resumed)
    world.advance(by="3m")


Start = Callable[..., Box]
View = Callable[[httpx.Client, str, str], World]


@pytest.fixture
def view() -> Iterator[View]:
    """Look at a world anew, logged in nowhere."""
    views: list[World] = []

    def view(control: httpx.Client, name: str, url: str) -> World:
        views.append(World(name, url, control))
        return views[-1]

    yield view
    for each in views:
        each.close()


@pytest.fixture
def start() -> Iterator[Start]:
    """Start a box that ends with the test, however that ends."""
    started: list[Box] = []

    def start(*arguments: str) -> Box:
        started.append(start_box(*arguments))
        return started[-1]

    yield start
    for box in started:
        if box.process.poll() is None:
            box.kill()


@pytest.fixture
def old(world: World, view: View) -> World:
    """A world in which much has happened, and more is pending."""
    lived_in(world)
    return view(world.control, world.name, world.url)


# ------------------------------------------------------------------------------------------------------------- law


def test_what_is_saved_and_loaded_answers_the_same(old: World, make: Make) -> None:
    other = make(sims=3)
    assert 200 == load(old.control, other.name, save(old)).status_code
    assert everything(old) == everything(other)


def test_it_goes_on_the_same(old: World, make: Make) -> None:
    other = make(sims=3)
    load(old.control, other.name, save(old))
    assert [old.advance(by="3d")["ran"]] == [other.advance(by="3d")["ran"]]
    assert everything(old) == everything(other)
    answers = [
        world.stn.post("/api/NewSubscription", json={"simCardNumber": "8931080000000000118"}) for world in (old, other)
    ]
    assert answers[0].json() == answers[1].json()


def test_another_box_takes_it(old: World, view: View, start: Start, tmp_path: Path) -> None:
    snapshot, before = save(old), everything(old)
    box = start("--data", str(tmp_path), "--sims", "3")
    with httpx.Client(base_url=box.url, timeout=60) as control:
        described = good(load(control, "guest", snapshot), 201)
        assert ("guest", f"{box.url}/w/guest") == (described["name"], described["base_url"])
        assert before == everything(view(control, "guest", f"{box.url}/w/guest"))
    box.kill()
    box = start("--data", str(tmp_path))
    with httpx.Client(base_url=box.url, timeout=60) as control:
        guest = view(control, "guest", f"{box.url}/w/guest")
        assert before == everything(guest)
        assert old.advance(by="1d")["ran"] == guest.advance(by="1d")["ran"] != []
    assert 0 == box.stop()


def test_its_clock_goes_on_from_where_it_was_saved(control: httpx.Client, make: Make) -> None:
    world, other = make(now="2031-01-01T00:00:00Z", sims=0), make(sims=0)
    world.clock(rate=3600)
    snapshot = save(world)
    world.advance(by="365d")
    shown = good(load(control, other.name, snapshot))["clock"]
    assert ("running", 3600) == (shown["mode"], shown["rate"])
    assert "2031-01-01T00:00:00" <= shown["now"] < "2031-01-08"
    assert shown["now"] < good(control.get(f"/_box/worlds/{other.name}/clock"))["now"]


def test_work_that_was_pending_ends_in_the_loaded_world_and_only_once_in_each(world: World, make: Make) -> None:
    batch = world.change(SIM_OF_5_7, "ACTIVE", 3).text
    other = make(sims=0)
    load(world.control, other.name, save(world))
    for each in (other, world):
        assert 1 == each.clock()["pending"]
        each.advance(by="10s")
        assert ("COMPLETED", "ACTIVE") == (each.workflow(batch)["status"], each.sim(ICCID)["stateName"])


def test_a_reset_goes_back_to_the_snapshot(world: World, make: Make, view: View) -> None:
    world.change(SIM_OF_5_7, "ACTIVE", 3)
    world.advance(by="10s")
    other = make(sims=3)
    load(world.control, other.name, save(world))
    before = everything(other)
    other.change(SIM_OF_5_7, "SUSPENDED", 4)
    other.advance(by="1d")
    assert 200 == world.control.post(f"/_box/worlds/{other.name}/reset").status_code
    again = view(other.control, other.name, other.url)
    after = everything(again)
    for told in (before["described"], after["described"]):
        del told["created_at"]
        told.pop("webhook_secret")
    assert before == after


def test_who_was_logged_in_stays_so(world: World, box: Box) -> None:
    def statuses() -> set[int]:
        return {getattr(world, carrier).get(path).status_code for carrier, path in READS[:5]}

    assert {200} == statuses()
    snapshot = save(world)
    world.control.post(f"/_box/worlds/{world.name}/reset")
    assert {401} == statuses()
    load(world.control, world.name, snapshot)
    assert {200} == statuses()
    path = READS[0][1]
    assert 401 == httpx.get(f"{box.url}{path}", headers=world.wing.headers).status_code


def test_a_name_that_is_not_there_becomes_a_world(world: World, control: httpx.Client) -> None:
    answer = load(control, "from-a-file", save(world))
    assert "from-a-file" == good(answer, 201)["name"]
    assert "from-a-file" in {each["name"] for each in control.get("/_box/worlds").json()}
    assert 204 == control.delete("/_box/worlds/from-a-file").status_code


def test_the_default_world_can_be_loaded_too(world: World, view: View, start: Start) -> None:
    world.change(SIM_OF_5_7, "ACTIVE", 3)
    world.advance(by="10s")
    snapshot = save(world)
    box = start("--data", "memory", "--sims", "3")
    with httpx.Client(base_url=box.url, timeout=60) as control:
        assert 200 == load(control, "default", snapshot).status_code
        assert "ACTIVE" == view(control, "default", box.url).sim(ICCID)["stateName"]
    assert 0 == box.stop()


def test_it_is_one_file_with_a_version(world: World, control: httpx.Client) -> None:
    answer = control.get(f"/_box/worlds/{world.name}/snapshot")
    assert "application/vnd.carrierbox.world+gzip" == answer.headers["Content-Type"]
    assert f'filename="{world.name}.world"' in answer.headers["Content-Disposition"]
    assert len(answer.content) == int(answer.headers["Content-Length"])
    head, rest = opened(answer.content)
    assert ("world", snapshots.FORMAT, len(rest)) == (head["carrierbox"], head["format"], head["bytes"])


def test_a_world_that_is_not_there_is_not_saved(control: httpx.Client) -> None:
    problem(control.get("/_box/worlds/nowhere/snapshot"), 404)
