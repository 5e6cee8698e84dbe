"""A running box, as the verbs that speak to one see it."""

import inspect
import json
from collections.abc import Callable
from functools import wraps
from typing import TYPE_CHECKING, Any

import typer

from carrierbox import settings
from carrierbox.cli.failed import Failed

if TYPE_CHECKING:
    from carrierbox.testing import Box, Rooms

URL = f"http://{settings.HOST}:{settings.PORT}"


class Remote:
    """The control API of a box, and the world in it that a verb is about."""

    def __init__(self, box: "Box", world: str | None, *, as_json: bool) -> None:
        self.box = box
        self.names_a_world = world is not None
        self.name = world or settings.DEFAULT_WORLD
        self._as_json = as_json

    @property
    def world(self) -> "Rooms":
        """The world that the verb is about."""
        return self.box.rooms(self.name)

    def show(self, answer: Any, *lines: str) -> None:
        """Print the answer as JSON where that is wanted, else the lines."""
        if self._as_json:
            lines = (json.dumps(answer, indent=2),)
        for line in lines:
            typer.echo(line)


def speaks_to_a_box(verb: Callable[..., None]) -> Callable[..., None]:
    """Give a verb whose first parameter is the `Remote` the flags that say which box and world that is."""

    @wraps(verb, assigned=("__module__", "__name__", "__qualname__", "__doc__"))
    def run(
        url: settings.UrlFlag = URL,
        in_: settings.InFlag = None,
        control_key: settings.ControlKeyFlag = None,
        as_json: settings.JsonFlag = False,
        **own: Any,
    ) -> None:
        from carrierbox.testing import Box, NoBox, Refused

        with Box(url, control_key) as box:  # moving time may take as long as it takes
            try:
                verb(Remote(box, in_, as_json=as_json), **own)
            except (NoBox, Refused) as failed:
                raise failure(failed) from failed

    _, *own = inspect.signature(verb).parameters.values()
    *shared, _ = inspect.signature(run, follow_wrapped=False).parameters.values()
    keywords = [each.replace(kind=inspect.Parameter.KEYWORD_ONLY) for each in (*own, *shared)]
    run.__signature__ = inspect.Signature(keywords)  # type: ignore[attr-defined]  # what typer reads
    run.__annotations__ = {each.name: each.annotation for each in keywords}
    return run


def failure(happened: Exception) -> Failed:
    """What to say where a box refused a call, or there is none."""
    is_silent = getattr(happened, "is_silent", None)
    if is_silent is None:
        return Failed(str(happened))
    hint = "start one with carrierbox serve, or say where with --url"
    return Failed(str(happened), hint if is_silent else "say where the box is with --url")


def said(**facts: Any) -> dict[str, Any] | None:
    """Those of the facts that are said; None where nothing is."""
    return {name: fact for name, fact in facts.items() if not (fact is None or fact is False or fact == [])} or None


def arrow(facts: dict[str, Any] | None) -> str:
    """Some facts in one line."""
    return " ".join(f"{name}={value}" for name, value in (facts or {}).items()) or "all"
