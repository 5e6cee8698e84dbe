"""Every operation that the box claims to have, asked as its document asks and compared with what it prints."""

import re
from collections.abc import Mapping
from typing import Any

import httpx
import pytest

from carrierbox import contracts
from carrierbox.contracts import Operation
from carrierbox.main import implemented_operations, sections, vendor_routes

IMPLEMENTED = [operation for operation in contracts.operations() if operation.id in implemented_operations()]

#: Where the printed values cannot be sent as they stand: what is sent instead.
PATH_VALUES: Mapping[str, Mapping[str, Any]] = {
    "wing-2": {"realmId": "wdh-sitstg2"},
    "wing-5.24": {"days": 36_500},  # its row is of 2023
}
#: Queries whose names in the contract stand for a whole table of parameters.
QUERIES: Mapping[str, Mapping[str, Any]] = {
    "wing-5.3.1": {"accountId.equals": 3439, "accountId.greaterThan": 3000, "accountId.lessThan": 4000},
}
#: Answers that name what only this run can know: compared by shape.
FRESH = {"wing-2", "wing-5.7", "wing-5.8"}


def ask(operation: Operation, world: Any, path: str | None = None, method: str | None = None) -> httpx.Response:
    """Send an operation's documented request."""
    values = {parameter["name"]: parameter.get("example") for parameter in operation.path_params}
    values |= PATH_VALUES.get(operation.id, {})
    query = QUERIES.get(operation.id) or {
        parameter["name"]: str(parameter["example"]).lower() if parameter["type"] == "boolean" else parameter["example"]
        for parameter in operation.query
        if "example" in parameter
    }
    body: dict[str, Any] = {}
    if operation.request is not None:
        kind = "data" if "form" in operation.request.content_type else "json"
        body = {kind: operation.request.example}
    url = (path or operation.path).replace("{version}", "v1").format(**values)
    client = world.wing if operation.auth == "bearer" else world.client()
    return client.request(method or operation.method, url, params=query, **body)


def shape(value: Any) -> Any:
    """What a JSON value is made of: its members in order and their kinds; null goes with anything."""
    match value:
        case dict():
            return {name: shape(member) for name, member in value.items()}
        case list():
            return [shape(value[0])] if value else []
        case bool() | None | str():
            return type(value).__name__
        case _:
            return "number"


def fits(documented: Any, answered: Any) -> bool:
    """Whether an answer has the documented shape, members in the documented order."""
    match documented, answered:
        case dict(), dict():
            return list(documented) == list(answered) and all(
                fits(documented[name], answered[name]) for name in documented
            )
        case list(), list() if len(documented) == len(answered):
            return all(map(fits, documented, answered))
        case list(), list():
            return not documented or not answered or all(fits(documented[0], member) for member in answered)
        case (None, _) | (_, None):
            return True
        case _:
            return shape(documented) == shape(answered)


@pytest.mark.parametrize("operation", IMPLEMENTED, ids=lambda operation: operation.id)
def test_answers_the_documented_request_as_documented(operation: Operation, world: Any) -> None:
    answer = ask(operation, world)
    expected = operation.success
    assert expected.status == answer.status_code, answer.text
    assert (expected.content_type or "").split(";")[0] == answer.headers["content-type"].split(";")[0]
    assert operation.id == answer.headers["x-carrierbox-operation"]
    if expected.content_type == "text/plain":
        assert operation.id in FRESH or expected.example == answer.text
        assert not answer.text.endswith("\n")
        return
    content = answer.json()
    assert fits(expected.example, content), (shape(expected.example), shape(content))
    if operation.id in FRESH:
        return
    if isinstance(expected.example, list):
        # what the document shows is there; a seeded world has more beside it
        assert [row for row in expected.example if row not in content] == []
    else:
        assert expected.example == content


OTHER_SPELLINGS = [(operation, spelling) for operation in IMPLEMENTED for spelling in operation.also]


@pytest.mark.parametrize(("operation", "spelling"), OTHER_SPELLINGS, ids=lambda value: getattr(value, "id", value))
def test_answers_the_documents_other_spellings_too(operation: Operation, spelling: str, world: Any) -> None:
    method, _, path = spelling.partition(" ")
    assert operation.success.status == ask(operation, world, path, method).status_code


BEARER = [operation for operation in IMPLEMENTED if operation.auth == "bearer"]


@pytest.mark.parametrize("operation", BEARER, ids=lambda operation: operation.id)
def test_without_a_token_answers_the_documented_401(operation: Operation, world: Any) -> None:
    world.wing.headers.pop("Authorization")
    answer = ask(operation, world)
    assert 401 == answer.status_code
    assert "application/problem+json" == answer.headers["content-type"]
    assert "Bearer" == answer.headers["www-authenticate"]
    assert {"title": "Unauthorized", "status": 401, "detail": "Not Authenticated"}.items() <= answer.json().items()


def test_each_route_stands_for_documented_operations_at_a_documented_path() -> None:
    for route in vendor_routes():
        for section in sections(route):
            if section.startswith("keycloak-"):
                continue
            operation = contracts.operation(section)
            spellings = {f"{operation.method} {operation.path}", *operation.also}
            documented = set(map(_anonymous, spellings))
            assert {f"{method} {_anonymous(route.path)}" for method in route.methods or ()} <= documented


def _anonymous(path: str) -> str:
    """A path whose variables have no names: documents call one thing by several."""
    return re.sub(r"\{[^}]*\}", "{}", path)
