"""Grant `password`: a user's name and password go straight to the token endpoint.

Source: WING guide 2; RFC 6749 4.3.
"""

from fastapi import Response

from carrierbox.kernel.world import Box
from carrierbox.keycloak import issuance, login, scopes, sessions, wire
from carrierbox.keycloak.errors import Refusal, Refused
from carrierbox.keycloak.tables import Client
from carrierbox.keycloak.wire import Call


def password(box: Box, call: Call, client: Client) -> Response:
    """Log the user in and answer with the session's tokens."""
    if not client.direct_access_grants:
        raise Refused(Refusal.NO_DIRECT_ACCESS)
    scope = scopes.granted(call.form["scope"])
    person = login.check(box, call.realm, call.form["username"], call.form["password"])
    session = sessions.begin(box, client, person.id, scope)
    return wire.answer(issuance.for_session(box, call.issuer, session, person))
