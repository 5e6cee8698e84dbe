"""5.16: defining fields for SIMs, and letting them say something.

A field is in force for the SIMs of the account that defines it and, when propagated, of those below; each has it from
then on, at first with nothing to say. A SIM that moves keeps what it has. Whoever sees a SIM may set what it shows; the
definition is changed by who sees its account. Another type holds for values to come, not for those that are there.
Source: WING guide 5.16; contract `wing-subscription.yaml`, wing-5.16.1 to 5.16.4 and key `entities`.
"""

import json
import re
from datetime import date
from typing import Any

from carrierbox.carriers.wing import names
from carrierbox.carriers.wing.accounts import reach
from carrierbox.carriers.wing.door import Caller
from carrierbox.carriers.wing.errors import BadField, NotFound, UnknownSim
from carrierbox.carriers.wing.lists import Row
from carrierbox.carriers.wing.subscriptions.custom_fields.schemas import FieldChange, NewField, NewValue
from carrierbox.carriers.wing.subscriptions.custom_fields.spread import in_force, spread
from carrierbox.carriers.wing.subscriptions.tables import SimCustomField
from carrierbox.kernel import clock
from carrierbox.kernel.world import Box

#: Each is a member of every SIM record of the account.
MOST_FIELDS = 100


def create(box: Box, caller: Caller, new: NewField) -> dict[str, Any]:
    """Define a field for the SIMs of the call's account.

    Raises: BadField.
    Source: WING guide 5.16.1.
    """
    account_id = caller.reach.account
    names.check_free(box, "wing_sim_custom_field", new.name, account_id=account_id)
    if _count(box, account_id) >= MOST_FIELDS:
        raise BadField(field="name", problem=f"is one too many: an account has at most {MOST_FIELDS} custom fields")
    field = SimCustomField(
        tenant_id=reach.tree(box, caller.user.realm)[account_id].tenant_id,
        account_id=account_id,
        name=new.name,
        type=new.type,
        description=new.description,
        is_propagated=new.is_propagated,
        user_id=caller.user.user_id,
        creation_timestamp=box.now,
        modification_timestamp=box.now,
    )
    box.session.add(field)
    box.flush()
    assert field.id is not None  # noqa: S101 - the flush gave it
    spread(box, "give", field.id)
    return _shown(box, field.id)


def update(box: Box, caller: Caller, change: FieldChange) -> dict[str, Any]:
    """Write what was sent of a field's definition; whether it is propagated was settled when it was made.

    Raises: NotFound, BadField.
    Source: WING guide 5.16.2, whose answer shows isPropagated as it was, not as it was sent.
    """
    field = _find(box, caller, change.id)
    names.check_free(box, "wing_sim_custom_field", change.name, change.id, account_id=field["account_id"])
    columns = {name: value for name, value in change.sent().items() if name != "is_propagated"}
    columns["modification_timestamp"] = clock.text(box.now)
    given = ", ".join(f"{column} = :{column}" for column in columns if column != "id")
    box.sql(f"UPDATE wing_sim_custom_field SET {given} WHERE id = :id", **columns)
    return _shown(box, change.id)


def delete(box: Box, caller: Caller, field_id: int) -> None:
    """Take a field away, and what it says of any SIM.

    Raises: NotFound.
    Source: WING guide 5.16.3.
    """
    _find(box, caller, field_id)
    _delete(box, field_id)


def delete_all(box: Box, account_id: int) -> None:
    """Take away the fields of an account that is going."""
    rows = box.sql("SELECT id FROM wing_sim_custom_field WHERE account_id = :id", id=account_id).fetchall()
    for row in rows:
        _delete(box, row["id"])


def _delete(box: Box, field_id: int) -> None:
    box.sql("DELETE FROM wing_sim_custom_field WHERE id = :id", id=field_id)
    spread(box, "take", field_id)


def set_value(box: Box, caller: Caller, sim_id: int, new: NewValue) -> None:
    """Let a field say something of a SIM that has it; the empty text clears it.

    Raises: UnknownSim, NotFound, BadField for a value that is not of the field's type.
    Source: WING guide 5.16.4.
    """
    sim = box.sql(
        f"SELECT s.id, s.account_id, s.custom_field FROM wing_sim s WHERE s.id = :id AND {caller.reach.condition}",
        id=sim_id,
    ).fetchone()
    if sim is None:
        raise UnknownSim(sim=sim_id)
    values = {value["id"]: value["value"] for value in json.loads(sim["custom_field"])}
    field = box.sql("SELECT * FROM wing_sim_custom_field WHERE id = :id", id=new.id).fetchone()
    if field is None or not (new.id in values or new.id in in_force(box, sim["account_id"])):
        raise NotFound(what="Custom field", id=new.id)
    if problem := _misfit(field["type"], new.value):
        raise BadField(field="value", problem=problem)
    values[new.id] = new.value
    box.sql(
        "UPDATE wing_sim SET custom_field = :values, modification_timestamp = :now WHERE id = :id",
        values=json.dumps([{"id": field_id, "value": value} for field_id, value in values.items()]),
        now=clock.text(box.now),
        id=sim_id,
    )


def _misfit(kind: str, value: str) -> str | None:
    """Say why a value is not of that type, if it is not."""
    if value == "":
        return None
    if kind == "Number" and not re.fullmatch(r"-?[0-9]+(\.[0-9]+)?", value):
        return "must be a number, such as 12 or 4.5"
    if kind == "Date" and not _is_date(value):
        return "must be a date, YYYY-MM-DD"
    return None


def _is_date(value: str) -> bool:
    try:
        return bool(re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", value) and date.fromisoformat(value))
    except ValueError:
        return False


def _find(box: Box, caller: Caller, field_id: int) -> Row:
    row: Row | None = box.sql("SELECT * FROM wing_sim_custom_field WHERE id = :id", id=field_id).fetchone()
    if row is None or row["account_id"] not in caller.reach.accounts:
        raise NotFound(what="Custom field", id=field_id)
    return row


def _count(box: Box, account_id: int) -> int:
    row = box.sql("SELECT count(*) FROM wing_sim_custom_field WHERE account_id = :account", account=account_id)
    return int(row.fetchone()[0])


def _shown(box: Box, field_id: int) -> dict[str, Any]:
    row = box.sql("SELECT * FROM wing_sim_custom_field WHERE id = :id", id=field_id).fetchone()
    return {
        "id": row["id"],
        "name": row["name"],
        "type": row["type"],
        "tenantId": row["tenant_id"],
        "description": row["description"],
        "isPropagated": bool(row["is_propagated"]),
        "accountId": str(row["account_id"]),
        "userId": row["user_id"],
        "creationTimestamp": row["creation_timestamp"][:19],
        "modificationTimestamp": row["modification_timestamp"][:19],
    }
