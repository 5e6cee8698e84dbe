"""Grant `refresh_token`: a refresh token works once; used again, it ends the session.

Source: RFC 6749 6; RFC 9700 4.14.2.
"""

from fastapi import Response

from carrierbox.kernel.tokens import BadToken, ExpiredToken
from carrierbox.kernel.world import Box
from carrierbox.keycloak import issuance, people, sessions, verification, wire
from carrierbox.keycloak.errors import Refusal, Refused
from carrierbox.keycloak.tables import Client
from carrierbox.keycloak.wire import Call


def refresh_token(box: Box, call: Call, client: Client) -> Response:
    """Answer with new tokens of the same session."""
    if not call.form["refresh_token"]:
        raise Refused(Refusal.NO_REFRESH_TOKEN)
    try:
        claims = verification.read(box, call.form["refresh_token"], "Refresh", call.realm)
    except ExpiredToken as expired:
        raise Refused(Refusal.EXPIRED_REFRESH_TOKEN) from expired
    except BadToken as unknown:
        raise Refused(Refusal.BAD_REFRESH_TOKEN) from unknown
    if claims["azp"] != client.client_id:
        raise Refused(Refusal.OTHER_CLIENTS_TOKEN)
    session = sessions.find(box, claims["sid"])
    if session is None:
        raise Refused(Refusal.SESSION_ENDED)
    if session.refresh_id != claims["jti"]:
        # Two hold this token, and one of them stole it. Answered, not raised: the session's end is to last.
        sessions.end(box, session.id)
        return wire.refusal(Refused(Refusal.REFRESH_TOKEN_REUSED))
    person = people.still_welcome(box, session.user_id)
    return wire.answer(issuance.for_session(box, call.issuer, sessions.renew(box, session), person))
