"""4.36 of the WING guide: GET with the query in the address, or in a body; POST with it in a body."""

import orjson
from fastapi import APIRouter, Request, Response

from carrierbox.carriers.wing.door import READS, Caller, WingDoor
from carrierbox.carriers.wing.graphql import rules
from carrierbox.carriers.wing.wire import json_response
from carrierbox.kernel.world import Box

router = APIRouter(route_class=WingDoor)


@router.get("/api/{version}/graphql", operation_id="wing-4.36")
@router.post("/api/{version}/graphql", operation_id="wing-4.36", openapi_extra=READS, include_in_schema=False)
async def query(request: Request, caller: Caller, box: Box) -> Response:
    """What a query finds; faults are answered with 200 too, as Hasura does."""
    content = await request.body()
    if not content:
        return json_response(rules.answer(box, caller, dict(request.query_params)))
    try:
        sent = orjson.loads(content)
    except orjson.JSONDecodeError:
        sent = None
    return json_response(rules.answer(box, caller, sent))
