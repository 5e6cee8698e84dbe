"""5.14.1 and 5.14.2 of the WING guide: one call, in which ``useImsi`` says what the range counts."""

from dataclasses import replace

from fastapi import APIRouter, Request, Response
from fastapi.responses import PlainTextResponse

from carrierbox import edge
from carrierbox.carriers.wing.door import Caller, WingDoor
from carrierbox.carriers.wing.subscriptions.moves import rules
from carrierbox.carriers.wing.subscriptions.moves.schemas import Move
from carrierbox.kernel.world import Box

router = APIRouter(route_class=WingDoor)


@router.post(
    "/api/{version}/resources/batch/sims/assign",
    operation_id="wing-5.14.1",
    status_code=202,
    openapi_extra={"x-carrierbox-sections": ["wing-5.14.1", "wing-5.14.2"]},
)
async def move_sims(
    wanted: Move,
    request: Request,
    caller: Caller,
    box: Box,
    reassign: bool = True,  # noqa: ARG001 - a first assignment is none of the accounts' here, so it is a move either way
) -> Response:
    """Ask for a range of SIMs to move to another account; the answered batch id is followed with 5.8."""
    if wanted.use_imsi:
        edge.visit(request).operation = "wing-5.14.2"
        box.cause = replace(box.cause, operation="wing-5.14.2")
    numbers = rules.check(box, caller, wanted)
    await rules.check_size(box, wanted, numbers)
    with box.transaction():
        return PlainTextResponse(rules.request(box, caller, wanted), 202)
