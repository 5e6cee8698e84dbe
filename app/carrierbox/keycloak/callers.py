"""Who calls a carrier's API: the hot path, on every request."""

from dataclasses import dataclass
from datetime import UTC, datetime

from carrierbox.kernel.tokens import BadToken, ExpiredToken
from carrierbox.kernel.world import Box
from carrierbox.keycloak import people, verification
from carrierbox.keycloak.sessions import CALLERS

MOST_REMEMBERED = 10_000


@dataclass(frozen=True, slots=True)
class Caller:
    """A user, or a client's service account, who shows a good access token."""

    user_id: str
    username: str
    realm: str
    account_id: int | None  # acts in this account's subtree; None is the realm's whole tree
    roles: frozenset[str]
    client_id: str
    expires_at: datetime


def authenticate(box: Box, token: str) -> Caller:
    """Who shows this access token; the world remembers it, until it expires or `sessions.forget_callers`.

    Raises: BadToken, ExpiredToken.
    """
    remembered = box.world.memo(CALLERS, dict[str, Caller])
    caller = remembered.get(token)
    if caller is None:
        caller = _verified(box, token)
        if len(remembered) >= MOST_REMEMBERED:
            del remembered[next(iter(remembered))]
        remembered[token] = caller
    if caller.expires_at <= box.now:
        raise ExpiredToken("has expired")
    return caller


def _verified(box: Box, token: str) -> Caller:
    claims = verification.read(box, token, "Bearer")
    person = verification.in_force(box, claims)
    return Caller(
        user_id=person.id,
        username=person.username,
        realm=person.realm,
        account_id=person.account_id,
        roles=frozenset(claims["realm_access"]["roles"]),
        client_id=claims["azp"],
        expires_at=datetime.fromtimestamp(claims["exp"], UTC),
    )


def without_token(box: Box, realm: str, username: str) -> Caller:
    """A user who is taken to call where no token is asked for; the client is the realm's public one.

    Raises: BadToken when there is no such user, or it is disabled.
    """
    person = people.named(box, realm, username)
    if person is None or not person.enabled:
        raise BadToken("would speak of nobody who may act")
    roles = frozenset(person.roles)
    return Caller(person.id, username, realm, person.account_id, roles, "web-app", datetime.max.replace(tzinfo=UTC))
