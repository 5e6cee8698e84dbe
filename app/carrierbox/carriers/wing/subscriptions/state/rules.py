"""5.6 to 5.8: which steps are allowed, asking for one, and what happens when its workflow falls due.

A step that 5.6 does not list, and a SIM whose state is being changed already, are refused late: the request is accepted
and its workflow ends FAILED. Source: WING guide 5.6, 5.7; contract `wing-subscription.yaml`, key `states`.
"""

import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from carrierbox.carriers.wing import happenings, workflows
from carrierbox.carriers.wing.accounts.reach import Reach
from carrierbox.carriers.wing.door import Caller
from carrierbox.carriers.wing.errors import UnknownModel, UnknownSim
from carrierbox.carriers.wing.happenings import Happening
from carrierbox.carriers.wing.subscriptions import audit
from carrierbox.carriers.wing.subscriptions.record import STATES
from carrierbox.carriers.wing.subscriptions.state.schemas import StateChange
from carrierbox.carriers.wing.usage import network
from carrierbox.carriers.wing.usage.network import NETWORK
from carrierbox.kernel import clock, devices, lifecycle, workflow
from carrierbox.kernel.lifecycle import StateName
from carrierbox.kernel.world import Box

MODEL = 4
UPDATE_STATE = "update_state_sim_wf"

#: Said of a SIM whose state is being changed, by all that cannot be done to it meanwhile.
UNDER_WAY = workflow.Refusal("A state change of this SIM is already under way", workflows.CONFLICT)

_WRITTEN = "2021-03-11T14:41:00Z"  # every row of 5.6 has this time


def allowed_transitions(model: str) -> list[dict[str, Any]]:
    """The steps that a SIM of this model can take, in the document's order.

    Raises: UnknownModel.
    Source: WING guide 5.6.
    """
    if model.lstrip("0") != str(MODEL):
        raise UnknownModel(model=model)
    return [
        {
            "id": step.facts["id"],
            "tenantId": "21",
            "accountId": None,
            "allowed": True,
            "creationTimestamp": _WRITTEN,
            "modificationTimestamp": _WRITTEN,
            "fromStateId": STATES.states[step.present],
            "fromStateName": step.present,
            "toStateId": STATES.states[step.wanted],
            "toStateName": step.wanted,
            "subscriptionLcStateModelId": MODEL,
        }
        for step in STATES.steps.values()
    ]


def request_state_change(box: Box, caller: Caller, change: StateChange) -> str:
    """Ask for another billing state; answers the workflow's id.

    Raises: UnknownSim, also when ICCID and IMSI are of two SIMs.
    Source: WING guide 5.7.
    """
    sim = _sim(box, caller.reach, change)
    refusal = refuse(box, StateName(sim["state"]), change.wanted, is_locked=bool(sim["state_change_lock"]))
    if refusal is None:
        box.sql("UPDATE wing_sim SET state_change_lock = 1, lc_state_insync = 0 WHERE id = :id", id=sim["id"])
    return workflows.start(box, caller, UPDATE_STATE, change.whole, subject=change.iccid, refusal=refusal)


def refuse(box: Box, present: StateName, wanted: StateName, *, is_locked: bool) -> workflow.Refusal | None:
    """Say why a SIM's state cannot be changed, if it cannot."""
    if is_locked:
        return UNDER_WAY
    if isinstance(lifecycle.attempt(box, STATES, present, wanted), lifecycle.Refused):
        return workflow.Refusal(f"State transition from {present} to {wanted} is not allowed", workflows.CONFLICT)
    return None


def _sim(box: Box, reach: Reach, change: StateChange) -> Mapping[str, Any]:
    found: Mapping[str, Any] | None = box.sql(
        "SELECT s.id, s.state, s.state_change_lock FROM wing_sim s"
        f" WHERE s.iccid = :iccid AND s.imsi = :imsi AND {reach.condition}",
        iccid=change.iccid,
        imsi=change.imsi,
    ).fetchone()
    if found is None:
        raise UnknownSim(sim=f"with ICCID {change.iccid} and IMSI {change.imsi}")
    return found


@workflow.handles(UPDATE_STATE)
def change_state(box: Box, job: Mapping[str, Any], refusal: workflow.Refusal | None) -> workflow.Outcome:
    """Take the step, or say why not; the SIM's lock ends with the change that holds it."""
    devices.catch_up(box, NETWORK, job["subject"])
    sim = named(box, job["subject"])
    present, wanted = StateName(sim["state"]), StateChange.model_validate(json.loads(job["input"])).wanted
    if refusal is None:
        # whoever moved the SIM meanwhile, by force say, decides what can still be done
        refusal = refuse(box, present, wanted, is_locked=False)
        if refusal is None:
            reason = "AUTOMATION_RULE" if box.cause.kind == "rule" else "USER_ACTION"
            take(box, sim, lifecycle.Step(present, wanted, {}, STATES.name), reason)
            audit.record(box, sim, "SIM_STATE_CHANGE", present, wanted, "COMPLETED")
            return workflow.Outcome("completed", workflows.SUCCESS)
        refusal = replace(refusal, is_late=True)
    if refusal.is_late:
        box.sql("UPDATE wing_sim SET state_change_lock = 0, lc_state_insync = 1 WHERE id = :id", id=sim["id"])
    audit.record(box, sim, "SIM_STATE_CHANGE", present, wanted, "FAILED")
    return workflows.failed(refusal)


def named(box: Box, iccid: str) -> Mapping[str, Any]:
    """The SIM of that ICCID, which there is, as a change of its state needs it."""
    sim: Mapping[str, Any] = box.sql(
        "SELECT s.id, s.iccid, s.imsi, s.state, s.state_change_lock, s.lc_state_insync, a.name AS account_name"
        " FROM wing_sim s JOIN wing_account a ON a.id = s.account_id WHERE s.iccid = :iccid",
        iccid=iccid,
    ).fetchone()
    return sim


def take(
    box: Box, sim: Mapping[str, Any], step: lifecycle.Step, reason: str = "USER_ACTION", *, unlocks: bool = True
) -> None:
    """Write the step, and tell of it. The first activation is kept for ever, the last deactivation outlives another.

    What an automation rule wanted to undo is not its to undo any more.
    *unlocks*: the change that has locked the SIM ends with it.
    """
    box.sql(
        "UPDATE wing_sim SET state = :state, last_state_change_date = :now, modification_timestamp = :now,"
        " initial_activation_date ="
        " CASE WHEN :state = 'ACTIVE' THEN ifnull(initial_activation_date, :now) ELSE initial_activation_date END,"
        " deactivation_date = CASE WHEN :state = 'DEACTIVATED' THEN :now ELSE deactivation_date END,"
        " state_change_reason = :reason, reason = NULL, reset_state = iif(reset_state, 0, reset_state),"
        " state_change_lock = iif(:unlocks, 0, state_change_lock),"
        " lc_state_insync = iif(:unlocks, 1, lc_state_insync) WHERE id = :id",
        state=step.wanted,
        now=clock.text(box.now),
        reason=reason,
        unlocks=unlocks,
        id=sim["id"],
    )
    lifecycle.record(box, "wing", sim["iccid"], step, box.now)
    network.switch(box, sim["iccid"], sim["id"], before=step.present, after=step.wanted)
    happenings.tell(box, [Happening("state", sim["id"], box.now, before=step.present, after=step.wanted)])
