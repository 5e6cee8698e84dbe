"""The edge of a request: what the shell found out about it, who is let in, and where its transaction begins and ends.

An operation is a plain function that is handed `box` and `caller` and answers. It runs in the event loop, inside one
transaction, since a statement on SQLite takes microseconds. An operation that reads for long is ``async def`` and reads
aside.
"""

import inspect
import json
import math
from collections.abc import Awaitable, Callable, Coroutine, Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from functools import wraps
from typing import Any, ClassVar, Never, cast

import orjson
from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.routing import APIRoute, APIRouter
from pydantic import BaseModel, ValidationError
from starlette.exceptions import HTTPException
from starlette.routing import BaseRoute
from starlette.types import Receive, Scope, Send

from carrierbox.kernel.world import Box, Cause, UnknownWorld, World

#: Marks a route that several sections of a document share, with their ids.
SECTIONS = "x-carrierbox-sections"

#: What an operation is handed beside what FastAPI reads from the request.
HANDED = ("box", "caller", "call")

LONGEST_MARK = 1000


@dataclass(slots=True)
class Visit:
    """One request, as the shell hands it on."""

    world: World
    request_id: str
    base_url: str  # scheme, host and what stands before the carrier's own paths
    origin_url: str  # scheme, host and the world's prefix: the address of the world
    operation: str | None = None
    actor: str | None = None
    caller: Any = None  # who calls, when the door has let somebody in
    call: Any = None  # what the door has read of the request by itself
    marks: tuple[tuple[bytes, bytes], ...] = ()  # headers of the box's own beside those that the shell gives
    headers: tuple[tuple[bytes, bytes], ...] = ()  # of the vendor's, which its application knows nothing of

    def mark(self, header: str, text: str) -> None:
        """Let the answer say something that the vendor's does not; what no header can hold becomes a ``?``."""
        text = text[:LONGEST_MARK]
        if not (text.isascii() and text.isprintable()):
            text = "".join(sign if " " <= sign <= "~" else "?" for sign in text)
        self.marks += ((header.lower().encode(), text.encode()),)

    def box(self) -> Box:
        """Take hold of the world; the transaction is still to be opened."""
        cause = Cause("request", self.request_id, self.operation, self.actor)
        return Box(self.world, self.world.clock.now(), cause)


def visit(request: Request) -> Visit:
    """What the shell found out about this request."""
    found: Visit = request.scope["carrierbox"]
    return found


class _StrictRequest(Request):
    """A request whose body is JSON by the standard: Python also reads NaN, and makes what overflows endless."""

    async def json(self) -> Any:
        """The body.

        Raises: json.JSONDecodeError.
        """
        return json.loads(await self.body(), parse_constant=_no_number, parse_float=_finite)


def _finite(spelled: str) -> float:
    number = float(spelled)
    return number if math.isfinite(number) else _no_number(spelled)


def _no_number(spelled: str) -> Never:
    raise json.JSONDecodeError("a number that JSON readers cannot hold", spelled, 0)


class Door(APIRoute):
    """One documented operation. A carrier's door says in `admit` who is let in, before the body is looked at."""

    #: Methods whose operations never write, and so need no transaction.
    reads: ClassVar[frozenset[str]] = frozenset()

    def __init__(self, path: str, endpoint: Callable[..., Any], **route: Any) -> None:
        self._operation = self._opened(endpoint, frozenset(route.get("methods") or {"GET"}))
        super().__init__(path, self._operation, **route)
        self._path_names = tuple(param.name for param in self.dependant.path_params)
        if self._reads_plainly():
            self.app = self._answer

    def admit(self, request: Request) -> None:
        """Let in, or raise what was wrong with the caller."""

    async def receive(self, request: Request) -> None:
        """Read what all operations behind this door are handed as `call`."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """Settle who calls and under which operation id, then let FastAPI read the request and go on."""
        handle = super().get_route_handler()

        async def admitted(request: Request) -> Response:
            strict = _StrictRequest(request.scope, request.receive)
            await self._let_in(strict)
            return await handle(strict)

        return admitted

    async def _let_in(self, request: Request) -> None:
        visit(request).operation = self.operation_id
        self.admit(request)
        await self.receive(request)

    async def _answer(self, scope: Scope, receive: Receive, send: Send) -> None:
        """The short way for operations that read text from their path and one body: a third of FastAPI's time."""
        request = Request(scope, receive, send)
        await self._let_in(request)
        segments = scope["path_params"]
        read = {name: segments[name] for name in self._path_names}
        for body in self.dependant.body_params:
            read[body.name] = _valid(cast("type[BaseModel]", body.field_info.annotation), await request.body())
        response = await self._operation(request=request, **read)
        await response(scope, receive, send)

    def _reads_plainly(self) -> bool:
        reads = self.dependant
        if reads.query_params or reads.header_params or reads.cookie_params or reads.dependencies:
            return False
        bodies = [param.field_info for param in reads.body_params]
        return all(param.field_info.annotation is str for param in reads.path_params) and (
            not bodies or (len(bodies) == 1 and bodies[0].is_required() and _is_model(bodies[0].annotation))
        )

    def _opened(self, endpoint: Callable[..., Any], methods: frozenset[str]) -> Callable[..., Awaitable[Any]]:
        """The operation as FastAPI sees it: without what it is handed, and inside a transaction."""
        signature = inspect.signature(endpoint)
        wanted = signature.parameters
        names = [name for name in wanted if name in {*HANDED, "request"}]
        plain = methods <= self.reads or inspect.iscoroutinefunction(endpoint)

        @wraps(endpoint)
        async def operation(request: Request, **read: Any) -> Any:
            found = visit(request)
            box = found.box()
            handed = {"box": box, "caller": found.caller, "call": found.call, "request": request}
            read |= {name: handed[name] for name in names}
            try:
                with nullcontext() if plain else box.transaction():
                    answer = endpoint(**read)
                return await answer if inspect.isawaitable(answer) else answer
            except UnknownWorld as dropped:  # while the body came in
                raise HTTPException(404, str(dropped)) from dropped

        asked = [parameter for name, parameter in wanted.items() if name not in names]
        request = inspect.Parameter("request", inspect.Parameter.KEYWORD_ONLY, annotation=Request)
        operation.__signature__ = signature.replace(  # type: ignore[attr-defined]
            parameters=[*(parameter.replace(kind=inspect.Parameter.KEYWORD_ONLY) for parameter in asked), request]
        )
        return operation


