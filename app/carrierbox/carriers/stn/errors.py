"""What happened, and what the sTN API answers to it: every refusal of this API, in one table.

Bodies are ServiceStack's. Source: contract `stn.yaml`, key `errors`. Where it leaves a text open, the text is ours.
"""

import re
from collections.abc import Mapping, Sequence
from http.client import responses
from typing import Any

import orjson
from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException

from carrierbox.reference import OBJECTS, TEXT, refusal

JSON = "application/json; charset=utf-8"
TYPES = "STNPartnerAPIServiceStack.ServiceModel"
SHOWN = 200

#: Texts of the frame's refusals where nobody says more: ServiceStack's own, as far as the contract has them.
TEXTS: Mapping[int, str] = {401: "Not Authenticated", 403: "Access Denied", 429: "Too many requests"}
#: Error codes of what the frame around the operations refuses.
CODES: Mapping[int, str] = {
    400: "BadRequest",
    401: "Unauthorized",
    403: "Forbidden",
    404: "NotFound",
    405: "MethodNotAllowed",
    413: "RequestEntityTooLarge",
    429: "TooManyRequests",
    500: "InternalServerError",
    503: "ServiceUnavailable",
}
_STATUS = {
    "type": "object",
    "required": ["errorCode", "message", "errors"],
    "properties": {"errorCode": TEXT, "message": TEXT, "errors": OBJECTS},
}
#: Every error, as OpenAPI has it.
DESCRIBED = {
    "default": refusal("A refusal, as ServiceStack words it.", {"responseStatus": _STATUS}, {}, "application/json")
}
#: Rules over one field, which are told in `errors`, one entry each.
FIELD_RULES = frozenset({"MaximumLength", "NotEmpty"})


class Refusal(Exception):
    """Something that this API refuses; the facts are keyword arguments and appear in the message."""

    def __init__(self, **facts: Any) -> None:
        super().__init__(facts)
        self.facts = facts


class NotAuthenticated(Refusal):
    """No API key, or an unknown one."""


class NotPermitted(Refusal):
    """A key that is switched off for this operation."""


class NoSubscriptionNamed(Refusal):
    """Neither of the two fields that name a subscription."""


class UnknownSubscription(Refusal):
    """No subscription of that id or number among the caller's."""


class TwoSubscriptionsNamed(Refusal):
    """An id and a number that do not belong together."""


class NotDutchMobile(Refusal):
    """A phone number that is not a Dutch mobile number."""


class WrongState(Refusal):
    """A subscription that is not active yet, or not any more."""


class NoCardNamed(Refusal):
    """A SIM card is wanted, and none is named."""


class UnknownCard(Refusal):
    """No SIM card of that number among the caller's."""


class CardNotFree(Refusal):
    """A SIM card that is in use, under change or out of use."""


class NoEmail(Refusal):
    """An eSIM without the address that its QR code goes to."""


class NoConfirmationCode(Refusal):
    """An eSIM without the code that its user will type."""


class NoCustomerNamed(Refusal):
    """A partner with several customer numbers has to name one."""


class UnknownCustomer(Refusal):
    """A customer number that is not the caller's."""


class SameEnvironment(Refusal):
    """A move to where the subscription is already."""


class MovedRecently(Refusal):
    """A second move within two months."""


class UnknownActivation(Refusal):
    """No activation of that id among the caller's."""


class OtherActivation(Refusal):
    """An activation of another type than this operation is about."""


class TooLate(Refusal):
    """An activation that has ended, or is being cancelled already."""


class PortingNotRequested(Refusal):
    """A port-in that the donor has not been asked for yet cannot be cancelled."""


class NothingToChange(Refusal):
    """A change of a port-in that names nothing to change."""


class NumberInUse(Refusal):
    """A number that is asked to come in and is here already."""


class BadParameter(Refusal):
    """A query parameter that cannot be read; the facts say which and why."""


