"""The introspection endpoint: what this world thinks of a token, told to confidential clients.

Source: RFC 7662.
"""

from typing import Any

from fastapi import Response

from carrierbox.kernel.tokens import BadToken
from carrierbox.kernel.world import Box
from carrierbox.keycloak import verification, wire
from carrierbox.keycloak.errors import Refusal, Refused
from carrierbox.keycloak.wire import Call

router = wire.router()


@router.post("/protocol/openid-connect/token/introspect", operation_id="keycloak-introspection")
def introspect(call: Call, box: Box) -> Response:
    """Say whether a token is active, and if so what it claims; why it is not, is nobody's business."""
    try:
        client = call.client(box)
    except Refused as refused:
        raise Refused(Refusal.NOT_AUTHENTICATED) from refused
    if client.secret is None:
        raise Refused(Refusal.CLIENT_NOT_ALLOWED)
    if not call.form["token"]:
        raise Refused(Refusal.NO_TOKEN)
    return wire.answer(_introspected(box, call.form["token"], call.realm))


def _introspected(box: Box, token: str, realm: str) -> dict[str, Any]:
    try:
        claims = verification.read_any(box, token, realm)
        person = verification.in_force(box, claims)
    except BadToken:
        return {"active": False}
    return {**claims, "client_id": claims["azp"], "username": person.username, "active": True}
