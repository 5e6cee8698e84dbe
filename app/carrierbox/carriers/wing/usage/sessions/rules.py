"""11.3 and 12.1: a SIM's running session, or its last one, and the work that ends it.

Source: WING guide 11.3, 12.1; contract `wing-services.yaml`, key `usage`.
"""

from collections.abc import Mapping
from typing import Any

from carrierbox.carriers.wing import workflows
from carrierbox.carriers.wing.door import Caller
from carrierbox.carriers.wing.errors import NotFound
from carrierbox.carriers.wing.usage.network import NETWORK, disconnect
from carrierbox.carriers.wing.usage.sessions.schemas import Disconnection
from carrierbox.kernel import devices, workflow
from carrierbox.kernel.workflow import Outcome, Refusal
from carrierbox.kernel.world import Box

Row = Mapping[str, Any]

TERMINATE = "terminate_session_wf"


def session(box: Box, sim: Row) -> dict[str, Any]:
    """The SIM's running session, else its last one.

    Of a running one `sessionEndTime` is when it was last reported; all times are UTC.
    Raises: NotFound where it never had one.
    """
    row = box.sql(
        "SELECT * FROM wing_session WHERE sim_id = :id"
        " ORDER BY ended_at IS NULL DESC, started_at DESC, id DESC LIMIT 1",
        id=sim["id"],
    ).fetchone()
    if row is None:
        raise NotFound(what="Session of SIM", id=sim["iccid"])
    return {
        "iccid": sim["iccid"],
        "sessionId": row["session_id"],
        "sessionStatus": "Inactive" if row["ended_at"] else "Active",
        "sessionEndTime": f"{(row['ended_at'] or row['reported_at'])[:23]}+00:00",
        "ipAddress": row["pdp_address"],
        "apnName": row["apn"],
        "deviceLocation": row["location"],
        "ratType": row["rat_type"],
        "sgsnAddress": row["sgsn_address"],
    }


def request_end(box: Box, caller: Caller, sim: Row, wanted: Disconnection) -> dict[str, Any]:
    """Ask for the end of a SIM's running session; answers what was asked, and the session's id.

    Raises: NotFound where none is running.
    """
    running = box.sql(
        "SELECT session_id FROM wing_session WHERE sim_id = :id AND ended_at IS NULL", id=sim["id"]
    ).fetchone()
    if running is None:
        raise NotFound(what="Running session of IMSI", id=wanted.imsi)
    workflows.start(box, caller, TERMINATE, wanted.whole, subject=sim["iccid"])
    return {"imsi": wanted.imsi, "channel": wanted.channel, "sessionId": running["session_id"]}


@workflow.handles(TERMINATE)
def _terminate(box: Box, job: Mapping[str, Any], refusal: Refusal | None) -> Outcome:
    """End the session that the SIM has by now, if it has one; its device may connect again."""
    devices.catch_up(box, NETWORK, job["subject"])
    if refusal:
        return workflows.failed(refusal)
    sim = box.sql("SELECT id FROM wing_sim WHERE iccid = :iccid", iccid=job["subject"]).fetchone()
    disconnect(box, sim["id"])
    return Outcome("completed", workflows.SUCCESS)
