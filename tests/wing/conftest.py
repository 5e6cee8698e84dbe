"""Worlds for tests that only read, and worlds without HTTP."""

from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from tests.conftest import World

from carrierbox import main
from carrierbox.kernel import world as kernel
from carrierbox.kernel.world import Settings
from carrierbox.kernel.worlds import Origin, Worlds


@pytest.fixture(scope="module")
def seeded(box: Any, control: httpx.Client) -> Iterator[World]:
    """The world that all others are forked from; nobody may change it, and its clock runs."""
    world = World("default", box.url, control)
    yield world
    world.close()


@pytest.fixture(scope="module")
def inside(tmp_path_factory: pytest.TempPathFactory) -> Iterator[kernel.World]:
    """A world of one's own in this process, without HTTP, its clock frozen."""
    house = Worlds(tmp_path_factory.mktemp("worlds"), main.PARTS)
    world = house.start(Origin(sims=200), Settings())
    world.clock.freeze()
    yield world
    house.close()
