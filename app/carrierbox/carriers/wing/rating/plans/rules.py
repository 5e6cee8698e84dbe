"""15.1 and 15.2: which rate plans a call sees, and what they are.

A call sees the plans that are assigned to accounts within reach by now; with all accounts of the realm, the realm's
plans. One that no fixture has a tariff for costs nothing, and shows so.
Source: WING guide 15; contract `wing-services.yaml`, key `rating`.
"""

import json
from collections.abc import Collection, Sequence
from typing import Any

from carrierbox.carriers.wing.door import Caller
from carrierbox.carriers.wing.errors import BadParameter, NotFound
from carrierbox.carriers.wing.rating import fixture
from carrierbox.carriers.wing.wire import number
from carrierbox.kernel import clock
from carrierbox.kernel.world import Box

MOST_IDS = 1_000

#: The members of 15.2 that come before and after those that the tariff has, in the document's order.
_HEAD = ("name", "id", "tenant_id", "version", "activation_fee", "network_access_fee", "subscription_fee",
         "re_activation_fee", "pool_activation_fee", "pool_subscription_fee", "start_date", "end_date", "plan_type",
         "status", "subscription_type")  # fmt: skip


def ids(name: str, spelled: str) -> tuple[int, ...]:
    """Read ids with commas between.

    Raises: BadParameter.
    """
    parts = [part.strip() for part in spelled.split(",")]
    if len(parts) > MOST_IDS:
        raise BadParameter(name=name, problem=f"has more than {MOST_IDS} ids")
    return tuple(number(name, part) for part in parts)


def names(
    box: Box, caller: Caller, accounts: Collection[int] | None, plans: Collection[int] | None
) -> list[dict[str, str]]:
    """Names and ids of the rate plans that a call sees, by id; of some accounts only, and some plans only, if asked."""
    rows = box.sql(
        f"SELECT c.id, c.name FROM wing_catalogue c WHERE {_seen(caller, accounts)} ORDER BY c.id",
        realm=caller.user.realm,
        now=clock.text(box.now),
    )
    return [{"name": row["name"], "id": str(row["id"])} for row in rows if plans is None or row["id"] in plans]


def details(box: Box, caller: Caller, plans: Sequence[int]) -> list[dict[str, Any]]:
    """The rate plans of these ids, as they are asked for.

    Raises: NotFound.
    """
    return [_detail(box, caller, plan_id) for plan_id in plans]


def _detail(box: Box, caller: Caller, plan_id: int) -> dict[str, Any]:
    row = box.sql(
        "SELECT c.name, c.id, c.plan_type, c.subscription_type, t.detail, ifnull(t.tenant_id,"
        " (SELECT id FROM wing_tenant WHERE realm = :realm ORDER BY rowid LIMIT 1)) AS tenant_id FROM wing_catalogue c"
        f" LEFT JOIN wing_tariff t ON t.id = c.id WHERE c.id = :id AND {_seen(caller, None)}",
        id=plan_id,
        realm=caller.user.realm,
        now=clock.text(box.now),
    ).fetchone()
    if row is None:
        raise NotFound(what="Rate plan", id=plan_id)
    detail = json.loads(row["detail"]) if row["detail"] else fixture.detail(plan_id, {"fees": {}, "bands": []})
    known = detail | {name: row[name] for name in ("name", "id", "tenant_id", "plan_type", "subscription_type")}
    return {name: known[name] for name in _HEAD} | {name: detail[name] for name in detail if name not in _HEAD}


def _seen(caller: Caller, accounts: Collection[int] | None) -> str:
    """The condition that a catalogue item is a rate plan that a call sees; wants the realm and the time."""
    plans = "c.realm = :realm AND c.resource_type = 'RATE-PLAN'"
    if caller.reach.is_whole and accounts is None:
        return plans
    among = caller.reach.accounts if accounts is None else caller.reach.accounts.intersection(accounts)
    assigned = (
        "SELECT resource_id FROM wing_resource WHERE resource_type = 'RATE-PLAN'"
        f" AND account_id IN ({', '.join(map(str, sorted(among)))})"
        " AND effective_date <= :now AND expiration_date > :now"
    )
    return f"{plans} AND c.id IN ({assigned})"
