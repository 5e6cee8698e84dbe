"""A world's outbox: the mails and messages that rules and orders send to people."""

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query, Request, Response

from carrierbox import edge
from carrierbox.control.wiring import Named
from carrierbox.kernel import outbox
from carrierbox.kernel.world import Cause

router = APIRouter()


@router.get("/worlds/{w}/outbox", operation_id="box-show-outbox")
async def show_outbox(
    world: Named,
    request: Request,
    kind: Literal["email", "sms"] | None = None,
    to: str | None = None,
    limit: Annotated[int, Query(ge=1, le=outbox.MOST_KEPT)] = 1000,
) -> Any:
    """What was sent, oldest first, and why."""
    with world.transaction(Cause("request", edge.visit(request).request_id)) as box:
        return outbox.sent(box, kind, to, limit)


@router.delete("/worlds/{w}/outbox", status_code=204, operation_id="box-empty-outbox")
async def empty_outbox(world: Named, request: Request) -> Response:
    """Forget what was sent."""
    with world.transaction(Cause("request", edge.visit(request).request_id)) as box:
        outbox.empty(box)
    return Response(status_code=204)
