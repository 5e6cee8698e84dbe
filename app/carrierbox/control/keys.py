"""A world's signing keys: rotate them, as an identity provider does now and then."""

from typing import Any

from fastapi import APIRouter, Request

from carrierbox import edge
from carrierbox.control.wiring import Named
from carrierbox.kernel import tokens
from carrierbox.kernel.world import Cause

router = APIRouter()


@router.post("/worlds/{w}/keys/rotate", operation_id="box-rotate-keys")
async def rotate_keys(world: Named, request: Request) -> Any:
    """Sign tokens with a new key from now on; those signed with the old ones stay good."""
    with world.transaction(Cause("request", edge.visit(request).request_id)) as box:
        key = tokens.rotate(box)
        return {"kid": key.kid, "published": [each["kid"] for each in tokens.jwks(box)["keys"]]}
