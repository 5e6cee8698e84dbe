"""Who is in which group, and the roles that come of it: Keycloak's tokens name them from the next login on."""

import json
from collections.abc import Iterable

from carrierbox import keycloak
from carrierbox.carriers.wing.users.rights import OWN
from carrierbox.kernel.world import Box


def of_group(box: Box, group_id: str) -> list[str]:
    """The ids of a group's users."""
    rows = box.sql("SELECT user_id FROM wing_user_group_user WHERE group_id = :id", id=group_id)
    return [row[0] for row in rows]


def put(box: Box, group_id: str, user_ids: Iterable[str]) -> None:
    """Let these users be in a group, and no others."""
    before = of_group(box, group_id)
    box.sql("DELETE FROM wing_user_group_user WHERE group_id = :id", id=group_id)
    for user_id in dict.fromkeys(user_ids):
        box.sql("INSERT INTO wing_user_group_user (group_id, user_id) VALUES (:id, :user)", id=group_id, user=user_id)
    renew_roles(box, {*before, *user_ids})


def move(box: Box, user_id: str, *group_ids: str) -> None:
    """Let a user be in these groups, and no others."""
    box.sql("DELETE FROM wing_user_group_user WHERE user_id = :id", id=user_id)
    for group_id in group_ids:
        box.sql("INSERT INTO wing_user_group_user (group_id, user_id) VALUES (:id, :user)", id=group_id, user=user_id)
    renew_roles(box, [user_id])


def renew_roles(box: Box, user_ids: Iterable[str]) -> None:
    """Give users the roles of their groups, beside those that are their own."""
    for user_id in sorted(user_ids):
        row = box.sql("SELECT roles FROM keycloak_user WHERE id = :id", id=user_id).fetchone()
        if row is None:
            continue
        groups = box.sql(
            "SELECT DISTINCT r.name FROM wing_user_group_user u JOIN wing_user_group g ON g.id = u.group_id"
            " JOIN wing_role r ON r.id = g.role_id WHERE u.user_id = :id ORDER BY r.name",
            id=user_id,
        )
        own = [role for role in json.loads(row["roles"]) if role in OWN]
        keycloak.administration.change(box, user_id, roles=json.dumps([*own, *(group[0] for group in groups)]))
    box.world.forget()  # whose reach and rights it was
