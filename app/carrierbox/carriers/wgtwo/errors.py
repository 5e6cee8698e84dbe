"""What happened, and what the Working Group Two API answers to it: every refusal of this API, in one table.

The vendor says little: most refusals have no body at all. So that one need not guess, the box's own header
`X-Carrierbox-Reason` says what the vendor does not. Source: contract `wgtwo.yaml`, key `errors`.
"""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

import orjson
from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Receive, Scope, Send

from carrierbox import edge
from carrierbox.reference import TEXT, refusal

REASON = "X-Carrierbox-Reason"
#: The bodies that there are, as JSON; all other errors have none.
BODIES: Mapping[int, Any] = {
    401: {"error": "invalid or missing credentials"},
    403: {"error": "invalid or missing credentials"},
    429: "Too Many Requests",
}
_NOT_ADMITTED = refusal("The caller may not do this.", {"error": TEXT}, {}, "application/json")
#: Every error, as OpenAPI has it.
DESCRIBED = {
    "401": _NOT_ADMITTED,
    "403": _NOT_ADMITTED,
    "429": {"description": "Too many requests.", "content": {"application/json": {"schema": TEXT}}},
    "default": {"description": f"A refusal without a body; the header {REASON} says why."},
}
#: The words of RFC 6749 5.2 for what is refused at the token's address.
TOKEN_ERRORS: Mapping[int, str] = {400: "invalid_request", 401: "invalid_client"}


class Refusal(Exception):
    """Something that this API refuses; the facts are keyword arguments and appear in the reason."""

    def __init__(self, **facts: Any) -> None:
        super().__init__(facts)
        self.facts = facts


class NotAuthenticated(Refusal):
    """No credentials, wrong ones, or a token that does not hold here."""


class NoScope(Refusal):
    """Good credentials without the scope that the operation needs."""


class ForeignTenant(Refusal):
    """A tenant (bssid) that the caller may not act for."""


class ImportOff(Refusal):
    """A tenant for which the vendor has not enabled the import of SIMs."""


class UnknownTenant(Refusal):
    """No tenant of that bssid."""


class UnknownSubscription(Refusal):
    """An identifier that leads to no subscription that the caller sees."""


class UnknownSim(Refusal):
    """No SIM of that ICCID in the tenant."""


class NotNamed(Refusal):
    """A request that names no subscription at all."""


class NamedTwo(Refusal):
    """Identifiers of two subscriptions."""


class WrongUser(Refusal):
    """A userid that is not the subscription's."""


class SimInUse(Refusal):
    """A SIM that is on a subscription already."""


class NumberInUse(Refusal):
    """An MSISDN that a subscription has already."""


class UseridInUse(Refusal):
    """A userid that another subscription of the tenant has."""


class SimNotThere(Refusal):
    """A SIM to be taken off that is not on the subscription, or not clearly the one meant."""


class SimDiffers(Refusal):
    """An import of a card or IMSI that is on the platform already, with other content."""


class UnderWay(Refusal):
    """A change of a SIM that another one has not ended of, which only magic ICCIDs bring about."""


class StepRefused(Refusal):
    """A step that the lifecycle does not know."""


REFUSALS: Mapping[type[Refusal], tuple[int, str]] = {
    NotAuthenticated: (401, "{why}"),
    NoScope: (403, "needs the scope {scope}"),
    ForeignTenant: (403, "may not act for bssid {bssid}"),
    ImportOff: (403, "the import of SIMs is not enabled for bssid {bssid}"),
    UnknownTenant: (404, "there is no bssid {bssid}"),
    UnknownSubscription: (404, "no subscription with {name} {value}"),
    UnknownSim: (404, "no SIM {iccid} in this tenant"),
    NotNamed: (400, "one of msisdn, iccid, imsi is required"),
    NamedTwo: (400, "the identifiers are of two subscriptions"),
    WrongUser: (400, "the subscription has another userid than {userid}"),
    SimInUse: (400, "SIM {iccid} is on a subscription"),
    NumberInUse: (400, "MSISDN {msisdn} is in use"),
    UseridInUse: (400, "userid {userid} is in use with another MSISDN"),
    SimNotThere: (400, "of {present} SIMs on the subscription {meant} fit"),
    SimDiffers: (400, "{what} is on the platform with other content"),
    UnderWay: (400, "a change of SIM {iccid} is under way"),
    StepRefused: (400, "{present} -> {wanted} is not allowed; allowed: {allowed}"),
}


