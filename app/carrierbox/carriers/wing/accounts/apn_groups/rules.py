"""4.19 to 4.25: APN groups of accounts; one of an account's may be the default.

Source: WING guide 4.19 to 4.25; contract `wing-accounts.yaml`, keys `entities` and `rules`.
"""

import json
from collections.abc import Iterable, Sequence
from typing import Any

from fastapi import Request, Response

from carrierbox.carriers.wing import lists
from carrierbox.carriers.wing.accounts.account import rules as accounts
from carrierbox.carriers.wing.accounts.apn_groups.schemas import ApnChange, ApnGroupChange, NewApnGroup
from carrierbox.carriers.wing.accounts.tables import ApnGroup
from carrierbox.carriers.wing.criteria import Field
from carrierbox.carriers.wing.door import Caller
from carrierbox.carriers.wing.errors import BadField, NotFound
from carrierbox.carriers.wing.lists import Listed, Row
from carrierbox.kernel import clock
from carrierbox.kernel.world import Box

_FIELDS = (
    Field("id", "g.id", "number"),
    Field("apnGroupName", "g.name", "string"),
    Field("accountId", "g.account_id", "number"),
    Field("default", "g.is_default", "boolean"),
)
_APNS = (
    "(SELECT json_group_array(apn_id) FROM"
    " (SELECT m.apn_id FROM wing_apn_group_member m WHERE m.group_id = g.id ORDER BY m.id))"
)
#: Shown on the group is what its first APN carries.
_INTERFACE = (
    "(SELECT r.network_interface_id FROM wing_apn_group_member m JOIN wing_resource r ON r.id = m.apn_id"
    " WHERE m.group_id = g.id ORDER BY m.id LIMIT 1)"
)
LISTED = Listed(
    f"g.*, {_APNS} AS apn_ids, {_INTERFACE} AS network_interface_id",
    "wing_apn_group g",
    {field.wire: field for field in _FIELDS},
    "g.id",
)

#: The members of a row, in the order of 4.19 and of 4.23 and 4.25.
CREATED = ("apnGroupId", "apnId", "apnGroupMappingId", "apnGroupName", "accountId", "effectiveDate", "expirationDate",
           "default")  # fmt: skip
CHANGED = ("accountId", "apnGroupId", "apnGroupMappingId", "apnGroupName", "apnId", "default", "effectiveDate",
           "expirationDate")  # fmt: skip


def list_groups(box: Box, request: Request, caller: Caller, account_id: int) -> Response:
    """The APN groups of an account; the whole list unless a page is asked for.

    Raises: NotFound.
    """
    accounts.find(box, caller, account_id)
    where = "g.account_id = ?", (account_id,)
    return lists.answer(box, request, LISTED, where, lambda rows: [_shown(row) for row in rows], size=None)


def _shown(row: Row) -> dict[str, Any]:
    return {
        "id": row["id"],
        "apnGroupName": row["name"],
        "accountId": row["account_id"],
        "apnIds": json.loads(row["apn_ids"]),
        "networkInterfaceId": row["network_interface_id"],
        "default": bool(row["is_default"]),
    }


def create(box: Box, caller: Caller, account_id: int, new: NewApnGroup) -> list[dict[str, Any]]:
    """Make an APN group in an account; answers a row for each of its APNs.

    Raises: NotFound, BadField.
    """
    accounts.find(box, caller, account_id)
    _check_apns(box, account_id, new.apn_ids, "apnIds")
    group = ApnGroup(account_id=account_id, name=new.apn_group_name)
    box.session.add(group)
    box.flush()
    assert group.id is not None  # noqa: S101 - the flush gave it
    _add(box, group.id, new.apn_ids)
    _set_default(box, account_id, group.id, is_default=new.is_default)
    return _mappings(box, group.id, CREATED)


def update(box: Box, caller: Caller, account_id: int, change: ApnGroupChange) -> dict[str, Any]:
    """Rename an APN group, make it the account's default, or clear that; its APNs stay.

    Raises: NotFound.
    """
    _find(box, caller, account_id, change.id)
    sent = change.sent()
    if "apn_group_name" in sent:
        box.sql("UPDATE wing_apn_group SET name = :name WHERE id = :id", id=change.id, name=change.apn_group_name)
    if "is_default" in sent:
        _set_default(box, account_id, change.id, is_default=change.is_default)
    row = box.sql(f"SELECT {LISTED.columns} FROM {LISTED.source} WHERE g.id = :id", id=change.id).fetchone()
    return _shown(row)


def change_apns(box: Box, caller: Caller, account_id: int, group_id: int, change: ApnChange) -> list[dict[str, Any]]:
    """Put APNs into a group and take others out of it; answers a row for each that is in it then.

    Raises: NotFound, BadField.
    """
    _find(box, caller, account_id, group_id)
    _check_apns(box, account_id, change.add, "addAPN")
    for apn_id in change.remove:
        box.sql("DELETE FROM wing_apn_group_member WHERE group_id = :id AND apn_id = :apn", id=group_id, apn=apn_id)
    _add(box, group_id, change.add)
    return _mappings(box, group_id, CHANGED)


def _find(box: Box, caller: Caller, account_id: int, group_id: int) -> None:
    accounts.find(box, caller, account_id)
    found = box.sql(
        "SELECT 1 FROM wing_apn_group WHERE id = :id AND account_id = :account", id=group_id, account=account_id
    ).fetchone()
    if found is None:
        raise NotFound(what="APN group", id=group_id)


def _check_apns(box: Box, account_id: int, apn_ids: Sequence[int], field: str) -> None:
    for apn_id in apn_ids:
        row = box.sql(
            "SELECT 1 FROM wing_resource WHERE id = :id AND account_id = :account AND resource_type = 'APN'",
            id=apn_id,
            account=account_id,
        ).fetchone()
        if row is None:
            raise BadField(field=field, problem=f"names no APN that is assigned to the account: {apn_id}")


def _add(box: Box, group_id: int, apn_ids: Iterable[int]) -> None:
    for apn_id in apn_ids:
        box.sql(
            "INSERT OR IGNORE INTO wing_apn_group_member (group_id, apn_id, effective_date) VALUES (:id, :apn, :now)",
            id=group_id,
            apn=apn_id,
            now=clock.text(box.now),
        )


def _set_default(box: Box, account_id: int, group_id: int, *, is_default: bool) -> None:
    """Let a group be the account's default, and then no other one."""
    if is_default:
        box.sql("UPDATE wing_apn_group SET is_default = 0 WHERE account_id = :id", id=account_id)
    box.sql("UPDATE wing_apn_group SET is_default = :default WHERE id = :id", id=group_id, default=is_default)


def _mappings(box: Box, group_id: int, names: Sequence[str]) -> list[dict[str, Any]]:
    rows = box.sql(
        "SELECT m.*, g.name, g.account_id, g.is_default FROM wing_apn_group_member m"
        " JOIN wing_apn_group g ON g.id = m.group_id WHERE g.id = :id ORDER BY m.id",
        id=group_id,
    )
    mappings = [
        {
            "accountId": row["account_id"],
            "apnGroupId": row["group_id"],
            "apnGroupMappingId": row["id"],
            "apnGroupName": row["name"],
            "apnId": row["apn_id"],
            "default": bool(row["is_default"]),
            "effectiveDate": f"{row['effective_date'][:26]}000",  # no zone, nine decimals
            "expirationDate": None,
        }
        for row in rows
    ]
    return [{name: mapping[name] for name in names} for mapping in mappings]
