"""For tests and tools: the control API as typed calls, and the pytest plugin.

`Box` waits for each answer, `AsyncBox` is awaited; both have the same rooms: clock, sims, faults, and so on.
"""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from carrierbox.testing.calls import NoBox, Refused
    from carrierbox.testing.client import AsyncBox, AsyncWorld, Box, Rooms, World

__all__ = ["AsyncBox", "AsyncWorld", "Box", "NoBox", "Refused", "Rooms", "World"]


def __getattr__(name: str) -> Any:
    """Import the client when it is asked for: the plugin is loaded by every test run, used or not."""
    if name not in __all__:
        raise AttributeError(name)
    from carrierbox.testing import client

    return getattr(client, name)
