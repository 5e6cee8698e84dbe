"""5.14.1 and 5.14.2 of the WING guide: one call, in which ``useImsi`` says what the range counts."""

from dataclasses import replace

from fastapi import APIRouter, Request, Response
from fastapi.responses import PlainTextResponse

from carrierbox import edge
from carrierbox.carriers.wing import criteria
from carrierbox.carriers.wing.door import Caller, WingDoor
from carrierbox.carriers.wing.subscriptions.moves import rules
from carrierbox.carriers.wing.subscriptions.moves.schemas import Move
from carrierbox.kernel.world import Box

router = APIRouter(route_class=WingDoor)


@router.post(
    "/api/{version}/resources/batch/sims/assign",
    operation_id="wing-5.14.1",
    status_code=202,
    openapi_extra={
        "x-carrierbox-sections": ["wing-5.14.1", "wing-5.14.2"],
        "parameters": [{"name": "reassign", "in": "query", "schema": {"type": "boolean", "default": True}}],
    },
)
async def move_sims(wanted: Move, request: Request, caller: Caller, box: Box) -> Response:
    """Ask for a range of SIMs to move to another account; the answered batch id is followed with 5.8.

    No account has SIMs of no account to be assigned, so it is a move whatever ``reassign`` says.
    """
    criteria.flag("reassign", request.query_params.get("reassign", "true"))
    if wanted.use_imsi:
        edge.visit(request).operation = "wing-5.14.2"
        box.cause = replace(box.cause, operation="wing-5.14.2")
    numbers = rules.check(box, caller, wanted)
    await rules.check_size(box, wanted, numbers)
    with box.transaction():
        return PlainTextResponse(rules.request(box, caller, wanted), 202)
