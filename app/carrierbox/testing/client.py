"""A box and its worlds, from outside: `Box` and `World` wait for answers, `AsyncBox` and `AsyncWorld` are awaited."""

from typing import IO, Self, Unpack

from carrierbox.testing import rooms
from carrierbox.testing.answers import Coverage, Health, TokenKind, Wanted, WorldState
from carrierbox.testing.calls import Ask, AsyncLine, Line, NoBox, Refused, segment

__all__ = ["AsyncBox", "AsyncWorld", "Box", "NoBox", "Refused", "Rooms", "World"]


class Rooms(rooms.Whole):
    """A world by its name, whether or not there is one."""

    def __init__(self, line: Line, name: str) -> None:
        place = f"/worlds/{segment(name)}"
        super().__init__(line, place)
        self._waits = line
        self.name = name
        self.clock = rooms.Clock(line, place)
        self.sims = rooms.Sims(line, place)
        self.faults = rooms.Faults(line, place)
        self.outcomes = rooms.Outcomes(line, place)
        self.callbacks = rooms.Callbacks(line, place)
        self.inbox = rooms.Inbox(line, place)
        self.outbox = rooms.Outbox(line, place)
        self.journal = rooms.Journal(line, place)
        self.settings = rooms.Settings(line, place)
        self.workflows = rooms.Workflows(line, place)

    def save(self, into: IO[bytes]) -> None:
        """Write the whole world into a file, however large it is."""
        self._waits.fetch(Ask("GET", f"{self._place}/snapshot"), into)

    def load(self, source: IO[bytes]) -> WorldState:
        """Be what a file of a snapshot holds, however large it is."""
        return self._waits.send(Ask("PUT", f"{self._place}/snapshot", content=source))

    def token(self, carrier: str, kind: TokenKind = "valid") -> str:
        """A token of a carrier, or its key: with all rights, or with one fault."""
        return self.mint(carrier, kind)["token"]

    def headers(self, carrier: str, kind: TokenKind = "valid") -> dict[str, str]:
        """The headers that let a request in; or do not, where the token is to have a fault."""
        return self.mint(carrier, kind)["headers"]


class AsyncRooms(rooms.AsyncWhole):
    """A world by its name, whether or not there is one."""

    def __init__(self, line: AsyncLine, name: str) -> None:
        place = f"/worlds/{segment(name)}"
        super().__init__(line, place)
        self.name = name
        self.clock = rooms.AsyncClock(line, place)
        self.sims = rooms.AsyncSims(line, place)
        self.faults = rooms.AsyncFaults(line, place)
        self.outcomes = rooms.AsyncOutcomes(line, place)
        self.callbacks = rooms.AsyncCallbacks(line, place)
        self.inbox = rooms.AsyncInbox(line, place)
        self.outbox = rooms.AsyncOutbox(line, place)
        self.journal = rooms.AsyncJournal(line, place)
        self.settings = rooms.AsyncSettings(line, place)
        self.workflows = rooms.AsyncWorkflows(line, place)

    async def token(self, carrier: str, kind: TokenKind = "valid") -> str:
        """A token of a carrier, or its key: with all rights, or with one fault."""
        return (await self.mint(carrier, kind))["token"]

    async def headers(self, carrier: str, kind: TokenKind = "valid") -> dict[str, str]:
        """The headers that let a request in; or do not, where the token is to have a fault."""
        return (await self.mint(carrier, kind))["headers"]


class _Described:
    """What a world's description said, by name."""

    def __init__(self, description: WorldState) -> None:
        self.description = description
        self.url = description["base_url"]
        self.urls = description["urls"]
        self.credentials = description["credentials"]
        self.free = description["free"]


class World(Rooms, _Described):
    """One world of a box."""

    def __init__(self, line: Line, description: WorldState) -> None:
        Rooms.__init__(self, line, description["name"])
        _Described.__init__(self, description)


class AsyncWorld(AsyncRooms, _Described):
    """One world of a box."""

    def __init__(self, line: AsyncLine, description: WorldState) -> None:
        AsyncRooms.__init__(self, line, description["name"])
        _Described.__init__(self, description)


class Box:
    """A running box; calls wait for their answer."""

    def __init__(self, url: str, key: str | None = None, *, patience_seconds: float | None = None) -> None:
        self.line = Line(url, key, patience_seconds=patience_seconds)
        self.url = self.line.url

    def health(self) -> Health:
        """Whether it is well, its version, how long it runs."""
        return self.line.send(_HEALTH)

    def create(self, **wanted: Unpack[Wanted]) -> World:
        """Make a world; *from_* names one to fork."""
        return World(self.line, self.line.send(_create(wanted)))

    def world(self, name: str = "default") -> World:
        """A world that is there."""
        return World(self.line, self.line.send(_show(name)))

    def rooms(self, name: str = "default") -> Rooms:
        """The same without asking for it."""
        return Rooms(self.line, name)

    def worlds(self) -> list[World]:
        """All worlds."""
        return [World(self.line, each) for each in self.line.send(_LIST)]

    def lifecycle_coverage(self, carrier: str | None = None) -> Coverage:
        """Which steps of each carrier's lifecycles were taken, and which refused, in all worlds since it started."""
        return self.line.send(_coverage(carrier))

    def close(self) -> None:
        """Give the connections back."""
        self.line.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


class AsyncBox:
    """A running box; calls are awaited."""

    def __init__(self, url: str, key: str | None = None, *, patience_seconds: float | None = None) -> None:
        self.line = AsyncLine(url, key, patience_seconds=patience_seconds)
        self.url = self.line.url

    async def health(self) -> Health:
        """Whether it is well, its version, how long it runs."""
        return await self.line.send(_HEALTH)

    async def create(self, **wanted: Unpack[Wanted]) -> AsyncWorld:
        """Make a world; *from_* names one to fork."""
        return AsyncWorld(self.line, await self.line.send(_create(wanted)))

    async def world(self, name: str = "default") -> AsyncWorld:
        """A world that is there."""
        return AsyncWorld(self.line, await self.line.send(_show(name)))

    def rooms(self, name: str = "default") -> AsyncRooms:
        """The same without asking for it."""
        return AsyncRooms(self.line, name)

    async def worlds(self) -> list[AsyncWorld]:
        """All worlds."""
        return [AsyncWorld(self.line, each) for each in await self.line.send(_LIST)]

    async def lifecycle_coverage(self, carrier: str | None = None) -> Coverage:
        """Which steps of each carrier's lifecycles were taken, and which refused, in all worlds since it started."""
        return await self.line.send(_coverage(carrier))

    async def close(self) -> None:
        """Give the connections back."""
        await self.line.close()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()


_HEALTH: Ask[Health] = Ask("GET", "/health")
_LIST: Ask[list[WorldState]] = Ask("GET", "/worlds")


def _show(name: str) -> Ask[WorldState]:
    return Ask("GET", f"/worlds/{segment(name)}")


def _coverage(carrier: str | None) -> Ask[Coverage]:
    return Ask("GET", "/lifecycle-coverage", query={"carrier": carrier})


def _create(wanted: Wanted) -> Ask[WorldState]:
    return Ask("POST", "/worlds", {name.rstrip("_"): value for name, value in wanted.items()})
