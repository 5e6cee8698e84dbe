"""The end of a billing cycle: what its invoices need of that moment is kept, so that no later change changes them.

What SIMs used is not kept: it stands by cycle, account and plan. Devices that are behind add theirs when somebody
looks, as they lived; and what a tester tells of a time that is past counts then, and corrects what was final.

An account's row of `wing_invoice` has it: the account as it stood, and its SIMs by rate plan. One statement counts a
fleet; where no SIM has changed since the cycle before, what was kept then still holds, and a fleet is not counted.
After two years without a change cycles are closed no more until something changes or somebody looks, so that a clock
can go to the end of time.
Source: contract `wing-services.yaml`, key `invoice`.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby
from operator import itemgetter
from typing import Any

import orjson

from carrierbox.carriers.wing import happenings
from carrierbox.carriers.wing.accounts import reach
from carrierbox.carriers.wing.accounts.reach import Node, Tree
from carrierbox.carriers.wing.happenings import Happening
from carrierbox.carriers.wing.lists import Row
from carrierbox.kernel import clock, workflow
from carrierbox.kernel.workflow import Outcome, Refusal
from carrierbox.kernel.world import Box

CLOSE = "close_billing_cycle"
#: So many cycles without a change are closed.
QUIET = 24

#: A SIM can be used.
USABLE = "state IN ('ACTIVE', 'SUSPENDED', 'CONDITIONAL-SUSPEND')"
#: What is kept of an account's SIMs on a rate plan: how many can be used, and how many are paid for, are two figures.
_KEPT = ("rate_plan_id", "active", "paid", "activated", "usable")
_COUNTED = f"""
SELECT account_id, json_group_array(json_array({", ".join(_KEPT)})) AS sims FROM (
    SELECT account_id, rate_plan_id, sum(state = 'ACTIVE') AS active, sum({USABLE}) AS usable,
        sum({USABLE} OR ifnull(deactivation_date >= :start, 0) AND initial_activation_date IS NOT NULL) AS paid,
        ifnull(sum(initial_activation_date >= :start), 0) AS activated
    FROM wing_sim GROUP BY account_id, rate_plan_id
) GROUP BY account_id
"""
_AS_BEFORE = """
SELECT account_id, (
    SELECT json_group_array(json_array(value ->> 0, value ->> 1, value ->> 4, 0, value ->> 4))
    FROM json_each(figures -> '$.kept.sims')
) AS sims FROM wing_invoice WHERE billing_period = :before
"""
#: Whatever becomes of a SIM's state, account or rate plan leaves a row in one of them.
_SEEN = "SELECT (SELECT max(id) FROM box_timeline) AS steps, (SELECT max(id) FROM wing_audit) AS changes"
_CHANGES = frozenset({"state", "rate-plan", "account"})
_IS_KEPT = "figures -> '$.kept' IS NOT NULL"


@dataclass(frozen=True, slots=True)
class Closed:
    """A cycle that is over, with all accounts as they stood at its end."""

    cycle: datetime
    tree: Tree
    accounts: Mapping[int, Row]

    def below(self, account_id: int) -> set[int]:
        """An account and those under it."""
        return reach.below(self.tree, [account_id])

    def sims(self, accounts: Iterable[int]) -> list[Row]:
        """The SIMs of some accounts, by account and rate plan."""
        return [
            {"account_id": account, **dict(zip(_KEPT, each, strict=True))}
            for account in accounts
            for each in self.accounts[account]["sims"]
        ]


def cycle_of(moment: datetime) -> datetime:
    """When the billing cycle of a moment begins."""
    return moment.replace(day=1, hour=0, minute=0, second=0, microsecond=0)


def stand(box: Box) -> None:
    """See to it that this cycle will be closed, and those that follow; a world of an older box has no such work yet."""
    stands = "SELECT 1 FROM box_job WHERE id = :id AND status = 'running'"
    if box.sql(stands, id=f"wing-{CLOSE}").fetchone() is None:
        workflow.keep_due(box, carrier="wing", kind=CLOSE, at=_next(box.now))


@happenings.listens
def _hear(box: Box, happened: Sequence[Happening]) -> None:
    if not _CHANGES.isdisjoint([each.kind for each in happened]):
        stand(box)


def _next(now: datetime) -> datetime:
    return cycle_of(cycle_of(now) + timedelta(days=31))


@workflow.handles(CLOSE, standing=True)
def _close(box: Box, job: Mapping[str, Any], refusal: Refusal | None) -> Outcome:  # noqa: ARG001 - as all handlers
    """Close the cycle that ends with this moment."""
    cycle = cycle_of(box.now - timedelta(microseconds=1))
    seen = dict(box.sql(_SEEN).fetchone())
    before = orjson.loads(job["output"])
    is_as_before = before.items() >= seen.items()
    box.sql(
        "INSERT INTO wing_invoice (account_id, billing_period, figures) SELECT a.id, :period, json_object('kept',"
        " json_object('name', a.name, 'ext_id', a.ext_id, 'parent', a.parent_account_id,"
        " 'sims', json(ifnull(s.sims, '[]'))))"
        f" FROM wing_account a LEFT JOIN ({_AS_BEFORE if is_as_before else _COUNTED}) s ON s.account_id = a.id"
        # one that came from elsewhere stays beside it
        " WHERE 1 ON CONFLICT DO UPDATE SET figures = json_set(figures, '$.kept', excluded.figures -> '$.kept')",
        period=str(cycle.date()),
        start=clock.text(cycle),
        before=str(cycle_of(cycle - timedelta(days=1)).date()),
    )
    quiet = before["quiet"] + 1 if is_as_before else 0
    if quiet == QUIET:
        return Outcome("completed", {})
    return Outcome("running", {**seen, "quiet": quiet}, next_at=_next(box.now))


def closed(box: Box, cycle: datetime) -> Closed | None:
    """A cycle as it was closed; none for one that runs, or ended unseen by an older box."""
    period = str(cycle.date())
    rows = box.sql(f"SELECT * FROM wing_invoice WHERE billing_period = :period AND {_IS_KEPT}", period=period)
    return next(_closed(rows), None)


def history(box: Box, until: datetime) -> list[Closed]:
    """All cycles that were closed up to one, the latest first."""
    rows = box.sql(
        f"SELECT * FROM wing_invoice WHERE billing_period <= :until AND {_IS_KEPT} ORDER BY billing_period DESC",
        until=str(until.date()),
    )
    return [*_closed(rows)]


def _closed(rows: Iterable[Row]) -> Iterator[Closed]:
    for period, of_cycle in groupby(rows, key=itemgetter("billing_period")):
        accounts = {row["account_id"]: orjson.loads(row["figures"])["kept"] for row in of_cycle}
        # below one account nobody asks for tenants and realms
        tree = {account: Node("", "", kept["parent"]) for account, kept in accounts.items()}
        yield Closed(clock.moment(period), tree, accounts)
