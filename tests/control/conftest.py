"""A box with a control key, one within this process, and worlds as a test wishes for them."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from tests.conftest import Box, World, start_box

from carrierbox import main
from carrierbox.kernel.world import Settings
from carrierbox.kernel.worlds import Origin, Worlds

KEY = "a-key-of-ours"


@pytest.fixture(scope="module")
def locked(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Box]:
    """A box whose control API wants a key, and that has two fixtures beside the shipped ones."""
    folder = tmp_path_factory.mktemp("fixtures")
    files = [folder / "one.yaml", folder / "other.yaml"]
    for path in files:
        path.write_text(f"keycloak: {{realms: [{{name: realm-of-{path.stem}}}]}}\n")
    worlds = [word for path in files for word in ("--world", str(path))]
    box = start_box("--data", "memory", "--sims", "5", "--control-key", KEY, *worlds)
    yield box
    assert 0 == box.stop()


@pytest.fixture(scope="module")
def stranger(locked: Box) -> Iterator[httpx.Client]:
    """A client of that box without its key."""
    with httpx.Client(base_url=locked.url, timeout=60) as client:
        yield client


@pytest.fixture
def house(tmp_path: Path) -> Iterator[Worlds]:
    """The worlds of a box within this process."""
    house = Worlds(tmp_path, main.PARTS)
    house.start(Origin(sims=5), Settings())
    yield house
    house.close()


@pytest.fixture
def make(control: httpx.Client) -> Iterator[Callable[..., World]]:
    """Make a world that is dropped after the test; what is wished for is the request's body."""
    made: list[World] = []

    def make(**wish: Any) -> World:
        answer = control.post("/_box/worlds", json={name.rstrip("_"): value for name, value in wish.items()})
        assert 201 == answer.status_code, answer.text
        made.append(World(answer.json()["name"], answer.json()["base_url"], control))
        return made[-1]

    yield make
    for world in made:
        world.close()
        control.delete(f"/_box/worlds/{world.name}")
