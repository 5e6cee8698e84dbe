"""What a caller may do, and where: each group permits what its role does, in its own accounts.

Groups and roles count as they are now, and of the roles only those that the token carries as well: a change takes away
at once, and gives from the next token on. A role that no group gives counts in the user's own account and below; or in
the whole realm, where he has none. Source: WING guide 3.5, 3.13; contract `wing-accounts.yaml`, `open`.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from carrierbox import keycloak
from carrierbox.carriers.wing.accounts import reach
from carrierbox.carriers.wing.accounts.reach import Reach
from carrierbox.carriers.wing.errors import AccountOutOfReach, NotPermitted
from carrierbox.carriers.wing.users import rights
from carrierbox.carriers.wing.users.rights import NONE, Rights, Scope
from carrierbox.kernel.world import Box

Tops = tuple[int, ...] | None  # accounts, each with all below it; None is the whole realm


@dataclass(frozen=True, slots=True)
class Permit:
    """What may be done in some accounts."""

    rights: Rights
    tops: Tops


def admit(
    box: Box, user: keycloak.Caller, context: str | None, services: frozenset[int], scope: Scope
) -> tuple[Reach, Rights]:
    """The accounts that a call to one of these services reaches, and what may be done in each of them.

    Raises: NoAccountContext, BadAccountContext, AccountOutOfReach, NotPermitted.
    """
    # whoever changes the tree, a user, a group or a role lets the world forget
    key = ("wing.permits", user.user_id, user.roles, context, services, scope)
    return box.world.memo(key, lambda: _admit(box, user, context, services, scope))


def _admit(
    box: Box, user: keycloak.Caller, context: str | None, services: frozenset[int], scope: Scope
) -> tuple[Reach, Rights]:
    permits = of(box, user.realm, user.user_id, user.account_id, user.roles)
    reach.of(box, user.realm, _tops(permits, user.account_id), context)
    fitting = [permit for permit in permits if permit.rights.allow(services, scope)]
    if not fitting:
        raise NotPermitted
    tops = _tops(fitting, user.account_id)
    try:
        within = reach.of(box, user.realm, tops, context)
    except AccountOutOfReach as out:  # he has another role there
        raise NotPermitted from out
    return within, _throughout(reach.tree(box, user.realm), permits, tops if context == "*" else (within.account,))


def of(box: Box, realm: str, user_id: str, account_id: int | None, roles: Iterable[str]) -> list[Permit]:
    """A user's permits, by these of his roles; where he is in no group, one that says at least where he is at home."""
    carried = frozenset(roles)
    groups = box.sql(
        "SELECT g.id, g.all_accounts, g.account_id, r.name, r.role_category, r.permission_scope"
        " FROM wing_user_group_user u JOIN wing_user_group g ON g.id = u.group_id JOIN wing_role r ON r.id = g.role_id"
        " WHERE u.user_id = :user ORDER BY g.id",
        user=user_id,
    ).fetchall()
    permits = [
        Permit(
            rights.of_role(group["role_category"], group["permission_scope"]) if group["name"] in carried else NONE,
            _accounts(box, group),
        )
        for group in groups
    ]
    [present] = box.sql("SELECT roles FROM keycloak_user WHERE id = :id", id=user_id).fetchone()
    own = rights.of(box, realm, carried & {*json.loads(present)} - {group["name"] for group in groups})
    if own.held or not groups:
        permits.append(Permit(own, None if account_id is None else (account_id,)))
    return permits


def _accounts(box: Box, group: Mapping[str, Any]) -> Tops:
    if group["all_accounts"]:
        return (group["account_id"],)
    rows = box.sql("SELECT account_id FROM wing_user_group_account WHERE group_id = :id", id=group["id"])
    return tuple(row[0] for row in rows)


def _tops(permits: Iterable[Permit], home: int | None) -> Tops:
    """Where the part of the tree begins that permits are for; the user's own account leads."""
    found: set[int] = set()
    for permit in permits:
        if permit.tops is None:
            return None
        found.update(permit.tops)
    return tuple(sorted(found, key=lambda account: (account != home, account)))


def _throughout(tree: reach.Tree, permits: Sequence[Permit], tops: Tops) -> Rights:
    """What may be done in each of these accounts, by the permits for it and for those above it."""
    parts = [None] if tops is None else [top for top in tops if top in tree]
    held = [
        frozenset[tuple[int, str]]().union(*(permit.rights.held for permit in permits if _holds(tree, permit, part)))
        for part in parts
    ]
    return Rights(frozenset.intersection(*held)) if held else NONE


def _holds(tree: reach.Tree, permit: Permit, account: int | None) -> bool:
    return permit.tops is None or (account is not None and account in reach.below(tree, permit.tops))
