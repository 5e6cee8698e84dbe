"""What happened, and what the WING API answers to it: every refusal of this API, in one table.

Bodies are JHipster's problem JSON. Source: contract `wing-accounts.yaml`, key `errors`; the document prints no body.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from http import HTTPStatus
from http.client import responses
from typing import Any

import orjson
from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException

PROBLEM = "https://www.jhipster.tech/problem/problem-with-message"
VIOLATION = "https://www.jhipster.tech/problem/constraint-violation"


class Refusal(Exception):
    """Something that this API refuses; the facts are keyword arguments and appear in the detail."""

    def __init__(self, **facts: Any) -> None:
        super().__init__(facts)
        self.facts = facts


class NotAuthenticated(Refusal):
    """No token, or one that does not hold here."""


class NotPermitted(Refusal):
    """The caller's roles do not reach this far."""


class AccountOutOfReach(Refusal):
    """The account context names an account that is unknown, or that the caller does not see."""


class NoAccountContext(Refusal):
    """The header Account-Context-Id is missing."""


class BadAccountContext(Refusal):
    """The header Account-Context-Id is neither digits nor ``*``."""


class NoTenant(Refusal):
    """The header X-Tenant-Id is missing."""


class TenantOutOfReach(Refusal):
    """The header X-Tenant-Id names a tenant that is unknown, or that has no account within reach."""


class UnknownVersion(Refusal):
    """A version segment other than v1."""


class UnknownSim(Refusal):
    """No SIM of that identity among those the caller sees."""


class UnknownModel(Refusal):
    """No lifecycle model of that id."""


class UnknownWorkflow(Refusal):
    """No workflow of that id in this tenant."""


class BadParameter(Refusal):
    """A path or query parameter that cannot be read; the facts say which and why."""


class BadField(Refusal):
    """A member of the body that can be read and does not hold: unknown, taken, against a rule; says which and why."""


class NotFound(Refusal):
    """Nothing of that kind and id among what the caller sees."""


class RuleBroken(Refusal):
    """What is asked goes against a rule; the facts are the rule's sentence, its key, and the entity it is about."""


class BodyMediaType(Refusal):
    """A body that does not claim to be JSON, or whatever else the operation takes."""


class FileTooLarge(Refusal):
    """A file of more bytes than the operation takes; says how many megabytes that is."""


REFUSALS: Mapping[type[Refusal], tuple[int, str]] = {
    NotAuthenticated: (401, "Not Authenticated"),
    NotPermitted: (403, "Access Denied"),
    AccountOutOfReach: (403, "Access Denied"),
    NoAccountContext: (
        400,
        "Required request header 'Account-Context-Id' for method parameter type String is not present",
    ),
    BadAccountContext: (400, "Account-Context-Id is an account id in digits or *, not '{value}'"),
    NoTenant: (400, "Required request header 'X-Tenant-Id' for method parameter type String is not present"),
    TenantOutOfReach: (403, "Access Denied"),
    UnknownVersion: (404, "There is no version '{version}' of this API"),
    UnknownSim: (404, "SIM {sim} not found"),
    UnknownModel: (404, "State model {model} not found"),
    UnknownWorkflow: (404, "Workflow {workflow} not found"),
    BadParameter: (400, "Parameter '{name}': {problem}"),
    BadField: (400, "{field} {problem}"),  # shown as a violation of that field
    NotFound: (404, "{what} {id} not found"),
    RuleBroken: (400, "{rule}"),  # shown as the title, with the rule's key
    BodyMediaType: (415, "Content type '{given}' not supported"),
    FileTooLarge: (413, "A file has at most {most} MiB here"),
}

#: What is told of a status where nobody says more.
DETAILS: Mapping[int, str] = {401: "Not Authenticated", 403: "Access Denied", 404: "No such resource"}


def of_status(path: str, status: int, detail: str | None = None) -> Response:
    """What any status from 400 on gets that no operation answers itself, but what stands before the API."""
    return problem(path, status, detail or DETAILS.get(status))


def problem(path: str, status: int, detail: str | None, **more: Any) -> Response:
    """A problem JSON body, its members in JHipster's order."""
    body: dict[str, Any] = {"type": PROBLEM, "title": responses.get(status, "Unknown Status"), "status": status}
    if detail:
        body["detail"] = detail
    body |= {"path": path, "message": f"error.http.{status}"}
    headers = {"WWW-Authenticate": "Bearer"} if status == HTTPStatus.UNAUTHORIZED else None
    return Response(orjson.dumps(body | more), status, headers, "application/problem+json")


