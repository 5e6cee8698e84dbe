"""The userinfo endpoint.

Source: OpenID Connect Core 1.0, 5.3.
"""

from fastapi import Response

from carrierbox.kernel.tokens import BadToken
from carrierbox.kernel.world import Box
from carrierbox.keycloak import verification, wire
from carrierbox.keycloak.errors import Refusal, Refused
from carrierbox.keycloak.wire import Call

router = wire.router()


@router.api_route("/protocol/openid-connect/userinfo", methods=["GET", "POST"], operation_id="keycloak-userinfo")
def userinfo(call: Call, box: Box) -> Response:
    """Who the access token speaks of; it comes in the header, or by POST as a form field."""
    scheme, _, bearer = call.authorization.partition(" ")
    token = bearer.strip() if scheme.lower() == "bearer" else call.form["access_token"]
    if not token:
        raise _challenge(call.realm, Refusal.NO_ACCESS_TOKEN)
    try:
        claims = verification.read(box, token, "Bearer", call.realm)
        person = verification.in_force(box, claims)
    except BadToken as bad:
        raise _challenge(call.realm, Refusal.BAD_ACCESS_TOKEN) from bad
    if "openid" not in claims["scope"].split():
        raise _challenge(call.realm, Refusal.NO_OPENID_SCOPE)
    return wire.answer({"sub": person.id, **person.profile()})


def _challenge(realm: str, refusal: Refusal) -> Refused:
    refused = Refused(refusal)
    told = ", ".join(f'{name}="{value}"' for name, value in {"realm": realm, **refused.body}.items())
    refused.headers = {"WWW-Authenticate": f"Bearer {told}"}
    return refused
