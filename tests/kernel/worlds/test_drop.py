"""kernel/worlds: a world that is dropped leaves nothing behind."""

import asyncio
import sqlite3
from pathlib import Path
from typing import Any

import pytest
from tests.kernel.worlds.conftest import add, done, files, toys

from carrierbox.kernel.world import UnknownWorld
from carrierbox.kernel.worlds import DEFAULT, WorldRefused, Worlds


def test_fifty_worlds_dropped_leave_no_file(house: Worlds, data: Path) -> None:
    before = files(data)

    async def come_and_go() -> None:
        names = [(await house.create(source=DEFAULT)).name for _ in range(25)]
        names += [(await house.create(sims=i, seed=i)).name for i in range(25)]
        assert len(files(data)) >= len(before) + 4 * 25
        for name in names:
            await house.drop(name)

    done(come_and_go())
    assert before == files(data)
    assert ["default"] == house.names()
    assert [house.get(DEFAULT)] == house.open_worlds()


def test_a_template_goes_with_the_last_world_of_its_kind(house: Worlds, data: Path) -> None:
    before = files(data)
    done(house.create("t1", seed=8))
    done(house.create("t2", seed=8))
    templates = sorted((data / "templates").iterdir())
    assert 2 == len(templates)
    done(house.drop("t1"))
    assert templates == sorted((data / "templates").iterdir())
    done(house.drop("t2"))
    assert before == files(data)


def test_the_default_world_cannot_be_dropped(house: Worlds, data: Path) -> None:
    before = files(data)
    with pytest.raises(WorldRefused, match="only reset"):
        done(house.drop(DEFAULT))
    assert before == files(data)


def test_a_dropped_world_is_unknown_and_its_name_free(house: Worlds) -> None:
    add(done(house.create("t1")), "drum")
    done(house.drop("t1"))
    with pytest.raises(UnknownWorld):
        house.get("t1")
    assert "drum" not in toys(done(house.create("t1")))


def test_who_still_holds_a_dropped_world_is_told(house: Worlds) -> None:
    world = done(house.create("t1"))
    done(house.drop("t1"))
    with pytest.raises(UnknownWorld):
        add(world, "drum")


def count(reader: sqlite3.Connection) -> int:
    return int(reader.execute("SELECT count(*) FROM toy").fetchone()[0])


def test_who_reads_a_dropped_world_aside_is_told(house: Worlds) -> None:
    world = done(house.create("t1"))
    done(house.drop("t1"))
    with pytest.raises(UnknownWorld):
        done(world.aside(count))


def test_who_saves_a_world_that_is_dropped_is_told(house: Worlds, monkeypatch: pytest.MonkeyPatch) -> None:
    done(house.create("t1"))

    async def both() -> list[Any]:
        return await asyncio.gather(house.save("t1"), house.drop("t1"), return_exceptions=True)

    to_thread = asyncio.to_thread

    async def later(*call: Any) -> Any:
        await asyncio.sleep(0.05)
        return await to_thread(*call)

    monkeypatch.setattr(asyncio, "to_thread", later)
    assert [UnknownWorld, type(None)] == [type(answer) for answer in done(both())]


def test_who_forks_a_world_that_is_dropped_before_its_turn_is_told(house: Worlds) -> None:
    done(house.create("t1"))

    async def both() -> list[Any]:
        async with house._making:  # somebody else's turn
            going = [asyncio.create_task(house.drop("t1")), asyncio.create_task(house.create("t2", source="t1"))]
            await asyncio.sleep(0)
        return await asyncio.gather(*going, return_exceptions=True)

    assert [type(None), UnknownWorld] == [type(answer) for answer in done(both())]
    assert ["default"] == house.names()


def test_a_world_is_dropped_once(house: Worlds) -> None:
    done(house.create("t1"))

    async def both() -> list[BaseException | None]:
        return await asyncio.gather(house.drop("t1"), house.drop("t1"), house.reset("t1"), return_exceptions=True)

    assert [type(None), UnknownWorld, UnknownWorld] == [type(answer) for answer in done(both())]
