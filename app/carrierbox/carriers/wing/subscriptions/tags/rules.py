"""5.15: making tags, changing them, and letting SIMs bear them.

A tag is its tenant's, or one of its accounts'. A public one is seen by whoever sees its account; one without account by
all in the tenant, where only those who see everything, and its maker, change it. A private one is its maker's alone.
Whoever does not see a tag is told that there is none. A SIM bears tags of its own tenant.
open: the document does not say what `Private` means, nor who may change what; contract `wing-subscription.yaml`,
wing-5.15.1.
Source: WING guide 5.15; contract, key `entities`.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from carrierbox.carriers.wing import names
from carrierbox.carriers.wing.accounts import reach
from carrierbox.carriers.wing.door import Caller
from carrierbox.carriers.wing.errors import BadField, NotFound, NotPermitted
from carrierbox.carriers.wing.lists import Row
from carrierbox.carriers.wing.subscriptions.tables import Tag
from carrierbox.carriers.wing.subscriptions.tags.schemas import NewTag, TagAssignment, TagChange
from carrierbox.kernel import clock
from carrierbox.kernel.world import Box

MOST_PAIRS = 10_000


def seen(caller: Caller, alias: str) -> tuple[str, tuple[str, ...]]:
    """The condition that a tag's row is seen by the caller, and what it binds."""
    within = caller.reach
    tenants = "SELECT id FROM wing_tenant WHERE realm = ?"
    if not within.is_whole:
        tenants += f" AND id IN (SELECT tenant_id FROM wing_account WHERE {within.covers('id')})"
    condition = (
        f"{alias}.tenant_id IN ({tenants}) AND ({alias}.account_id IS NULL OR {within.covers(f'{alias}.account_id')})"
        f" AND ({alias}.visibility = 'Public' OR {alias}.user_id = ?)"
    )
    return condition, (within.realm, caller.user.user_id)


def create(box: Box, caller: Caller, new: NewTag) -> dict[str, Any]:
    """Make a tag in the tenant of the call, or for one of its accounts.

    Raises: BadField.
    Source: WING guide 5.15.1.
    """
    tenant_id = _tenant(box, caller, new.account_id or caller.reach.account)
    names.check_free(box, "wing_tag", new.name, tenant_id=tenant_id)
    tag = Tag(
        tenant_id=tenant_id,
        name=new.name,
        description=new.description,
        visibility=new.visibility,
        account_id=new.account_id,
        user_id=caller.user.user_id,
        creation_timestamp=box.now,
    )
    box.session.add(tag)
    box.flush()
    assert tag.id is not None  # noqa: S101 - the flush gave it
    return _shown(box, tag.id)


def update(box: Box, caller: Caller, change: TagChange) -> dict[str, Any]:
    """Write what was sent of a tag; whose it is and when it was made stays.

    Raises: NotFound, NotPermitted, BadField.
    Source: WING guide 5.15.2.
    """
    tag = _to_change(box, caller, change.id)
    names.check_free(box, "wing_tag", change.name, change.id, tenant_id=tag["tenant_id"])
    if change.account_id is not None and _tenant(box, caller, change.account_id) != tag["tenant_id"]:
        raise BadField(field="accountId", problem="must be an account of the tag's tenant")
    columns = change.sent() | {"modification_timestamp": clock.text(box.now)}
    given = ", ".join(f"{column} = :{column}" for column in columns if column != "id")
    box.sql(f"UPDATE wing_tag SET {given} WHERE id = :id", **columns)
    return _shown(box, change.id)


def delete(box: Box, caller: Caller, tag_id: int) -> None:
    """Take a tag away; no SIM bears it then.

    Raises: NotFound, NotPermitted.
    Source: WING guide 5.15.3.
    """
    _to_change(box, caller, tag_id)
    box.sql("DELETE FROM wing_tag_association WHERE tag_id = :id", id=tag_id)
    box.sql("DELETE FROM wing_tag WHERE id = :id", id=tag_id)


