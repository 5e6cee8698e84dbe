"""The token endpoint.

Source: WING guide 2.
"""

from fastapi import Response

from carrierbox.kernel.world import Box
from carrierbox.keycloak import wire
from carrierbox.keycloak.errors import Refusal, Refused
from carrierbox.keycloak.grants import GRANTS
from carrierbox.keycloak.wire import Call

router = wire.router()


@router.post("/protocol/openid-connect/token", operation_id="wing-2")
def token(call: Call, box: Box) -> Response:
    """Check what all grants have in common, in the documented order, and leave the rest to the grant."""
    grant_type = call.form["grant_type"]
    if not grant_type:
        raise Refused(Refusal.NO_GRANT_TYPE)
    if grant_type not in GRANTS:
        raise Refused(Refusal.UNKNOWN_GRANT_TYPE)
    client = call.client(box)
    if call.form.duplicated:
        raise Refused(Refusal.DUPLICATED_PARAMETER)
    return GRANTS[grant_type](box, call, client)
