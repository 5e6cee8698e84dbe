"""What happened, and what the DISH API answers to it: every refusal of this API, in one table.

Source: contract `dish.yaml`, key `errors`. No source shows an error's body; codes beyond the contract's stand where
it names a refusal without a code.
"""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

import orjson
from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException

from carrierbox.reference import OBJECTS, TEXT, refusal


class Refusal(Exception):
    """Something that this API refuses; the facts are keyword arguments and appear in the description."""

    def __init__(self, **facts: Any) -> None:
        super().__init__(facts)
        self.facts = facts

    @property
    def reason(self) -> dict[str, str]:
        """Code and description, as answers and notifications have them."""
        _, code, description = REFUSALS[type(self)]
        shown = {name: _shown(fact) for name, fact in self.facts.items()}
        return {"reasonCode": code, "reasonDesc": description.format(**shown)}


class NotAuthenticated(Refusal):
    """No token, or one that does not hold here."""


class BodyMediaType(Refusal):
    """A body that does not claim to be JSON."""


class UnknownCustomer(Refusal):
    """A node that is not in the caller's part of the customer tree."""


class UnknownSubscription(Refusal):
    """An identifier that leads to no subscription within the caller's reach."""


class UnknownTransaction(Refusal):
    """No transaction of that id at this customer."""


class UnknownSim(Refusal):
    """No SIM of that ICCID in stock, or of that number."""


class NoSimLeft(Refusal):
    """No SIM in stock that an order could get which names none."""


class UnknownDevice(Refusal):
    """No device of that PEI or TAC in the catalogue."""


class UnknownBucket(Refusal):
    """A bucket that the subscription does not have."""


class StepRefused(Refusal):
    """An action that the lifecycle does not know in the present state."""


class NotActive(Refusal):
    """A change of a subscription that is not active."""


class UnderWay(Refusal):
    """A subscription with a transaction that has not ended."""


class Duplicate(Refusal):
    """A partnerTransactionId that was used before."""


class SimInUse(Refusal):
    """A SIM that is or was on a subscription, or is named in an activation under way."""


class NumberInUse(Refusal):
    """A number that is on a subscription, or that an order under way keeps."""


class Mismatch(Refusal):
    """Identifiers that do not belong together."""


class DeviceRefused(Refusal):
    """A device that the network does not take."""


class ProvisioningFailed(Refusal):
    """Work that ended badly, for a reason that the facts give."""


REFUSALS: Mapping[type[Refusal], tuple[int, str, str]] = {
    NotAuthenticated: (401, "UNAUTHORIZED", "Access token is missing or invalid"),
    BodyMediaType: (415, "UNSUPPORTED_MEDIA_TYPE", "Content-Type must be application/json, not '{given}'"),
    UnknownCustomer: (404, "CUSTOMER_NOT_FOUND", "No such wholesaleCustomerId within the customer hierarchy"),
    UnknownSubscription: (404, "SUBSCRIPTION_NOT_FOUND", "No subscription found for the given {given}"),
    UnknownTransaction: (404, "TRANSACTION_NOT_FOUND", "No transaction found for the given partnerTransactionId"),
    UnknownSim: (404, "SIM_NOT_FOUND", "No SIM found for the given {given}"),
    NoSimLeft: (404, "SIM_NOT_FOUND", "No SIM is left in stock for the given eid"),
    UnknownDevice: (404, "DEVICE_NOT_FOUND", "No device found for the given {given}"),
    UnknownBucket: (404, "BUCKET_NOT_FOUND", "The subscription has no bucket {bucket}"),
    StepRefused: (409, "INVALID_STATE", "{action} is not allowed for a subscription in status {state}"),
    NotActive: (409, "INVALID_STATE", "The subscription is in status {state}; it must be Active"),
    UnderWay: (409, "TRANSACTION_IN_PROGRESS", "Another transaction of the subscription is in progress"),
    Duplicate: (409, "DUPLICATE_TRANSACTION", "partnerTransactionId was used before"),
    SimInUse: (409, "SIM_IN_USE", "SIM is already in use"),
    NumberInUse: (409, "GPSI_IN_USE", "gpsi is already in use"),
    Mismatch: (409, "IDENTIFIER_MISMATCH", "{what} do not belong together"),
    DeviceRefused: (409, "DEVICE_NOT_COMPATIBLE", "The device is {problem}"),
    ProvisioningFailed: (500, "INTERNAL_ERROR", "{why}"),
}

#: What the HTTP layer refuses by itself, or what stands before the API.
HTTP = {
    401: ("UNAUTHORIZED", "Access token is missing or invalid"),
    404: ("NOT_FOUND", "No such resource"),
    405: ("METHOD_NOT_ALLOWED", "Method not allowed"),
    409: ("INVALID_STATE", "The request does not fit the present state"),
    413: ("INVALID_REQUEST", "The body is too large"),
    415: ("UNSUPPORTED_MEDIA_TYPE", "Content-Type must be application/json"),
    429: ("TOO_MANY_REQUESTS", "Rate limit exceeded"),
}
#: Every error, as OpenAPI has it.
DESCRIBED = {
    "default": refusal(
        "A refusal.",
        {"status": {"const": "Failure"}, "reasonCode": TEXT, "reasonDesc": TEXT},
        {"errors": OBJECTS},
        "application/json",
    )
}
FAULT = ("INTERNAL_ERROR", "Internal server error")
#: The words of RFC 6749 5.2 for what is refused at the token's address.
TOKEN_ERRORS: Mapping[int, str] = {400: "invalid_request", 401: "invalid_client"}


