"""Grant `authorization_code`: the login form's code becomes tokens, once, for whoever asked for it.

Source: RFC 6749 4.1.3; RFC 7636.
"""

from collections.abc import Mapping
from typing import Any

from fastapi import Response

from carrierbox.kernel.world import Box
from carrierbox.keycloak import issuance, people, pkce, sessions, wire
from carrierbox.keycloak.errors import Refusal, Refused
from carrierbox.keycloak.tables import Client
from carrierbox.keycloak.wire import Call


def authorization_code(box: Box, call: Call, client: Client) -> Response:
    """Answer with the tokens of the session that the login form began."""
    if not client.standard_flow:
        raise Refused(Refusal.NO_STANDARD_FLOW)
    if not call.form["code"]:
        raise Refused(Refusal.NO_CODE)
    code = box.sql("SELECT * FROM keycloak_code WHERE code = :code", code=call.form["code"]).fetchone()
    session = sessions.find(box, code["session_id"]) if code else None
    if session is None or (session.realm, session.client_id) != (call.realm, client.client_id):
        raise Refused(Refusal.BAD_CODE)
    if code["used"]:
        # Whoever came first may have stolen it. Answered, not raised: the session's end is to last.
        sessions.end(box, session.id)
        return wire.refusal(Refused(Refusal.BAD_CODE))
    _check(box, call, code)
    box.sql("UPDATE keycloak_code SET used = 1 WHERE code = :code", code=code["code"])
    person = people.still_welcome(box, session.user_id)
    return wire.answer(issuance.for_session(box, call.issuer, session, person))


def _check(box: Box, call: Call, code: Mapping[str, Any]) -> None:
    if code["ends_at"] <= box.now.timestamp():
        raise Refused(Refusal.BAD_CODE)
    if code["redirect_uri"] != call.form["redirect_uri"]:
        raise Refused(Refusal.OTHER_REDIRECT_URI)
    pkce.check_verifier(code["code_challenge"], code["code_challenge_method"], call.form["code_verifier"])
