"""What a realm says about itself: its page with the public key, the discovery document, and the key set.

Source: OpenID Connect Discovery 1.0; RFC 8414; RFC 7517.
"""

from base64 import b64encode

from fastapi import Response
from fastapi.responses import JSONResponse

from carrierbox.kernel import tokens
from carrierbox.kernel.world import Box
from carrierbox.keycloak import pkce, scopes, wire
from carrierbox.keycloak.grants import GRANTS
from carrierbox.keycloak.wire import Call

router = wire.router()


@router.get("", operation_id="keycloak-realm")
def realm_page(call: Call, box: Box) -> Response:
    """The realm's own page."""
    return JSONResponse(
        {
            "realm": call.realm,
            "public_key": b64encode(tokens.public_key(box)).decode(),
            "token-service": f"{call.issuer}/protocol/openid-connect",
            "account-service": f"{call.issuer}/account",
            "tokens-not-before": 0,
        }
    )


@router.get("/.well-known/openid-configuration", operation_id="keycloak-discovery")
def discovery(call: Call) -> Response:
    """Where everything is, and what it can do."""
    endpoints = f"{call.issuer}/protocol/openid-connect"
    client_authentication = ["client_secret_basic", "client_secret_post"]
    return JSONResponse(
        {
            "issuer": call.issuer,
            "authorization_endpoint": f"{endpoints}/auth",
            "token_endpoint": f"{endpoints}/token",
            "introspection_endpoint": f"{endpoints}/token/introspect",
            "userinfo_endpoint": f"{endpoints}/userinfo",
            "end_session_endpoint": f"{endpoints}/logout",
            "revocation_endpoint": f"{endpoints}/revoke",
            "jwks_uri": f"{endpoints}/certs",
            "grant_types_supported": list(GRANTS),
            "response_types_supported": ["code"],
            "response_modes_supported": ["query"],
            "subject_types_supported": ["public"],
            "id_token_signing_alg_values_supported": ["RS256"],
            "token_endpoint_auth_methods_supported": client_authentication,
            "introspection_endpoint_auth_methods_supported": client_authentication,
            "revocation_endpoint_auth_methods_supported": client_authentication,
            "scopes_supported": list(scopes.KNOWN),
            "claim_types_supported": ["normal"],
            "claims_supported": ["aud", "sub", "iss", "auth_time", "name", "given_name", "family_name",
                                 "preferred_username", "email", "email_verified", "acr"],
            "claims_parameter_supported": False,
            "request_parameter_supported": False,
            "request_uri_parameter_supported": False,
            "code_challenge_methods_supported": list(pkce.METHODS),
        }
    )  # fmt: skip


@router.get("/protocol/openid-connect/certs", operation_id="keycloak-certs")
def certs(call: Call, box: Box) -> Response:  # noqa: ARG001 - every endpoint is called alike
    """The keys that verify this world's tokens; its realms share them."""
    return JSONResponse(tokens.jwks(box))
