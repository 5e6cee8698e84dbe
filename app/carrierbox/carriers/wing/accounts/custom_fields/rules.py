"""4.4: which fields are in force for an account, and what they say.

A field is in force for the account that defines it, and when propagated, for all below. Those of a top account may say
something of every account below, propagated or not, and show from then on, as 4.5 and 4.6 print of account 4376.
Source: WING guide 4.4; contract `wing-accounts.yaml`.
"""

from collections.abc import Iterable
from typing import Any

from carrierbox.carriers.wing.accounts import reach
from carrierbox.carriers.wing.accounts.custom_fields.schemas import CustomFieldChange, NewCustomField, NewValue
from carrierbox.carriers.wing.accounts.tables import CustomField
from carrierbox.carriers.wing.door import Caller
from carrierbox.carriers.wing.errors import BadField, NotFound
from carrierbox.carriers.wing.lists import Row
from carrierbox.kernel import clock
from carrierbox.kernel.world import Box


def of(box: Box, account_ids: Iterable[int]) -> dict[int, list[dict[str, Any]]]:
    """What custom fields say of some accounts, oldest field first; empty where nobody has set them."""
    found: dict[int, list[dict[str, Any]]] = {account_id: [] for account_id in account_ids}
    ids = ", ".join(map(str, found))
    rows = box.sql(
        f"WITH RECURSIVE up(account, ancestor) AS (SELECT id, id FROM wing_account WHERE id IN ({ids})"
        " UNION SELECT up.account, a.parent_account_id FROM up JOIN wing_account a ON a.id = up.ancestor"
        " WHERE a.parent_account_id IS NOT NULL),"
        " shown(account, field) AS (SELECT up.account, f.id FROM up JOIN wing_custom_field f"
        " ON f.account_id = up.ancestor AND (f.is_propagated OR up.account = up.ancestor)"
        f" UNION SELECT account_id, custom_field_id FROM wing_custom_field_value WHERE account_id IN ({ids}))"
        " SELECT s.account, f.id, ifnull(v.value, '') AS value FROM shown s JOIN wing_custom_field f ON f.id = s.field"
        " LEFT JOIN wing_custom_field_value v ON v.account_id = s.account AND v.custom_field_id = s.field"
        " ORDER BY f.created_at, f.id"
    )
    for row in rows:
        found[row["account"]].append({"id": row["id"], "value": row["value"]})
    return found


def is_usable(box: Box, account_id: int, field_id: int) -> bool:
    """Whether a field can say something of an account: it is in force there, or the account at the top defines it."""
    if any(field["id"] == field_id for field in of(box, [account_id])[account_id]):
        return True
    at_top = box.sql(
        "WITH RECURSIVE up(id, parent) AS (SELECT id, parent_account_id FROM wing_account WHERE id = :account"
        " UNION SELECT a.id, a.parent_account_id FROM up JOIN wing_account a ON a.id = up.parent)"
        " SELECT 1 FROM wing_custom_field f JOIN up ON up.id = f.account_id WHERE f.id = :field AND up.parent IS NULL",
        account=account_id,
        field=field_id,
    )
    return at_top.fetchone() is not None


def put(box: Box, account_id: int, field_id: int, value: str) -> None:
    """Let a field say something of an account."""
    box.sql(
        "INSERT OR REPLACE INTO wing_custom_field_value (account_id, custom_field_id, value)"
        " VALUES (:account, :field, :value)",
        account=account_id,
        field=field_id,
        value=value,
    )


def create(box: Box, caller: Caller, new: NewCustomField) -> dict[str, Any]:
    """Define a field for the call's account.

    Source: WING guide 4.4.1.
    """
    account_id = caller.reach.account
    field = CustomField(
        tenant_id=reach.tree(box, caller.user.realm)[account_id].tenant_id,
        account_id=account_id,
        user_id=caller.user.user_id,
        name=new.name,
        description=new.description,
        type=new.type,
        is_propagated=new.is_propagated,
        created_at=box.now,
        modified_at=box.now,
    )
    box.session.add(field)
    box.flush()
    assert field.id is not None  # noqa: S101 - the flush gave it
    return _shown(box, field.id)


def update(box: Box, caller: Caller, change: CustomFieldChange) -> dict[str, Any]:
    """Write what was sent of a field's definition.

    Raises: NotFound.
    Source: WING guide 4.4.2.
    """
    _named(box, caller, change.id)
    columns = change.sent() | {"modified_at": clock.text(box.now)}
    given = ", ".join(f"{column} = :{column}" for column in columns if column != "id")
    box.sql(f"UPDATE wing_custom_field SET {given} WHERE id = :id", **columns)
    return _shown(box, change.id)


def delete(box: Box, caller: Caller, field_id: int) -> None:
    """Take a field away, and all that it says.

    Raises: NotFound.
    Source: WING guide 4.4.3.
    """
    _named(box, caller, field_id)
    box.sql("DELETE FROM wing_custom_field_value WHERE custom_field_id = :id", id=field_id)
    box.sql("DELETE FROM wing_custom_field WHERE id = :id", id=field_id)


def set_value(box: Box, caller: Caller, path_id: int, new: NewValue) -> None:
    """Let a field say something of the call's account; or of the account that the path names in the field's place.

    Raises: NotFound, BadField.
    Source: WING guide 4.4.4, and its twin 5.16.4, whose path names another thing than its body.
    """
    field_id = path_id if new.id is None else new.id
    if field_id != path_id and path_id in caller.reach.accounts and _find(box, caller, path_id) is None:
        account_id = path_id
    else:
        account_id = caller.reach.account
        if not is_usable(box, account_id, path_id):
            raise NotFound(what="Custom field", id=path_id)
    if path_id not in {field_id, account_id}:
        raise BadField(field="id", problem=f"must be {path_id}, as in the path")
    if not is_usable(box, account_id, field_id):
        raise BadField(field="id", problem=f"names no custom field: {field_id}")
    put(box, account_id, field_id, new.value)


def _find(box: Box, caller: Caller, field_id: int) -> Row | None:
    row: Row | None = box.sql("SELECT * FROM wing_custom_field WHERE id = :id", id=field_id).fetchone()
    return row if row is not None and row["account_id"] in caller.reach.accounts else None


def _named(box: Box, caller: Caller, field_id: int) -> None:
    if _find(box, caller, field_id) is None:
        raise NotFound(what="Custom field", id=field_id)


def _shown(box: Box, field_id: int) -> dict[str, Any]:
    row = box.sql("SELECT * FROM wing_custom_field WHERE id = :id", id=field_id).fetchone()
    return {
        "id": row["id"],
        "name": row["name"],
        "type": row["type"],
        "tenantId": row["tenant_id"],
        "description": row["description"],
        "isPropagated": bool(row["is_propagated"]),
        "accountId": str(row["account_id"]),  # a number everywhere else
        "userId": row["user_id"],
        "creationTimestamp": row["created_at"][:19],
        "modificationTimestamp": row["modified_at"][:19],
    }
