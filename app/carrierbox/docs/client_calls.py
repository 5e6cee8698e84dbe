"""Every call that the typed client makes, and the type of its answer: the client knows what the control API answers."""

import inspect
from collections.abc import Iterator
from typing import Any, get_args, get_type_hints

from carrierbox.testing import rooms
from carrierbox.testing.answers import Coverage, Health, WorldState
from carrierbox.testing.calls import call

#: A call as the control API's description spells it: method and path, with ``{}`` for what stands for an id.
Call = tuple[str, str]

_OF_THE_BOX: dict[Call, Any] = {
    ("GET", "/health"): Health,
    ("GET", "/worlds"): list[WorldState],
    ("POST", "/worlds"): WorldState,
    ("GET", "/lifecycle-coverage"): Coverage,
}
_IDS = {inspect.Parameter.POSITIONAL_ONLY, inspect.Parameter.POSITIONAL_OR_KEYWORD}


def client_calls() -> dict[Call, Any]:
    """The calls, with the types of their answers; None where nothing is answered."""
    return _OF_THE_BOX | dict(_of_a_world())


def _of_a_world() -> Iterator[tuple[Call, Any]]:
    for room in vars(rooms).values():
        if inspect.isclass(room) and room.__module__ == rooms.__name__:
            for asked in vars(room).values():
                if isinstance(asked, call):
                    yield _of(asked)


def _of(asked: "call[..., Any]") -> tuple[Call, Any]:
    ask = asked._ask
    wanted = [each for each in inspect.signature(ask).parameters.values() if each.default is each.empty]
    sent = ask(*("{}" for each in wanted if each.kind in _IDS))
    [answer] = get_args(get_type_hints(ask)["return"])
    return (sent.method, f"/worlds/{{w}}{sent.path.replace('%7B%7D', '{}')}"), answer
