"""5.18: asking for a SIM's location to be cancelled, and what happens when the workflow falls due.

The SIM's session ends and the network's nodes forget it, until its device is heard of again; its record stays as it is.
A SIM that is known nowhere is forgotten all the same, and one in any state.
Source: WING guide 5.18; contract `wing-subscription.yaml`, wing-5.18 and key `workflow`.
"""

import json
from collections.abc import Mapping
from typing import Any

from carrierbox.carriers.wing import workflows
from carrierbox.carriers.wing.door import Caller
from carrierbox.carriers.wing.errors import UnknownSim
from carrierbox.carriers.wing.lists import Row
from carrierbox.carriers.wing.subscriptions import audit
from carrierbox.carriers.wing.subscriptions.cancel_location.schemas import Cancellation
from carrierbox.carriers.wing.usage import network
from carrierbox.kernel import devices, workflow
from carrierbox.kernel.workflow import Outcome, Refusal
from carrierbox.kernel.world import Box

CANCEL_LOCATION = "cancel_location_wf"

#: Which of the workflow's tasks there are to do.
_TASKS = {
    "all": workflows.KINDS[CANCEL_LOCATION].tasks,
    "3G": ("send_cancel_location_3g",),
    "4G": ("send_cancel_location_4g",),
}


def request(box: Box, caller: Caller, wanted: Cancellation) -> str:
    """Ask for a SIM's location to be cancelled; answers the workflow's id.

    Raises: UnknownSim.
    """
    sim = _sim(box, wanted.imsi, caller.reach.condition)
    if sim is None:
        raise UnknownSim(sim=f"with IMSI {wanted.imsi}")
    tasks = _TASKS[wanted.cancel_loc_type]
    return workflows.start(box, caller, CANCEL_LOCATION, wanted.whole, subject=sim["iccid"], tasks=tasks)


def _sim(box: Box, imsi: str, condition: str = "1") -> Row | None:
    found: Row | None = box.sql(
        "SELECT s.id, s.iccid, s.imsi, a.name AS account_name FROM wing_sim s"
        f" JOIN wing_account a ON a.id = s.account_id WHERE s.imsi = :imsi AND {condition}",
        imsi=imsi,
    ).fetchone()
    return found


@workflow.handles(CANCEL_LOCATION)
def _cancel(box: Box, job: Mapping[str, Any], refusal: Refusal | None) -> Outcome:
    """End the SIM's session and let the network forget it."""
    wanted = Cancellation.model_validate(json.loads(job["input"]))
    sim = _sim(box, wanted.imsi)
    assert sim is not None  # noqa: S101 - SIMs are not deleted
    if refusal:
        audit.record(box, sim, "SIM_CANCEL_LOCATION", "", wanted.cancel_loc_type, "FAILED")
        return workflows.failed(refusal)
    devices.catch_up(box, network.NETWORK, sim["iccid"])
    network.cancel_location(box, sim["id"], wanted.cancel_loc_type)
    audit.record(box, sim, "SIM_CANCEL_LOCATION", "", wanted.cancel_loc_type, "COMPLETED")
    return Outcome("completed", workflows.SUCCESS)
