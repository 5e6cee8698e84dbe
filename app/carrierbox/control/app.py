"""The control API's application: who is let in, and its errors."""

import hmac
import ipaddress
import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.routing import Match
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from carrierbox import edge, reference
from carrierbox.control import (
    callbacks,
    clock,
    explain,
    faults,
    fleet,
    health,
    inbox,
    journal,
    keys,
    lifecycles,
    metrics,
    outbox,
    outcomes,
    settings,
    sims,
    snapshots,
    wait,
    worlds,
)
from carrierbox.control.wiring import Control, Known
from carrierbox.kernel.bell import TooManyWaits
from carrierbox.kernel.callback_plans import TooManyPlans, UnknownPlan
from carrierbox.kernel.callbacks import UnknownCallback
from carrierbox.kernel.clock import BadTime, ClockWouldGoBack
from carrierbox.kernel.delivery import Forbidden
from carrierbox.kernel.devices import NoDevice, NoNetwork, UnknownNetwork, UnknownRat, UnknownSim
from carrierbox.kernel.faults import TooManyFaults, UnknownFault
from carrierbox.kernel.fixtures import BadFixture
from carrierbox.kernel.outcomes import TooManyOutcomes, UnknownOutcome
from carrierbox.kernel.sims import UnknownState
from carrierbox.kernel.snapshots import BadSnapshot
from carrierbox.kernel.store import DiskFull, NotOurs, TooManyFiles, lack
from carrierbox.kernel.tokens import NoSuchToken
from carrierbox.kernel.workflow import UnknownWorkflow
from carrierbox.kernel.world import UnknownWorld
from carrierbox.kernel.worlds import BadWorld, WorldRefused
from carrierbox.problems import problem

#: What answers without the control key.
OPEN = re.compile(r"/(health|livez|readyz|worlds/[^/]+/inbox/[^/]+)")
#: What takes every method as it comes.
RECEIVER = re.compile(r"/worlds/[^/]+/inbox/[^/]+")

#: What happened, and the status it gets.
REFUSALS: Mapping[type[Exception], int] = {
    UnknownWorld: 404,
    UnknownCallback: 404,
    UnknownPlan: 404,
    UnknownFault: 404,
    UnknownOutcome: 404,
    UnknownWorkflow: 404,
    UnknownSim: 404,
    NoDevice: 404,
    NoNetwork: 409,
    UnknownNetwork: 400,
    UnknownRat: 400,
    UnknownState: 400,
    BadSnapshot: 400,
    WorldRefused: 409,
    TooManyFaults: 409,
    TooManyOutcomes: 409,
    TooManyPlans: 409,
    TooManyWaits: 429,
    ClockWouldGoBack: 409,
    BadTime: 400,
    BadWorld: 400,
    BadFixture: 400,
    NoSuchToken: 400,
    Forbidden: 400,
    DiskFull: 507,
    TooManyFiles: 503,
    NotOurs: 503,
}

#: Every error, as OpenAPI has it.
DESCRIBED = {
    "default": reference.refusal(
        "A refusal: a problem document of RFC 9457.",
        {"type": reference.TEXT, "title": reference.TEXT, "status": reference.NUMBER, "detail": reference.TEXT},
        {"errors": reference.OBJECTS, "request_id": reference.TEXT},
        "application/problem+json",
    )
}


def build(control: Control) -> FastAPI:
    """The application under ``/_box``."""
    app = FastAPI(
        title="carrierbox control",
        version=control.version,
        redirect_slashes=False,
        docs_url=None,
        redoc_url=None,
        openapi_url="/openapi.json",
    )
    app.state.control = control
    app.include_router(health.router)
    app.include_router(metrics.router)
    app.include_router(lifecycles.router, dependencies=[Known])
    for room in (worlds, snapshots, clock, settings, keys, fleet, explain, sims, outcomes, callbacks, inbox):
        app.include_router(room.router, dependencies=[Known])
    app.include_router(inbox.receiver)
    for room in (outbox, faults, journal, wait):
        app.include_router(room.router, dependencies=[Known])
    app.add_middleware(_Heads)
    app.add_middleware(_Admission, key=control.key)
    app.add_exception_handler(HTTPException, _http)
    app.add_exception_handler(RequestValidationError, _invalid)
    app.add_exception_handler(Exception, _fault)
    for happened in REFUSALS:
        app.add_exception_handler(happened, _refused)
    built = app.openapi

    def openapi() -> dict[str, Any]:
        if app.openapi_schema is None:
            document = built()
            reference.refuse(document, DESCRIBED)
            app.openapi_schema = document
        return app.openapi_schema

    app.openapi = openapi  # type: ignore[method-assign] # FastAPI's documented way to extend its document
    return app


