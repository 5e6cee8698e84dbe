"""What canned reports collect: rows from the store, some SIMs at a time, since a fleet may be a million of them.

A collector is handed how far it has come, nothing at first, and answers the next rows and how far it has come then, or
None when there are no more. What it keeps between two turns is JSON.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal, NamedTuple

from carrierbox.carriers.wing.accounts import reach
from carrierbox.carriers.wing.lists import Row
from carrierbox.carriers.wing.rating.invoices import closing
from carrierbox.carriers.wing.rating.invoices import rules as invoices
from carrierbox.carriers.wing.rating.invoices.closing import Closed
from carrierbox.carriers.wing.rating.invoices.rules import Bill
from carrierbox.carriers.wing.rating.tariff import Amounts
from carrierbox.carriers.wing.wire import spelled
from carrierbox.kernel.world import Box

#: SIMs, or changes of them, that one turn looks at: some milliseconds of work.
WINDOW = 1_000


@dataclass(frozen=True, slots=True)
class Scope:
    """What a run is about."""

    realm: str
    account_id: int
    accounts: frozenset[int]  # the account, and those below it
    cycle: datetime

    @property
    def among(self) -> str:
        """The accounts as SQL."""
        return ", ".join(map(str, sorted(self.accounts)))


Progress = Mapping[str, Any]
Turn = tuple[Sequence[Sequence[Any]], Progress | None]
Collector = Callable[[Box, Scope, Progress], Turn]

_PLAN = (
    "ifnull((SELECT c.name FROM wing_catalogue c WHERE c.realm = s.realm AND c.resource_type = 'RATE-PLAN'"
    " AND c.id = {plan}), '')"
)
_USED = (
    "wing_sim s LEFT JOIN wing_usage u ON u.sim_id = s.id AND u.cycle = :cycle AND u.account_id IN ({among})"
    " WHERE s.realm = :realm AND s.id > :after AND s.id <= :last AND (s.account_id IN ({among}) OR u.id IS NOT NULL)"
)


def data_usage(box: Box, scope: Scope, progress: Progress) -> Turn:
    """What each SIM used by rate plan and zone, while it was in one of the accounts; also those that used none."""
    return _walk(
        box,
        scope,
        progress,
        f"SELECT s.iccid, s.imsi, s.msisdn, {_PLAN.format(plan='ifnull(u.rate_plan_id, s.rate_plan_id)')},"
        " ifnull(u.zone, ''), ifnull(sum(u.up_bytes + u.down_bytes), 0)"
        f" FROM {_USED} GROUP BY s.id, u.rate_plan_id, u.zone ORDER BY s.id, u.rate_plan_id, u.zone",
    )


def sms_usage(box: Box, scope: Scope, progress: Progress) -> Turn:
    """How many messages each SIM sent and received, while it was in one of the accounts; also those that had none."""
    return _walk(
        box,
        scope,
        progress,
        "SELECT s.iccid, s.imsi, s.msisdn, ifnull(sum(u.sms_mo), 0), ifnull(sum(u.sms_mt), 0)"
        f" FROM {_USED} GROUP BY s.id ORDER BY s.id",
    )


def inventory(box: Box, scope: Scope, progress: Progress) -> Turn:
    """Each SIM of the accounts as it stands."""
    return _walk(
        box,
        scope,
        progress,
        f"SELECT s.iccid, s.imsi, s.msisdn, s.account_id, s.state, {_PLAN.format(plan='s.rate_plan_id')},"
        " ifnull((SELECT g.name FROM wing_apn_group g WHERE g.id = s.apn_group_id AND g.account_id = s.account_id), '')"
        " FROM wing_sim s"
        " WHERE s.realm = :realm AND s.id > :after AND s.id <= :last AND s.account_id IN ({among}) ORDER BY s.id",
    )


def _walk(box: Box, scope: Scope, progress: Progress, statement: str) -> Turn:
    """The rows of the next SIMs of the realm."""
    window = _next_sims(box, scope, progress)
    rows = box.sql(
        statement.replace("{among}", scope.among),
        realm=scope.realm,
        after=window.after,
        last=window.last,
        cycle=f"{scope.cycle:%Y-%m}",
    )
    return [tuple(row) for row in rows], {"after": window.last} if window.is_full else None


class _Window(NamedTuple):
    """Some SIMs of the realm that follow one another by id; when it is not full, none follow it."""

    after: int
    last: int
    is_full: bool


def _next_sims(box: Box, scope: Scope, progress: Progress) -> _Window:
    after = int(progress.get("after", 0))
    row = box.sql(
        "SELECT count(*) AS count, max(id) AS last FROM (SELECT id FROM wing_sim WHERE realm = :realm AND id > :after"
        f" ORDER BY id LIMIT {WINDOW})",
        realm=scope.realm,
        after=after,
    ).fetchone()
    return _Window(after, row["last"] or after, row["count"] == WINDOW)


def state_changes(box: Box, scope: Scope, progress: Progress) -> Turn:
    """Every change of a SIM's state that is on record, of the SIMs that are in the accounts now; oldest first."""
    after = int(progress.get("after", 0))
    changes = box.sql(
        "SELECT t.id, t.carrier, t.iccid, t.before, t.after, t.cause, t.at, s.account_id FROM box_timeline t"
        " LEFT JOIN wing_sim s ON s.iccid = t.iccid"
        f" WHERE t.id > :after ORDER BY t.id LIMIT {WINDOW}",
        after=after,
    ).fetchall()
    rows = [
        (change["iccid"], change["before"], change["after"], _REASONS.get(change["cause"]), spelled(change["at"]))
        for change in changes
        if change["carrier"] == "wing" and change["account_id"] in scope.accounts
    ]
    return rows, {"after": changes[-1]["id"]} if len(changes) == WINDOW else None