def install(app: FastAPI, path_of: Callable[[Request], str]) -> None:
    """Let *app* answer every error in this API's shape; *path_of* tells the path as the client wrote it."""

    def refused(request: Request, refusal: Exception) -> Response:
        assert isinstance(refusal, Refusal)  # noqa: S101 - how it is registered
        status, detail = REFUSALS[type(refusal)]
        facts = {name: _shown(fact) for name, fact in refusal.facts.items()}
        if isinstance(refusal, BadField):
            return _violations(path_of(request), [(facts["field"], facts["problem"])])
        if isinstance(refusal, RuleBroken):
            shown = {"title": facts["rule"], "message": f"error.{facts['key']}", "params": facts["about"]}
            return problem(path_of(request), status, None, **shown)
        return problem(path_of(request), status, detail.format(**facts))

    def http(request: Request, error: Exception) -> Response:
        assert isinstance(error, HTTPException)  # noqa: S101 - how it is registered
        answer = problem(path_of(request), error.status_code, _detail(request, error))
        answer.headers.update(error.headers or {})
        return answer

    def invalid(request: Request, error: Exception) -> Response:
        assert isinstance(error, RequestValidationError)  # noqa: S101 - how it is registered
        return violation(path_of(request), error)

    def fault(request: Request, _error: Exception) -> Response:
        return problem(path_of(request), 500, None, requestId=request.scope["carrierbox"].request_id)

    app.add_exception_handler(HTTPException, http)
    app.add_exception_handler(RequestValidationError, invalid)
    app.add_exception_handler(Exception, fault)
    app.add_exception_handler(Refusal, refused)


def violation(path: str, error: RequestValidationError) -> Response:
    """What a body or parameter that does not fit its schema gets: Spring's words, and every field that is wrong."""
    errors = error.errors()
    if any(wrong["loc"] == ("body",) and wrong["type"] == "missing" for wrong in errors):
        return problem(path, 400, "Required request body is missing")
    if any(wrong["type"] == "json_invalid" or (wrong["loc"], wrong["type"]) in _NO_OBJECT for wrong in errors):
        return problem(path, 400, "JSON parse error")
    return _violations(path, [(_field(wrong), _shown(_message(wrong))) for wrong in errors])


#: A body that is JSON and no object, or no list where one is wanted.
_NO_OBJECT = {(("body",), f"{kind}_type") for kind in ("model", "model_attributes", "dict", "list")}


def _violations(path: str, violations: Sequence[tuple[str, str]]) -> Response:
    name = _object_name(path)
    fields = [{"objectName": name, "field": field, "message": message} for field, message in violations]
    body = {
        "type": VIOLATION,
        "title": "Method argument not valid",
        "status": 400,
        "path": path,
        "message": "error.validation",
        "fieldErrors": fields,
    }
    return Response(orjson.dumps(body), 400, media_type="application/problem+json")


def _field(wrong: Mapping[str, Any]) -> str:
    """Where it is wrong, as a path of members and positions."""
    return ".".join(str(part) for part in wrong["loc"][1:]) or str(wrong["loc"][0])


def _message(wrong: Mapping[str, Any]) -> str:
    """What is wrong with a field; our own words come without pydantic's prefix."""
    if wrong["type"] == "missing" or wrong.get("input", wrong) is None:
        return "must not be null"
    return str(wrong["ctx"]["error"]) if wrong["type"] == "value_error" else str(wrong["msg"])


def _object_name(path: str) -> str:
    """What a body is called: by the last word of its path, which an id is not."""
    words = [part for part in path.split("/") if _WORD.fullmatch(part)]
    return re.sub(r"[-_](.)", lambda gap: gap[1].upper(), words[-1]) if words else ""


_WORD = re.compile(r"[a-zA-Z]+([-_][a-zA-Z]+)*")


def _detail(request: Request, error: HTTPException) -> str:
    match error.status_code:
        case 404:
            return DETAILS[404]
        case 405:
            return f"Request method '{request.method}' not supported"
        case _:
            return str(error.detail)


def _shown(fact: Any) -> str:
    """A fact from outside as it may stand in an answer: short, and text that can be encoded."""
    return str(fact)[:200].encode(errors="replace").decode()
