"""kernel/worlds: a fork has all of its parent, and from then on a life of its own."""

from datetime import timedelta
from typing import Any

import pytest
from tests.kernel.worlds.conftest import CAUSE, LATER, add, done, toys

from carrierbox.kernel.clock import ClockWouldGoBack
from carrierbox.kernel.world import Settings, World
from carrierbox.kernel.worlds import DEFAULT, BadWorld, Worlds


def test_a_fork_has_all_of_its_parents_state(house: Worlds, default: World) -> None:
    add(default, "drum")
    with default.transaction(CAUSE) as box:
        default.change_settings(box, Settings(11, "realistic", "open"))
        default.clock.freeze()
        default.clock.jump(LATER)
        default.save_clock(box)
    fork = done(house.create("t1", source=DEFAULT))
    assert toys(default) == toys(fork)
    assert "drum" in toys(fork)
    assert Settings(11, "realistic", "open") == fork.settings
    assert ("frozen", LATER) == (fork.clock.mode, fork.clock.now())


def test_what_happens_after_a_fork_does_not_cross_either_way(house: Worlds, default: World) -> None:
    fork = done(house.create("t1", source=DEFAULT))
    add(default, "drum")
    add(fork, "flute")
    fork.clock.jump(LATER)
    with fork.transaction(CAUSE) as box:
        fork.change_settings(box, Settings(pace="instant"))
    assert {"drum"} == set(toys(default)) - set(toys(fork))
    assert {"flute"} == set(toys(fork)) - set(toys(default))
    assert default.clock.now() < LATER
    assert "brisk" == default.settings.pace


def test_a_fork_has_keys_of_its_own(house: Worlds) -> None:
    done(house.create("t1", source=DEFAULT))
    done(house.create("t2", source="t1"))
    made_in = {name: house.get(name).store.sql("SELECT made_in FROM toy_key").fetchone()[0] for name in house.names()}
    assert {"default": "default", "t1": "t1", "t2": "t2"} == made_in


def test_a_fork_may_take_other_settings_and_a_later_time(house: Worlds, default: World) -> None:
    fork = done(house.create(source=DEFAULT, seed=8, pace="instant", auth="open", now=LATER))
    assert Settings(8, "instant", "open") == fork.settings
    assert LATER <= fork.clock.now()
    assert Settings() == default.settings


def test_a_fork_is_not_older_than_its_parent(house: Worlds, default: World) -> None:
    default.clock.jump(LATER)
    with pytest.raises(ClockWouldGoBack):
        done(house.create("t1", source=DEFAULT, now=LATER - timedelta(seconds=1)))
    assert ["default"] == house.names()


@pytest.mark.parametrize("wanted", [{"sims": 5}, {"files": ()}], ids=["sims", "fixture"])
def test_a_fork_takes_its_sims_from_its_parent(house: Worlds, wanted: dict[str, Any]) -> None:
    with pytest.raises(BadWorld):
        done(house.create("t1", source=DEFAULT, **wanted))
    assert ["default"] == house.names()
