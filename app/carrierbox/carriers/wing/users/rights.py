"""What a caller may do: the roles in his token, as scopes on service categories.

Source: WING guide 3.13, `permissionScopes`. Two roles are the box's own, and may read, or do, everything.
"""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from carrierbox.kernel.world import Box

Scope = Literal["READ", "WRITE", "DELETE"]

ADMIN, READER = "wing-admin", "wing-reader"
#: Roles that people are given by themselves; all others come with their groups.
OWN = frozenset({ADMIN, READER})

#: A role of this category does everything in its group's accounts; no call makes one.
ACCOUNT_ADMIN = "ACCOUNT_ADMIN"

_EVERYWHERE = "*"


@dataclass(frozen=True, slots=True)
class Rights:
    """Scopes, each on one category or on all."""

    held: frozenset[tuple[str, str]]  # category, scope

    def allow(self, category: str | None, scope: str) -> bool:
        """Whether they reach that far; what has no category is for everybody who is let in."""
        return category is None or bool(self.held & {(category, scope), (_EVERYWHERE, scope)})

    def cover(self, others: "Rights") -> bool:
        """Whether they reach as far as others, so that they may be passed on."""
        return all(self.allow(category, scope) for category, scope in others.held)


_ALL = Rights(frozenset((_EVERYWHERE, scope) for scope in ("READ", "WRITE", "DELETE")))
_READ = Rights(frozenset({(_EVERYWHERE, "READ")}))


def of(box: Box, realm: str, roles: Iterable[str]) -> Rights:
    """What these roles of a realm allow together; the world remembers it until it is told to forget."""
    names = frozenset(roles)
    return box.world.memo(("wing.rights", realm, names), lambda: _of(box, realm, names))


def _of(box: Box, realm: str, names: frozenset[str]) -> Rights:
    held: set[tuple[str, str]] = set()
    for name in names:
        if name == ADMIN:
            held |= _ALL.held
        elif name == READER:
            held |= _READ.held
        elif row := box.sql(
            "SELECT role_category, permission_scope FROM wing_role WHERE realm = :realm AND name = :name",
            realm=realm,
            name=name,
        ).fetchone():
            held |= of_role(row["role_category"], row["permission_scope"]).held
    return Rights(frozenset(held))


def of_role(category: str, permission_scope: str) -> Rights:
    """What one role allows; its permissions as the store keeps them."""
    if category == ACCOUNT_ADMIN:
        return _ALL
    return Rights(
        frozenset(
            (permission["serviceCategory"], scope)
            for part in json.loads(permission_scope)
            for permission in part["permissions"]
            for scope in permission["permissionScopes"]
        )
    )
