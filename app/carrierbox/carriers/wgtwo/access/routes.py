"""The token endpoint."""

from collections.abc import Mapping

import orjson
from fastapi import APIRouter, Response

from carrierbox.carriers.wgtwo.access import rules
from carrierbox.carriers.wgtwo.access.rules import Client
from carrierbox.carriers.wgtwo.door import TokenDoor
from carrierbox.kernel.world import Box
from carrierbox.reference import TOKEN_REFUSAL, token_request

router = APIRouter(route_class=TokenDoor)


@router.post(
    "/oauth2/token",
    operation_id="wgtwo-oauth2-token",
    responses=TOKEN_REFUSAL,
    openapi_extra=token_request(scope={"type": "string", "description": "names with blanks between"}),
)
def token(call: Mapping[str, str], caller: Client, box: Box) -> Response:
    """Get an access token by client credentials."""
    granted = rules.grant(box, caller, call)
    return Response(orjson.dumps(granted), headers={"Cache-Control": "no-store"}, media_type="application/json")
