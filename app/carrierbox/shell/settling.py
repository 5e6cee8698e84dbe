"""The world that a request is about, with all done that is due there."""

import logging

from carrierbox.kernel import workflow
from carrierbox.kernel.world import UnknownWorld, World
from carrierbox.kernel.worlds import Worlds

log = logging.getLogger(__name__)


async def settled(worlds: Worlds, name: str) -> World:
    """The world of that name, settled.

    Raises: UnknownWorld.
    """
    world = worlds.get(name)
    if world.is_due():
        try:
            await workflow.settle(world)
            world = worlds.get(name)  # it may have been reset or dropped meanwhile
        except UnknownWorld:
            raise
        except Exception:  # the request goes on, and says in its own shape what does not work
            log.exception("world %s: settling failed", name)
    return world
