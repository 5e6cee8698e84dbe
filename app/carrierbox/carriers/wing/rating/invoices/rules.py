"""14.1: what an account owes for a billing cycle, by its SIMs' rate plans and usage.

The running cycle's invoice is a draft that follows usage; it is final when the cycle has ended (`closing`). It has the
fees of the SIMs that can be used, or could in the cycle until they were deactivated; fees of those that were first
activated in it; usage beyond what plans include; and each plan's fees for the account. An account pays for what its
SIMs used while they were its own. What is included counts for each SIM, account, plan and zone by itself, so that the
accounts of a tree add up.
open: the document says neither units nor how its figures are made; contract `wing-services.yaml`, key `invoice`, has
the reading.
"""

import json
from collections.abc import Callable, Collection, Iterable, Sequence
from datetime import datetime
from typing import Any, Literal, NamedTuple

from carrierbox.carriers.wing.accounts import reach
from carrierbox.carriers.wing.door import Caller
from carrierbox.carriers.wing.errors import NotFound, UnknownVersion
from carrierbox.carriers.wing.lists import Row
from carrierbox.carriers.wing.rating import tariff
from carrierbox.carriers.wing.rating.invoices import closing
from carrierbox.carriers.wing.rating.invoices.closing import Closed
from carrierbox.carriers.wing.rating.tariff import Amounts, Tariff
from carrierbox.carriers.wing.usage.network import NETWORK
from carrierbox.kernel import clock, devices
from carrierbox.kernel.world import Box

CURRENCY = "EUR"
_SERVICES = Amounts._fields
#: The ids of all SIMs.
_ALL = (0, 2**63 - 1)
#: A SIM is paid for; wants the start of the cycle.
_PAID = f"{closing.USABLE} OR deactivation_date >= ? AND initial_activation_date IS NOT NULL"


class Bill(NamedTuple):
    """What some SIMs of an account come to in a cycle."""

    active: int = 0
    sim_charges: float = 0
    plans: frozenset[tuple[int, int]] = frozenset()  # account and rate plan; each is paid for once
    usage: Amounts = Amounts()

    def plus(self, other: "Bill") -> "Bill":
        """Both together."""
        return Bill(
            self.active + other.active,
            self.sim_charges + other.sim_charges,
            self.plans | other.plans,
            Amounts(*map(sum, zip(self.usage, other.usage, strict=True))),
        )


Ask = Callable[[str, Sequence[Any]], Iterable[Row]]


async def latest(box: Box, caller: Caller, account_id: int, version: str) -> dict[str, Any]:
    """The invoice of an account's latest billing period.

    Raises: NotFound where the account has none, UnknownVersion.
    """
    if version != "v1":
        raise UnknownVersion(version=version)
    if account_id not in caller.reach.accounts:
        raise NotFound(what="Account", id=account_id)
    await devices.settle(box.world, NETWORK)
    with box.transaction():
        closing.stand(box)
    below = reach.below(reach.tree(box, caller.user.realm), [account_id])
    account = box.sql("SELECT * FROM wing_account WHERE id = :id", id=account_id).fetchone()
    cycle = closing.cycle_of(box.now)
    sims, usage = await box.world.aside(lambda reader: rows(reader.execute, below, cycle))
    if billed := bills(box, sims, usage):
        return figures(box, account, billed.get(account_id, Bill()), billed.values(), cycle)
    shown = drawn_up_last(box, account_id, closing.history(box, cycle))
    if shown is None:
        raise NotFound(what="Invoice of account", id=account_id)
    return shown


def figures(  # noqa: PLR0913 - an invoice has that many sources
    box: Box,
    account: Row,
    own: Bill,
    whole: Collection[Bill],
    cycle: datetime,
    status: Literal["Draft", "Final"] = "Draft",
) -> dict[str, Any]:
    """An account's invoice of a cycle.

    *own* is what the account comes to by itself, *whole* what it and those below come to, one by one. Whole figures are
    rounded account by account, so that the total is the sum of the accounts' totals.
    """
    sim_charges, account_charges = _charges(box, own)
    return {
        "accountName": account["name"],
        "status": status,
        "externalAccountId": account["ext_id"],
        "billingPeriod": str(cycle.date()),
        "currency": CURRENCY,
        "activeSubscribers": own.active,
        "masterAccountGrandTotalSub": sum(bill.active for bill in whole),
        "dataUsage": round(own.usage.data / 1024**2, 2),
        "smsUsage": own.usage.sms_mo + own.usage.sms_mt,
        "voiceUsage": round((own.usage.voice_mo + own.usage.voice_mt) / 60, 2),
        "simChargesTotal": sim_charges,
        "accountChargesTotal": account_charges,
        "accountTotal": sim_charges + account_charges,
        "masterAccountGrandTotalCharges": sum(sum(_charges(box, bill)) for bill in whole),
    }


