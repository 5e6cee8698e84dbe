"""A box and its worlds, from outside: `Box` and `World` wait for answers, `AsyncBox` and `AsyncWorld` are awaited."""

from typing import Any, Self

from carrierbox.testing import rooms
from carrierbox.testing.answers import TokenKind, WorldState
from carrierbox.testing.calls import Ask, AsyncLine, Line, NoBox, Refused, segment

__all__ = ["AsyncBox", "AsyncWorld", "Box", "NoBox", "Refused", "World"]


class _Described:
    """What a world's description says, by name."""

    def __init__(self, description: WorldState) -> None:
        self.description = description
        self.name = description["name"]
        self.url = description["base_url"]
        self.urls = description["urls"]
        self.credentials = description["credentials"]
        self.free = description["free"]


class World(rooms.Whole, _Described):
    """One world of a box."""

    def __init__(self, line: Line, description: WorldState) -> None:
        _Described.__init__(self, description)
        place = f"/worlds/{segment(self.name)}"
        super().__init__(line, place)
        self._waits = line
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

    def token(self, carrier: str, kind: TokenKind = "valid") -> str:
        """A token of a carrier, or its key: with all rights, or with one fault."""
        return self.mint(carrier, kind)["token"]

    def headers(self, carrier: str) -> dict[str, str]:
        """The headers that let a request in."""
        return self.mint(carrier)["headers"]

    def show(self) -> WorldState:
        """The world, described anew."""
        return self._waits.send(Ask("GET", self._place))

    def reset(self) -> None:
        """Put it back to what it was created from."""
        self._waits.send(Ask("POST", f"{self._place}/reset"))

    def drop(self) -> None:
        """Take it away."""
        self._waits.send(Ask("DELETE", self._place))


class AsyncWorld(rooms.AsyncWhole, _Described):
    """One world of a box."""

    def __init__(self, line: AsyncLine, description: WorldState) -> None:
        _Described.__init__(self, description)
        place = f"/worlds/{segment(self.name)}"
        super().__init__(line, place)
        self._awaits = line
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

    async def headers(self, carrier: str) -> dict[str, str]:
        """The headers that let a request in."""
        return (await self.mint(carrier))["headers"]

    async def show(self) -> WorldState:
        """The world, described anew."""
        return await self._awaits.send(Ask("GET", self._place))

    async def reset(self) -> None:
        """Put it back to what it was created from."""
        await self._awaits.send(Ask("POST", f"{self._place}/reset"))

    async def drop(self) -> None:
        """Take it away."""
        await self._awaits.send(Ask("DELETE", self._place))


class Box:
    """A running box; calls wait for their answer."""

    def __init__(self, url: str, key: str | None = None) -> None:
        self.line = Line(url, key)
        self.url = self.line.url

    def health(self) -> dict[str, Any]:
        """Whether it is well, its version, how long it runs."""
        return self.line.send(_HEALTH)

    def create(self, **wanted: Any) -> World:
        """Make a world; what can be said: name, from_ (a world to fork), fixture, sims, seed, now, pace, auth."""
        return World(self.line, self.line.send(_create(wanted)))

    def world(self, name: str = "default") -> World:
        """A world that is there."""
        return World(self.line, self.line.send(_show(name)))

    def worlds(self) -> list[World]:
        """All worlds."""
        return [World(self.line, each) for each in self.line.send(_LIST)]

    def lifecycle_coverage(self) -> dict[str, Any]:
        """Which steps and refusals of each carrier's lifecycle happened in any world."""
        return self.line.send(_COVERAGE)

    def close(self) -> None:
        """Give the connections back."""
        self.line.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


class AsyncBox:
    """A running box; calls are awaited."""

    def __init__(self, url: str, key: str | None = None) -> None:
        self.line = AsyncLine(url, key)
        self.url = self.line.url

    async def health(self) -> dict[str, Any]:
        """Whether it is well, its version, how long it runs."""
        return await self.line.send(_HEALTH)

    async def create(self, **wanted: Any) -> AsyncWorld:
        """Make a world; what can be said: name, from_ (a world to fork), fixture, sims, seed, now, pace, auth."""
        return AsyncWorld(self.line, await self.line.send(_create(wanted)))

    async def world(self, name: str = "default") -> AsyncWorld:
        """A world that is there."""
        return AsyncWorld(self.line, await self.line.send(_show(name)))

    async def worlds(self) -> list[AsyncWorld]:
        """All worlds."""
        return [AsyncWorld(self.line, each) for each in await self.line.send(_LIST)]

    async def lifecycle_coverage(self) -> dict[str, Any]:
        """Which steps and refusals of each carrier's lifecycle happened in any world."""
        return await self.line.send(_COVERAGE)

    async def close(self) -> None:
        """Give the connections back."""
        await self.line.close()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()


_HEALTH: Ask[dict[str, Any]] = Ask("GET", "/health")
_LIST: Ask[list[WorldState]] = Ask("GET", "/worlds")
_COVERAGE: Ask[dict[str, Any]] = Ask("GET", "/lifecycle-coverage")


def _show(name: str) -> Ask[WorldState]:
    return Ask("GET", f"/worlds/{segment(name)}")


def _create(wanted: dict[str, Any]) -> Ask[WorldState]:
    source = wanted.pop("from_", None)
    return Ask("POST", "/worlds", {**wanted, "from": wanted.get("from", source)})
