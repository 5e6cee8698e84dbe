"""Realms and their clients; both change with the fixtures only, so a world remembers them."""

import re
from base64 import b64decode
from hmac import compare_digest
from urllib.parse import unquote_plus

from carrierbox.kernel.world import Box
from carrierbox.keycloak.errors import Refusal, Refused
from carrierbox.keycloak.tables import Client, Realm

#: Where clients may have users sent back to: any port and path of this machine.
_LOOPBACK = re.compile(r"https?://(localhost|127(\.\d{1,3}){3}|\[::1\])(:\d{1,5})?([/?][^\s#\\]*)?", re.ASCII)


def check(box: Box, name: str) -> None:
    """Let in who asks for a realm that is there and enabled.

    Raises: Refused.
    """
    realms = box.world.memo("keycloak: realms", lambda: _realms(box))
    if name not in realms:
        raise Refused(Refusal.UNKNOWN_REALM)
    if not realms[name].enabled:
        raise Refused(Refusal.REALM_DISABLED)


def client(box: Box, realm: str, client_id: str) -> Client | None:
    """A realm's client that is in use."""
    found = box.world.memo("keycloak: clients", lambda: _clients(box)).get((realm, client_id))
    return found if found and found.enabled else None


def authenticate(box: Box, realm: str, authorization: str, client_id: str, client_secret: str) -> Client:
    """The client that calls, by its Basic credentials or else by those of the form; a public one just says its name.

    Raises: Refused.
    """
    client_id, client_secret = _basic(authorization) or (client_id, client_secret)
    caller = client(box, realm, client_id)
    if caller is None:
        raise Refused(Refusal.UNKNOWN_CLIENT)
    if caller.secret is not None and not compare_digest(caller.secret.encode(), client_secret.encode()):
        raise Refused(Refusal.WRONG_SECRET)
    return caller


def may_redirect_to(uri: str) -> bool:
    """Whether users may be sent there: loopback addresses only, as a sandbox must not open a door."""
    return _LOOPBACK.fullmatch(uri) is not None


def _realms(box: Box) -> dict[str, Realm]:
    return {row["name"]: Realm(**row) for row in box.sql("SELECT * FROM keycloak_realm")}


def _clients(box: Box) -> dict[tuple[str, str], Client]:
    return {(row["realm"], row["client_id"]): Client(**row) for row in box.sql("SELECT * FROM keycloak_client")}


def _basic(authorization: str) -> tuple[str, str] | None:
    """Name and secret of a Basic header, each form-encoded.

    Source: RFC 6749 2.3.1.
    """
    scheme, _, encoded = authorization.partition(" ")
    if scheme.lower() != "basic":
        return None
    try:
        name, _, secret = b64decode(encoded, validate=True).decode().partition(":")
    except ValueError:
        return None
    return unquote_plus(name), unquote_plus(secret)
