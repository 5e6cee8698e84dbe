"""The tokens of a token response, and what they claim."""

from hashlib import sha256
from typing import Any

from jose.utils import calculate_at_hash

from carrierbox.kernel import tokens
from carrierbox.kernel.world import Box
from carrierbox.keycloak.people import Person
from carrierbox.keycloak.sessions import ACCESS_SECONDS, REFRESH_SECONDS, Session

#: Whom access tokens are meant for: the realm's own account service, at which every user has the same roles.
AUDIENCE = "account"
_ACCOUNT_ROLES = ("manage-account", "manage-account-links", "view-profile")
_ROLES_OF_ALL = ("offline_access", "uma_authorization")


def for_session(box: Box, issuer: str, session: Session, person: Person) -> dict[str, Any]:
    """The token response to a user's login or refresh, in the documented order.

    Source: WING guide 2.
    """
    access_token = _access_token(box, issuer, session.client_id, person, session.scope, session.id)
    response = {
        "access_token": access_token,
        "expires_in": ACCESS_SECONDS,
        "refresh_expires_in": REFRESH_SECONDS,
        "refresh_token": _refresh_token(box, issuer, session),
        "token_type": "Bearer",
    }
    if "openid" in session.scope.split():
        response["id_token"] = _id_token(box, issuer, session, person, access_token)
    return {**response, "not-before-policy": 0, "session_state": session.id, "scope": session.scope}


def for_service(box: Box, issuer: str, client_id: str, person: Person, scope: str) -> dict[str, Any]:
    """The token response to a client that acts by itself: without a session, there is nothing to refresh."""
    return {
        "access_token": _access_token(box, issuer, client_id, person, scope, None),
        "expires_in": ACCESS_SECONDS,
        "refresh_expires_in": 0,
        "token_type": "Bearer",
        "not-before-policy": 0,
        "scope": scope,
    }


def _access_token(  # noqa: PLR0913 - a token has that many facts
    box: Box, issuer: str, client_id: str, person: Person, scope: str, session_id: str | None
) -> str:
    return tokens.sign(box, access_claims(box, issuer, client_id, person, scope, session_id))


def access_claims(  # noqa: PLR0913 - a token has that many facts
    box: Box, issuer: str, client_id: str, person: Person, scope: str, session_id: str | None
) -> dict[str, Any]:
    """What an access token claims."""
    claims = {
        **_validity(box, ACCESS_SECONDS),
        "jti": box.uuid(),
        "iss": issuer,
        "aud": AUDIENCE,
        "sub": person.id,
        "typ": "Bearer",
        "azp": client_id,
        "session_state": session_id,
        "acr": "1",
        "realm_access": {"roles": [f"default-roles-{person.realm}", *_ROLES_OF_ALL, *person.roles]},
        "resource_access": {AUDIENCE: {"roles": _ACCOUNT_ROLES}},
        "scope": scope,
        "sid": session_id,
        **person.profile(),
    }
    return {name: value for name, value in claims.items() if value is not None}


def _refresh_token(box: Box, issuer: str, session: Session) -> str:
    claims = {
        **_validity(box, REFRESH_SECONDS),
        "jti": session.refresh_id,
        "iss": issuer,
        "aud": issuer,
        "sub": session.user_id,
        "typ": "Refresh",
        "azp": session.client_id,
        "session_state": session.id,
        "scope": session.scope,
        "sid": session.id,
    }
    return tokens.sign(box, claims, "HS256")


def _id_token(box: Box, issuer: str, session: Session, person: Person, access_token: str) -> str:
    claims = {
        **_validity(box, ACCESS_SECONDS),
        "auth_time": session.started_at,
        "jti": box.uuid(),
        "iss": issuer,
        "aud": session.client_id,
        "sub": person.id,
        "typ": "ID",
        "azp": session.client_id,
        "nonce": session.nonce,
        "session_state": session.id,
        "at_hash": calculate_at_hash(access_token, sha256),
        "acr": "1",
        "sid": session.id,
        **person.profile(),
    }
    return tokens.sign(box, {name: value for name, value in claims.items() if value is not None})


def _validity(box: Box, seconds: int) -> dict[str, int]:
    now = int(box.now.timestamp())
    return {"exp": now + seconds, "iat": now}