class TokenRefused(Exception):
    """A token request that is refused, in the words of RFC 6749 5.2."""

    def __init__(self, error: str, description: str, status: int = 400) -> None:
        super().__init__(description)
        self.status = status
        self.body = {"error": error, "error_description": description}


def bare(status: int, headers: Mapping[str, str] | None = None) -> Response:
    """A refusal as the vendor words it: in one field, or not at all."""
    if status not in BODIES:
        return Response(status_code=status, headers=headers)
    answer = Response(orjson.dumps(BODIES[status]), status, headers, "application/json")
    if status == HTTPStatus.UNAUTHORIZED:
        answer.headers["WWW-Authenticate"] = "Bearer"
    return answer


def of_status(status: int, path: str) -> Response:
    """What any status from 400 on gets that no operation answers itself, but what stands before the API."""
    if path.endswith("/token") and status in TOKEN_ERRORS:
        return _token_answer(TokenRefused(TOKEN_ERRORS[status], HTTPStatus(status).phrase, status))
    return bare(status)


def before(status: int, detail: str | None, path: str) -> ASGIApp:
    """What stands before the API and refuses a request; without a detail because the box lets it go wrong."""
    answer = of_status(status, path)

    async def refuse(scope: Scope, receive: Receive, send: Send) -> None:
        if "carrierbox" in scope:  # else there is no such world, and nothing marks the answer
            reason = detail or "the box lets this request go wrong: X-Carrierbox-Fault says by what"
            scope["carrierbox"].mark(REASON, reason)
        await answer(scope, receive, send)

    return refuse


def install(app: FastAPI) -> None:
    """Let *app* answer every error in this API's shape."""
    app.add_exception_handler(Refusal, _refused)
    app.add_exception_handler(TokenRefused, _token_refused)
    app.add_exception_handler(RequestValidationError, _invalid)
    app.add_exception_handler(HTTPException, _http)
    app.add_exception_handler(Exception, _fault)


def _refused(request: Request, refusal: Exception) -> Response:
    assert isinstance(refusal, Refusal)  # noqa: S101 - how it is registered
    status, reason = REFUSALS[type(refusal)]
    edge.visit(request).mark(REASON, reason.format(**refusal.facts))
    return bare(status)


def _token_refused(_request: Request, refused: Exception) -> Response:
    assert isinstance(refused, TokenRefused)  # noqa: S101 - how it is registered
    return _token_answer(refused)


def _token_answer(refused: TokenRefused) -> Response:
    challenge = {"WWW-Authenticate": "Basic"} if refused.status == HTTPStatus.UNAUTHORIZED else None
    return Response(orjson.dumps(refused.body), refused.status, challenge, "application/json")


def _invalid(request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)  # noqa: S101 - how it is registered
    wrong = error.errors()[0]
    where = ".".join(str(part) for part in wrong["loc"])
    edge.visit(request).mark(REASON, f"{where}: {wrong['msg'].removeprefix('Value error, ')}")
    return bare(400)


def _http(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)  # noqa: S101 - how it is registered
    edge.visit(request).mark(REASON, f"{request.method} {request.url.path}: {error.detail}")
    return bare(error.status_code, error.headers)


def _fault(request: Request, _error: Exception) -> Response:
    edge.visit(request).mark(REASON, "an error of the box: its log says more, by the request's id")
    return bare(500)
