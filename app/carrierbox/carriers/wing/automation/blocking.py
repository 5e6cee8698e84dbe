"""Block Data: a SIM's data sessions end and new ones are refused, until that is undone; all else goes on.

No call asks for it, only rules do. open: the audit trail's name for it is ours.
Source: contract `wing-services.yaml`, key `automation`, `actions`.
"""

import json
from collections.abc import Mapping
from typing import Any

from carrierbox.carriers.wing import workflows
from carrierbox.carriers.wing.door import Caller
from carrierbox.carriers.wing.lists import Row
from carrierbox.carriers.wing.subscriptions import audit
from carrierbox.carriers.wing.subscriptions.state.rules import UNDER_WAY
from carrierbox.carriers.wing.usage.network import NETWORK, disconnect
from carrierbox.kernel import clock, devices, workflow
from carrierbox.kernel.workflow import Outcome, Refusal
from carrierbox.kernel.world import Box

BLOCK = "block_data_sim_wf"
_WORDS = ("UNBLOCKED", "BLOCKED")


def request(box: Box, caller: Caller, sim: Row, *, is_blocked: bool) -> str:
    """Ask for a SIM's data to be blocked, or no longer; answers the workflow's id."""
    sent = {"iccid": sim["iccid"], "imsi": sim["imsi"], "dataBlocked": is_blocked}
    refusal = UNDER_WAY if sim["state_change_lock"] else None
    return workflows.start(box, caller, BLOCK, sent, subject=sim["iccid"], refusal=refusal)


@workflow.handles(BLOCK)
def _block(box: Box, job: Mapping[str, Any], refusal: Refusal | None) -> Outcome:
    """Block the SIM's data, or let it through again."""
    is_blocked: bool = json.loads(job["input"])["dataBlocked"]
    sim = box.sql(
        "SELECT s.*, a.name AS account_name FROM wing_sim s JOIN wing_account a ON a.id = s.account_id"
        " WHERE s.iccid = :iccid",
        iccid=job["subject"],
    ).fetchone()
    before, after = _WORDS[sim["data_blocked"]], _WORDS[is_blocked]
    if refusal:
        audit.record(box, sim, "SIM_DATA_BLOCK_CHANGE", before, after, "FAILED")
        return workflows.failed(refusal)
    devices.catch_up(box, NETWORK, sim["iccid"])
    box.sql(
        "UPDATE wing_sim SET data_blocked = :blocked, unblock_data = iif(unblock_data, 0, unblock_data),"
        " modification_timestamp = :now WHERE id = :id",
        blocked=is_blocked,
        now=clock.text(box.now),
        id=sim["id"],
    )
    if is_blocked:
        disconnect(box, sim["id"])
    audit.record(box, sim, "SIM_DATA_BLOCK_CHANGE", before, after, "COMPLETED")
    return Outcome("completed", workflows.SUCCESS)
