"""kernel/world: chance comes from the seed, and no draw comes twice."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.kernel.worlds.conftest import CAUSE, LATER, Mishap, done, draw, toys

from carrierbox import main
from carrierbox.kernel.world import Box, Settings, World
from carrierbox.kernel.worlds import DEFAULT, Origin, Worlds


def test_two_worlds_with_one_seed_draw_alike(house: Worlds) -> None:
    one, other = done(house.create(seed=5)), done(house.create(seed=5))
    assert draw(one) == draw(other)
    with one.transaction(CAUSE) as box, other.transaction(CAUSE) as other_box:
        assert [box.rng().random() for _ in range(3)] == [other_box.rng().random() for _ in range(3)]


def test_two_worlds_with_two_seeds_draw_apart(house: Worlds) -> None:
    assert not set(draw(done(house.create(seed=5)))) & set(draw(done(house.create(seed=6))))


def test_two_worlds_with_one_seed_have_one_fleet_and_with_two_seeds_two(house: Worlds) -> None:
    fleets = [toys(done(house.create(seed=seed)))[2:] for seed in (5, 5, 6)]
    assert fleets[0] == fleets[1]
    assert not set(fleets[0]) & set(fleets[2])


def test_the_seed_decides_every_sim_of_the_real_house(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.undo()  # the real fixtures again

    def sims(folder: str, seed: int) -> list[tuple[Any, ...]]:
        house = Worlds(tmp_path / folder, main.PARTS)
        world = house.start(Origin(sims=20, seed=seed), Settings(seed))
        rows = [tuple(row) for row in world.store.sql("SELECT * FROM wing_sim ORDER BY id")]
        house.close()
        return rows

    one, same, another = sims("one", 5), sims("same", 5), sims("another", 6)
    assert one == same
    assert len(one) == len(another)
    assert one != another


def test_no_uuid_is_drawn_twice(house: Worlds, reopened: Callable[[], Worlds]) -> None:
    drawn = draw(house.get(DEFAULT), 100)
    for _ in range(3):
        drawn += draw(reopened().get(DEFAULT), 100)
    assert 400 == len(set(drawn))


def test_what_a_failed_transaction_drew_is_not_drawn_again(default: World) -> None:
    drawn = []
    with pytest.raises(Mishap), default.transaction(CAUSE) as box:  # noqa: PT012
        drawn.append(box.uuid())
        raise Mishap
    assert drawn != draw(default, 1)


def test_a_reset_world_draws_as_it_did_when_it_was_made(house: Worlds) -> None:
    drawn = draw(done(house.create("t1")), 1500)
    assert drawn == draw(done(house.reset("t1")), 1500)


@given(st.integers(0, 2**63 - 1))
def test_a_uuid_is_one_of_version_4(seed: int) -> None:
    class Seeded:
        draws = 0
        settings = Settings(seed)

    drawn = Box(Seeded(), LATER, CAUSE).uuid()  # type: ignore[arg-type] # it draws, and does nothing else
    assert ("4", True) == (drawn[14], drawn[19] in "89ab")
