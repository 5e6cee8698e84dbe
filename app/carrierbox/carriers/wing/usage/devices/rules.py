"""11.1 and 11.2: a SIM's counters of the present billing cycle, in sum and by rate plan and zone.

Source: WING guide 11.1, 11.2; contract `wing-services.yaml`, key `usage`, for periods, units and zones.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any

from carrierbox.carriers.wing.subscriptions import profiles
from carrierbox.carriers.wing.usage.records import counters, zones
from carrierbox.carriers.wing.wire import spelled
from carrierbox.kernel import clock
from carrierbox.kernel.world import Box

Row = Mapping[str, Any]


def totals(box: Box, sim: Row) -> dict[str, Any]:
    """All that a SIM used in the present billing cycle: bytes, messages and seconds."""
    used = box.sql(
        "SELECT ifnull(sum(up_bytes + down_bytes), 0) AS data, ifnull(sum(sms_mo + sms_mt), 0) AS sms,"
        " ifnull(sum(voice_mo + voice_mt), 0) AS voice FROM wing_usage WHERE sim_id = :id AND cycle = :cycle",
        id=sim["id"],
        cycle=counters.cycle_of(clock.text(box.now)),
    ).fetchone()
    return {
        **_identity(sim),
        "ratePlan": _plan_name(box, sim["realm"], sim["rate_plan_id"]) or None,  # a move may have left it without one
        "dataUsage": used["data"],
        "smsUsage": used["sms"],
        "voiceUsage": used["voice"],
    }


def in_zones(box: Box, sim: Row) -> dict[str, Any]:
    """What a SIM used in the present billing cycle under each rate plan that it had, in each of the plan's zones."""
    start = box.now.replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    plans: dict[int, dict[str, Row]] = {}
    for row in _by_zone(box, sim["id"]):
        plans.setdefault(row["rate_plan_id"], {})[row["zone"]] = row
    if sim["rate_plan_id"]:
        plans.setdefault(sim["rate_plan_id"], {})
    return {
        **_identity(sim),
        "timeStamp": spelled(box.now),
        "billCycleStartDate": spelled(start),
        "billCycleEndDate": spelled(_next(start) - timedelta(seconds=1)),
        "billCycleUsageInZones": {
            f"{name}, {number}": [
                _zone(name, zone, used.get(zone)) for zone in dict.fromkeys((*zones.bands(box, plan), *used))
            ]
            for number, (plan, used) in enumerate(plans.items(), 1)
            for name in (_plan_name(box, sim["realm"], plan),)
        },
    }


def _identity(sim: Row) -> dict[str, Any]:
    return {name: sim[name] for name in ("iccid", "imsi", "msisdn", "imei")} | {"simState": sim["state"]}


def _plan_name(box: Box, realm: str, plan: int) -> str:
    return profiles.name(box, realm, profiles.RATE_PLAN, plan)


def _by_zone(box: Box, sim_id: int) -> Iterable[Row]:
    """The cycle's counters by plan and zone, the plan that was used first leading."""
    rows: Iterable[Row] = box.sql(
        "SELECT rate_plan_id, zone, sum(up_bytes + down_bytes) AS data, sum(sms_mo) AS sms_mo, sum(sms_mt) AS sms_mt,"
        " sum(voice_mo) AS voice_mo, sum(voice_mt) AS voice_mt FROM wing_usage"
        " WHERE sim_id = :id AND cycle = :cycle GROUP BY rate_plan_id, zone ORDER BY min(id)",
        id=sim_id,
        cycle=counters.cycle_of(clock.text(box.now)),
    )
    return rows


def _next(cycle: datetime) -> datetime:
    return (cycle + timedelta(days=31)).replace(day=1)


def _zone(plan: str, zone: str, used: Row | None) -> dict[str, Any]:
    return {
        "ratePlan": plan,
        "ratingZone": zone,
        "dataUsage": used["data"] if used else 0,
        "dataUsageUnit": "Bytes",
        "smsMoUsage": used["sms_mo"] if used else 0,
        "smsMtUsage": used["sms_mt"] if used else 0,
        "voiceMoUsage": used["voice_mo"] if used else 0,
        "voiceMoUsageUnit": "Seconds",
        "voiceMtUsage": used["voice_mt"] if used else 0,
        "voiceMtUsageUnit": "Seconds",
    }
