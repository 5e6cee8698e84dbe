"""The revocation endpoint: a refresh token takes its session with it, an access token only itself.

Source: RFC 7009.
"""

from fastapi import Response

from carrierbox.kernel.tokens import BadToken
from carrierbox.kernel.world import Box
from carrierbox.keycloak import sessions, verification, wire
from carrierbox.keycloak.errors import Refusal, Refused
from carrierbox.keycloak.wire import Call

router = wire.router()


@router.post("/protocol/openid-connect/revoke", operation_id="keycloak-revocation")
def revoke(call: Call, box: Box) -> Response:
    """Take a token back; one that is no good anyway is as good as taken back."""
    client = call.client(box)
    if call.form.duplicated:
        raise Refused(Refusal.DUPLICATED_PARAMETER)
    if not call.form["token"]:
        raise Refused(Refusal.NO_TOKEN)
    if call.form["token_type_hint"] not in ("", "access_token", "refresh_token"):
        raise Refused(Refusal.UNKNOWN_TOKEN_TYPE)
    try:
        claims = verification.read_any(box, call.form["token"], call.realm)
    except BadToken:
        return Response()
    if claims["azp"] != client.client_id:
        raise Refused(Refusal.UNMATCHING_CLIENTS)
    if claims["typ"] == "Refresh":
        sessions.end(box, claims["sid"])
    else:
        sessions.revoke(box, claims["jti"], claims["exp"])
    return Response()
