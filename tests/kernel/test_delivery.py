"""kernel/delivery: the fence, and a dead receiver that many wait for."""

import asyncio
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler
from pathlib import Path

import pytest
from tests.kernel.test_callbacks import send
from tests.receiver import receiving

from carrierbox.kernel import callbacks, delivery, fixtures
from carrierbox.kernel.delivery import Courier, Forbidden, addresses
from carrierbox.kernel.world import Cause, Settings, World
from carrierbox.kernel.worlds import Origin, Worlds


@pytest.fixture
def world(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[World]:
    (tmp_path / "fixtures").mkdir()
    monkeypatch.setattr(fixtures, "folder", lambda: tmp_path / "fixtures")
    house = Worlds(tmp_path / "data", (callbacks.part,))
    world = house.start(Origin(sims=0), Settings())
    world.clock.freeze()
    yield world
    house.close()


def let_out(world: World, url: str, count: int) -> None:
    with world.transaction(Cause("rule", "test")) as box:
        world.change_settings(box, Settings(callback_url={"dish": url}))
        for i in range(count):
            send(box, f"n{i}", str(i))


def deliver(world: World) -> None:
    async def once() -> None:
        courier = Courier()
        await courier.deliver_due(world)
        await courier.close()

    asyncio.run(once())


@pytest.mark.parametrize(
    ("url", "allowed", "found"),
    [
        ("http://127.0.0.1/x", [], ["127.0.0.1"]),
        ("http://127.8.9.1:1/x", [], ["127.8.9.1"]),
        ("http://[::1]:1/x", [], ["::1"]),
        ("http://192.0.2.1/x", ["192.0.2.*"], ["192.0.2.1"]),
        ("https://[2001:db8::1]/x", ["*"], ["2001:db8::1"]),
    ],
)
def test_lets_this_machine_and_listed_hosts_pass(url: str, allowed: list[str], found: list[str]) -> None:
    assert found == asyncio.run(addresses(url, allowed))


@pytest.mark.parametrize(
    "url",
    [
        "http://169.254.1.1/",
        "http://[fe80::1%251]/",
        "http://[::ffff:169.254.169.254]/",
        "http://[2002:a9fe:a9fe::]/",  # 169.254.169.254 by 6to4
        "http://0xa9fea9fe/",
        "http://224.0.0.1/",
        "http://[::]/",
    ],
)
def test_lets_nothing_pass_that_leads_to_metadata(url: str) -> None:
    with pytest.raises((Forbidden, OSError)):
        asyncio.run(addresses(url, ["*"]))


def test_a_dead_target_is_probed_and_then_gets_all(world: World) -> None:
    with receiving() as receiver:
        receiver.answer = 500
        let_out(world, receiver.url, 500)
        deliver(world)
        begun = len(receiver.got)
        assert 20 <= begun <= 64
        for _ in range(10):
            world.clock.reach(max(callbacks.next_due(world) or world.clock.now(), world.clock.now()))
            deliver(world)
        assert 10 >= len(receiver.got) - begun
        receiver.answer = 204
        receiver.got.clear()
        world.clock.reach(callbacks.next_due(world) or world.clock.now())
        deliver(world)
        assert 400 < len(receiver.got) <= 500


def test_one_target_does_not_wait_for_another(world: World) -> None:
    with receiving() as slow, receiving() as quick:

        def late(handler: BaseHTTPRequestHandler) -> None:
            quick.wait(100)
            handler.send_response(204)
            handler.end_headers()

        slow.answer = late
        let_out(world, slow.url, 1)
        with world.transaction(Cause("rule", "test")) as box:
            world.change_settings(box, Settings(callback_url={"dish": quick.url}))
            for i in range(100):
                send(box, f"q{i}", f"q{i}")
        deliver(world)
        order = [
            row[0]
            for row in world.store.sql(
                "SELECT c.id FROM box_callback_attempt a JOIN box_callback c ON c.seq = a.callback ORDER BY a.seq"
            )
        ]
        assert 101 == len(order)
        assert order.index("n0") >= 100 - delivery.AT_ONCE  # the last batch is written down while the slow one answers


def test_a_target_that_hangs_is_given_up_in_time(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(delivery, "TIMEOUT_SECONDS", 0.2)
    with receiving() as receiver:
        receiver.answer = receiver.hang
        let_out(world, receiver.url, 1)
        deliver(world)
    [error] = [row[0] for row in world.store.sql("SELECT error FROM box_callback_attempt")]
    assert "no answer within 0.2 s" == error
