"""A world as one file: save it, and let a world be what such a file holds."""

import os
from collections.abc import AsyncIterator
from typing import IO, Any

from fastapi import APIRouter, Request, Response
from fastapi.responses import StreamingResponse
from starlette.requests import ClientDisconnect

from carrierbox.control.wiring import Box, Named
from carrierbox.control.worlds import describe
from carrierbox.kernel import workflow
from carrierbox.kernel.snapshots import BadSnapshot, pieces

router = APIRouter()

MEDIA_TYPE = "application/vnd.carrierbox.world+gzip"


@router.get("/worlds/{w}/snapshot", operation_id="box-save-world", response_class=StreamingResponse)
async def save_world(control: Box, world: Named) -> Response:
    """A world as one file, which restores it anywhere. It holds the world's keys and secrets."""
    await workflow.settle(world)
    file = await control.worlds.save(world.name)
    headers = {
        "Content-Length": str(os.fstat(file.fileno()).st_size),
        "Content-Disposition": f'attachment; filename="{world.name}.world"',
    }
    return StreamingResponse(_read(file), headers=headers, media_type=MEDIA_TYPE)


async def _read(file: IO[bytes]) -> AsyncIterator[bytes]:
    with file:
        async for piece in pieces(file):
            yield piece


@router.put("/worlds/{w}/snapshot", operation_id="box-load-world")
async def load_world(control: Box, w: str, request: Request, response: Response) -> Any:
    """Let a world be what a snapshot holds, with its keys and its clock; 201 where it had to be made."""
    world, is_new = await control.worlds.load(w, _sent(request))
    response.status_code = 201 if is_new else 200
    return await describe(control, world, request)


async def _sent(request: Request) -> AsyncIterator[bytes]:
    try:
        async for piece in request.stream():
            yield piece
    except ClientDisconnect as gone:
        raise BadSnapshot("the snapshot was cut off on its way") from gone
