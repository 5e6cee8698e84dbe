"""The token endpoint."""

from collections.abc import Mapping

import orjson
from fastapi import APIRouter, Response

from carrierbox.carriers.dish.access import rules
from carrierbox.carriers.dish.door import TokenDoor
from carrierbox.kernel.world import Box
from carrierbox.reference import TEXT, TOKEN_REFUSAL, token_request

router = APIRouter(route_class=TokenDoor)

#: No contract has this operation: the vendor's documents do not say how one logs in.
TOKEN = "dish-oauth2-token"  # noqa: S105 - an operation's id


@router.post(
    "/oauth2/token",
    operation_id=TOKEN,
    responses=TOKEN_REFUSAL,
    openapi_extra=token_request(client_id=TEXT, client_secret=TEXT),
)
@router.post("/sps/oauth2/token", operation_id=TOKEN, include_in_schema=False)
@router.post("/oauth/token", operation_id=TOKEN, include_in_schema=False)
def token(call: Mapping[str, str], caller: str, box: Box) -> Response:
    """Get an access token by client credentials."""
    granted = rules.grant(box, caller, call)
    return Response(orjson.dumps(granted), headers={"Cache-Control": "no-store"}, media_type="application/json")