class BadField(Exception):
    """A field, header or parameter that is missing or broken, found beyond what its schema says."""

    def __init__(self, field: str, message: str) -> None:
        super().__init__(f"{field} {message}")
        self.field = field
        self.message = message


class TokenRefused(Exception):
    """A token request that is refused, in the words of RFC 6749 5.2."""

    def __init__(self, error: str, description: str, status: int = 400) -> None:
        super().__init__(description)
        self.status = status
        self.body = {"error": error, "error_description": description}


def failure(
    status: int, code: str, description: str, headers: Mapping[str, str] | None = None, **more: Any
) -> Response:
    """An error's body."""
    body = {"status": "Failure", "reasonCode": code, "reasonDesc": description} | more
    challenge = {"WWW-Authenticate": "Bearer"} if status == 401 else {}
    return Response(orjson.dumps(body), status, {**(headers or {}), **challenge}, "application/json")


def install(app: FastAPI) -> None:
    """Let *app* answer every error in this API's shape."""
    app.add_exception_handler(Refusal, _refused)
    app.add_exception_handler(BadField, _bad_field)
    app.add_exception_handler(TokenRefused, _token_refused)
    app.add_exception_handler(RequestValidationError, _invalid)
    app.add_exception_handler(HTTPException, _http)
    app.add_exception_handler(Exception, _fault)


def _refused(_request: Request, refusal: Exception) -> Response:
    assert isinstance(refusal, Refusal)  # noqa: S101 - how it is registered
    reason = refusal.reason
    return failure(REFUSALS[type(refusal)][0], reason["reasonCode"], reason["reasonDesc"])


def _bad_field(_request: Request, bad: Exception) -> Response:
    assert isinstance(bad, BadField)  # noqa: S101 - how it is registered
    return _broken([{"field": bad.field, "message": bad.message}])


def _token_refused(_request: Request, refused: Exception) -> Response:
    assert isinstance(refused, TokenRefused)  # noqa: S101 - how it is registered
    return _token_answer(refused)


def _token_answer(refused: TokenRefused) -> Response:
    challenge = {"WWW-Authenticate": "Basic"} if refused.status == 401 else None
    return Response(orjson.dumps(refused.body), refused.status, challenge, "application/json")


def _invalid(_request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)  # noqa: S101 - how it is registered
    return _broken([{"field": _field(wrong["loc"]), "message": _message(wrong)} for wrong in error.errors()[:20]])


def _broken(errors: list[dict[str, str]]) -> Response:
    first = errors[0]
    return failure(400, "INVALID_REQUEST", f"{first['field']} {first['message']}", errors=errors)


def _field(loc: tuple[int | str, ...]) -> str:
    """Where it is, as the document writes it: ``products[0].action``; *body* for a body as a whole."""
    path = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in loc[1:])
    return _shown(path.lstrip(".")) or "body"


#: How pydantic's misfits are said here; what is not among them is said in its words.
_MESSAGES = {
    "missing": "is required",
    "string_type": "must be a string",
    "string_pattern_mismatch": "must match {pattern}",
    "string_too_short": "must have at least {min_length} characters",
    "string_too_long": "must have at most {max_length} characters",
    "literal_error": "must be one of {expected}",
    "greater_than_equal": "must be at least {ge}",
    "less_than_equal": "must be at most {le}",
    "int_type": "must be a whole number",
    "json_invalid": "must be JSON",
    "model_type": "must be an object",
    "model_attributes_type": "must be an object",
    "list_type": "must be an array",
    "value_error": "{error}",
}


def _message(wrong: Mapping[str, Any]) -> str:
    said = _MESSAGES.get(wrong["type"])
    if said is None:
        return _shown(wrong["msg"])
    facts = dict(wrong.get("ctx", {}))
    if "expected" in facts:
        facts["expected"] = str(facts["expected"]).replace("'", "").replace(" or ", ", ")
    return _shown(said.format(**facts))


def _http(_request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)  # noqa: S101 - how it is registered
    return of_status(error.status_code, str(error.detail), error.headers)


def of_status(status: int, detail: str | None = None, headers: Mapping[str, str] | None = None) -> Response:
    """What a status of the HTTP layer's own gets, or of what stands before the API."""
    other = FAULT if status >= 500 else ("INVALID_REQUEST", _shown(detail or "The request is not acceptable"))
    return failure(status, *HTTP.get(status, other), headers)


def at(path: str, status: int, detail: str | None = None) -> Response:
    """What any status from 400 on gets at an address, by what stands before the API."""
    if path.endswith("/token") and status in TOKEN_ERRORS:
        return _token_answer(TokenRefused(TOKEN_ERRORS[status], HTTPStatus(status).phrase, status))
    return of_status(status, detail)


def _fault(_request: Request, _error: Exception) -> Response:
    return failure(500, *FAULT)


def _shown(fact: Any) -> str:
    """A fact from outside as it may stand in an answer: short, and text that can be encoded."""
    return str(fact)[:200].encode(errors="replace").decode()
