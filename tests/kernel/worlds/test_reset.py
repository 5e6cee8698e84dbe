"""kernel/worlds: reset goes back to what a world was created from."""

import asyncio
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from tests.kernel.worlds.conftest import CAUSE, LATER, add, done, toys

from carrierbox.kernel import clock, workflow
from carrierbox.kernel.world import Settings, World
from carrierbox.kernel.worlds import DEFAULT, Worlds


def test_reset_goes_back_to_the_rows_settings_and_clock_of_creation(house: Worlds) -> None:
    world = done(house.create("t1", pace="instant", auth="open", now=LATER))
    before = toys(world)
    add(world, "drum")
    with world.transaction(CAUSE) as box:
        world.change_settings(box, Settings(99, "realistic", "strict"))
        world.clock.jump(LATER + timedelta(days=35))
        world.clock.freeze()
        world.save_clock(box)
    world = done(house.reset("t1"))
    assert before == toys(world)
    assert Settings(7462, "instant", "open") == world.settings
    assert "running" == world.clock.mode
    assert LATER <= world.clock.now() < LATER + timedelta(days=1)


def test_reset_works_time_and_again(house: Worlds) -> None:
    world = done(house.create("t1"))
    before = toys(world)
    for name in ("drum", "flute", "top"):
        add(house.get("t1"), name)
        assert before == toys(done(house.reset("t1")))


def test_a_world_without_a_time_of_its_own_is_reset_to_the_machines(house: Worlds, default: World) -> None:
    default.clock.jump(LATER)
    assert done(house.reset(DEFAULT)).clock.now() <= clock.real_now()


def test_a_fork_is_reset_to_where_it_was_forked(house: Worlds, default: World) -> None:
    add(default, "drum")
    fork = done(house.create("t1", source=DEFAULT))
    add(default, "flute")
    add(fork, "top")
    fork = done(house.reset("t1"))
    assert "drum" in toys(fork)
    assert not {"flute", "top"} & set(toys(fork))
    assert {"drum", "flute"} <= set(toys(default))


def test_a_fork_is_reset_though_its_parent_is_gone(house: Worlds) -> None:
    add(done(house.create("t1")), "drum")
    add(done(house.create("t2", source="t1")), "flute")
    done(house.drop("t1"))
    assert "drum" == toys(done(house.reset("t2")))[-1]


def test_reset_touches_no_other_world(house: Worlds, default: World) -> None:
    done(house.create("t1"))
    add(default, "drum")
    done(house.reset("t1"))
    assert "drum" in toys(default)


def test_who_holds_a_world_while_it_is_reset_holds_it_afterwards(house: Worlds) -> None:
    world = done(house.create("t1"))
    add(world, "drum")
    world.memo("toys", lambda: toys(world))
    done(house.reset("t1"))
    assert "drum" not in toys(world)
    assert "drum" not in world.memo("toys", lambda: toys(world))
    add(world, "flute")
    assert "flute" in toys(house.get("t1"))


def test_who_asks_for_a_world_while_it_is_reset_finds_it_before_or_after(house: Worlds) -> None:
    add(done(house.create("t1")), "drum")

    async def reset_and_ask() -> set[str]:
        resetting = asyncio.create_task(house.reset("t1"))
        while not resetting.done():
            toys(house.get("t1"))
            await asyncio.sleep(0)
        add(house.get("t1"), "flute")
        return set(toys(await resetting))

    found = done(reset_and_ask())
    assert "drum" not in found
    assert "flute" in found


def test_a_reset_ends_what_moves_the_clock(house: Worlds) -> None:
    world = done(house.create("t1", now=LATER))

    async def both() -> None:
        await asyncio.gather(house.reset("t1"), workflow.advance(world, LATER + timedelta(days=35)))

    asyncio.run(both())
    assert LATER <= world.clock.now() < LATER + timedelta(days=1)


def test_a_world_can_be_reset_by_many_at_once(house: Worlds) -> None:
    world = done(house.create("t1"))
    before = toys(world)
    add(world, "drum")

    async def reset() -> None:
        await asyncio.gather(*(house.reset("t1") for _ in range(5)))

    done(reset())
    assert before == toys(house.get("t1"))


def test_a_reset_world_lasts(house: Worlds, reopened: Callable[[], Worlds]) -> None:
    world = done(house.create("t1", pace="instant"))
    add(world, "drum")
    done(house.reset("t1"))
    add(world, "flute")
    again = reopened().get("t1")
    assert "flute" in toys(again)
    assert "drum" not in toys(again)
    assert "instant" == again.settings.pace


def test_a_read_aside_whose_turn_comes_after_a_reset_finds_it_so(
    house: Worlds, monkeypatch: pytest.MonkeyPatch
) -> None:
    world = done(house.create("t1"))
    before = toys(world)
    add(world, "drum")
    read_aside = world.store.aside

    async def in_its_turn(read: Any) -> Any:
        await house.reset("t1")
        return await read_aside(read)

    monkeypatch.setattr(world.store, "aside", in_its_turn)
    assert before == done(world.aside(lambda reader: [row["name"] for row in reader.execute("SELECT name FROM toy")]))
