"""A WING world in this process: rules are asked as routes ask them, without a box around."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

from tests.wing.rows import Rows, rows_of

from carrierbox import keycloak, main
from carrierbox.carriers.wing.door import Caller
from carrierbox.carriers.wing.users import permits
from carrierbox.kernel import workflow
from carrierbox.kernel.world import Box, Cause, Pace, Settings, World
from carrierbox.kernel.worlds import Origin, Worlds


@contextmanager
def started(folder: Path, *, pace: Pace = "brisk") -> Iterator[World]:
    """A world of what the documents show, its clock frozen."""
    house = Worlds(folder, main.PARTS)
    try:
        world = house.start(Origin(sims=0), Settings(pace=pace))
        world.clock.freeze()
        yield world
    finally:
        house.close()


@contextmanager
def asking(world: World, account: str = "*", operation: str | None = None) -> Iterator[tuple[Box, Caller]]:
    """One request of the seeded admin: all of it, or nothing where it is refused."""
    with world.transaction(Cause("request", "test", operation, "test-user")) as box:
        user = keycloak.without_token(box, "wdh-sitstg2", "sandbox-admin")
        yield box, Caller(user, *permits.admit(box, user, account, frozenset(), "WRITE"))


def advance(world: World, seconds: float | None = None) -> None:
    """Move the clock, or until nothing is pending."""
    until = None if seconds is None else world.clock.now() + timedelta(seconds=seconds)
    asyncio.run(workflow.advance(world, until))


def rows(world: World) -> Rows:
    """Every row of WING's tables and of the workflows and timelines, by table."""
    return rows_of(world.store._writer)


def job(world: World, workflow_id: str) -> Any:
    """A workflow's row."""
    return world.store.sql("SELECT * FROM box_job WHERE id = ?", (workflow_id,)).fetchone()
