"""Credentials: HTTP Basic, bearer tokens, and how tokens are granted.

Source: contract `wgtwo.yaml`, key `authentication`.
"""

import binascii
import json
from base64 import b64decode
from collections.abc import Mapping
from dataclasses import dataclass
from hmac import compare_digest

from carrierbox.carriers.wgtwo.errors import NotAuthenticated, TokenRefused
from carrierbox.kernel import opaque
from carrierbox.kernel.tokens import BadToken
from carrierbox.kernel.world import Box

CARRIER = "wgtwo"
TOKEN_SECONDS = 3599


@dataclass(frozen=True, slots=True)
class Client:
    """A client of the platform: what it may do, and for whom."""

    client_id: str
    secret: str
    scopes: frozenset[str]
    tenants: frozenset[str]


@dataclass(frozen=True, slots=True)
class Tenant:
    """What the vendor has set up for a tenant."""

    imports_sims: bool = True
    default_services: tuple[str, ...] | None = None
    network_services: frozenset[str] | None = None


def authenticate(box: Box, authorization: str) -> tuple[Client, frozenset[str]]:
    """The client behind an Authorization header, and the scopes that it has there.

    An operator key in HTTP Basic has all scopes of its client, a token those it was granted.
    Raises: NotAuthenticated.
    """
    scheme, _, credentials = authorization.partition(" ")
    if scheme.lower() == "basic":
        client = by_basic(box, credentials)
        return client, client.scopes
    if scheme.lower() != "bearer":
        raise NotAuthenticated(why="Authorization is neither Bearer nor Basic")
    try:
        grant = opaque.read(box, CARRIER, credentials)
    except BadToken as bad:
        raise NotAuthenticated(why=str(bad)) from bad
    return clients(box)[grant.client_id], grant.scopes


def by_basic(box: Box, credentials: str) -> Client:
    """The client whose id and secret these are, in base64.

    Raises: NotAuthenticated.
    """
    try:
        client_id, _, secret = b64decode(credentials, validate=True).decode().partition(":")
    except (binascii.Error, ValueError) as unreadable:
        raise NotAuthenticated(why="the Basic credentials cannot be read") from unreadable
    client = clients(box).get(client_id)
    if client is None or not compare_digest(client.secret.encode(), secret.encode()):
        raise NotAuthenticated(why="there is no such client id with this secret")
    return client


def grant(box: Box, client: Client, form: Mapping[str, str]) -> dict[str, str | int]:
    """Issue a token for the client itself; a request without scope gets one that reaches nothing.

    Raises: TokenRefused.
    Source: RFC 6749 4.4.
    """
    match form.get("grant_type"):
        case "client_credentials":
            pass
        case None | "":
            raise TokenRefused("invalid_request", "grant_type is missing")
        case _:
            raise TokenRefused("unsupported_grant_type", "only client_credentials is supported")
    scopes = list(dict.fromkeys(form.get("scope", "").split()))
    if not client.scopes.issuperset(scopes):
        raise TokenRefused("invalid_scope", f"this client may have {' '.join(sorted(client.scopes))}")
    return {
        "access_token": opaque.issue(box, CARRIER, client.client_id, scopes, TOKEN_SECONDS),
        "expires_in": TOKEN_SECONDS,
        "scope": " ".join(scopes),
        "token_type": "bearer",
    }


def clients(box: Box) -> Mapping[str, Client]:
    """Every client by its id; nothing changes them once a world is made."""
    return box.world.memo(
        "wgtwo.clients",
        lambda: {
            row["client_id"]: Client(
                row["client_id"],
                row["secret"],
                frozenset(json.loads(row["scopes"])),
                frozenset(json.loads(row["tenants"])),
            )
            for row in box.sql("SELECT * FROM wgtwo_client")
        },
    )


def tenants(box: Box) -> Mapping[str, Tenant]:
    """Every tenant by its bssid; nothing changes them once a world is made."""
    return box.world.memo(
        "wgtwo.tenants",
        lambda: {
            row["bssid"]: Tenant(
                bool(row["imports_sims"]),
                tuple(json.loads(row["default_services"])) if row["default_services"] else None,
                frozenset(json.loads(row["network_services"])) if row["network_services"] else None,
            )
            for row in box.sql("SELECT * FROM wgtwo_tenant")
        },
    )
