"""What completes an order: its SIMs in the account's inventory. A large order is delivered some at a time.

An order whose delivery fails stays APPROVED, as whatever else a failed workflow was to change stays as it was.
Source: contract `wing-services.yaml`, key `orders.statuses`, `sims_on_completion`.
"""

import json
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from carrierbox.carriers.wing import workflows
from carrierbox.carriers.wing.lists import Row
from carrierbox.carriers.wing.ordering.door import Caller
from carrierbox.carriers.wing.ordering.orders import progress, record, stock
from carrierbox.carriers.wing.subscriptions import audit
from carrierbox.carriers.wing.subscriptions.custom_fields import spread as custom_fields
from carrierbox.carriers.wing.subscriptions.sims.rules import PAGES
from carrierbox.carriers.wing.subscriptions.tables import DEFAULTS
from carrierbox.kernel import clock, lifecycle, workflow
from carrierbox.kernel.lifecycle import StateName
from carrierbox.kernel.workflow import Outcome, Refusal
from carrierbox.kernel.world import Box, Pace

DELIVER = "deliver_sims_wf"
INVENTORY = StateName("ENTERPRISE-INVENTORY")

#: So many SIMs come at once, with the answer to 8.1.2, and so many in each part of a larger order.
PART = 500
#: World time from part to part; longer than a part takes, so that requests do not have to wait for more than one.
PAUSES: Mapping[Pace, timedelta] = {
    "instant": timedelta(0),
    "brisk": timedelta(milliseconds=40),
    "realistic": timedelta(milliseconds=100),
}


def deliver(box: Box, caller: Caller, order: Row, product: Row, settings: Mapping[str, int]) -> None:
    """Bring the SIMs of an order and complete it: at once, or by a workflow that goes on from part to part."""
    sim = {
        "realm": caller.user.realm,
        "tenant_id": order["tenant_id"],
        "account_id": order["account_master_id"],
        "batch_id": order["id"],
        "form_factor": product["form_factor"] or DEFAULTS["form_factor"],
        "sim_sku": product["product_number"] or DEFAULTS["sim_sku"],
        "rate_plan_type": _plan_type(box, caller.user.realm, settings["rate_plan_id"]),
        **settings,
    }
    quantity = order["product_qty"]
    if quantity <= PART:
        _bring(box, sim, quantity)
        progress.enter(box, order, "COMPLETED")
    else:
        job_id = workflows.start(box, caller, DELIVER, {"orderId": order["id"], "quantity": quantity, "sim": sim})
        record.write(box, order["id"], {"delivery": job_id})


def is_under_way(box: Box, order: Row) -> bool:
    """Whether the SIMs of an order are on their way."""
    job = box.sql("SELECT 1 FROM box_job WHERE id = :id AND status = 'running'", id=order["delivery"]).fetchone()
    return job is not None


def _plan_type(box: Box, realm: str, plan_id: int) -> str | None:
    row = box.sql(
        "SELECT plan_type FROM wing_catalogue WHERE realm = :realm AND resource_type = 'RATE-PLAN' AND id = :id",
        realm=realm,
        id=plan_id,
    ).fetchone()
    return row["plan_type"] if row else None


@workflow.handles(DELIVER)
def _go_on(box: Box, job: Mapping[str, Any], refusal: Refusal | None) -> Outcome:
    """Bring the next SIMs of an order, and complete it with the last; it may have been deleted meanwhile."""
    wish, so_far = json.loads(job["input"]), json.loads(job["output"]).get("delivered", 0)
    account_id = wish["sim"]["account_id"]
    if box.sql("SELECT 1 FROM wing_account WHERE id = :id", id=account_id).fetchone() is None:
        refusal = Refusal(f"Account {account_id} not found", workflows.UNKNOWN)
    if refusal:
        return workflows.failed(refusal)
    count = min(PART, wish["quantity"] - so_far)
    _bring(box, wish["sim"], count)
    so_far += count
    if so_far < wish["quantity"]:
        return Outcome("running", {"delivered": so_far}, next_at=box.now + PAUSES[box.world.settings.pace])
    if order := record.find(box, wish["orderId"]):
        progress.enter(box, order, "COMPLETED")
    return Outcome("completed", {**workflows.SUCCESS, "delivered": so_far})


def _bring(box: Box, sim: Mapping[str, Any], count: int) -> None:
    """Bring so many SIMs that are alike but for their identities; their history begins here."""
    now = clock.text(box.now)
    columns = {**DEFAULTS, **sim, "state": INVENTORY, "creation_timestamp": now, "modification_timestamp": now}
    identities = stock.take(box, count)
    names = ", ".join([*stock.Identities._fields, *columns])
    marks = ", ".join("?" * (len(stock.Identities._fields) + len(columns)))
    alike = tuple(columns.values())
    box.world.store.fill(f"INSERT INTO wing_sim ({names}) VALUES ({marks})", ((*each, *alike) for each in identities))
    iccids = [each.iccid for each in identities]
    rows = box.sql(
        "SELECT id FROM wing_sim WHERE iccid IN (SELECT value FROM json_each(:iccids))", iccids=json.dumps(iccids)
    )
    ids = [row["id"] for row in rows]
    custom_fields.arrive(box, ids, sim["account_id"])
    audit.record_all(box, ids, "SIM_STATE_CHANGE", "''", INVENTORY, "COMPLETED")
    lifecycle.begin(box, "wing", iccids, INVENTORY)
    box.world.forget(PAGES)
