"""Giving a field to SIMs, and taking it from them: the SIM record shows an account's fields from the moment they exist.

A fleet may be a million SIMs, so that is done a part at a time. The first part belongs to the request; what is left is
due at once, and whoever asks next finds it done.
"""

import json
from collections.abc import Collection, Mapping, Sequence
from typing import Any, Literal

from carrierbox.carriers.wing.accounts import reach
from carrierbox.kernel import workflow
from carrierbox.kernel.workflow import Outcome, Refusal
from carrierbox.kernel.world import Box

SPREAD = "spread_sim_custom_field"
#: SIMs that are looked at in one part: some milliseconds of work.
PART = 2_000

Way = Literal["give", "take"]

_HAS = "EXISTS (SELECT 1 FROM json_each(custom_field) e WHERE json_extract(e.value, '$.id') = :field)"
_GIVE = (
    "UPDATE wing_sim SET custom_field = json_insert(custom_field, '$[#]', json_object('id', :field, 'value', ''))"
    f" WHERE NOT {_HAS}"
)
_TAKE = (
    "UPDATE wing_sim SET custom_field = (SELECT json_group_array(json(e.value)) FROM json_each(custom_field) e"
    f" WHERE json_extract(e.value, '$.id') <> :field) WHERE custom_field <> '[]' AND {_HAS}"
)


def spread(box: Box, way: Way, field_id: int) -> None:
    """Give a field that was just made to the SIMs of its accounts, or take one that is gone from all that have it."""
    reached = _part(box, way, field_id, 0)
    if reached is not None:
        workflow.keep_due(box, carrier="wing", kind=SPREAD, at=box.now, key=f"{way}-{field_id}-{reached}")


def arrive(box: Box, sims: Collection[int], account_id: int) -> None:
    """Give SIMs that came into an account the fields that are in force there, beside those that they have."""
    for field_id in in_force(box, account_id):
        ids = json.dumps([*sims])
        box.sql(f"{_GIVE} AND id IN (SELECT value FROM json_each(:ids))", field=field_id, ids=ids)


def in_force(box: Box, account_id: int) -> Sequence[int]:
    """The fields of an account's SIMs: its own, and those propagated to it from above."""
    rows = box.sql(
        "WITH RECURSIVE up(id) AS (SELECT :account UNION SELECT a.parent_account_id FROM up JOIN wing_account a"
        " ON a.id = up.id WHERE a.parent_account_id IS NOT NULL)"
        " SELECT f.id FROM wing_sim_custom_field f JOIN up ON up.id = f.account_id"
        " WHERE f.is_propagated OR f.account_id = :account ORDER BY f.id",
        account=account_id,
    )
    return [row["id"] for row in rows]


@workflow.handles(SPREAD, standing=True)
def _go_on(box: Box, job: Mapping[str, Any], _refusal: Refusal | None) -> Outcome:
    """Treat the next SIMs."""
    way, field_id, first = json.loads(job["input"])["key"].split("-")
    reached = _part(box, way, int(field_id), json.loads(job["output"]).get("reached", int(first)))
    if reached is None:
        return Outcome("completed", {})
    return Outcome("running", {"reached": reached}, next_at=box.now)


def _part(box: Box, way: Way, field_id: int, after: int) -> int | None:
    """Treat the SIMs whose ids follow *after*; answers the last of them, None where no more follow."""
    row = box.sql(
        f"SELECT count(*) AS count, max(id) AS last FROM (SELECT id FROM wing_sim WHERE id > :after ORDER BY id"
        f" LIMIT {PART})",
        after=after,
    ).fetchone()
    if row["count"]:
        statement = _TAKE if way == "take" else f"{_GIVE} AND account_id IN ({_accounts(box, field_id)})"
        box.sql(f"{statement} AND id > :after AND id <= :last", field=field_id, after=after, last=row["last"])
    return row["last"] if row["count"] == PART else None


def _accounts(box: Box, field_id: int) -> str:
    """The accounts for whose SIMs a field is in force, none where it was deleted meanwhile; as SQL."""
    field = box.sql(
        "SELECT f.account_id, f.is_propagated, t.realm FROM wing_sim_custom_field f"
        " JOIN wing_tenant t ON t.id = f.tenant_id WHERE f.id = :id",
        id=field_id,
    ).fetchone()
    if field is None:
        return ""
    tops = [field["account_id"]]
    accounts = reach.below(reach.tree(box, field["realm"]), tops) if field["is_propagated"] else tops
    return ", ".join(map(str, accounts))