def drawn_up_last(box: Box, account_id: int, history: Iterable[Closed]) -> dict[str, Any] | None:
    """The invoice of the latest closed cycle that had something to pay for, or a later one that came from elsewhere."""
    period, printed = _printed(box, account_id)
    for closed in history:
        if period >= str(closed.cycle.date()):
            break
        below = closed.below(account_id)
        if below and (billed := bills(box, closed.sims(below), usage_rows(box.world.store.sql, below, closed.cycle))):
            own = billed.get(account_id, Bill())
            return figures(box, closed.accounts[account_id], own, billed.values(), closed.cycle, "Final")
    return printed


def _charges(box: Box, bill: Bill) -> tuple[int, int]:
    """What an account pays for its SIMs, and for itself."""
    return round(bill.sim_charges), round(sum(tariff.of(box, plan_id).account_fee for _, plan_id in bill.plans))


def _printed(box: Box, account_id: int) -> tuple[str, dict[str, Any] | None]:
    """The latest invoice of an account that came from elsewhere, and its period."""
    row = box.sql(
        "SELECT billing_period, json_remove(figures, '$.kept') AS printed FROM wing_invoice"
        " WHERE account_id = :id AND printed <> '{}' ORDER BY billing_period DESC LIMIT 1",
        id=account_id,
    ).fetchone()
    return (row["billing_period"], json.loads(row["printed"])) if row is not None else ("", None)


def rows(
    ask: Ask, accounts: Iterable[int], cycle: datetime, ids: tuple[int, int] = _ALL
) -> tuple[list[Row], list[Row]]:
    """The SIMs of accounts by account and rate plan, and their usage; of all SIMs, or of those with ids in between.

    They may be a million: read them aside, or some at a time.
    """
    some, since, plus = _listed(accounts), clock.text(cycle), _walked(ids)
    sims = ask(
        "SELECT account_id, rate_plan_id, sum(state = 'ACTIVE') AS active,"
        f" sum({_PAID}) AS paid, sum(initial_activation_date >= ?) AS activated"
        f" FROM wing_sim WHERE {plus}account_id IN ({some}) AND id BETWEEN ? AND ? GROUP BY account_id, rate_plan_id",
        (since, since, *ids),
    )
    return [*sims], usage_rows(ask, accounts, cycle, ids)


def usage_rows(ask: Ask, accounts: Iterable[int], cycle: datetime, ids: tuple[int, int] = _ALL) -> list[Row]:
    """What the SIMs of accounts used, one by one."""
    usage = ask(
        "SELECT account_id, rate_plan_id, zone, sum(up_bytes + down_bytes) AS data, sum(sms_mo) AS sms_mo,"
        " sum(sms_mt) AS sms_mt, sum(voice_mo) AS voice_mo, sum(voice_mt) AS voice_mt FROM wing_usage"
        f" WHERE {_walked(ids)}cycle = ? AND {_walked(ids)}account_id IN ({_listed(accounts)})"
        " AND sim_id BETWEEN ? AND ? GROUP BY sim_id, account_id, rate_plan_id, zone",
        (f"{cycle:%Y-%m}", *ids),
    )
    return [*usage]


def _listed(accounts: Iterable[int]) -> str:
    return ", ".join(map(str, sorted(accounts)))


def _walked(ids: tuple[int, int]) -> str:
    """What lets some SIMs be found by their ids, and not each time by all of the accounts."""
    return "" if ids == _ALL else "+"


def bills(box: Box, sims: Iterable[Row], usage: Iterable[Row]) -> dict[int, Bill]:
    """What `rows` come to, by account."""
    found: dict[int, Bill] = {}
    for row in sims:
        plan, account_id = tariff.of(box, row["rate_plan_id"]), row["account_id"]
        charges = row["paid"] * plan.subscription_fee + (row["activated"] or 0) * plan.activation_fee
        plans = frozenset({(account_id, row["rate_plan_id"])} if row["paid"] else ())
        bill = Bill(row["active"], charges, plans)
        found[account_id] = found.get(account_id, Bill()).plus(bill)
    sums: dict[int, list[float]] = {}
    for row in usage:  # there may be many
        used = Amounts(*(row[each] for each in _SERVICES))
        beyond = _beyond(tariff.of(box, row["rate_plan_id"]), row["zone"], used)
        so_far = sums.setdefault(row["account_id"], [0] * (1 + len(used)))
        for at, amount in enumerate((beyond, *used)):
            so_far[at] += amount
    for account_id, (charges, *amounts) in sums.items():
        bill = Bill(sim_charges=charges, usage=Amounts(*amounts))
        found[account_id] = found.get(account_id, Bill()).plus(bill)
    return found


def _beyond(plan: Tariff, zone: str, used: Amounts) -> float:
    """What one SIM's usage in a zone costs beyond what its plan includes there."""
    included, rates = plan.included.get(zone, Amounts()), plan.rates.get(zone, Amounts())
    return sum(max(0.0, of - free) * rate for of, free, rate in zip(used, included, rates, strict=True))
