"""Whether a token is one of ours, of the wanted type and realm, not revoked, and of a session that goes on."""

from typing import Literal

from carrierbox.kernel import tokens
from carrierbox.kernel.tokens import BadToken, Claims
from carrierbox.kernel.world import Box
from carrierbox.keycloak import people, sessions
from carrierbox.keycloak.issuance import AUDIENCE
from carrierbox.keycloak.people import Person
from carrierbox.keycloak.wire import REALMS

Type = Literal["Bearer", "ID", "Refresh"]


def realm_of(claims: Claims) -> str:
    """The realm that issued a token. The host may be any, since one box answers under several."""
    return str(claims.get("iss")).partition(REALMS)[2]


def read(box: Box, token: str, typ: Type, realm: str | None = None, *, even_expired: bool = False) -> Claims:
    """What a token claims that was issued as this type, by this realm or else by any; its session may have ended.

    Raises: BadToken, ExpiredToken.
    """
    claims = tokens.verify(
        box,
        token,
        algorithm="HS256" if typ == "Refresh" else "RS256",
        audience=AUDIENCE if typ == "Bearer" else None,
        even_expired=even_expired,
    )
    if claims.get("typ") != typ:
        raise BadToken(f"is not of the type {typ}")
    if realm is not None and realm_of(claims) != realm:
        raise BadToken("is of another realm")
    return claims


def read_any(box: Box, token: str, realm: str) -> Claims:
    """What an access token or a refresh token of this realm claims.

    Raises: BadToken, ExpiredToken.
    """
    try:
        return read(box, token, "Bearer", realm)
    except BadToken:
        return read(box, token, "Refresh", realm)


def in_force(box: Box, claims: Claims) -> Person:
    """Whom a token speaks of, if it was not taken back in the meantime.

    Raises: BadToken.
    """
    if box.sql("SELECT 1 FROM keycloak_revoked WHERE jti = :jti", jti=claims["jti"]).fetchone():
        raise BadToken("was revoked")
    if "sid" in claims:  # a service account has no session
        session = sessions.find(box, claims["sid"])
        if session is None:
            raise BadToken("belongs to a session that has ended")
        if claims["typ"] == "Refresh" and claims["jti"] != session.refresh_id:
            raise BadToken("was used before")
    person = people.with_id(box, claims["sub"])
    if person is None or not person.enabled or person.realm != realm_of(claims):
        raise BadToken("speaks of nobody who may act")
    return person
