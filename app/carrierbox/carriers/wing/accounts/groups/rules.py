"""4.33 to 4.35: groups of SIMs; SIM calls of chapter 5 name them by ``groupId``.

Source: WING guide 4.33 to 4.35; contract `wing-accounts.yaml`.
"""

from typing import Any

from carrierbox.carriers.wing import names
from carrierbox.carriers.wing.accounts.groups.schemas import GroupChange, NewGroup
from carrierbox.carriers.wing.accounts.tables import Group
from carrierbox.carriers.wing.door import Caller
from carrierbox.carriers.wing.errors import NotFound
from carrierbox.carriers.wing.lists import Row
from carrierbox.carriers.wing.subscriptions.groups import rules as sims_in_groups
from carrierbox.kernel.world import Box


def create(box: Box, caller: Caller, new: NewGroup) -> dict[str, Any]:
    """Make a group in the call's account.

    Raises: BadField.
    """
    account_id = caller.reach.account
    names.check_free(box, "wing_group", new.name, account_id=account_id)
    group = Group(account_id=account_id, name=new.name, description=new.description)
    box.session.add(group)
    box.flush()
    assert group.id is not None  # noqa: S101 - the flush gave it
    return _shown(box, group.id)


def update(box: Box, caller: Caller, change: GroupChange) -> dict[str, Any]:
    """Write what was sent of a group.

    Raises: NotFound, BadField.
    """
    group = _find(box, caller, change.id)
    columns = {name: value for name, value in change.sent().items() if name != "id"}
    if "name" in columns:
        names.check_free(box, "wing_group", change.name, change.id, account_id=group["account_id"])
    if columns:
        given = ", ".join(f"{column} = :{column}" for column in columns)
        box.sql(f"UPDATE wing_group SET {given} WHERE id = :id", id=change.id, **columns)
    return _shown(box, change.id)


def delete(box: Box, caller: Caller, group_id: int, account_id: int) -> None:
    """Take a group away; its SIMs are in none then.

    Raises: NotFound.
    """
    if _find(box, caller, group_id)["account_id"] != account_id:
        raise NotFound(what="Group", id=group_id)
    sims_in_groups.empty(box, group_id)
    box.sql("DELETE FROM wing_group WHERE id = :id", id=group_id)


def _find(box: Box, caller: Caller, group_id: int) -> Row:
    row: Row | None = box.sql("SELECT * FROM wing_group WHERE id = :id", id=group_id).fetchone()
    if row is None or row["account_id"] not in caller.reach.accounts:
        raise NotFound(what="Group", id=group_id)
    return row


def _shown(box: Box, group_id: int) -> dict[str, Any]:
    row = box.sql(
        "SELECT g.*, a.tenant_id FROM wing_group g JOIN wing_account a ON a.id = g.account_id WHERE g.id = :id",
        id=group_id,
    ).fetchone()
    return {
        "id": row["id"],
        "name": row["name"],
        "description": row["description"],
        "accountMasterId": row["account_id"],
        "tenantId": row["tenant_id"],
    }
