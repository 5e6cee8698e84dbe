"""Each API's own reference: its OpenAPI document, and a page to read and try it that needs no network."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import fastapi_offline
from fastapi import FastAPI, Request, Response
from fastapi.openapi.docs import get_swagger_ui_html
from fastapi.staticfiles import StaticFiles

ASSETS = Path(fastapi_offline.__file__).parent / "static"

Parameter = Mapping[str, Any]


def publish(app: FastAPI, parameters: Sequence[Parameter] = (), schemes: Mapping[str, Any] | None = None) -> None:
    """Serve ``/docs`` beside ``/openapi.json``.

    *parameters* are what every operation takes and no route declares, such as a header that the door reads; *schemes*
    the ways to say who calls, by name, any of which will do.
    """
    built = app.openapi

    def openapi() -> dict[str, Any]:
        if app.openapi_schema is None:
            document = built()
            for path, operations in document["paths"].items():
                for operation in operations.values():
                    _complete(path, operation, parameters)
            if schemes:
                document.setdefault("components", {})["securitySchemes"] = schemes
                document["security"] = [{name: []} for name in schemes]
            app.openapi_schema = document
        return app.openapi_schema

    async def page(request: Request) -> Response:
        root = request.scope.get("root_path", "")
        return get_swagger_ui_html(
            openapi_url=f"{root}{app.openapi_url}",
            title=app.title,
            swagger_js_url=f"{root}/docs/assets/swagger-ui-bundle.js",
            swagger_css_url=f"{root}/docs/assets/swagger-ui.css",
            swagger_favicon_url=f"{root}/docs/assets/favicon.png",
        )

    app.openapi = openapi  # type: ignore[method-assign] # FastAPI's documented way to extend its document
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
