"""Each API's own reference: its OpenAPI document, and a page to read and try it that needs no network."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import fastapi_offline
import orjson
from fastapi import FastAPI, Request, Response
from fastapi.openapi.docs import get_swagger_ui_html
from fastapi.staticfiles import StaticFiles

ASSETS = Path(fastapi_offline.__file__).parent / "static"

DOCUMENT = "/openapi.json"

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
    built = app.openapi

    def openapi() -> dict[str, Any]:
        if app.openapi_schema is None:
            document = built()
            for path, operations in document["paths"].items():
                for operation in operations.values():
                    _complete(path, operation, parameters)
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
    declared.extend(parameters)


def _answered_as_documented(operation: dict[str, Any]) -> None:
    """Let an operation's answer be of the content type that its contract says, with its example."""
    from carrierbox import contracts  # parsed when first asked for

    if operation["operationId"] not in contracts.ids():
        return
    success = contracts.operation(operation["operationId"]).success
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
