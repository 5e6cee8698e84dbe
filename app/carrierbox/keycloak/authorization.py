"""The authorization endpoint: the login form, and the code that it sends back to the client.

Every login begins a session of its own; there is no cookie, so nobody is logged in without the form.

Source: RFC 6749 4.1; OpenID Connect Core 1.0, 3.1.2; RFC 7636 4.3.
"""

import secrets
from dataclasses import dataclass
from urllib.parse import urlencode

from fastapi import Response
from fastapi.responses import RedirectResponse

from carrierbox.kernel.world import Box
from carrierbox.keycloak import login, pages, pkce, realms, scopes, sessions, wire
from carrierbox.keycloak.errors import Refusal, Refused
from carrierbox.keycloak.sessions import Session
from carrierbox.keycloak.tables import Client
from carrierbox.keycloak.wire import Call

router = wire.router()

PATH = "/protocol/openid-connect/auth"
CODE_SECONDS = 60

_PROBLEMS = {
    Refusal.ACCOUNT_DISABLED: "Account is disabled, contact your administrator.",
    Refusal.ACCOUNT_NOT_SET_UP: "Account is not fully set up.",
}


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a client wants of a login, and may have."""

    client: Client
    scope: str
    challenge_method: str | None


@router.get(PATH, operation_id="keycloak-auth")
def show_form(call: Call, box: Box) -> Response:
    """Ask for name and password."""
    _wanted(box, call)
    if "none" in call.query["prompt"].split():
        return _send_back(call, Refused(Refusal.LOGIN_REQUIRED).body)
    return _form(call)


@router.post(PATH, operation_id="keycloak-login")
def log_in(call: Call, box: Box) -> Response:
    """Check name and password, and send the user back with a code; show the form again when they are wrong."""
    wanted = _wanted(box, call)
    try:
        person = login.check(box, call.realm, call.form["username"], call.form["password"])
    except Refused as refused:
        return _form(call, _PROBLEMS.get(refused.refusal, "Invalid username or password."))
    nonce = call.query["nonce"] or None
    session = sessions.begin(box, wanted.client, person.id, wanted.scope, nonce)
    return _send_back(call, {"session_state": session.id, "code": _code(box, call, wanted, session)})


def _wanted(box: Box, call: Call) -> Wanted:
    """Look at the request in two steps: until the address is known to be good, nobody is sent there.

    Raises: pages.Shown.
    """
    client = realms.client(box, call.realm, call.query["client_id"])
    if client is None:
        raise pages.Shown(pages.error("Client not found."))
    if not realms.may_redirect_to(call.query["redirect_uri"]):
        raise pages.Shown(pages.error("Invalid parameter: redirect_uri"))
    try:
        if call.query.duplicated:
            raise Refused(Refusal.DUPLICATED_PARAMETER)
        if not call.query["response_type"]:
            raise Refused(Refusal.NO_RESPONSE_TYPE)
        if call.query["response_type"] != "code":
            raise Refused(Refusal.UNKNOWN_RESPONSE_TYPE)
        if call.query["response_mode"] not in ("", "query"):
            raise Refused(Refusal.UNKNOWN_RESPONSE_MODE)
        if not client.standard_flow:
            raise Refused(Refusal.STANDARD_FLOW_DISABLED)
        scope = scopes.granted(call.query["scope"])
        method = pkce.method_of(call.query["code_challenge"], call.query["code_challenge_method"])
    except Refused as refused:
        raise pages.Shown(_send_back(call, refused.body)) from refused
    return Wanted(client, scope, method)


def _code(box: Box, call: Call, wanted: Wanted, session: Session) -> str:
    code = secrets.token_urlsafe(32)
    box.sql(
        "INSERT INTO keycloak_code"
        " (code, session_id, redirect_uri, code_challenge, code_challenge_method, used, ends_at)"
        " VALUES (:code, :session_id, :redirect_uri, :challenge, :method, 0, :ends_at)",
        code=code,
        session_id=session.id,
        redirect_uri=call.query["redirect_uri"],
        challenge=call.query["code_challenge"],
        method=wanted.challenge_method,
        ends_at=session.started_at + CODE_SECONDS,
    )
    return code


def _form(call: Call, problem: str = "") -> Response:
    action = f"{call.issuer}{PATH}?{urlencode(call.query.values)}"
    return pages.login(call.realm, action, call.form["username"], problem)


def _send_back(call: Call, told: dict[str, str]) -> Response:
    state = {"state": call.query["state"]} if call.query["state"] else {}
    return RedirectResponse(pages.with_query(call.query["redirect_uri"], {**state, **told}), 302)
