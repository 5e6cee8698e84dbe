"""Who tokens speak of."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from carrierbox.kernel.world import Box
from carrierbox.keycloak.errors import Refusal, Refused


@dataclass(frozen=True, slots=True)
class Person:
    """What logging in needs of a `User`, read without a session since every token passes here."""

    id: str
    realm: str
    username: str
    first_name: str | None
    last_name: str | None
    email: str | None
    email_verified: bool
    enabled: bool
    password_hash: str | None
    is_set_up: bool
    account_id: int | None
    roles: tuple[str, ...]

    def profile(self) -> dict[str, Any]:
        """The claims of the scopes `email` and `profile`; those without a value are left out."""
        claims = {
            "email_verified": self.email_verified,
            "name": " ".join(name for name in (self.first_name, self.last_name) if name),
            "preferred_username": self.username,
            "given_name": self.first_name,
            "family_name": self.last_name,
            "email": self.email,
        }
        return {name: value for name, value in claims.items() if value not in ("", None)}


def named(box: Box, realm: str, username: str) -> Person | None:
    """The realm's user of that name, in whatever case."""
    return _person(
        box.sql(
            "SELECT * FROM keycloak_user WHERE realm = :realm AND username = :username",
            realm=realm,
            username=username.lower(),
        ).fetchone()
    )


def with_id(box: Box, user_id: str) -> Person | None:
    """The user with that id."""
    return _person(box.sql("SELECT * FROM keycloak_user WHERE id = :id", id=user_id).fetchone())


def service_account(box: Box, realm: str, client_id: str) -> Person | None:
    """The user that stands for a client when it acts by itself."""
    return _person(
        box.sql(
            "SELECT * FROM keycloak_user WHERE realm = :realm AND service_account_of = :client_id",
            realm=realm,
            client_id=client_id,
        ).fetchone()
    )


def still_welcome(box: Box, user_id: str) -> Person:
    """The user that a session or a code belongs to, unless deleted or disabled meanwhile.

    Raises: Refused.
    """
    person = with_id(box, user_id)
    if person is None:
        raise Refused(Refusal.USER_GONE)
    if not person.enabled:
        raise Refused(Refusal.USER_DISABLED)
    return person


def _person(row: Mapping[str, Any] | None) -> Person | None:
    if row is None:
        return None
    return Person(
        id=row["id"],
        realm=row["realm"],
        username=row["username"],
        first_name=row["first_name"],
        last_name=row["last_name"],
        email=row["email"],
        email_verified=bool(row["email_verified"]),
        enabled=bool(row["enabled"]),
        password_hash=row["password_hash"],
        is_set_up=not row["password_temporary"] and not json.loads(row["required_actions"]),
        account_id=row["account_id"],
        roles=tuple(json.loads(row["roles"])),
    )
