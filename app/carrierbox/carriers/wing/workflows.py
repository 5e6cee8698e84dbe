"""Workflow objects as Netflix Conductor writes them, from the kernel's jobs.

Source: WING guide 5.8, 5.19; contract `wing-subscription.yaml`, key `workflow`. Null members are left out.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from hashlib import blake2b
from typing import Any
from uuid import UUID

from carrierbox.carriers.wing.bodies import MOST
from carrierbox.carriers.wing.door import Caller
from carrierbox.carriers.wing.errors import UnknownWorkflow
from carrierbox.kernel import clock, workflow
from carrierbox.kernel.workflow import Outcome, Refusal, milliseconds
from carrierbox.kernel.world import Box

SUCCESS = {"message": "Success", "statusCode": 200}
#: What a failed workflow's output says: unknown, against a rule, not assigned to the account.
UNKNOWN, CONFLICT, NOT_ASSIGNED = 404, 409, 422
_PARTLY = 207
#: So many SIMs that failed are named one by one; the audit trail has them all.
MOST_NAMED = MOST
#: The member of a running workflow's output that says where it goes on; it is not shown.
REACHED = "reached"

_STATUS = {"running": "RUNNING", "completed": "COMPLETED", "partly": "PARTIALLY COMPLETED", "failed": "FAILED"}


@dataclass(frozen=True, slots=True)
class Kind:
    """A workflow definition: its version, its tasks, and what a task puts out when it is not the last."""

    tasks: tuple[str, ...]
    version: int = 1
    outputs: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)


def _steps(validate: str, carry_out: str, update: str) -> Kind:
    """Something that is given to one SIM: checked, made known where it takes effect, written down."""
    return Kind((validate, carry_out, update), outputs={validate: {"allowed": True}, carry_out: {"statusCode": 200}})


KINDS: Mapping[str, Kind] = {
    "update_state_sim_wf": _steps("validate_state_transition", "provision_network", "update_subscription_state"),
    "assign_apn_sim_wf": _steps("validate_apn_group", "provision_network", "update_subscription_apn_group"),
    "assign_service_profile_sim_wf": _steps(
        "validate_service_profile", "provision_network", "update_subscription_service_profile"
    ),
    "change_rate_plan_sim_wf": _steps("validate_rate_plan", "update_rating", "update_subscription_rate_plan"),
    "assign_roaming_profile_sim_wf": _steps(
        "validate_roaming_profile", "provision_network", "update_subscription_roaming_profile"
    ),
    "change_static_ip_wf": _steps("validate_ip_address", "provision_network", "release_previous_ip"),
    "block_data_sim_wf": _steps("validate_data_block", "provision_network", "update_subscription_data_block"),
    "move_sims_wf": Kind(("resolve_sim_range", "move_sims")),
    "update_group_list_wf": Kind(("resolve_sims", "update_group")),
    **dict.fromkeys(
        (
            "assign_apn_account_wf",
            "assign_network_profile_account_wf",
            "assign_roaming_profile_account_wf",
            "assign_msisdn_pool_account_wf",
        ),
        Kind(("validate_resources", "assign_resources"), outputs={"validate_resources": {"allowed": True}}),
    ),
    "terminate_session_wf": Kind(("send_packet_of_disconnect",)),
    "run_report_wf": Kind(("collect_data", "write_file")),
    "send_sms_wf": Kind(("submit_message", "deliver_message")),
    "deliver_sims_wf": Kind(("reserve_identities", "deliver_sims")),
    "cancel_location_wf": Kind(("send_cancel_location_3g", "send_cancel_location_4g"), version=3),
}


def start(  # noqa: PLR0913 - a workflow has that many facts
    box: Box,
    caller: Caller,
    kind: str,
    sent: Mapping[str, Any],
    *,
    subject: str | None = None,
    refusal: Refusal | None = None,
    tasks: Sequence[str] | None = None,
) -> str:
    """Start a workflow of the caller's realm; answers its id, which 5.8 follows.

    *sent* is the request's body; *subject* the ICCID that it is about, if it is about one; with a *refusal* it fails
    in its first task. Of its kind's *tasks* it may have some only.
    """
    return workflow.start(
        box,
        carrier="wing",
        kind=kind,
        owner=caller.user.realm,
        subject=subject,
        tasks=KINDS[kind].tasks if tasks is None else tasks,
        sent=json.dumps(sent),
        refusal=refusal,
    )


def failed(refusal: Refusal) -> Outcome:
    """A workflow ends that way."""
    return Outcome("failed", {"message": refusal.reason, "statusCode": refusal.code}, refusal.reason)


@dataclass(frozen=True, slots=True)
class Tally:
    """What became of the SIMs of a workflow so far; of those that failed the first are named, with the reason."""

    succeeded: int = 0
    failed: int = 0
    failures: tuple[Mapping[str, str], ...] = ()

    def plus(self, succeeded: int, failing: Mapping[str, str]) -> "Tally":
        """The same with some more SIMs; *failing* has the reasons by ICCID."""
        named = tuple({"iccid": iccid, "message": reason} for iccid, reason in failing.items())
        return Tally(self.succeeded + succeeded, self.failed + len(failing), (*self.failures, *named)[:MOST_NAMED])


def ended(tally: Tally, code: int) -> Outcome:
    """A workflow over several SIMs ends; *code* counts where all failed."""
    if not tally.failed:
        return Outcome("completed", SUCCESS)
    message = f"{tally.failed} of {tally.succeeded + tally.failed} SIMs failed"
    if tally.succeeded:
        return Outcome("partly", {"message": message, "statusCode": _PARTLY, **asdict(tally)})
    return Outcome("failed", {"message": message, "statusCode": code, **asdict(tally)}, message)


def status(box: Box, realm: str, workflow_id: str, *, include_tasks: bool) -> dict[str, Any]:
    """How a workflow stands at the world's present time.

    Its output is ``{}`` until it ends. Only where it goes on in parts, a move of many SIMs, it counts while it runs
    what is done so far.
    Raises: UnknownWorkflow, also for one of another realm.
    """
    row = box.sql(
        "SELECT * FROM box_job WHERE id = :id AND carrier = 'wing' AND owner = :realm", id=workflow_id, realm=realm
    ).fetchone()
    if row is None:
        raise UnknownWorkflow(workflow=workflow_id)
    tasks = _tasks(row, milliseconds(box.now))
    created = milliseconds(clock.moment(row["created_at"]))
    ended = milliseconds(clock.moment(row["ended_at"])) if row["ended_at"] else 0
    touched = milliseconds(clock.moment(row["updated_at"]))
    failed = [task["referenceTaskName"] for task in tasks if task["status"].startswith("FAILED")]
    found = {
        "ownerApp": "",
        "createTime": created,
        "updateTime": max(touched, *(task["updateTime"] for task in tasks)) if tasks else touched,
        "status": _STATUS[row["status"]],
        "endTime": ended,
        "workflowId": row["id"],
        "tasks": tasks if include_tasks else [],
        "input": json.loads(row["input"]),
        "output": {name: value for name, value in json.loads(row["output"]).items() if name != REACHED},
    }
    if row["reason"] is not None:
        found["reasonForIncompletion"] = row["reason"]
    return found | {
        "taskToDomain": {},
        "failedReferenceTaskNames": failed,
        "workflowDefinition": {},
        "priority": 0,
        "variables": {},
        "lastRetriedTime": 0,
        "workflowName": row["kind"],
        "workflowVersion": KINDS[row["kind"]].version,
        "startTime": created,
    }


def _tasks(row: Mapping[str, Any], now: int) -> list[dict[str, Any]]:
    """The tasks that were scheduled by now: Conductor schedules one when the one before it is done."""
    planned: Sequence[tuple[str, int, int]] = json.loads(row["tasks"])
    scheduled = milliseconds(clock.moment(row["created_at"]))
    running = row["status"] == "running"
    tasks = []
    for seq, (name, start, end) in enumerate(planned, 1):
        if running and scheduled > now:
            break
        is_last = seq == len(planned)
        if is_last and row["ended_at"]:  # work in parts ends later than it was planned
            end = milliseconds(clock.moment(row["ended_at"]))  # noqa: PLW2901 - the same moment, known by now
        state = _task_state(row, now, start, end, is_last=is_last)
        tasks.append(_task(row, name, seq, scheduled, start, end, state, is_last=is_last))
        scheduled = end
    return tasks


#: How the last task of a workflow ends that did not go well.
_ENDS = {"failed": "FAILED_WITH_TERMINAL_ERROR", "partly": "COMPLETED_WITH_ERRORS"}


def _task_state(row: Mapping[str, Any], now: int, start: int, end: int, *, is_last: bool) -> str:
    if row["status"] == "running":
        # until the workflow has ended, its last task has not
        return "SCHEDULED" if now < start else "IN_PROGRESS" if now < end or is_last else "COMPLETED"
    return _ENDS.get(row["status"], "COMPLETED") if is_last else "COMPLETED"


def _task(  # noqa: PLR0913 - a task has that many facts
    row: Mapping[str, Any], name: str, seq: int, scheduled: int, start: int, end: int, state: str, *, is_last: bool
) -> dict[str, Any]:
    over = state not in {"SCHEDULED", "IN_PROGRESS"}
    begun = state != "SCHEDULED"
    touched = end if over else start if begun else scheduled
    output = {} if not over else json.loads(row["output"]) if is_last else KINDS[row["kind"]].outputs.get(name, {})
    task = {
        "taskType": name,
        "status": state,
        "inputData": json.loads(row["input"]),
        "referenceTaskName": f"{name}_ref",
        "retryCount": 0,
        "seq": seq,
        "pollCount": int(begun),
        "taskDefName": name,
        "scheduledTime": scheduled,
        "startTime": start if begun else 0,
        "endTime": end if over else 0,
        "updateTime": touched,
        "startDelayInSeconds": 0,
        "retried": False,
        "executed": over,
        "callbackFromWorker": True,
        "responseTimeoutSeconds": 0,
        "workflowInstanceId": row["id"],
        "workflowType": row["kind"],
        "taskId": _task_id(row["id"], seq),
    }
    if state.startswith("FAILED"):
        task["reasonForIncompletion"] = row["reason"][:500]
    return task | {
        "callbackAfterSeconds": 0,
        "workerId": "wing-worker-0",
        "outputData": output,
        "rateLimitPerFrequency": 0,
        "rateLimitFrequencyInSeconds": 0,
        "workflowPriority": 0,
        "iteration": 0,
        "subworkflowChanged": False,
        "queueWaitTime": start - scheduled if begun else 0,
        "loopOverTask": False,
    }


def _task_id(workflow_id: str, seq: int) -> str:
    return str(UUID(bytes=blake2b(f"{workflow_id}/{seq}".encode(), digest_size=16).digest(), version=4))