class _Admission:
    """Lets in who has the control key; without one, callers on this machine only. Before anything else is looked at."""

    def __init__(self, app: ASGIApp, key: str | None) -> None:
        self._app = app
        self._key = key

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Hand an ASGI request on, or refuse it."""
        refusal = self._refusal(Request(scope)) if scope["type"] == "http" else None
        await (refusal or self._app)(scope, receive, send)

    def _refusal(self, request: Request) -> Response | None:
        if OPEN.fullmatch(_path(request.scope)):
            return None
        if self._key is None:
            return self._refusal_without_key(request)
        scheme, _, given = request.headers.get("Authorization", "").partition(" ")
        if scheme.lower() == "bearer" and hmac.compare_digest(given.encode(errors="replace"), self._key.encode()):
            return None
        answer = problem(401, "the control API wants Authorization: Bearer and the control key")
        answer.headers["WWW-Authenticate"] = "Bearer"
        return answer

    def _refusal_without_key(self, request: Request) -> Response | None:
        """Let this machine in, but no web page from elsewhere that is open on it: browsers say whose page calls.

        A page whose own host name was made to lead here says nothing when it reads, but for that name.
        """
        if request.client is not None and not _is_loopback(request.client.host):
            return problem(403, "without a control key only this machine may call the control API")
        if not _is_loopback(_called(request)):
            return problem(403, "without a control key the box is called localhost or by a loopback address")
        if not _is_own_page(request):
            return problem(403, "without a control key no page but the box's own may call the control API")
        return None


class _Heads:
    """Answers HEAD as GET, without the body: so health checks and load balancers ask. Source: RFC 9110 9.3.2."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Hand an ASGI request on."""
        if scope["type"] == "http" and scope["method"] == "HEAD" and not RECEIVER.fullmatch(_path(scope)):
            scope, send = {**scope, "method": "GET"}, _bodiless(send)
        await self._app(scope, receive, send)


def _bodiless(send: Send) -> Send:
    async def head_only(message: Message) -> None:
        await send({**message, "body": b""} if message["type"] == "http.response.body" else message)

    return head_only


def _path(scope: Scope) -> str:
    """The path behind ``/_box``."""
    return str(scope["path"]).removeprefix(scope.get("root_path", ""))


def _called(request: Request) -> str | None:
    """The host name by which the box was called."""
    host = request.headers.get("Host")
    if host is None:  # no browser leaves it out
        return "localhost"
    try:
        return urlsplit(f"//{host}").hostname
    except ValueError:
        return None


def _is_own_page(request: Request) -> bool:
    """Whether a request comes from no web page, or the box's own; or follows a link to that, which calls nothing."""
    page, host = request.headers.get("Origin"), request.headers.get("Host")
    if page not in (None, f"http://{host}", f"https://{host}"):
        return False
    if request.headers.get("Sec-Fetch-Site", "none") in {"none", "same-origin"}:
        return True
    follows = request.headers.get("Sec-Fetch-Mode"), request.headers.get("Sec-Fetch-Dest")
    return request.method == "GET" and follows == ("navigate", "document")


def _is_loopback(host: str | None) -> bool:
    try:
        return ipaddress.ip_address(host or "").is_loopback
    except ValueError:
        # names below localhost are this machine's as well; testclient is an in-process client
        return host in {"localhost", "testclient"} or str(host).endswith(".localhost")


def _refused(_request: Request, happened: Exception) -> Response:
    return problem(next(status for kind, status in REFUSALS.items() if isinstance(happened, kind)), str(happened))


def _http(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)  # noqa: S101 - how it is registered
    detail = error.detail
    if error.status_code == 404:
        detail = f"nothing lies at {request.scope['path']:.200}: /_box/openapi.json lists what does"
    answer = problem(error.status_code, str(detail))
    answer.headers.update(error.headers or {})
    if error.status_code == 405:
        answer.headers["Allow"] = ", ".join(_methods(request))
    return answer


def _methods(request: Request) -> list[str]:
    """What can be done at this path; the router names the methods of one route only."""

    def is_there(method: str) -> bool:
        scope = {**request.scope, "method": method}
        return any(route.matches(scope)[0] is Match.FULL for route in request.app.routes)

    found = [method for method in ("DELETE", "GET", "PATCH", "POST", "PUT") if is_there(method)]
    return sorted({*found, "HEAD"}) if "GET" in found else found


def _invalid(_request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)  # noqa: S101 - how it is registered
    if any(isinstance(each["input"], bytes) for each in error.errors()):  # FastAPI reads what claims to be JSON only
        return problem(400, "a body is JSON, and says so: send it with Content-Type: application/json")
    wrong = [
        {"where": ".".join(map(str, each["loc"])), "what": each["msg"].removeprefix("Value error, ")[:200]}
        for each in error.errors()
    ]
    return problem(400, "; ".join(f"{each['where']}: {each['what']}" for each in wrong), errors=wrong[:20])


def _fault(request: Request, error: Exception) -> Response:
    control: Control = request.app.state.control
    if found := lack(error, control.worlds.folder):
        return _refused(request, found)
    return problem(500, "a fault of the box; its log says more", request_id=edge.visit(request).request_id)
