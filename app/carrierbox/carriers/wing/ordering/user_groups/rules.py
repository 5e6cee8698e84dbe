"""8.4: a tenant's entries of who is told when an order reaches a step. `orders.mails` writes to them.

Source: WING guide 8.4; contract `wing-services.yaml`, key `orders.user_group`.
"""

from collections.abc import Sequence
from typing import Any

from carrierbox.carriers.wing.errors import NotFound
from carrierbox.carriers.wing.lists import Row
from carrierbox.carriers.wing.ordering import wire
from carrierbox.carriers.wing.ordering.door import Caller
from carrierbox.carriers.wing.ordering.tables import MailingEntry
from carrierbox.carriers.wing.ordering.user_groups.schemas import EntryChange, NewEntry
from carrierbox.kernel import clock
from carrierbox.kernel.world import Box


def listed(box: Box, caller: Caller) -> list[dict[str, Any]]:
    """The tenant's entries."""
    rows = box.sql("SELECT * FROM wing_order_mailing WHERE tenant_id = :tenant ORDER BY id", tenant=caller.tenant)
    return [_shown(row) for row in rows]


def add(box: Box, caller: Caller, new: Sequence[NewEntry]) -> list[dict[str, Any]]:
    """Add entries to the tenant's.

    Raises: BadField.
    """
    entries = [
        MailingEntry(
            **each.model_dump(exclude={"tenant_id"}),
            tenant_id=caller.tenant,
            said_tenant=wire.placeholder(caller, each.tenant_id, f"{number}.tenantId"),
            creation_timestamp=box.now,
            modification_timestamp=box.now,
        )
        for number, each in enumerate(new)
    ]
    box.session.add_all(entries)
    box.flush()
    return [_shown(_find(box, caller, entry.id)) for entry in entries]


def update(box: Box, caller: Caller, changes: Sequence[EntryChange]) -> list[dict[str, Any]]:
    """Write entries anew.

    Raises: NotFound, BadField.
    """
    for number, change in enumerate(changes):
        _find(box, caller, change.id)
        said = wire.placeholder(caller, change.tenant_id, f"{number}.tenantId")
        box.sql(
            "UPDATE wing_order_mailing SET email = :email, user_group_id = :user_group_id, type = :type,"
            " archived = :archived, said_tenant = :said, modification_timestamp = :now WHERE id = :id",
            **change.model_dump(exclude={"tenant_id"}),
            said=said,
            now=clock.text(box.now),
        )
    return [_shown(_find(box, caller, change.id)) for change in changes]


def _find(box: Box, caller: Caller, entry_id: int | None) -> Row:
    found: Row | None = box.sql(
        "SELECT * FROM wing_order_mailing WHERE id = :id AND tenant_id = :tenant", id=entry_id, tenant=caller.tenant
    ).fetchone()
    if found is None:
        raise NotFound(what="User group", id=entry_id)
    return found


def _shown(row: Row) -> dict[str, Any]:
    return wire.shown(MailingEntry, row) | {"tenantId": row["said_tenant"] or row["tenant_id"]}
