"""A world's own inbox: keeps whatever it is sent, and is where notifications go that no address is set for."""

from typing import Annotated, Any

from fastapi import APIRouter, Query, Request, Response

from carrierbox import edge
from carrierbox.control.wiring import Named
from carrierbox.kernel import inbox
from carrierbox.kernel.world import Cause

router = APIRouter()
receiver = APIRouter()

OTHER_METHODS = ["GET", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS"]


@router.get("/worlds/{w}/inbox", operation_id="box-show-inbox")
async def show_inbox(
    world: Named,
    request: Request,
    name: str | None = None,
    limit: Annotated[int, Query(ge=1, le=inbox.MOST_KEPT)] = 1000,
) -> Any:
    """What has come in, oldest first."""
    with world.transaction(Cause("request", edge.visit(request).request_id)) as box:
        return Response(inbox.received(box, name, limit), media_type="application/json")


@router.delete("/worlds/{w}/inbox", status_code=204, operation_id="box-empty-inbox")
async def empty_inbox(world: Named, request: Request) -> Response:
    """Forget what has come in."""
    with world.transaction(Cause("request", edge.visit(request).request_id)) as box:
        inbox.empty(box)
    return Response(status_code=204)


@receiver.post("/worlds/{w}/inbox/{name}", status_code=204, operation_id="box-receive")
@receiver.api_route("/worlds/{w}/inbox/{name}", methods=OTHER_METHODS, status_code=204, include_in_schema=False)
async def receive(world: Named, name: str, request: Request) -> Response:
    """Keep a request. Whoever can reach the box may send it: as a receiver does, the inbox asks for no key."""
    body = await request.body()
    with world.transaction(Cause("request", edge.visit(request).request_id)) as box:
        inbox.receive(box, name, request.method, request.url.query, request.headers, body)
    return Response(status_code=204)
