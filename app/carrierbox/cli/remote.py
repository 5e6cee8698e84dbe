"""A running box, as the verbs that speak to one see it."""

import inspect
import json
from collections.abc import Callable
from functools import wraps
from typing import Any
from urllib.parse import quote

import typer

from carrierbox import settings
from carrierbox.cli.failed import Failed

URL = f"http://{settings.HOST}:{settings.PORT}"


class Remote:
    """The control API of a box, and the world in it that a verb is about."""

    def __init__(
        self,
        url: str,
        world: str = settings.DEFAULT_WORLD,
        key: str | None = None,
        *,
        as_json: bool = False,
        patience_seconds: float | None = None,
    ) -> None:
        self.url = url.rstrip("/")
        self._patience_seconds = patience_seconds  # None: moving time may take as long as it takes
        self.world = world
        self._key = key
        self._as_json = as_json

    def ask(self, method: str, path: str, **body: Any) -> Any:
        """Call ``/_box`` and answer what it answered; members of *body* that are None are left out.

        Raises: Failed with what the box said, or that there is none.
        """
        from carrierbox.testing.calls import Ask, Line, NoBox, Refused

        line = Line(self.url, self._key, patience_seconds=self._patience_seconds)
        try:
            return line.send(Ask(method, path, body or None))
        except NoBox as missing:
            hint = "start one with carrierbox serve, or say where with --url"
            raise Failed(str(missing), hint if missing.is_silent else "say where the box is with --url") from missing
        except Refused as refused:
            raise Failed(str(refused)) from refused
        finally:
            line.close()

    def ask_world(self, method: str, path: str = "", *, world: str | None = None, **body: Any) -> Any:
        """Call ``/_box/worlds/{w}`` of the verb's world, or of another."""
        return self.ask(method, f"/worlds/{quote(world or self.world, safe='')}{path}", **body)

    def show(self, answer: Any, *lines: str) -> None:
        """Print the answer as JSON where that is wanted, else the lines."""
        typer.echo(json.dumps(answer, indent=2) if self._as_json else "\n".join(lines))


def speaks_to_a_box(verb: Callable[..., None]) -> Callable[..., None]:
    """Give a verb whose first parameter is the `Remote` the flags that say which box and world that is."""

    @wraps(verb, assigned=("__module__", "__name__", "__qualname__", "__doc__"))
    def run(
        url: settings.UrlFlag = URL,
        in_: settings.InFlag = settings.DEFAULT_WORLD,
        control_key: settings.ControlKeyFlag = None,
        as_json: settings.JsonFlag = False,
        **own: Any,
    ) -> None:
        verb(Remote(url, in_, control_key, as_json=as_json), **own)

    _, *own = inspect.signature(verb).parameters.values()
    *shared, _ = inspect.signature(run, follow_wrapped=False).parameters.values()
    keywords = [each.replace(kind=inspect.Parameter.KEYWORD_ONLY) for each in (*own, *shared)]
    run.__signature__ = inspect.Signature(keywords)  # type: ignore[attr-defined]  # what typer reads
    run.__annotations__ = {each.name: each.annotation for each in keywords}
    return run