#: Why a state changed, as the SIM record says it of the last change.
_REASONS = {"request": "USER_ACTION", "workflow": "USER_ACTION", "forced": "FORCED", "rule": "AUTOMATION_RULE"}


def orders(box: Box, scope: Scope, progress: Progress) -> Turn:
    """Each SIM order of the accounts as it stands, oldest first."""
    found = box.sql(
        "SELECT id, account_master_id, product_qty, order_status, order_submitted_date FROM wing_sim_order"
        f" WHERE account_master_id IN ({scope.among}) AND id > :after ORDER BY id LIMIT {WINDOW}",
        after=int(progress.get("after", 0)),
    ).fetchall()
    rows = [(*tuple(order)[:-1], spelled(order["order_submitted_date"])) for order in found]
    return rows, {"after": found[-1]["id"]} if len(found) == WINDOW else None


#: The figures of 14.1, in its order.
INVOICED = ("accountName", "status", "externalAccountId", "billingPeriod", "currency", "activeSubscribers",
            "masterAccountGrandTotalSub", "dataUsage", "smsUsage", "voiceUsage", "simChargesTotal",
            "accountChargesTotal", "accountTotal", "masterAccountGrandTotalCharges")  # fmt: skip


def invoiced(box: Box, scope: Scope, progress: Progress) -> Turn:
    """The invoice of each account that has one, as 14.1 shows it: summed up SIM by SIM, and written at the end.

    Of a cycle that is over, the SIMs as they were at its end; a cycle that ends meanwhile is summed up anew.
    """
    closed = closing.closed(box, scope.cycle)
    if progress.get("is_closed", closed is not None) != (closed is not None):
        progress = {}
    window = _next_sims(box, scope, progress)
    so_far = {int(account_id): _bill(kept) for account_id, kept in progress.get("bills", {}).items()}
    ids = window.after + 1, window.last
    if closed is None:
        accounts = scope.accounts
        sims, usage = invoices.rows(box.world.store.sql, accounts, scope.cycle, ids)
    else:
        accounts = frozenset(closed.below(scope.account_id))
        sims = [] if window.is_full else closed.sims(accounts)
        usage = invoices.usage_rows(box.world.store.sql, accounts, scope.cycle, ids)
    for account_id, bill in invoices.bills(box, sims, usage).items():
        so_far[account_id] = so_far.get(account_id, Bill()).plus(bill)
    if not window.is_full:
        return _invoices(box, scope, closed, accounts, so_far), None
    kept = {str(account_id): [*bill[:2], sorted(bill.plans), bill.usage] for account_id, bill in so_far.items()}
    return [], {"after": window.last, "bills": kept, "is_closed": closed is not None}


def _bill(kept: Sequence[Any]) -> Bill:
    active, charges, plans, usage = kept
    return Bill(active, charges, frozenset((account_id, plan_id) for account_id, plan_id in plans), Amounts(*usage))


def _invoices(
    box: Box, scope: Scope, closed: Closed | None, accounts: Collection[int], bills: Mapping[int, Bill]
) -> Sequence[Sequence[Any]]:
    tree = closed.tree if closed else reach.tree(box, scope.realm)
    whole: dict[int, list[Bill]] = {}
    for account_id, bill in bills.items():
        above: int | None = account_id
        while above is not None and above in accounts:
            whole.setdefault(above, []).append(bill)
            above = tree[above].parent
    found = box.sql(f"SELECT * FROM wing_account WHERE id IN ({scope.among})").fetchall()
    named: Mapping[int, Row] = closed.accounts if closed else {account["id"]: account for account in found}
    history = closing.history(box, scope.cycle)
    status: Literal["Draft", "Final"] = "Final" if closed else "Draft"
    rows = []
    for account_id in sorted(accounts):
        shown: Mapping[str, Any] | None
        if all_below := whole.get(account_id):
            own = bills.get(account_id, Bill())
            shown = invoices.figures(box, named[account_id], own, all_below, scope.cycle, status)
        else:
            shown = invoices.drawn_up_last(box, account_id, history)
        if shown:
            rows.append((account_id, *(shown[name] for name in INVOICED)))
    return rows
