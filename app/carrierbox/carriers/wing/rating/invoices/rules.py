"""14.1: what an account owes for a billing cycle, by its SIMs' rate plans and usage.

The running cycle's invoice is a draft that follows usage: fees of the SIMs that can be used, fees of those that were
first activated in the cycle, usage beyond what plans include, and each plan's fees for the account.
open: the document says neither units nor how its figures are made; contract `wing-services.yaml`, key `invoice`, has
the reading.
"""

import json
import sqlite3
from collections.abc import Collection
from datetime import datetime
from typing import Any, NamedTuple

from carrierbox.carriers.wing.accounts import reach
from carrierbox.carriers.wing.door import Caller
from carrierbox.carriers.wing.errors import NotFound, UnknownVersion
from carrierbox.carriers.wing.rating import tariff
from carrierbox.carriers.wing.rating.tariff import Amounts, Tariff
from carrierbox.carriers.wing.usage.network import NETWORK
from carrierbox.kernel import clock, devices
from carrierbox.kernel.world import Box

CURRENCY = "EUR"
_SERVICES = Amounts._fields
#: States in which a SIM is paid for.
_PAID = "('ACTIVE', 'SUSPENDED', 'CONDITIONAL-SUSPEND')"


class Bill(NamedTuple):
    """What some accounts' SIMs come to in a cycle."""

    sims: int
    active: int
    sim_charges: float
    account_charges: float
    usage: Amounts


async def latest(box: Box, caller: Caller, account_id: int, version: str) -> dict[str, Any]:
    """The invoice of an account's latest billing period.

    Raises: NotFound where the account has none, UnknownVersion.
    """
    if version != "v1":
        raise UnknownVersion(version=version)
    if account_id not in caller.reach.accounts:
        raise NotFound(what="Account", id=account_id)
    await devices.settle(box.world, NETWORK)
    below = reach.below(reach.tree(box, caller.user.realm), [account_id])
    account = box.sql("SELECT * FROM wing_account WHERE id = :id", id=account_id).fetchone()
    cycle = box.now.replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    own = await _bill(box, {account_id}, cycle)
    whole = await _bill(box, below, cycle)
    if whole.sims == 0:
        return _drawn_up(box, account_id)
    return {
        "accountName": account["name"],
        "status": "Draft",
        "externalAccountId": account["ext_id"],
        "billingPeriod": str(cycle.date()),
        "currency": CURRENCY,
        "activeSubscribers": own.active,
        "masterAccountGrandTotalSub": whole.active,
        "dataUsage": round(own.usage.data / 1024**2, 2),
        "smsUsage": own.usage.sms_mo + own.usage.sms_mt,
        "voiceUsage": round((own.usage.voice_mo + own.usage.voice_mt) / 60, 2),
        "simChargesTotal": (sim_charges := round(own.sim_charges)),
        "accountChargesTotal": (account_charges := round(own.account_charges)),
        "accountTotal": sim_charges + account_charges,
        "masterAccountGrandTotalCharges": round(whole.sim_charges + whole.account_charges, 2),
    }


def _drawn_up(box: Box, account_id: int) -> dict[str, Any]:
    row = box.sql(
        "SELECT figures FROM wing_invoice WHERE account_id = :id ORDER BY billing_period DESC LIMIT 1", id=account_id
    ).fetchone()
    if row is None:
        raise NotFound(what="Invoice of account", id=account_id)
    figures: dict[str, Any] = json.loads(row["figures"])
    return figures


async def _bill(box: Box, accounts: Collection[int], cycle: datetime) -> Bill:
    """Sum up the SIMs and the usage of accounts; read aside, since they may be a million."""
    some = ", ".join(map(str, sorted(accounts)))
    since = clock.text(cycle)

    def read(reader: sqlite3.Connection) -> tuple[list[sqlite3.Row], list[sqlite3.Row]]:
        sims = reader.execute(
            "SELECT account_id, rate_plan_id, count(*) AS sims, sum(state = 'ACTIVE') AS active,"
            f" sum(state IN {_PAID}) AS paid, sum(initial_activation_date >= ?) AS activated"
            f" FROM wing_sim WHERE account_id IN ({some}) GROUP BY account_id, rate_plan_id",
            (since,),
        ).fetchall()
        usage = reader.execute(
            "SELECT rate_plan_id, zone, sum(up_bytes + down_bytes) AS data, sum(sms_mo) AS sms_mo,"
            " sum(sms_mt) AS sms_mt, sum(voice_mo) AS voice_mo, sum(voice_mt) AS voice_mt FROM wing_usage"
            f" WHERE cycle = ? AND account_id IN ({some}) GROUP BY sim_id, rate_plan_id, zone",
            (since[:7],),
        ).fetchall()
        return sims, usage

    sims, usage = await box.world.store.aside(read)
    tariffs = {row["rate_plan_id"]: tariff.of(box, row["rate_plan_id"]) for row in (*sims, *usage)}
    sim_charges = account_charges = 0.0
    for row in sims:
        plan = tariffs[row["rate_plan_id"]]
        sim_charges += row["paid"] * plan.subscription_fee + (row["activated"] or 0) * plan.activation_fee
        account_charges += plan.account_fee if row["paid"] else 0
    for row in usage:
        sim_charges += _beyond(tariffs[row["rate_plan_id"]], row["zone"], Amounts(*(row[each] for each in _SERVICES)))
    return Bill(
        sum(row["sims"] for row in sims),
        sum(row["active"] for row in sims),
        sim_charges,
        account_charges,
        Amounts(*(sum(row[service] for row in usage) for service in _SERVICES)),
    )


def _beyond(plan: Tariff, zone: str, used: Amounts) -> float:
    """What one SIM's usage in a zone costs beyond what its plan includes there."""
    included, rates = plan.included.get(zone, Amounts()), plan.rates.get(zone, Amounts())
    return sum(max(0.0, of - free) * rate for of, free, rate in zip(used, included, rates, strict=True))