REFUSALS: Mapping[type[Refusal], tuple[int, str]] = {
    NotAuthenticated: (401, "Not Authenticated"),
    NotPermitted: (403, "Access Denied"),
    NoSubscriptionNamed: (400, "Either subscriptionId or phoneNumber is required"),
    UnknownSubscription: (400, "Subscription {wanted} was not found"),
    TwoSubscriptionsNamed: (400, "subscriptionId {id} and phoneNumber {number} are not of one subscription"),
    NotDutchMobile: (400, "'{number}' is not a Dutch mobile number"),
    WrongState: (400, "Subscription {id} is {state}"),
    NoCardNamed: (400, "{field} is required when eSim is not true"),
    UnknownCard: (400, "SIM card {iccid} was not found"),
    CardNotFree: (400, "SIM card {iccid} is {status}, not FREE"),
    NoEmail: (400, "Email address is required when activating an eSim"),
    NoConfirmationCode: (400, "Confirmation code is required when activating an eSim"),
    NoCustomerNamed: (400, "stnCustomerId is required: there is more than one"),
    UnknownCustomer: (400, "stnCustomerId {id} was not found"),
    SameEnvironment: (400, "Subscription {id} is in {environment} already"),
    MovedRecently: (400, "Subscription {id} may move once in two months only"),
    UnknownActivation: (400, "Activation {id} was not found"),
    OtherActivation: (400, "Activation {id} is of type {kind}, not {wanted}"),
    TooLate: (400, "Activation {id} is {status} and cannot be changed or cancelled any more"),
    PortingNotRequested: (400, "Activation {id} cannot be cancelled while portingStatus is INIT"),
    NothingToChange: (400, "Either donorCustomerNumber or portingWishDate is required"),
    NumberInUse: (400, "Phone number {number} is in use here already"),
    BadParameter: (400, "Parameter '{name}': {problem}"),
}


def body(status: int, code: str, message: str, errors: Sequence[Mapping[str, Any]] = ()) -> Response:
    """An error answer."""
    content = {"responseStatus": {"errorCode": code, "message": message, "errors": errors}}
    return Response(orjson.dumps(content), status, media_type=JSON)


def plain(status: int, detail: str | None = None) -> Response:
    """What the frame around the operations refuses; its code is the status's name, as .NET writes it."""
    phrase = responses.get(status, "Error")
    code = CODES.get(status, "".join(filter(str.isalpha, phrase)))
    return body(status, code, shown(detail or TEXTS.get(status, phrase)))


def install(app: FastAPI) -> None:
    """Let *app* answer every error in this API's shape."""

    def refused(_request: Request, refusal: Exception) -> Response:
        assert isinstance(refusal, Refusal)  # noqa: S101 - how it is registered
        status, message = REFUSALS[type(refusal)]
        facts = {name: shown(fact) for name, fact in refusal.facts.items()}
        return body(status, CODES[status], message.format(**facts))

    def http(request: Request, error: Exception) -> Response:
        assert isinstance(error, HTTPException)  # noqa: S101 - how it is registered
        if error.status_code == 400:  # a body that FastAPI could not read
            return body(400, "SerializationException", _not_read(request, "the body is not JSON"))
        answer = plain(error.status_code, error.detail)
        answer.headers.update(error.headers or {})
        return answer

    def invalid(request: Request, error: Exception) -> Response:
        assert isinstance(error, RequestValidationError)  # noqa: S101 - how it is registered
        return _invalid(request, error.errors())

    def fault(request: Request, _error: Exception) -> Response:
        return plain(500, f"Internal error, request {request.scope['carrierbox'].request_id}")

    app.add_exception_handler(HTTPException, http)
    app.add_exception_handler(RequestValidationError, invalid)
    app.add_exception_handler(Exception, fault)
    app.add_exception_handler(Refusal, refused)


def _invalid(request: Request, wrong: Sequence[Mapping[str, Any]]) -> Response:
    """A body that does not fit: what cannot be read goes before what is missing, and that before rules over fields."""
    missing = [each["loc"][1] for each in wrong if each["type"] == "missing" and len(each["loc"]) == 2]
    unread = [each for each in wrong if each["type"] not in FIELD_RULES and (each["type"] != "missing" or not missing)]
    if unread:
        where = ".".join(str(part) for part in unread[0]["loc"])
        return body(400, "SerializationException", _not_read(request, shown(f"{where}: {unread[0]['msg']}")))
    if missing:
        problem = (
            f"JSON deserialization for type '{TYPES}.{_operation(request)}' was missing required properties, including"
            f" the following: {', '.join(missing)}"
        )
        return body(400, "SerializationException", _not_read(request, problem))
    entries = [
        {
            "errorCode": each["type"],
            "fieldName": each["loc"][-1],
            "message": each["msg"],
            "meta": {name: str(fact) for name, fact in each["ctx"].items()},
        }
        for each in wrong
    ]
    return body(400, entries[0]["errorCode"], entries[0]["message"], entries)


def _not_read(request: Request, problem: str) -> str:
    # the quotation mark behind the type's name has no partner on the vendor's page either
    return f"Could not deserialize 'application/json' request using {TYPES}.{_operation(request)}'\nError: {problem}"


def _operation(request: Request) -> str:
    return str(request.scope["path"]).rpartition("/")[2]


def words(name: str) -> str:
    """A field's name as messages have it: ``referenceNumber`` is ``reference Number``."""
    return re.sub(r"(?=[A-Z])", " ", name)


def shown(fact: Any) -> str:
    """A fact from outside as it may stand in an answer: short, and text that can be encoded."""
    return str(fact)[:SHOWN].encode(errors="replace").decode()
