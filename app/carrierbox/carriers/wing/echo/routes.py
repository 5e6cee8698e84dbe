"""13.1 of the WING guide."""

from fastapi import APIRouter, Response
from fastapi.responses import PlainTextResponse

from carrierbox.carriers.wing.door import Caller, WingDoor

router = APIRouter(route_class=WingDoor)


@router.get("/gateway/echo", operation_id="wing-13.1")
def echo(caller: Caller) -> Response:  # noqa: ARG001 - is let in, no more
    """Say that the gateway is there."""
    return PlainTextResponse("ok")
