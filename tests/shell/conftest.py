"""A box without marks, and one within this process."""

from collections.abc import Iterator
from typing import Any

import pytest
from tests.conftest import Box, start_box

from carrierbox import main
from carrierbox.kernel.world import Settings, World
from carrierbox.kernel.worlds import DEFAULT, Origin, Worlds
from carrierbox.shell import Shell


@pytest.fixture(scope="module")
def plain() -> Iterator[Box]:
    """A box started with --plain-headers."""
    box = start_box("--data", "memory", "--sims", "5", "--plain-headers")
    yield box
    assert 0 == box.stop()


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Worlds]:
    """The worlds of a box within this process, which lets in without a token."""
    house = Worlds(tmp_path_factory.mktemp("data"), main.PARTS)
    house.start(Origin(sims=5), Settings(auth="open"))
    yield house
    house.close()


@pytest.fixture(scope="module")
def shell(house: Worlds) -> Shell:
    return main.build(house)


@pytest.fixture
def default(house: Worlds) -> World:
    return house.get(DEFAULT)


def vendor_problem(body: Any, status: int, path: str) -> bool:
    """Whether that is an error as the WING API words it."""
    return bool(
        str(body["type"]).startswith("https://www.jhipster.tech/problem/")
        and (status, path) == (body["status"], body["path"])
        and {"title", "message"} <= body.keys()
    )