def _is_model(annotation: Any) -> bool:
    return isinstance(annotation, type) and issubclass(annotation, BaseModel)


def _valid(model: type[BaseModel], content: bytes) -> BaseModel:
    """A body as its model reads it.

    Raises: RequestValidationError, as FastAPI would.
    """
    try:
        if not content:
            raise RequestValidationError([{"type": "missing", "loc": ("body",), "msg": "Field required"}])
        orjson.loads(content)  # it reads neither NaN nor numbers without end; pydantic would
        return model.model_validate_json(content)
    except ValidationError as misfit:
        wrong = [{**each, "loc": ("body", *each["loc"])} for each in misfit.errors(include_url=False)]
        raise RequestValidationError(wrong) from misfit
    except orjson.JSONDecodeError as no_json:
        wrong = [{"type": "json_invalid", "loc": ("body",), "msg": "JSON decode error", "input": {}}]
        raise RequestValidationError(wrong) from no_json


#: Stand for a variable segment, and for one that may hold slashes; no path can hold them.
_VARIABLE, _REST = object(), object()


class Directory:
    """Finds a route by its path's segments, in one walk however many routes there are; FastAPI tries one by one.

    A literal segment goes before a variable one, and that before all that is left (``{name:path}``, at the end of a
    route only). What lies nowhere, FastAPI's router answers.
    """

    def __init__(self, router: APIRouter) -> None:
        self._router = router
        self._root: dict[Any, Any] = {}
        self._methods: set[str] = set()
        for route in router.routes:
            if isinstance(route, APIRoute):
                self._add(route)

    def _add(self, route: APIRoute) -> None:
        node: dict[Any, Any] = self._root
        names = []
        for segment in route.path.split("/")[1:]:
            if segment.startswith("{"):
                name, _, kind = segment.strip("{}").partition(":")
                names.append(name)
                node = node.setdefault(_REST if kind == "path" else _VARIABLE, {})
            else:
                node = node.setdefault(segment, {})
        self._methods |= route.methods or set()
        for method in route.methods or ():
            node.setdefault(("route", method), (route, tuple(names)))

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Hand an ASGI request to its route.

        Raises: HTTPException, with all methods that the address has, where it has not the one that was asked.
        """
        if scope["type"] == "http":
            path = scope["path"][len(scope.get("root_path", "")) :]
            values: list[str] = []
            found = _walk(self._root, path.split("/"), 1, values, ("route", scope["method"]))
            if found is not None:
                route, names = found
                scope["path_params"] = dict(zip(names, values, strict=True))
                scope["endpoint"], scope["route"] = route.endpoint, route
                await route.app(scope, receive, send)
                return
            if allowed := [method for method in sorted(self._methods) if self.find(method, path)]:
                raise HTTPException(405, headers={"Allow": ", ".join(allowed)})
        await self._router.app(scope, receive, send)

    def find(self, method: str, path: str) -> APIRoute | None:
        """The route that a request would be handed to; *path* begins behind all prefixes."""
        found = _walk(self._root, path.split("/"), 1, [], ("route", method))
        return found[0] if found is not None else None


def _walk(
    node: dict[Any, Any], segments: Sequence[str], at: int, values: list[str], leaf: tuple[str, str]
) -> tuple[APIRoute, tuple[str, ...]] | None:
    if at == len(segments):
        return node.get(leaf)
    segment = segments[at]
    if (after := node.get(segment)) is not None and (found := _walk(after, segments, at + 1, values, leaf)) is not None:
        return found
    if segment and (after := node.get(_VARIABLE)) is not None:
        values.append(segment)
        if (found := _walk(after, segments, at + 1, values, leaf)) is not None:
            return found
        values.pop()
    if (rest := "/".join(segments[at:])) and (after := node.get(_REST)) is not None:
        values.append(rest)
        return _walk(after, [], 0, values, leaf)
    return None


def furnish(app: FastAPI, *routers: APIRouter) -> None:
    """Give an application its operations, as they are, and a directory to find them by."""
    routes: list[BaseRoute] = [route for router in routers for route in router.routes]
    app.router.routes.extend(routes)
    app.router.middleware_stack = directory = Directory(app.router)
    app.state.find = directory.find


def sections(route: APIRoute) -> list[str]:
    """The contract ids that a route answers for: its own, or all that share it."""
    shared: list[str] = (route.openapi_extra or {}).get(SECTIONS, [])
    return shared or [str(route.operation_id)]
