"""A world's signing keys, and tokens made to order: what those need who test how a client takes a refusal."""

from typing import Any

from fastapi import APIRouter, Request
from pydantic import BaseModel, ConfigDict

from carrierbox import edge
from carrierbox.control.wiring import Box, Named
from carrierbox.control.worlds import address_of
from carrierbox.kernel import tokens
from carrierbox.kernel.tokens import Kind, NoSuchToken
from carrierbox.kernel.world import Cause

router = APIRouter()


@router.post("/worlds/{w}/keys/rotate", operation_id="box-rotate-keys")
async def rotate_keys(world: Named, request: Request) -> Any:
    """Sign tokens with a new key from now on; those signed with the old ones stay good."""
    with world.transaction(Cause("request", edge.visit(request).request_id)) as box:
        key = tokens.rotate(box)
        return {"kid": key.kid, "published": [each["kid"] for each in tokens.jwks(box)["keys"]]}


class Wanted(BaseModel):
    """Which carrier's token, and its fault if it is to have one."""

    model_config = ConfigDict(extra="forbid", strict=True)

    carrier: str
    kind: Kind = "valid"


@router.post("/worlds/{w}/tokens", status_code=201, operation_id="box-mint-token")
async def mint_token(control: Box, world: Named, wanted: Wanted, request: Request) -> Any:
    """Make a token of the seeded admin, good or with one fault; and the headers that a request carries it in."""
    part = next((part for part in control.worlds.parts if part.name == wanted.carrier), None)
    if part is None or part.mint is None:
        raise NoSuchToken(wanted.carrier, wanted.kind)
    with world.transaction(Cause("request", edge.visit(request).request_id)) as box:
        token = part.mint(box, address_of(world, request), wanted.kind)
    return {"carrier": wanted.carrier, "kind": wanted.kind, "token": token, "headers": part.headers(token)}
