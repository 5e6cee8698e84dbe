"""DISH notifications: a receiver that is down for an hour, and a box that is killed before it could deliver."""

import contextlib
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from tests.conftest import World, start_box
from tests.receiver import receiving

ICCID = "11986621644523024501"


@pytest.fixture
def port() -> Iterator[int]:
    """A port where nobody listens, and which is kept for the receiver that will: nobody else is given it meanwhile."""
    with contextlib.closing(socket.socket()) as kept:
        kept.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        kept.bind(("127.0.0.1", 0))
        yield int(kept.getsockname()[1])


def act(world: Any, action: str, i: int, iccid: str = ICCID) -> None:
    body = {"partnerTransactionId": f"T{i}", "iccid": iccid, "action": action}
    assert 200 == world.dish.post("/sps/v5/subscription/status", json=body).status_code


def states(world: Any) -> set[str]:
    shown = world.control.get(f"/_box/worlds/{world.name}/callbacks").json()
    return {each["state"] for each in shown}


def test_a_receiver_that_was_down_for_an_hour_gets_everything_once_and_in_order(world: Any, port: int) -> None:
    settings = {"callback_url": {"dish": f"http://127.0.0.1:{port}/hook"}}
    world.control.patch(f"/_box/worlds/{world.name}/settings", json=settings)
    free = world.control.get(f"/_box/worlds/{world.name}").json()["free"]["dish"]
    for i, iccid in enumerate(free["iccid"]):
        order = {"partnerTransactionId": f"A{i}", "subscriberId": "S", "wholesalePlanId": "P", "location": {}}
        assert 200 == world.dish.post("/sps/v5/subscription/activate", json=order | {"iccid": iccid}).status_code
    for i, action in enumerate(["Suspend", "Resume"] * 5):
        act(world, action, i)
        world.advance(by="5m")
    world.advance(by="10m")
    assert {"pending"} == states(world)
    with receiving(port) as receiver:
        world.advance(by="6h")
        assert {"delivered"} == states(world)
        events = receiver.events
        assert 20 == len(events) == len({event["eventId"] for event in events})
        assert [f"T{i}" for i in range(10)] == [
            event["partnerTransactionId"] for event in events if event["iccid"] == ICCID
        ]


def test_a_box_killed_between_state_change_and_delivery_delivers_after_its_restart(tmp_path: Path, port: int) -> None:
    box = start_box("--data", str(tmp_path), "--pace", "instant")
    with httpx.Client(base_url=box.url, timeout=60) as control:
        world = World("default", box.url, control)
        control.patch("/_box/worlds/default/settings", json={"callback_url": {"dish": f"http://127.0.0.1:{port}/hook"}})
        act(world, "Suspend", 0)
        found = world.dish.get("/sps/v5/subscription-profile", params={"iccid": ICCID}).json()
        assert "Suspended" == found["status"]
        assert {"pending"} == states(world)
        secret = control.get("/_box/worlds/default").json()["webhook_secret"]
        world.close()
    box.kill()

    with receiving(port) as receiver:
        box = start_box("--data", str(tmp_path))
        with httpx.Client(base_url=box.url, timeout=60) as control:
            world = World("default", box.url, control)
            assert secret == control.get("/_box/worlds/default").json()["webhook_secret"]
            world.advance(by="10m")
            assert {"delivered"} == states(world)
            world.close()
        assert ["T0"] == [event["partnerTransactionId"] for event in receiver.events]
    assert 0 == box.stop()


def test_a_box_killed_while_the_receiver_was_answering_sends_it_again_under_the_same_id(tmp_path: Path) -> None:
    with receiving() as receiver:
        box = start_box("--data", str(tmp_path), "--pace", "instant")
        receiver.answer = lambda _handler: box.kill()
        with httpx.Client(base_url=box.url, timeout=60) as control:
            world = World("default", box.url, control)
            control.patch("/_box/worlds/default/settings", json={"callback_url": {"dish": receiver.url}})
            with contextlib.suppress(httpx.TransportError):  # the box may be gone before it has answered
                act(world, "Suspend", 0)
                states(world)
            receiver.wait(1)
            world.close()
        box.process.wait(20)
        receiver.answer = 204
        box = start_box("--data", str(tmp_path))
        receiver.wait(2)
        assert 1 == len({event["eventId"] for event in receiver.events})
        assert 0 == box.stop()
