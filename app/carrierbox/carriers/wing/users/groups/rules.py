"""3.6 to 3.10: which user groups a call sees, and what becomes of them.

A group belongs to the account in whose name it was made; "all accounts" are that one and those below it.
Source: WING guide 3.6 to 3.10; contract `wing-accounts.yaml`, key `rules`.
"""

from collections.abc import Iterable, Sequence
from typing import Any

from fastapi import Request, Response

from carrierbox.carriers.wing import lists
from carrierbox.carriers.wing.criteria import Field
from carrierbox.carriers.wing.door import Caller
from carrierbox.carriers.wing.errors import BadField
from carrierbox.carriers.wing.lists import Listed, Row
from carrierbox.carriers.wing.users import access, members
from carrierbox.carriers.wing.users.groups.schemas import GroupChange, NewGroup
from carrierbox.carriers.wing.users.tables import UserGroup
from carrierbox.carriers.wing.wire import spelled
from carrierbox.kernel.world import Box

CATEGORIES = ("ACCOUNT", "GROUP")

#: The accounts of a group in one word. Source: WING guide 3.6.
_ACCOUNT = (
    "CASE WHEN g.all_accounts THEN 'All' ELSE (SELECT CASE count(*) WHEN 0 THEN '' WHEN 1 THEN max(a.name)"
    " ELSE 'Multiple' END FROM wing_user_group_account m JOIN wing_account a ON a.id = m.account_id"
    " WHERE m.group_id = g.id) END"
)
_FIELDS = (
    Field("id", "g.id", "string"),
    Field("name", "g.name", "string"),
    Field("description", "g.description", "string"),
    Field("userGroupCategory", "g.user_group_category", "string"),
    Field("dateCreated", "g.date_created", "moment"),
    Field("allAccountSelected", "g.all_accounts", "boolean"),
    Field("account", f"({_ACCOUNT})", "string"),
)
LISTED = Listed(
    f"g.*, {_ACCOUNT} AS account",
    "wing_user_group g",
    {field.wire: field for field in _FIELDS},
    "g.date_created, g.id",
)


def list_groups(box: Box, request: Request, caller: Caller) -> Response:
    """The user groups that a call sees, each with its accounts in one word."""

    def show(rows: Sequence[Row]) -> list[Any]:
        return [
            {
                "id": row["id"],
                "name": row["name"],
                "userGroupCategory": row["user_group_category"],
                "description": row["description"],
                "dateCreated": spelled(row["date_created"]),
                "allAccountSelected": bool(row["all_accounts"]),
                "account": row["account"],
            }
            for row in rows
        ]

    return lists.answer(box, request, LISTED, access.seen(caller, "g"), show)


def list_category(box: Box, request: Request, caller: Caller, category: str) -> Response:
    """The user groups of one category, without their accounts."""
    condition, bound = access.seen(caller, "g")

    def show(rows: Sequence[Row]) -> list[Any]:
        return [
            {
                "id": row["id"],
                "name": row["name"],
                "description": row["description"],
                "userGroupCategory": row["user_group_category"],
                "dateCreated": spelled(row["date_created"]),
            }
            for row in rows
        ]

    where = f"{condition} AND g.user_group_category = ?", (*bound, category)
    return lists.answer(box, request, LISTED, where, show, size=None)


def create(box: Box, caller: Caller, new: NewGroup) -> str:
    """Make a user group in the call's account; answers its id.

    Raises: BadField, NotPermitted.
    """
    if new.id is not None and box.sql("SELECT 1 FROM wing_user_group WHERE id = :id", id=new.id).fetchone():
        raise BadField(field="id", problem="is taken already")
    group_id = new.id or box.uuid()
    account_id = caller.reach.account
    _check(box, caller, new)
    box.session.add(
        UserGroup(
            id=group_id,
            realm=caller.user.realm,
            name=new.name,
            description=new.description,
            user_group_category=new.user_group_category,
            all_accounts=new.select_all_account,
            role_id=new.role_id,
            account_id=account_id,
            date_created=box.now,
        )
    )
    box.flush()
    _fill(box, group_id, new)
    return group_id


def update(box: Box, caller: Caller, change: GroupChange) -> str:
    """Write a user group anew, its accounts and users too; answers its id.

    Raises: NotFound, BadField, NotPermitted.
    """
    group_id: str = access.group(box, caller, change.id)["id"]
    _check(box, caller, change)
    box.sql(
        "UPDATE wing_user_group SET name = :name, description = :description, all_accounts = :all,"
        " user_group_category = :category, role_id = :role WHERE id = :id",
        id=group_id,
        name=change.name,
        description=change.description,
        category=change.user_group_category,
        all=change.select_all_account,
        role=change.role_id,
    )
    box.sql("DELETE FROM wing_user_group_account WHERE group_id = :id", id=group_id)
    _fill(box, group_id, change)
    return group_id


def _check(box: Box, caller: Caller, group: NewGroup) -> None:
    access.role_to_give(box, caller, group.role_id)
    access.check_accounts(caller, group.account_ids, "accountIds")
    for user_id in group.user_ids:
        if access.find_user(box, caller, user_id) is None:
            raise BadField(field="userIds", problem=f"names no user: {user_id}")


def _fill(box: Box, group_id: str, group: NewGroup) -> None:
    _add(box, group_id, group.account_ids)
    members.put(box, group_id, group.user_ids)


def add_accounts(box: Box, caller: Caller, group_id: str, account_ids: Iterable[int]) -> None:
    """Let a group be for more accounts.

    Raises: NotFound, BadField, also when it is for all, NotPermitted when its role may more than the caller.
    """
    group = access.group(box, caller, group_id)
    access.role_to_give(box, caller, group["role_id"], "userGroupId")
    if group["all_accounts"]:
        raise BadField(field="accountIds", problem="must be empty for a group that has all accounts")
    access.check_accounts(caller, account_ids, "accountIds")
    _add(box, group["id"], account_ids)
    box.world.forget()


def _add(box: Box, group_id: str, account_ids: Iterable[int]) -> None:
    for account_id in account_ids:
        box.sql(
            "INSERT OR IGNORE INTO wing_user_group_account (group_id, account_id) VALUES (:id, :account)",
            id=group_id,
            account=account_id,
        )
