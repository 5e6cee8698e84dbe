"""The default world, for tests that only read."""

from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from tests.conftest import World


@pytest.fixture(scope="module")
def seeded(box: Any, control: httpx.Client) -> Iterator[World]:
    """The world that all others are forked from; nobody may change it, and its clock runs."""
    world = World("default", box.url, control)
    yield world
    world.close()
