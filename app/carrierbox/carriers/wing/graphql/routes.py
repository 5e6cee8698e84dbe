"""4.36, 5.4, 5.5 and 5.21 of the WING guide: one address, by GET and by POST; the query's first field says which it is.

The query stands in the address, in a JSON body, or is the body: the document does not say where a GET has it, and 5.4.3
prints a POST with nothing around it. Source: contract `wing-subscription.yaml`, key `graphql`, `transport`.
"""

from typing import Any

import orjson
from fastapi import APIRouter, Request, Response

from carrierbox import edge
from carrierbox.carriers.wing.door import READS, Caller, WingDoor
from carrierbox.carriers.wing.graphql import rules
from carrierbox.kernel.world import Box

router = APIRouter(route_class=WingDoor)

_BY_GET = {
    "x-carrierbox-sections": ["wing-4.36", "wing-5.21"],
    "parameters": [
        {"name": "query", "in": "query", "schema": {"type": "string"}},
        {"name": "variables", "in": "query", "schema": {"type": "string"}},
        {"name": "operationName", "in": "query", "schema": {"type": "string"}},
    ],
}
_BY_POST = READS | {
    "x-carrierbox-sections": ["wing-5.4.1", "wing-5.4.2", "wing-5.4.3", "wing-5.5", "wing-4.36"],
    "requestBody": {
        "content": {
            "application/json": {
                "schema": {
                    "anyOf": [
                        {
                            "type": "object",
                            "properties": {
                                "query": {"type": "string"},
                                "variables": {"anyOf": [{"type": "object"}, {"type": "null"}]},
                                "operationName": {"anyOf": [{"type": "string"}, {"type": "null"}]},
                            },
                        },
                        {"type": "string", "description": "the query with nothing around it"},
                    ]
                }
            }
        }
    },
}


@router.get("/api/{version}/graphql", operation_id="wing-5.21", openapi_extra=_BY_GET)
async def get(request: Request, caller: Caller, box: Box) -> Response:
    """What a query finds."""
    return await _answer(request, caller, box)


@router.post("/api/{version}/graphql", operation_id="wing-5.4.1", openapi_extra=_BY_POST)
async def post(request: Request, caller: Caller, box: Box) -> Response:
    """What a query finds; faults are answered with 200 too, as Hasura does."""
    return await _answer(request, caller, box)


async def _answer(request: Request, caller: Caller, box: Box) -> Response:
    content, section = await rules.answer(box, caller.reach, await _sent(request))
    if section is not None:
        is_by_id = section == "wing-5.5" and request.method == "GET"
        edge.visit(request).operation = "wing-5.21" if is_by_id else section
    return Response(content, media_type="application/json; charset=utf-8")


async def _sent(request: Request) -> Any:
    """Query, variables and operation name, wherever they stand."""
    content = await request.body()
    if not content:
        found: dict[str, Any] = {name: value for name, value in request.query_params.items() if value}
        if "variables" in found:
            found["variables"] = _json(found["variables"].encode(errors="replace"), otherwise=found["variables"])
        return found
    return _json(content, otherwise={"query": content.decode(errors="replace")})


def _json(content: bytes, otherwise: Any) -> Any:
    try:
        return orjson.loads(content)
    except orjson.JSONDecodeError:
        return otherwise
