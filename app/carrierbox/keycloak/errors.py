"""Every refusal of the realms' endpoints: status, `error`, `error_description`.

Source: WING guide 2, and what Keycloak sends where the guide is silent.
"""

from collections.abc import Mapping
from enum import Enum


class Refusal(Enum):
    """What can go wrong, in the order in which the endpoints look at it."""

    UNKNOWN_REALM = 404, "Realm does not exist", None
    REALM_DISABLED = 403, "access_denied", "Realm not enabled"
    TOO_MANY_PARAMETERS = 400, "invalid_request", "Too many parameters"
    NO_GRANT_TYPE = 400, "invalid_request", "Missing form parameter: grant_type"
    UNKNOWN_GRANT_TYPE = 400, "unsupported_grant_type", "Unsupported grant_type"
    UNKNOWN_CLIENT = 401, "invalid_client", "Invalid client or Invalid client credentials"
    WRONG_SECRET = 401, "unauthorized_client", "Invalid client or Invalid client credentials"
    DUPLICATED_PARAMETER = 400, "invalid_request", "duplicated parameter"
    UNKNOWN_SCOPE = 400, "invalid_scope", "Invalid scopes: {scope}"

    NO_DIRECT_ACCESS = 400, "unauthorized_client", "Client not allowed for direct access grants"
    NO_USERNAME = 401, "invalid_request", "Missing parameter: username"
    WRONG_CREDENTIALS = 401, "invalid_grant", "Invalid user credentials"
    ACCOUNT_DISABLED = 400, "invalid_grant", "Account disabled"
    ACCOUNT_NOT_SET_UP = 400, "invalid_grant", "Account is not fully set up"

    NO_REFRESH_TOKEN = 400, "invalid_request", "No refresh token"
    BAD_REFRESH_TOKEN = 400, "invalid_grant", "Invalid refresh token"
    EXPIRED_REFRESH_TOKEN = 400, "invalid_grant", "Token is not active"
    OTHER_CLIENTS_TOKEN = (
        400,
        "invalid_grant",
        "Invalid refresh token. Token client and authorized client don't match",
    )
    SESSION_ENDED = 400, "invalid_grant", "Session not active"
    REFRESH_TOKEN_REUSED = 400, "invalid_grant", "Maximum allowed refresh token reuse exceeded"
    USER_GONE = 400, "invalid_grant", "User not found"
    USER_DISABLED = 400, "invalid_grant", "User disabled"

    PUBLIC_CLIENT = 401, "unauthorized_client", "Public client not allowed to retrieve service account"
    NO_SERVICE_ACCOUNT = 401, "unauthorized_client", "Client not enabled to retrieve service account"

    NO_STANDARD_FLOW = 400, "unauthorized_client", "Client not allowed to exchange code"
    NO_CODE = 400, "invalid_request", "Missing parameter: code"
    BAD_CODE = 400, "invalid_grant", "Code not valid"
    OTHER_REDIRECT_URI = 400, "invalid_grant", "Incorrect redirect_uri"
    NO_CODE_VERIFIER = 400, "invalid_grant", "PKCE code verifier not specified"
    UNASKED_CODE_VERIFIER = (
        400,
        "invalid_grant",
        "PKCE code verifier specified but challenge not present in authorization",
    )
    BAD_CODE_VERIFIER = 400, "invalid_grant", "PKCE invalid code verifier"
    WRONG_CODE_VERIFIER = 400, "invalid_grant", "PKCE verification failed"

    STANDARD_FLOW_DISABLED = (
        400,
        "unauthorized_client",
        "Client is not allowed to initiate browser login with given response_type."
        " Standard flow is disabled for the client.",
    )
    NO_RESPONSE_TYPE = 400, "invalid_request", "Missing parameter: response_type"
    UNKNOWN_RESPONSE_TYPE = 400, "unsupported_response_type", None
    UNKNOWN_RESPONSE_MODE = 400, "invalid_request", "Invalid parameter: response_mode"
    UNKNOWN_CHALLENGE_METHOD = 400, "invalid_request", "Invalid parameter: code_challenge_method"
    BAD_CODE_CHALLENGE = 400, "invalid_request", "Invalid parameter: code_challenge"
    NO_CODE_CHALLENGE = 400, "invalid_request", "Missing parameter: code_challenge"
    LOGIN_REQUIRED = 400, "login_required", None

    NO_ACCESS_TOKEN = 401, "invalid_request", "Token not provided"
    BAD_ACCESS_TOKEN = 401, "invalid_token", "Token verification failed"
    NO_OPENID_SCOPE = 403, "insufficient_scope", "Missing openid scope"

    NOT_AUTHENTICATED = 401, "invalid_request", "Authentication failed."
    CLIENT_NOT_ALLOWED = 403, "invalid_request", "Client not allowed."
    NO_TOKEN = 400, "invalid_request", "Token not provided"
    UNKNOWN_TOKEN_TYPE = 400, "unsupported_token_type", "Unsupported token type"
    UNMATCHING_CLIENTS = 400, "invalid_token", "Unmatching clients"

    def __init__(self, status: int, error: str, description: str | None) -> None:
        self.status = status
        self.error = error
        self.description = description

    def body(self, facts: Mapping[str, str]) -> dict[str, str]:
        """The answer's JSON."""
        if self.description is None:
            return {"error": self.error}
        return {"error": self.error, "error_description": self.description.format(**facts)}


class Refused(Exception):
    """A request that is turned down, without any effect."""

    def __init__(self, refusal: Refusal, *, headers: Mapping[str, str] | None = None, **facts: str) -> None:
        super().__init__(refusal.name)
        self.refusal = refusal
        self.status = refusal.status
        self.body = refusal.body(facts)
        self.headers = headers
