"""11.4: the counters of the present billing cycle, of an account's SIMs under one rate plan, by zone.

The SIMs are those that have the plan in that account now, and those that had it there and used something in this
cycle: so the parts of a SIM that changes plans or accounts add up to all that it used.
Source: WING guide 11.4; contract `wing-services.yaml`, key `usage`.
"""

import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from carrierbox.carriers.wing.door import Caller
from carrierbox.carriers.wing.errors import NotFound
from carrierbox.carriers.wing.usage.asking import Page
from carrierbox.carriers.wing.usage.network import NETWORK
from carrierbox.carriers.wing.usage.records import counters, zones
from carrierbox.kernel import clock, devices
from carrierbox.kernel.world import Box

Row = Mapping[str, Any]

_SIMS = """SELECT s.id, s.iccid, s.imsi, s.msisdn FROM wing_sim s WHERE s.id IN (
 SELECT id FROM wing_sim WHERE account_id = :account AND rate_plan_id = :plan
 UNION SELECT sim_id FROM wing_usage WHERE cycle = :cycle AND account_id = :account AND rate_plan_id = :plan)
 ORDER BY s.id LIMIT :size OFFSET :offset"""
_USED = """SELECT zone, sum(up_bytes + down_bytes) AS data, sum(sms_mo) AS sms_mo, sum(sms_mt) AS sms_mt,
 sum(voice_mo) AS voice_mo, sum(voice_mt) AS voice_mt FROM wing_usage
 WHERE sim_id = :sim AND cycle = :cycle AND account_id = :account AND rate_plan_id = :plan GROUP BY zone"""


class Asked(NamedTuple):
    """What is asked for: a plan and an account by their names, and a page of the SIMs."""

    plan: str
    account: str
    page: Page


async def usage(box: Box, caller: Caller, asked: Asked) -> dict[str, Any]:
    """What was used under a plan in an account; the page's SIMs stand in each zone.

    Raises: NotFound.
    """
    account = _account(box, caller, asked.account)
    plan = _plan(box, caller.user.realm, asked.plan)
    await devices.settle(box.world, NETWORK)
    values = {
        "account": account["id"],
        "plan": plan["id"],
        "cycle": counters.cycle_of(clock.text(box.now)),
        "size": asked.page.size,
        "offset": asked.page.offset,
    }
    sims = await box.world.aside(lambda reader: _read(reader, values))
    used = {zone for _, by_zone in sims for zone in by_zone}
    bands = zones.bands(box, plan["id"])
    return {
        "ratePlanId": plan["id"],
        "ratePlanType": plan["plan_type"],
        "accountId": account["id"],
        "accountName": account["name"],
        "zones": [
            {"zone": zone, "subscriptions": [_subscription(sim, by_zone.get(zone)) for sim, by_zone in sims]}
            for zone in (*bands, *sorted(used.difference(bands)))
        ],
        "pageNumber": asked.page.number,
    }


def _account(box: Box, caller: Caller, name: str) -> Row:
    rows: Iterable[Row] = box.sql("SELECT id, name FROM wing_account WHERE name = :name ORDER BY id", name=name)
    found = next((row for row in rows if row["id"] in caller.reach.accounts), None)
    if found is None:
        raise NotFound(what="Account", id=name)
    return found


def _plan(box: Box, realm: str, name: str) -> Row:
    found: Row | None = box.sql(
        "SELECT id, plan_type FROM wing_catalogue WHERE realm = :realm AND resource_type = 'RATE-PLAN' AND name = :name"
        " ORDER BY id LIMIT 1",
        realm=realm,
        name=name,
    ).fetchone()
    if found is None:
        raise NotFound(what="Rate plan", id=name)
    return found


def _read(reader: sqlite3.Connection, values: Mapping[str, Any]) -> Sequence[tuple[Row, Mapping[str, Row]]]:
    """The page's SIMs, each with what it used by zone; aside, since an account may have a million."""
    return [
        (sim, {row["zone"]: row for row in reader.execute(_USED, {**values, "sim": sim["id"]})})
        for sim in reader.execute(_SIMS, values).fetchall()
    ]


def _subscription(sim: Row, used: Row | None) -> dict[str, Any]:
    return {
        "iccid": sim["iccid"],
        "imsi": sim["imsi"],
        "msisdn": sim["msisdn"],
        "usage": {
            "dataUsage": used["data"] if used else 0,
            "smsMoUsage": used["sms_mo"] if used else 0,
            "smsMtUsage": used["sms_mt"] if used else 0,
            "voiceMoUsage": used["voice_mo"] if used else 0,
            "voiceMtUsage": used["voice_mt"] if used else 0,
        },
    }
