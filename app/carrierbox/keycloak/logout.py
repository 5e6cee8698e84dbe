"""The logout endpoint: by the browser with an ID token, or by the client with its refresh token.

Source: OpenID Connect RP-Initiated Logout 1.0.
"""

from fastapi import Response
from fastapi.responses import RedirectResponse

from carrierbox.kernel.tokens import BadToken
from carrierbox.kernel.world import Box
from carrierbox.keycloak import pages, realms, sessions, verification, wire
from carrierbox.keycloak.errors import Refusal, Refused
from carrierbox.keycloak.wire import Call, Parameters

router = wire.router()


@router.get("/protocol/openid-connect/logout", operation_id="keycloak-logout")
def logout_by_browser(call: Call, box: Box) -> Response:
    """End the session that the ID token is of, and send the user on."""
    return _rp_initiated(box, call.realm, call.query)


@router.post("/protocol/openid-connect/logout", operation_id="keycloak-logout-post")
def logout(call: Call, box: Box) -> Response:
    """End the session that the refresh token is of; with an ID token instead, as by GET."""
    if call.form["id_token_hint"] and not call.form["refresh_token"]:
        return _rp_initiated(box, call.realm, call.form)
    client = call.client(box)
    if not call.form["refresh_token"]:
        raise Refused(Refusal.NO_REFRESH_TOKEN)
    try:
        claims = verification.read(box, call.form["refresh_token"], "Refresh", call.realm, even_expired=True)
    except BadToken as unknown:
        raise Refused(Refusal.BAD_REFRESH_TOKEN) from unknown
    if claims["azp"] != client.client_id:
        raise Refused(Refusal.OTHER_CLIENTS_TOKEN)
    sessions.end(box, claims["sid"])
    return Response(status_code=204)


def _rp_initiated(box: Box, realm: str, sent: Parameters) -> Response:
    hint, redirect_uri = sent["id_token_hint"], sent["post_logout_redirect_uri"]
    if redirect_uri and not (hint or sent["client_id"]):
        return pages.error("Missing parameters: id_token_hint")
    if redirect_uri and not realms.may_redirect_to(redirect_uri):
        return pages.error("Invalid redirect uri")
    if hint:
        try:
            claims = verification.read(box, hint, "ID", realm, even_expired=True)
        except BadToken:
            return pages.error("Invalid parameter: id_token_hint")
        sessions.end(box, claims["sid"])
    if redirect_uri:
        state = {"state": sent["state"]} if sent["state"] else {}
        return RedirectResponse(pages.with_query(redirect_uri, state), 302)
    return pages.page("You are logged out")
