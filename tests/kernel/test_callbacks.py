"""kernel/callbacks: an outbox that goes with its transaction, in order, at an effort that does not grow with it."""

import itertools
import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from carrierbox.kernel import callback_plans, callbacks, clock, fixtures, webhooks
from carrierbox.kernel.callbacks import Notification, Reply
from carrierbox.kernel.targets import target_of
from carrierbox.kernel.world import Box, Cause, Settings, World
from carrierbox.kernel.worlds import Origin, Worlds

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
SECOND = timedelta(seconds=1)
GOOD, BAD = Reply(status=204), Reply(status=500)
HOOK = "http://127.0.0.1:9/hook"


@pytest.fixture
def world(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[World]:
    """A world that stands still at noon, whose notifications go to a receiver."""
    (tmp_path / "fixtures").mkdir()
    monkeypatch.setattr(fixtures, "folder", lambda: tmp_path / "fixtures")
    house = Worlds(tmp_path / "data", (callbacks.part,))
    world = house.start(Origin(sims=0), Settings(callback_url={"dish": HOOK}))
    world.clock = clock.Clock(NOON, clock.real_now(), "frozen")
    yield world
    house.close()


def at(world: World) -> Any:
    return world.transaction(Cause("rule", "test"))


def send(box: Box, name: str, iccid: str = "1", carrier: str = "dish", owners: tuple[str, ...] = ()) -> None:
    body = json.dumps({"name": name})
    callbacks.send(box, Notification(name, carrier, "Event", "op", iccid, body), owners)


def due(world: World) -> list[str]:
    return [row["id"] for target in callbacks.due_targets(world) for row in callbacks.due(world, target, 1000)]


def settle(world: World, name: str, reply: Reply) -> None:
    [row] = [row for row in callbacks.due(world, target_of(HOOK), 1000) if row["id"] == name]
    with at(world) as box:
        callbacks.settle(box, row, box.now, {"method": "POST", "url": HOOK, "headers": {}}, reply)


def state(world: World, name: str) -> str:
    with at(world) as box:
        return str(callbacks.show(box, name)["state"])


def test_what_is_taken_back_is_not_sent(world: World) -> None:
    def fail() -> None:
        with at(world) as box:
            send(box, "a")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    assert [] == due(world)
    assert callbacks.next_due(world) is None


def test_only_the_first_of_a_line_is_due(world: World) -> None:
    with at(world) as box:
        for name, iccid in (("a", "1"), ("b", "1"), ("c", "2"), ("d", "1")):
            send(box, name, iccid)
    assert ["a", "c"] == due(world)
    settle(world, "a", BAD)
    assert ["c"] == due(world)
    assert NOON == callbacks.next_due(world)
    settle(world, "c", GOOD)
    callbacks.due_targets(world)
    assert NOON + SECOND == callbacks.next_due(world)
    world.clock.reach(NOON + SECOND)
    settle(world, "a", GOOD)
    assert ["b"] == due(world)


def test_one_that_is_given_up_lets_the_next_one_go(world: World) -> None:
    with at(world) as box:
        send(box, "a")
        send(box, "b")
    waits = []
    for _ in range(8):
        world.clock.reach(due_at := callbacks.next_due(world) or NOON)
        settle(world, "a", BAD)
        callbacks.due_targets(world)
        waits.append(round(((callbacks.next_due(world) or due_at) - due_at).total_seconds()))
    assert [1, 5, 25, 125, 625, 3125, 15625, 0] == waits
    assert ("given-up", ["b"]) == (state(world, "a"), due(world))


def test_the_effort_to_find_what_is_due_does_not_grow_with_what_is_pending(world: World) -> None:
    def spent() -> int:
        """How many steps of SQLite's machine it takes."""
        steps = itertools.count()
        world.store._writer.set_progress_handler(lambda: next(steps) < 0, 1)
        callbacks.due_targets(world)
        world.store._writer.set_progress_handler(None, 0)
        return next(steps)

    with at(world) as box:
        send(box, "first", "0")
    few = spent()
    with at(world) as box:
        for i in range(10_000):
            send(box, f"n{i}", str(i + 1))
    assert 0 < few
    assert spent() < 2 * few


def test_the_first_owner_with_an_address_gets_it(world: World) -> None:
    with at(world) as box:
        urls: dict[str, Any] = {"brand": "http://127.0.0.1:8/brand", "top": None}
        world.change_settings(box, Settings(callback_url={"dish": urls, "wing": "inbox"}))
        assert "http://127.0.0.1:8/brand" == callbacks.address(box, "dish", ("shop", "brand", "top"))
        assert callbacks.address(box, "dish", ("top",)) is None
        assert "inbox/dish" == callbacks.address(box, "dish", ("other",))
        assert ["inbox/wing", "inbox/stn"] == [callbacks.address(box, carrier, ()) for carrier in ("wing", "stn")]


def test_signs_as_the_scheme_s_own_example(world: World) -> None:
    signed = webhooks.signature(
        "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330, '{"test": 2432232314}'
    )
    assert "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=" == signed
    with at(world) as box:
        assert webhooks.secret(box) == webhooks.secret(box)


def test_resending_forgets_what_went_wrong(world: World) -> None:
    with at(world) as box:
        callback_plans.add(box, {"iccid": "1"}, 1, {"lose": True})
        send(box, "a")
        send(box, "b")
    assert ["b"] == due(world)
    with at(world) as box:
        callbacks.resend(box, "a")
    assert ["a", "b"] == sorted(due(world))
    with pytest.raises(callbacks.UnknownCallback), at(world) as box:
        callbacks.resend(box, "nobody")


def test_one_that_was_held_back_and_has_gone_out_does_not_go_out_again_when_it_is_overtaken(world: World) -> None:
    with at(world) as box:
        callback_plans.add(box, {}, 1, {"reorder": 1})
        send(box, "held", "1")
    world.clock.reach(NOON + timedelta(minutes=1))
    settle(world, "held", GOOD)
    with at(world) as box:
        send(box, "later", "2")
    world.clock.reach(NOON + timedelta(minutes=2))
    assert ["later"] == due(world)
