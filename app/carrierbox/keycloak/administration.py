"""What an administrator does with a realm's people: make, change, set a password, remove.

Whoever is remembered as let in is looked at anew afterwards. Services' accounts are no people.
"""

from collections.abc import Mapping
from typing import Any

from carrierbox.kernel.world import Box
from carrierbox.keycloak import passwords, sessions
from carrierbox.keycloak.tables import User

#: What a user may be asked to do before logging in, and has done when a password is set.
UPDATE_PASSWORD = "UPDATE_PASSWORD"  # noqa: S105 - an action's name

#: Of a password that is made up here. Source: WING guide 2, which has 8 to 16 characters.
_LENGTH = 12


def is_taken(box: Box, realm: str, column: str, value: str, user_id: str | None = None) -> bool:
    """Whether somebody else in the realm has this username or e-mail address, in whatever case."""
    assert column in {"username", "email"}  # noqa: S101 - it becomes part of the statement
    row = box.sql(
        f"SELECT id FROM keycloak_user WHERE realm = :realm AND lower({column}) = lower(:value) AND id IS NOT :id",
        realm=realm,
        value=value,
        id=user_id,
    ).fetchone()
    return row is not None


def add(box: Box, user: User) -> str:
    """Make a user; answers his password, which lets nobody in before it is changed."""
    password = box.uuid().replace("-", "")[:_LENGTH]
    user.password_hash = passwords.hashed(password)
    user.password_temporary = True
    box.session.add(user)
    box.flush()
    return password


def change(box: Box, user_id: str, **columns: Any) -> None:
    """Write other values into a user's row."""
    given = ", ".join(f"{column} = :{column}" for column in columns)
    box.sql(f"UPDATE keycloak_user SET {given} WHERE id = :id", id=user_id, **columns)
    sessions.forget_callers(box.world)


def set_password(box: Box, user: Mapping[str, Any], password: str, *, temporary: bool) -> None:
    """Let this password hold from now on; a temporary one lets nobody in before it is changed."""
    box.sql(
        "UPDATE keycloak_user SET password_hash = :kept, password_temporary = :temporary,"
        " required_actions = (SELECT json_group_array(value) FROM json_each(required_actions) WHERE value <> :done)"
        " WHERE id = :id",
        id=user["id"],
        kept=passwords.hashed(password),
        temporary=temporary,
        done=UPDATE_PASSWORD,
    )
    sessions.forget_callers(box.world)


def remove(box: Box, user_id: str) -> None:
    """Take a user away, and all of his sessions."""
    box.sql("DELETE FROM keycloak_session WHERE user_id = :id", id=user_id)
    box.sql("DELETE FROM keycloak_user WHERE id = :id", id=user_id)
    sessions.forget_callers(box.world)
