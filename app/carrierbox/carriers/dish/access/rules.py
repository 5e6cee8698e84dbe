"""The customer tree, and who is let in to which part of it.

Source: contract `dish.yaml`, keys `authentication` and `common`.
"""

import binascii
from base64 import b64decode
from collections.abc import Mapping
from dataclasses import dataclass
from hmac import compare_digest

from carrierbox.carriers.dish.errors import NotAuthenticated, TokenRefused, UnknownCustomer
from carrierbox.kernel import opaque
from carrierbox.kernel.tokens import BadToken
from carrierbox.kernel.world import Box

CARRIER = "dish"
TOKEN_SECONDS = 3600

#: Whom the box takes a call without a token for, when it asks for none.
ADMIN = "sandbox-partner"


@dataclass(frozen=True, slots=True)
class Tree:
    """All customers: each one's parent, and each client's secret and customer."""

    parents: Mapping[str, str | None]
    clients: Mapping[str, tuple[str, str]]

    def upwards(self, customer: str) -> tuple[str, ...]:
        """A customer and those above it, up to the top."""
        found = [customer]
        while (parent := self.parents[found[-1]]) is not None:
            found.append(parent)
        return tuple(found)

    def below(self, customer: str) -> frozenset[str]:
        """A customer and all below it."""
        return frozenset(each for each in self.parents if customer in self.upwards(each))


@dataclass(frozen=True, slots=True)
class Caller:
    """Who calls, and the node of the customer tree that the call is about."""

    client_id: str
    customer: str
    #: Whose SIMs and subscriptions the call reaches: the node's and those of all below it.
    reach: frozenset[str]
    #: Whose stock it draws on: the node's and that of all above it.
    stock: tuple[str, ...]
    correlation_id: str


def tree(box: Box) -> Tree:
    """The customer tree; nothing changes it once a world is made."""
    return box.world.memo(
        "dish.tree",
        lambda: Tree(
            {row["id"]: row["parent_id"] for row in box.sql("SELECT id, parent_id FROM dish_customer")},
            {
                row["client_id"]: (row["secret"], row["customer"])
                for row in box.sql("SELECT client_id, secret, customer FROM dish_client")
            },
        ),
    )


def authenticate(box: Box, authorization: str | None) -> str:
    """The client behind an Authorization header.

    Raises: NotAuthenticated.
    """
    if authorization is None and box.world.settings.auth == "open":
        return ADMIN
    scheme, _, token = (authorization or "").partition(" ")
    if scheme.lower() != "bearer":
        raise NotAuthenticated
    try:
        return opaque.read(box, CARRIER, token).client_id
    except BadToken as bad:
        raise NotAuthenticated from bad


def caller(box: Box, client_id: str, node: str | None, correlation_id: str) -> Caller:
    """A client as it acts for its own customer, or for the node below it that the call names.

    Raises: UnknownCustomer, also for a node of somebody else's tree.
    """
    customers = tree(box)
    top = customers.clients[client_id][1]
    customer = top if node is None else node
    if customer not in customers.parents or top not in customers.upwards(customer):
        raise UnknownCustomer
    return Caller(client_id, customer, customers.below(customer), customers.upwards(customer), correlation_id)


def knows(box: Box, client_id: str) -> bool:
    """Whether a client id is of this carrier."""
    return client_id in tree(box).clients


def by_secret(box: Box, authorization: str | None, form: Mapping[str, str]) -> str:
    """The client whose id and secret come in HTTP Basic, or else as fields of the form.

    Raises: TokenRefused.
    """
    client_id, secret = form.get("client_id", ""), form.get("client_secret", "")
    scheme, _, credentials = (authorization or "").partition(" ")
    if scheme.lower() == "basic":
        try:
            client_id, _, secret = b64decode(credentials, validate=True).decode().partition(":")
        except (binascii.Error, ValueError):
            client_id = ""
    known = tree(box).clients.get(client_id)
    if known is None or not compare_digest(known[0].encode(), secret.encode(errors="replace")):
        raise TokenRefused("invalid_client", "client authentication failed", 401)
    return client_id


def grant(box: Box, client_id: str, form: Mapping[str, str]) -> dict[str, str | int]:
    """Issue a token for a client.

    Raises: TokenRefused.
    Source: RFC 6749 4.4.
    """
    if not form.get("grant_type"):
        raise TokenRefused("invalid_request", "grant_type is missing")
    if form["grant_type"] != "client_credentials":
        raise TokenRefused("unsupported_grant_type", "only client_credentials is supported")
    token = opaque.issue(box, CARRIER, client_id, (), TOKEN_SECONDS)
    return {"access_token": token, "token_type": "Bearer", "expires_in": TOKEN_SECONDS}
