"""Each API's own reference: its OpenAPI document, and a page to read and try it that needs no network."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from copy import copy
from pathlib import Path
from typing import TYPE_CHECKING, Any

import fastapi_offline
import orjson
from fastapi import FastAPI, Request, Response
from fastapi.openapi.docs import get_swagger_ui_html
from fastapi.openapi.utils import get_openapi
from fastapi.routing import APIRoute
from fastapi.staticfiles import StaticFiles
from starlette.routing import BaseRoute

from carrierbox.edge import SECTIONS, sections

if TYPE_CHECKING:
    from carrierbox.contracts import Operation

ASSETS = Path(fastapi_offline.__file__).parent / "static"

DOCUMENT = "/openapi.json"

#: Groups what only answers as well: spellings that a vendor's document has beside an operation's own address.
ELSEWHERE = "other addresses"

Parameter = Mapping[str, Any]


def publish(
    app: FastAPI,
    refusals: Mapping[str, Any],
    parameters: Sequence[Parameter] = (),
    schemes: Mapping[str, Any] | None = None,
) -> None:
    """Serve ``/docs`` beside ``/openapi.json``.

    *refusals* are the vendor's errors, by status or ``default``; *parameters* what every operation takes and no route
    declares, such as a header that the door reads; *schemes* the ways to say who calls, by name, any of which will do.
    """

    def openapi() -> dict[str, Any]:
        if app.openapi_schema is None:
            document = get_openapi(title=app.title, version=app.version, routes=[*_addresses(app)])
            for path, operations in document["paths"].items():
                for method, operation in operations.items():
                    _complete(path, operation, parameters)
                    _asked_as_documented(method.upper(), operation)
                    _answered_as_documented(operation)
            refuse(document, refusals)
            if schemes:
                document.setdefault("components", {})["securitySchemes"] = schemes
                document["security"] = [{name: []} for name in schemes]
            app.openapi_schema = document
        return app.openapi_schema

    def described(request: Request) -> Response:  # in a thread: the first time takes half a second
        servers = [{"url": root}] if (root := request.scope.get("root_path", "")) else []
        return Response(orjson.dumps(app.openapi() | {"servers": servers}), media_type="application/json")

    async def page(request: Request) -> Response:
        root = request.scope.get("root_path", "")
        return get_swagger_ui_html(
            openapi_url=f"{root}{DOCUMENT}",
            title=app.title,
            swagger_js_url=f"{root}/docs/assets/swagger-ui-bundle.js",
            swagger_css_url=f"{root}/docs/assets/swagger-ui.css",
            swagger_favicon_url=f"{root}/docs/assets/favicon.png",
        )

    app.openapi = openapi  # type: ignore[method-assign] # FastAPI's documented way to extend its document
    app.add_route(DOCUMENT, described, include_in_schema=False)
    app.mount("/docs/assets", StaticFiles(directory=ASSETS), name="assets")
    app.add_route("/docs", page, include_in_schema=False)


def _complete(path: str, operation: dict[str, Any], parameters: Sequence[Parameter]) -> None:
    """Add what the route leaves to its door: common parameters, and path segments that it does not look at."""
    declared = operation.setdefault("parameters", [])
    names = {parameter["name"] for parameter in declared}
    for segment in path.split("/"):
        if segment.startswith("{") and (name := segment.strip("{}")) not in names:
            schema = {"type": "string"} | ({"default": "v1"} if name == "version" else {})
            declared.append({"name": name, "in": "path", "required": True, "schema": schema})
    declared.extend(dict(each) for each in parameters)


def _addresses(app: FastAPI) -> Iterator[BaseRoute]:
    """An API's routes, each with a name that no other has, as OpenAPI wants it."""
    named = Counter[str | None]()
    for route in app.routes:
        if isinstance(route, APIRoute):
            named[route.operation_id] += 1
            yield route if route.include_in_schema else _elsewhere(route, named[route.operation_id])
        else:
            yield route


def _elsewhere(route: APIRoute, number: int) -> APIRoute:
    twin = copy(route)
    twin.include_in_schema, twin.tags = True, [ELSEWHERE]
    twin.operation_id = f"{route.operation_id}-{number}"
    twin.openapi_extra = (route.openapi_extra or {}) | {SECTIONS: sections(route)}
    return twin


