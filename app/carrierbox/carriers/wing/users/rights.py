"""What roles allow, as scopes on services.

Source: WING guide 3.13, `permissionScopes`, and 3.15. Two roles are the box's own, and may read, or do, everything.
"""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from carrierbox.carriers.wing.users.services import SERVICES
from carrierbox.kernel.world import Box

Scope = Literal["READ", "WRITE", "DELETE"]

ADMIN, READER = "wing-admin", "wing-reader"
#: Roles that people are given by themselves; all others come with their groups.
OWN = frozenset({ADMIN, READER})

#: A role of this category does everything in its group's accounts; no call makes one.
ACCOUNT_ADMIN = "ACCOUNT_ADMIN"


@dataclass(frozen=True, slots=True)
class Rights:
    """Scopes, each on one service of 3.15."""

    held: frozenset[tuple[int, str]]  # service, scope

    def allow(self, services: frozenset[int], scope: str) -> bool:
        """Whether one of these services is open that far; what belongs to none is for everybody who is let in."""
        return not services or any((service, scope) in self.held for service in services)

    def cover(self, others: "Rights") -> bool:
        """Whether they reach as far as others, so that they may be passed on."""
        return others.held <= self.held


NONE = Rights(frozenset())
_ALL = Rights(frozenset((service.id, scope) for service in SERVICES for scope in ("READ", "WRITE", "DELETE")))
_READ = Rights(frozenset((service.id, "READ") for service in SERVICES))


def of(box: Box, realm: str, roles: Iterable[str]) -> Rights:
    """What these roles of a realm allow together."""
    held: set[tuple[int, str]] = set()
    for name in roles:
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
            (permission["serviceMasterId"], scope)
            for part in json.loads(permission_scope)
            for permission in part["permissions"]
            for scope in permission["permissionScopes"]
        )
    )
