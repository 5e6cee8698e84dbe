"""3.11 to 3.15: which roles a call sees, and what becomes of them.

Source: WING guide 3.11 to 3.15; contract `wing-accounts.yaml`.
"""

import json
from collections.abc import Sequence
from typing import Any

from fastapi import Request, Response

from carrierbox.carriers.wing import lists, names
from carrierbox.carriers.wing.criteria import Field
from carrierbox.carriers.wing.door import Caller
from carrierbox.carriers.wing.errors import BadField, NotFound, NotPermitted
from carrierbox.carriers.wing.lists import Listed, Row
from carrierbox.carriers.wing.users import access, members, rights
from carrierbox.carriers.wing.users.rights import ACCOUNT_ADMIN
from carrierbox.carriers.wing.users.roles.schemas import NewRole, PermissionScope, RoleChange
from carrierbox.carriers.wing.users.tables import Role
from carrierbox.carriers.wing.wire import spelled
from carrierbox.kernel.world import Box

CATEGORIES = ("ACCOUNT", ACCOUNT_ADMIN)

_FIELDS = (
    Field("id", "r.id", "string"),
    Field("name", "r.name", "string"),
    Field("roleCategory", "r.role_category", "string"),
    Field("description", "r.description", "string"),
    Field("dateCreated", "r.date_created", "moment"),
    Field("accountName", "a.name", "string"),
)
LISTED = Listed(
    "r.*, a.name AS account_name",
    "wing_role r LEFT JOIN wing_account a ON a.id = r.account_id",
    {field.wire: field for field in _FIELDS},
    "r.date_created, r.id",
)


def list_roles(box: Box, request: Request, caller: Caller) -> Response:
    """The roles that a call sees, with the account that each was made for."""

    def show(rows: Sequence[Row]) -> list[Any]:
        return [
            {
                "id": row["id"],
                "name": row["name"],
                "roleCategory": row["role_category"],
                "description": row["description"],
                "dateCreated": spelled(row["date_created"]),
                "accountName": row["account_name"],
            }
            for row in rows
        ]

    return lists.answer(box, request, LISTED, access.seen(caller, "r"), show)


def list_category(box: Box, request: Request, caller: Caller, category: str) -> Response:
    """The roles of one category."""
    condition, bound = access.seen(caller, "r")

    def show(rows: Sequence[Row]) -> list[Any]:
        return [
            {
                "id": row["id"],
                "name": row["name"],
                "description": row["description"],
                "roleCategory": row["role_category"],
                "dateCreated": spelled(row["date_created"]),
            }
            for row in rows
        ]

    return lists.answer(box, request, LISTED, (f"{condition} AND r.role_category = ?", (*bound, category)), show)


def create(box: Box, caller: Caller, new: NewRole) -> str:
    """Make a role for an account; answers its id.

    Raises: BadField, NotPermitted when it may more than the caller.
    """
    access.check_accounts(caller, [new.account_id], "accountId")
    names.check_free(box, "wing_role", new.name, realm=caller.user.realm)
    role = Role(
        id=box.uuid(),
        realm=caller.user.realm,
        name=new.name,
        description=new.description,
        role_category=new.role_category,
        account_id=new.account_id,
        permission_scope=_permissions(caller, new.permission_scope),
        date_created=box.now,
    )
    box.session.add(role)
    box.flush()
    box.world.forget()
    return role.id


def update(box: Box, caller: Caller, change: RoleChange) -> str:
    """Write a role anew; without permissions it keeps those that it has. Answers its id.

    Raises: NotFound, BadField, NotPermitted.
    """
    by_id = change.id is not None
    role = access.find_role(box, caller, change.id or change.name, "r.id" if by_id else "r.name")
    if role is None:
        raise NotFound(what="Role", id=change.id if by_id else change.name)
    if role["role_category"] != change.role_category:
        raise BadField(field="roleCategory", problem=f"cannot be changed from {role['role_category']}")
    access.check_accounts(caller, [change.account_id], "accountId")
    names.check_free(box, "wing_role", change.name, role["id"], realm=caller.user.realm)
    kept = role["permission_scope"]
    box.sql(
        "UPDATE wing_role SET name = :name, description = :description, account_id = :account,"
        " permission_scope = :permissions WHERE id = :id",
        id=role["id"],
        name=change.name,
        description=change.description,
        account=change.account_id,
        permissions=kept if change.permission_scope is None else _permissions(caller, change.permission_scope),
    )
    for group in box.sql("SELECT id FROM wing_user_group WHERE role_id = :id", id=role["id"]).fetchall():
        members.renew_roles(box, members.of_group(box, group["id"]))
    box.world.forget()
    return str(role["id"])


def _permissions(caller: Caller, permission_scope: Sequence[PermissionScope]) -> str:
    text = json.dumps([part.model_dump(by_alias=True) for part in permission_scope])
    if not caller.rights.cover(rights.of_role("ACCOUNT", text)):
        raise NotPermitted
    return text
