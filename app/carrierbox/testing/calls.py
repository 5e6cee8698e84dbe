"""Calls of the control API, written once and typed twice: answered on a `Box`, awaited on an `AsyncBox`."""

import json
from collections.abc import Callable, Coroutine, Mapping
from typing import IO, Any, Concatenate, Generic, NamedTuple, ParamSpec, TypeVar, cast, overload
from urllib.parse import quote

import httpx

Given = ParamSpec("Given")
Answer = TypeVar("Answer")

CONNECT_SECONDS = 3


class NoBox(Exception):
    """Nothing answers there, or nothing that is a carrierbox."""

    def __init__(self, problem: str, *, is_silent: bool) -> None:
        super().__init__(problem)
        self.is_silent = is_silent


class Refused(Exception):
    """The box refused a call: its status, and what it said."""

    def __init__(self, status: int, detail: str) -> None:
        super().__init__(detail)
        self.status = status


class Ask(NamedTuple, Generic[Answer]):
    """One call: what is sent where. Members of body and query that are None are left out."""

    method: str
    path: str
    body: Mapping[str, Any] | None = None
    query: Mapping[str, Any] | None = None
    content: bytes | IO[bytes] | None = None

    def at(self, place: str) -> "Ask[Answer]":
        """The same call under a longer path."""
        return self._replace(path=place + self.path)


class Line:
    """The way to a box; calls wait for their answer."""

    def __init__(self, url: str, key: str | None = None, *, patience_seconds: float | None = None) -> None:
        self.url = url.rstrip("/")
        self._client = httpx.Client(**_options(key, patience_seconds))

    def send(self, ask: Ask[Answer]) -> Answer:
        """Call, and answer what was answered.

        Raises: Refused, NoBox.
        """
        try:
            answer = self._client.request(**_request(self.url, ask))
        except (httpx.HTTPError, httpx.InvalidURL, UnicodeError) as broken:
            raise NoBox(f"no box answers at {self.url} ({broken})", is_silent=True) from broken
        return cast("Answer", _read(self.url, answer))

    def fetch(self, ask: Ask[bytes], into: IO[bytes]) -> None:
        """Call, and write down what is answered as it comes in.

        Raises: Refused, NoBox.
        """
        try:
            with self._client.stream(**_request(self.url, ask)) as answer:
                if answer.is_success and "json" not in answer.headers.get("content-type", ""):
                    for piece in answer.iter_bytes():
                        into.write(piece)
                    return
                answer.read()
        except (httpx.HTTPError, httpx.InvalidURL, UnicodeError) as broken:
            raise NoBox(f"no box answers at {self.url} ({broken})", is_silent=True) from broken
        _read(self.url, answer)

    def close(self) -> None:
        """Give the connections back."""
        self._client.close()


class AsyncLine:
    """The way to a box; calls are awaited."""

    def __init__(self, url: str, key: str | None = None, *, patience_seconds: float | None = None) -> None:
        self.url = url.rstrip("/")
        self._client = httpx.AsyncClient(**_options(key, patience_seconds))

    async def send(self, ask: Ask[Answer]) -> Answer:
        """Call, and answer what was answered.

        Raises: Refused, NoBox.
        """
        try:
            answer = await self._client.request(**_request(self.url, ask))
        except (httpx.HTTPError, httpx.InvalidURL, UnicodeError) as broken:
            raise NoBox(f"no box answers at {self.url} ({broken})", is_silent=True) from broken
        return cast("Answer", _read(self.url, answer))

    async def close(self) -> None:
        """Give the connections back."""
        await self._client.aclose()


def _options(key: str | None, patience_seconds: float | None) -> dict[str, Any]:
    headers = {"Authorization": f"Bearer {key}"} if key else {}
    # Moving time may take as long as it takes. A box is near: a proxy of the environment would only stand in the way.
    timeout = httpx.Timeout(CONNECT_SECONDS, read=patience_seconds, write=patience_seconds)
    return {"headers": headers, "timeout": timeout, "trust_env": False}


def _request(url: str, ask: Ask[Any]) -> dict[str, Any]:
    wanted: dict[str, Any] = {"method": ask.method, "url": f"{url}/_box{ask.path}"}
    if ask.body is not None:
        wanted["json"] = {name: value for name, value in ask.body.items() if value is not None}
    if ask.query is not None:
        wanted["params"] = {name: value for name, value in ask.query.items() if value is not None}
    if ask.content is not None:
        wanted["content"] = ask.content
    return wanted


def _read(url: str, answer: httpx.Response) -> Any:
    """JSON as plain values; other content as bytes; nothing as None."""
    kind = answer.headers.get("content-type", "")
    read: Any = None
    if answer.content:
        try:
            read = json.loads(answer.content) if "json" in kind else answer.content
        except ValueError:
            read = None
    if answer.is_error and isinstance(read, dict) and "detail" in read:
        raise Refused(answer.status_code, str(read["detail"]))
    if not answer.is_success or (answer.content and (read is None or "html" in kind)):
        raise NoBox(f"what answers at {url} is no carrierbox", is_silent=False)
    return read


class Room:
    """Some calls about one world."""

    def __init__(self, line: Line | AsyncLine, place: str) -> None:
        self._line = line
        self._place = place


class Waiting(Room):
    """A room whose calls wait for their answer."""


class Awaited(Room):
    """A room whose calls are awaited."""


class call(Generic[Given, Answer]):  # noqa: N801 - it decorates
    """Makes a call of a method that says what is to be asked: it answers in one room, and is awaited in the other."""

    def __init__(self, ask: Callable[Concatenate[Any, Given], Ask[Answer]]) -> None:
        self._ask = ask
        self.__doc__ = ask.__doc__

    @overload
    def __get__(self, room: Waiting, owner: type | None = None) -> Callable[Given, Answer]: ...
    @overload
    def __get__(self, room: Awaited, owner: type | None = None) -> Callable[Given, Coroutine[Any, Any, Answer]]: ...
    def __get__(self, room: Room, owner: type | None = None) -> Callable[Given, Any]:
        """The call, bound to its room."""

        def bound(*args: Given.args, **kwargs: Given.kwargs) -> Any:
            return room._line.send(self._ask(room, *args, **kwargs).at(room._place))

        bound.__doc__ = self.__doc__
        return bound


def segment(text: str) -> str:
    """A name as it stands in a path."""
    return quote(text, safe="")