def _documented(operation: Mapping[str, Any]) -> "list[Operation]":
    """What the contracts say of an operation: its own section first, then others that share its address."""
    from carrierbox import contracts  # parsed when first asked for

    names = dict.fromkeys([operation["operationId"], *operation.get(SECTIONS, [])])
    return [contracts.operation(name) for name in names if name in contracts.ids()]


def _asked_as_documented(method: str, operation: dict[str, Any]) -> None:
    """Add what an operation reads of the query by itself, as its contract says, and say what is required.

    What sections share is required if all of them want it.
    """
    shared = [each for each in _documented(operation) if each.method == method]
    for header in (each for each in operation["parameters"] if shared and each["in"] == "header"):
        header["required"] = any(section.headers.get(header["name"]) == "required" for section in shared)
    declared = {each["name"].lower(): each for each in operation["parameters"] if each["in"] == "query"}
    for documented in (each for section in shared for each in section.query):
        name = documented["name"]
        wanted = all(any(name == each["name"] and each["required"] for each in section.query) for section in shared)
        if name.lower() not in declared and not name.startswith("<"):  # as in <parameter>.<operator>
            declared[name.lower()] = parameter = _query_parameter(documented, is_required=wanted)
            operation["parameters"].append(parameter)
        elif wanted:
            declared[name.lower()]["required"] = True


def _query_parameter(documented: Parameter, *, is_required: bool) -> dict[str, Any]:
    kind = documented["type"] if documented["type"] in {"integer", "boolean"} else "string"
    parameter = {"name": documented["name"], "in": "query", "required": is_required, "schema": {"type": kind}}
    if is_required:  # the page fills in what has an example
        return parameter | {"example": documented["example"]}
    return parameter | ({"description": f"For instance {documented['example']}"} if "example" in documented else {})


def _answered_as_documented(operation: dict[str, Any]) -> None:
    """Let an operation's answer be of the content type that its contract says, with its example."""
    documented = _documented(operation)
    if not documented:
        return
    success = documented[0].success
    described = operation["responses"].get(str(success.status))
    if described is None or success.content_type is None:
        return
    content_type = success.content_type.partition(";")[0]
    plain = {} if content_type.endswith("json") else {"schema": {"type": "string"}}
    content = described.get("content", {}).get(content_type, plain)
    example = {} if success.example is None else {"example": success.example}
    described["content"] = {content_type: content | example}


#: What FastAPI would answer to a request that does not fit, and nobody here does.
_NEVER = ("HTTPValidationError", "ValidationError")


def refuse(document: dict[str, Any], refusals: Mapping[str, Any]) -> None:
    """Describe the errors that an API answers in place of FastAPI's; what a route says of its own goes before."""
    for operations in document["paths"].values():
        for operation in operations.values():
            responses = operation["responses"]
            responses.pop("422", None)
            for status, refusal in refusals.items():
                responses.setdefault(status, refusal)
    schemas = document.get("components", {}).get("schemas", {})
    for name in _NEVER:
        schemas.pop(name, None)


def refusal(about: str, members: Mapping[str, Any], optional: Mapping[str, Any], content_type: str) -> dict[str, Any]:
    """An error's body as OpenAPI has it: what it always says, and what it says at times."""
    schema = {"type": "object", "required": [*members], "properties": {**members, **optional}}
    return {"description": about, "content": {content_type: {"schema": schema}}}


TEXT = {"type": "string"}
NUMBER = {"type": "integer"}
OBJECTS = {"type": "array", "items": {"type": "object"}}


def token_request(**optional: Parameter) -> dict[str, Any]:
    """What a token is asked for with, by client credentials, where the door reads the form. Source: RFC 6749 4.4.2."""
    properties = {"grant_type": {"const": "client_credentials"}, **optional}
    schema = {"type": "object", "required": ["grant_type"], "properties": properties}
    return {"requestBody": {"required": True, "content": {"application/x-www-form-urlencoded": {"schema": schema}}}}


#: What is refused at a token's address. Source: RFC 6749 5.2.
TOKEN_REFUSAL: dict[int | str, dict[str, Any]] = {
    "default": refusal("A refusal.", {"error": TEXT}, {"error_description": TEXT}, "application/json")
}
