"""For tests and tools: the control API as typed calls, and the pytest plugin.

`Box` waits for each answer, `AsyncBox` is awaited; both have the same rooms: clock, sims, faults, and so on.
"""

from carrierbox.testing.client import AsyncBox, AsyncWorld, Box, NoBox, Refused, World

__all__ = ["AsyncBox", "AsyncWorld", "Box", "NoBox", "Refused", "World"]
