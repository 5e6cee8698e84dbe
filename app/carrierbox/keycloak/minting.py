"""Access tokens made to order, good ones and bad ones, for those who test how their client takes a refusal."""

from typing import Any

import orjson
from jose.utils import base64url_encode

from carrierbox.kernel import tokens
from carrierbox.kernel.tokens import Kind
from carrierbox.kernel.world import Box
from carrierbox.keycloak import issuance, people, sessions
from carrierbox.keycloak.issuance import AUDIENCE
from carrierbox.keycloak.tables import Client
from carrierbox.keycloak.wire import REALMS

DAY_SECONDS = 86_400
_UNSIGNED = {"alg": "none", "typ": "JWT"}


def mint(  # noqa: PLR0913 - a token has that many sides
    box: Box, base_url: str, kind: Kind, *, realm: str, username: str, client_id: str
) -> str:
    """An access token of a user, as if logged in by way of this client; with the one fault that its kind names."""
    person = people.named(box, realm, username)
    assert person is not None  # noqa: S101 - the seeded world has the user
    session = sessions.begin(box, Client(realm=realm, client_id=client_id), person.id, "openid email profile")
    claims = issuance.access_claims(box, f"{base_url}{REALMS}{realm}", client_id, person, session.scope, session.id)
    now = claims["iat"]
    faults: dict[Kind, dict[str, Any]] = {
        "expired": {"iat": now - DAY_SECONDS, "exp": now - 1},
        "not-yet-valid": {"nbf": now + DAY_SECONDS, "exp": now + 2 * DAY_SECONDS},
        "wrong-audience": {"aud": f"not-{AUDIENCE}"},
        "no-roles": {"realm_access": {"roles": []}, "resource_access": {}},
    }
    claims |= faults.get(kind, {})
    if kind == "alg-none":
        return ".".join((*(base64url_encode(orjson.dumps(part)).decode() for part in (_UNSIGNED, claims)), ""))
    if kind == "unknown-key":
        return tokens.sign_with_unknown_key(claims)
    return tokens.sign(box, claims)
