"""Wakes those who wait for something to happen in a world. Free when nobody does."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager, suppress

MOST_WAITING = 100


class TooManyWaits(Exception):
    """As many wait in a world as may."""


class Bell:
    """Rung whenever a world may have changed, as long as anybody waits."""

    def __init__(self) -> None:
        self.rings = 0
        self._waiting = 0
        self._asleep: set[asyncio.Future[None]] = set()

    @property
    def is_waited_for(self) -> bool:
        """Whether anybody is to be woken."""
        return self._waiting > 0

    @contextmanager
    def waiting(self) -> Iterator[None]:
        """Be one of those who wait.

        Raises: TooManyWaits.
        """
        if self._waiting >= MOST_WAITING:
            raise TooManyWaits(f"{MOST_WAITING} wait in this world already")
        self._waiting += 1
        try:
            yield
        finally:
            self._waiting -= 1

    def ring(self) -> None:
        """Wake all who wait now."""
        self.rings += 1
        for future in self._asleep:
            if not future.done():
                future.set_result(None)

    async def heard(self, rings: int, within_seconds: float) -> None:
        """Wait until it has rung oftener than so many times, or so many seconds of real time are over."""
        if self.rings != rings:
            return
        future = asyncio.get_running_loop().create_future()
        self._asleep.add(future)
        try:
            with suppress(TimeoutError):
                async with asyncio.timeout(within_seconds):
                    await future
        finally:
            self._asleep.discard(future)
