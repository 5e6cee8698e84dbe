"""What the control API works on."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from pathlib import Path
from typing import Annotated, Any

import orjson
from fastapi import Depends, Request, Response
from fastapi.dependencies.models import Dependant

from carrierbox.kernel.clock import monotonic
from carrierbox.kernel.tally import Tally
from carrierbox.kernel.world import World
from carrierbox.kernel.worlds import BadWorld, Worlds


@dataclass
class Control:
    """The box, as its control API sees it."""

    worlds: Worlds
    version: str
    key: str | None = None
    #: Fixture files that worlds may be made from, by name without folder and ending.
    fixtures: Mapping[str, Path] = field(default_factory=dict)
    #: The ids of the operations that are here, those that the box sends among them.
    operations: frozenset[str] = frozenset()
    tally: Tally = field(default_factory=Tally)
    started: float = field(default_factory=monotonic)

    @property
    def carriers(self) -> list[str]:
        """The carriers that are here."""
        return [part.name for part in self.worlds.parts if part.count is not None]

    def check_carrier(self, name: str | None) -> None:
        """Let the name of a carrier pass, or none.

        Raises: BadWorld.
        """
        if name is not None and name not in self.carriers:
            raise BadWorld(f"there is no carrier {name!r}; there are {', '.join(self.carriers)}")

    def check_operation(self, name: str | None) -> None:
        """Let the id of an operation pass, or none.

        Raises: BadWorld.
        """
        if name is not None and name not in self.operations:
            alike = ", ".join(get_close_matches(name, self.operations))
            hint = f"; there are {alike}" if alike else "; docs/coverage.md lists them"
            raise BadWorld(f"there is no operation {name!r} here{hint}")


async def _control(request: Request) -> Control:
    control: Control = request.app.state.control
    return control


async def _known(request: Request) -> None:
    """Let a call pass that says nothing in its address but what it can be asked: a slip would ask for everything.

    Raises: BadWorld.
    """
    if request.query_params:
        known = set(_parameters(request.scope["route"].dependant))
        if unknown := sorted(request.query_params.keys() - known):
            there_are = f"there are {', '.join(sorted(known))}" if known else "there are none"
            raise BadWorld(f"there is no parameter {unknown[0][:100]!r} here; {there_are}")


def _parameters(asked: Dependant) -> Iterator[str]:
    """What a call can be asked in its address."""
    yield from (field.alias for field in asked.query_params)
    for part in asked.dependencies:
        yield from _parameters(part)


async def _world(w: str, request: Request) -> World:
    control: Control = request.app.state.control
    return control.worlds.get(w)


Box = Annotated[Control, Depends(_control)]
Known = Depends(_known)
Named = Annotated[World, Depends(_world)]


def answer(found: Any) -> Response:
    """An answer that holds JSON text as the store has it."""
    return Response(orjson.dumps(found), media_type="application/json")
