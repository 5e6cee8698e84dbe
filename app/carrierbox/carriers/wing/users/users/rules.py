"""3.1 to 3.5 and 3.16 to 3.21: which users a call sees, and what becomes of them.

A user belongs to the account in whose name he was made. Source: WING guide 3; contract `wing-accounts.yaml`.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from fastapi import Request, Response

from carrierbox import keycloak
from carrierbox.carriers.wing import lists
from carrierbox.carriers.wing.accounts import reach
from carrierbox.carriers.wing.criteria import Field
from carrierbox.carriers.wing.door import Caller
from carrierbox.carriers.wing.errors import BadField
from carrierbox.carriers.wing.lists import Listed, Row
from carrierbox.carriers.wing.users import access, members
from carrierbox.carriers.wing.users.users.schemas import NewPassword, NewUser, UserChange
from carrierbox.carriers.wing.wire import spelled
from carrierbox.kernel import clock, outbox
from carrierbox.kernel.workflow import milliseconds
from carrierbox.kernel.world import Box

CATEGORIES = ("ACCOUNT", "GROUP")

#: The members of an answer, in the order of its section.
PLAIN = ("id", "createdTimestamp", "defaultLanguage", "email", "emailVerified", "enabled", "firstName", "lastName",
         "userCategory", "username")  # fmt: skip
WITH_ACCOUNT = (*PLAIN, "accountName")
FEB_13 = ("id", "createdTimestamp", "username", "firstName", "lastName", "email", "emailVerified", "enabled",
          "userCategory", "accountName", "defaultLanguage")  # fmt: skip

_FIELDS = (
    Field("id", "u.id", "string"),
    Field("createdTimestamp", "u.created_at", "moment"),
    Field("username", "u.username", "string"),
    Field("firstName", "u.first_name", "string"),
    Field("lastName", "u.last_name", "string"),
    Field("email", "u.email", "string"),
    Field("emailVerified", "u.email_verified", "boolean"),
    Field("enabled", "u.enabled", "boolean"),
    Field("userCategory", "u.user_category", "string"),
    Field("defaultLanguage", "u.default_language", "string"),
    Field("accountName", "a.name", "string"),
)
LISTED = Listed(
    "u.*, a.name AS account_name",
    "keycloak_user u LEFT JOIN wing_account a ON a.id = u.account_id",
    {field.wire: field for field in _FIELDS},
    "u.created_at, u.username",
)


def list_users(
    box: Box, request: Request, caller: Caller, names: Sequence[str], category: str | None = None
) -> Response:
    """The users that a call sees, of one category or of all; the whole list of a category unless it asks for a page."""
    condition, bound = access.seen_people(caller)
    if category is not None:
        condition, bound = f"{condition} AND u.user_category = ?", (*bound, category)
    size = lists.PAGE if category is None else None
    return lists.answer(
        box, request, LISTED, (condition, bound), lambda rows: [_shown(row, names) for row in rows], size=size
    )


def one(box: Box, caller: Caller, user_id: str, names: Sequence[str]) -> dict[str, Any]:
    """One user.

    Raises: NotFound.
    """
    found = access.user(box, caller, user_id)
    row = box.sql(f"SELECT {LISTED.columns} FROM {LISTED.source} WHERE u.id = :id", id=found["id"]).fetchone()
    return _shown(row, names)


def _shown(row: Row, names: Sequence[str]) -> dict[str, Any]:
    user = {
        "id": row["id"],
        "createdTimestamp": milliseconds(clock.moment(row["created_at"])),
        "username": row["username"],
        "firstName": row["first_name"],
        "lastName": row["last_name"],
        "email": row["email"],
        "emailVerified": bool(row["email_verified"]),
        "enabled": bool(row["enabled"]),
        "userCategory": row["user_category"],
        "accountName": row["account_name"],
        "defaultLanguage": row["default_language"],
    }
    return {name: user[name] for name in names}


def create(box: Box, caller: Caller, new: NewUser, names: Sequence[str]) -> dict[str, Any]:
    """Make a user in the call's account and put him into his group.

    He is mailed a password that he has to change first (chapter 2); 3.20 gives him one that he can use.

    Raises: BadField, NotPermitted.
    """
    account_id = caller.reach.account
    _check_free(box, caller, new)
    group_id = access.group_to_join(box, caller, new.user_group_id)
    user = keycloak.User(
        id=box.uuid(), realm=caller.user.realm, account_id=account_id, created_at=box.now, **_columns(new)
    )
    password = keycloak.administration.add(box, user)
    members.move(box, user.id, group_id)
    _welcome(box, user, new.email, password)
    return one(box, caller, user.id, names)


def _welcome(box: Box, user: keycloak.User, address: str, password: str) -> None:
    lines = (
        f"You are user {user.username} of {user.realm} now.",
        "Your password is to be changed before you use this API.",
        f"Password: {password}",
    )
    outbox.send(box, "email", address, "\n".join(lines), f"User {user.id} was made", subject=f"User {user.username}")


def update(box: Box, caller: Caller, user_id: str, change: UserChange, names: Sequence[str]) -> dict[str, Any]:
    """Write a user anew; with a group he leaves his former ones for it.

    Raises: NotFound, BadField, NotPermitted.
    """
    user = access.user(box, caller, user_id)
    _check_free(box, caller, change, user["id"])
    if change.user_group_id is not None:
        members.move(box, user["id"], access.group_to_join(box, caller, change.user_group_id))
    keycloak.administration.change(box, user["id"], **_columns(change))
    return one(box, caller, user_id, names)


def _columns(change: UserChange) -> dict[str, Any]:
    return change.model_dump(exclude={"user_group_id"})


def _check_free(box: Box, caller: Caller, change: UserChange, user_id: str | None = None) -> None:
    for field in ("username", "email"):
        if keycloak.administration.is_taken(box, caller.user.realm, field, getattr(change, field), user_id):
            raise BadField(field=field, problem="is taken already")


def groups(box: Box, caller: Caller, user_id: str) -> list[dict[str, Any]]:
    """Those of a user's groups that the call sees, each with its role and those of its accounts that the call sees.

    Raises: NotFound.
    Source: WING guide 3.5.
    """
    access.user(box, caller, user_id)
    condition, bound = access.seen(caller, "g")
    rows = box.world.store.sql(
        "SELECT g.*, r.id AS r_id, r.name AS r_name, r.date_created AS r_created, r.role_category AS r_category"
        " FROM wing_user_group_user u JOIN wing_user_group g ON g.id = u.group_id"
        f" JOIN wing_role r ON r.id = g.role_id WHERE {condition} AND u.user_id = ? ORDER BY g.date_created, g.id",
        (*bound, user_id),
    ).fetchall()
    return [
        {
            "userGroup": {
                "id": row["id"],
                "name": row["name"],
                "description": row["description"],
                "userGroupCategory": row["user_group_category"],
                "dateCreated": spelled(row["date_created"]),
            },
            "roles": {
                "id": row["r_id"],
                "name": row["r_name"],
                "dateCreated": spelled(row["r_created"]),
                "roleCategory": row["r_category"],
            },
            "accounts": _accounts(box, caller, row),
        }
        for row in rows
    ]


def _accounts(box: Box, caller: Caller, group: Mapping[str, Any]) -> list[dict[str, Any]]:
    if group["all_accounts"]:
        ids = reach.below(reach.tree(box, caller.user.realm), [group["account_id"]])
    else:
        rows = box.sql("SELECT account_id FROM wing_user_group_account WHERE group_id = :id", id=group["id"])
        ids = {row[0] for row in rows}
    seen = ", ".join(map(str, sorted(ids & caller.reach.accounts)))
    return [
        {
            "accountId": row["id"],
            "parentAccountId": row["parent_account_id"],
            "billingAccountId": row["billing_account_id"],
            "accountName": row["name"],
            "accountState": row["account_state"],
            "accountType": row["account_type"],
        }
        for row in box.sql(f"SELECT * FROM wing_account WHERE id IN ({seen}) ORDER BY id")
    ]


def reset_password(box: Box, caller: Caller, user_id: str, new: NewPassword) -> dict[str, Any]:
    """Let another password hold at the token endpoint from now on.

    Raises: NotFound, NotPermitted for a user who may more than the caller, who could log in as him.
    Source: WING guide 3.20.
    """
    user = access.user(box, caller, user_id)
    access.check_no_stronger(box, caller, user)
    keycloak.administration.set_password(box, user, new.password, temporary=new.temporary)
    return {"userId": user["id"], "timestamp": f"{clock.text(box.now)[:26]}000Z"}


def delete(box: Box, caller: Caller, user_id: str) -> dict[str, Any]:
    """Remove a user; nobody removes himself, which is an answer and no error.

    Raises: NotFound.
    Source: WING guide 3.21.
    """
    user = access.user(box, caller, user_id)
    if user["id"] == caller.user.user_id:
        return {"userId": user["id"], "status": "failed", "reason": "A user cannot delete himself"}
    members.move(box, user["id"])
    keycloak.administration.remove(box, user["id"])
    return {"userId": user["id"], "status": "success"}