def assign(box: Box, caller: Caller, wanted: TagAssignment) -> list[dict[str, str]]:
    """Let SIMs bear tags beside those that they bear; answers what became of each pair, SIMs outermost.

    Raises: BadField for more pairs than one request may have.
    Source: WING guide 5.15.4, 5.15.5.
    """
    if len(wanted.iccids) * len(wanted.tag_ids) > MOST_PAIRS:
        raise BadField(field="tagIdList", problem=f"must not make more than {MOST_PAIRS} pairs of SIM and tag")
    sims, tags = _sims(box, caller, wanted.iccids), _tags(box, caller, wanted.tag_ids)
    borne = _borne(box, [sim["id"] for sim in sims.values()])
    assigned, rows = [], []
    for iccid in wanted.iccids:
        sim = sims.get(iccid)
        for tag_id in wanted.tag_ids:
            tag = tags.get(tag_id)
            if problem := _problem(sim, tag, borne):
                # a tag that is not there has no name to show
                rows.append(_row(iccid, "failure", tag["name"] if tag else str(tag_id), problem))
                continue
            assert sim is not None  # noqa: S101 - it would be a problem
            assert tag is not None  # noqa: S101
            pair = (sim["id"], tag["id"])
            borne.add(pair)
            assigned.append(pair)
            rows.append(_row(iccid, "success", tag["name"], "Assigned"))
    box.world.store.fill("INSERT INTO wing_tag_association (sim_id, tag_id) VALUES (?, ?)", assigned)
    return rows


def _problem(sim: Row | None, tag: Row | None, borne: set[tuple[int, int]]) -> str | None:
    if sim is None:
        return "SIM not found"
    if tag is None or tag["tenant_id"] != sim["tenant_id"]:
        return "Tag not found"
    return "Already assigned" if (sim["id"], tag["id"]) in borne else None


def _row(iccid: str, kind: str, tag: str, message: str) -> dict[str, str]:
    return {"iccid": iccid, "type": kind, "tag": tag, "message": message}


def _sims(box: Box, caller: Caller, iccids: Sequence[str]) -> Mapping[str, Row]:
    """Those of the SIMs that the caller sees, by ICCID."""
    rows = box.world.store.sql(
        f"SELECT s.id, s.iccid, s.tenant_id FROM wing_sim s WHERE {caller.reach.condition}"
        f" AND s.iccid IN ({_marks(iccids)})",
        iccids,
    )
    return {row["iccid"]: row for row in rows}


def _tags(box: Box, caller: Caller, tag_ids: Sequence[int]) -> Mapping[int, Row]:
    """Those of the tags that the caller sees, by id."""
    condition, bound = seen(caller, "t")
    rows = box.world.store.sql(
        f"SELECT t.* FROM wing_tag t WHERE {condition} AND t.id IN ({_marks(tag_ids)})", (*bound, *tag_ids)
    )
    return {row["id"]: row for row in rows}


def _borne(box: Box, sims: Sequence[int]) -> set[tuple[int, int]]:
    rows = box.world.store.sql(
        f"SELECT sim_id, tag_id FROM wing_tag_association WHERE sim_id IN ({_marks(sims)})", sims
    )
    return {(row["sim_id"], row["tag_id"]) for row in rows}


def _marks(values: Sequence[Any]) -> str:
    return ", ".join("?" * len(values))


def _to_change(box: Box, caller: Caller, tag_id: int) -> Row:
    """A tag that the caller may change.

    Raises: NotFound, NotPermitted for a tag of the whole tenant where the caller sees only a part.
    """
    tag = _tags(box, caller, [tag_id]).get(tag_id)
    if tag is None:
        raise NotFound(what="Tag", id=tag_id)
    if tag["account_id"] is None and not caller.reach.sees_all and tag["user_id"] != caller.user.user_id:
        raise NotPermitted
    return tag


def _tenant(box: Box, caller: Caller, account_id: int) -> str:
    """The tenant of an account that a tag is to belong to.

    Raises: BadField.
    """
    if account_id not in caller.reach.accounts:
        raise BadField(field="accountId", problem=f"names no account: {account_id}")
    return reach.tree(box, caller.user.realm)[account_id].tenant_id


def _shown(box: Box, tag_id: int) -> dict[str, Any]:
    row = box.sql("SELECT * FROM wing_tag WHERE id = :id", id=tag_id).fetchone()
    return {
        "id": row["id"],
        "tenantId": row["tenant_id"],
        "name": row["name"],
        "description": row["description"],
        "visibilty": row["visibility"],
        "accountId": None if row["account_id"] is None else str(row["account_id"]),
        "userId": row["user_id"],
        "creationTimestamp": row["creation_timestamp"],
        "modificationTimestamp": row["modification_timestamp"],
    }
