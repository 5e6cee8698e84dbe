"""What of users, groups and roles a call sees, and what it may pass on: shared by the chapter's slices."""

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from carrierbox.carriers.wing.door import Caller
from carrierbox.carriers.wing.errors import BadField, BadParameter, NotFound, NotPermitted
from carrierbox.carriers.wing.users import permits, rights
from carrierbox.kernel.world import Box

Row = Mapping[str, Any]


def check_realm(caller: Caller, realm: str) -> None:
    """Let a path's realm pass when it is the caller's own; of others nothing is said.

    Raises: NotFound.
    """
    if realm != caller.user.realm:
        raise NotFound(what="Realm", id=realm)


def one_of(name: str, value: str, known: Sequence[str]) -> str:
    """A path's or query's word, if it is a known one.

    Raises: BadParameter.
    """
    if value not in known:
        raise BadParameter(name=name, problem=f"'{value}' is none of {', '.join(known)}")
    return value


def seen(caller: Caller, alias: str) -> tuple[str, tuple[str, ...]]:
    """The condition that a row with columns realm and account_id is seen, and what it binds."""
    return f"{alias}.realm = ? AND {caller.reach.covers(f'{alias}.account_id')}", (caller.user.realm,)


def seen_people(caller: Caller) -> tuple[str, tuple[str, ...]]:
    """The same of users; what stands for a client is no person."""
    condition, bound = seen(caller, "u")
    return f"{condition} AND u.service_account_of IS NULL", bound


def _find(box: Box, table: str, where: tuple[str, tuple[str, ...]], key: str, value: str) -> Row | None:
    condition, bound = where
    statement = f"SELECT * FROM {table} WHERE {condition} AND {key} = ?"
    found: Row | None = box.world.store.sql(statement, (*bound, value)).fetchone()
    return found


def find_user(box: Box, caller: Caller, user_id: str) -> Row | None:
    """A user, if the caller sees him."""
    return _find(box, "keycloak_user u", seen_people(caller), "u.id", user_id)


def find_group(box: Box, caller: Caller, group_id: str) -> Row | None:
    """A user group, if the caller sees it."""
    return _find(box, "wing_user_group g", seen(caller, "g"), "g.id", group_id)


def find_role(box: Box, caller: Caller, value: str, key: str = "r.id") -> Row | None:
    """A role, if the caller sees it."""
    return _find(box, "wing_role r", seen(caller, "r"), key, value)


def user(box: Box, caller: Caller, user_id: str) -> Row:
    """The user that a path names.

    Raises: NotFound.
    """
    if found := find_user(box, caller, user_id):
        return found
    raise NotFound(what="User", id=user_id)


def group(box: Box, caller: Caller, group_id: str) -> Row:
    """The group that a path or body names.

    Raises: NotFound.
    """
    if found := find_group(box, caller, group_id):
        return found
    raise NotFound(what="User group", id=group_id)


def group_to_join(box: Box, caller: Caller, group_id: str) -> str:
    """The group that a user is put into.

    Raises: BadField, NotPermitted when its role may more than the caller.
    """
    found = find_group(box, caller, group_id)
    if found is None:
        raise BadField(field="userGroupId", problem=f"names no user group: {group_id}")
    role_to_give(box, caller, found["role_id"], "userGroupId")
    return group_id


def role_to_give(box: Box, caller: Caller, role_id: str, field: str = "roleId") -> str:
    """The role that a group is given, or that comes with a group: nobody hands out more than he has.

    Raises: BadField, NotPermitted.
    """
    found = find_role(box, caller, role_id) if field == "roleId" else _role(box, role_id)
    if found is None:
        raise BadField(field=field, problem=f"names no role: {role_id}")
    if not caller.rights.cover(rights.of_role(found["role_category"], found["permission_scope"])):
        raise NotPermitted
    return role_id


def check_no_stronger(box: Box, caller: Caller, user: Row) -> None:
    """Let a user pass who may nothing that the caller may not, or who is the caller.

    Raises: NotPermitted.
    """
    theirs = permits.of(box, user["realm"], user["id"], user["account_id"], json.loads(user["roles"]))
    if user["id"] != caller.user.user_id and not all(caller.rights.cover(permit.rights) for permit in theirs):
        raise NotPermitted


def _role(box: Box, role_id: str) -> Row | None:
    found: Row | None = box.sql("SELECT * FROM wing_role WHERE id = :id", id=role_id).fetchone()
    return found


def check_accounts(caller: Caller, account_ids: Iterable[int], field: str) -> None:
    """Let accounts of a body pass that the caller sees.

    Raises: BadField.
    """
    for account_id in account_ids:
        if account_id not in caller.reach.accounts:
            raise BadField(field=field, problem=f"names no account: {account_id}")
