"""5.9 to 5.12: asking for a profile of the account's, and giving it to the SIM when the workflow falls due.

What the account does not have, or an account that is not the SIM's, is refused late: the request is accepted and its
workflow ends FAILED. An assignment holds no lock, so several may be under way; each takes effect when it falls due, if
it then still can. A state change that is under way keeps others from beginning, not from ending.
Source: WING guide 5.9 to 5.12; contract `wing-subscription.yaml`, keys `rules` and `workflow`.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from carrierbox.carriers.wing import workflows
from carrierbox.carriers.wing.accounts.reach import Reach
from carrierbox.carriers.wing.door import Caller
from carrierbox.carriers.wing.errors import BadField, UnknownSim
from carrierbox.carriers.wing.lists import Row
from carrierbox.carriers.wing.subscriptions import audit, profiles
from carrierbox.carriers.wing.subscriptions.assignments.schemas import (
    ApnGroupAssignment,
    Assignment,
    RatePlanChange,
    RoamingProfileAssignment,
    ServiceProfileAssignment,
)
from carrierbox.carriers.wing.subscriptions.profiles import Profile
from carrierbox.carriers.wing.subscriptions.state.rules import UNDER_WAY
from carrierbox.carriers.wing.subscriptions.static_ip.rules import free_strays
from carrierbox.carriers.wing.usage.network import NETWORK
from carrierbox.kernel import clock, devices, workflow
from carrierbox.kernel.workflow import Outcome, Refusal
from carrierbox.kernel.world import Box


@dataclass(frozen=True, slots=True)
class Kind:
    """One of the four: its workflow, what it gives, what it is sent, and what the audit trail calls it."""

    workflow: str
    profile: Profile
    schema: type[Assignment]
    action: str


ASSIGN_APN_GROUP = Kind("assign_apn_sim_wf", profiles.APN_GROUP, ApnGroupAssignment, "SIM_APNGROUP_CHANGE")
ASSIGN_SERVICE_PROFILE = Kind(
    "assign_service_profile_sim_wf",
    profiles.NETWORK_PROFILE,
    ServiceProfileAssignment,
    "SIM_SERVICEPROFILE_CHANGE",
)
CHANGE_RATE_PLAN = Kind("change_rate_plan_sim_wf", profiles.RATE_PLAN, RatePlanChange, "SIM_RATEPLAN_CHANGE")
ASSIGN_ROAMING_PROFILE = Kind(
    "assign_roaming_profile_sim_wf",
    profiles.ROAMING_PROFILE,
    RoamingProfileAssignment,
    "SIM_ROAMINGPROFILE_CHANGE",
)
KINDS = {
    kind.workflow: kind for kind in (ASSIGN_APN_GROUP, ASSIGN_SERVICE_PROFILE, CHANGE_RATE_PLAN, ASSIGN_ROAMING_PROFILE)
}


def request(box: Box, caller: Caller, kind: Kind, wanted: Assignment) -> str:
    """Ask for a profile; answers the workflow's id.

    Raises: UnknownSim, also when ICCID and IMSI are of two SIMs; BadField for a tenant that is not the SIM's.
    """
    sim = _visible(box, caller.reach, wanted)
    if getattr(wanted, "tenant_id", sim["tenant_id"]) != sim["tenant_id"]:
        raise BadField(field="tenantId", problem=f"must be {sim['tenant_id']}, as the SIM's")
    refusal = UNDER_WAY if sim["state_change_lock"] else _refuse(box, kind, sim, wanted)
    return workflows.start(box, caller, kind.workflow, wanted.whole, subject=wanted.iccid, refusal=refusal)


def _visible(box: Box, reach: Reach, wanted: Assignment) -> Row:
    sim = _sim(box, wanted.iccid, reach.condition)
    if sim is None or getattr(wanted, "imsi", sim["imsi"]) != sim["imsi"]:
        shown = f"with ICCID {wanted.iccid}"
        raise UnknownSim(sim=f"{shown} and IMSI {wanted.imsi}" if hasattr(wanted, "imsi") else shown)
    return sim


def _sim(box: Box, iccid: str, condition: str = "1") -> Row | None:
    found: Row | None = box.sql(
        "SELECT s.*, a.name AS account_name FROM wing_sim s JOIN wing_account a ON a.id = s.account_id"
        f" WHERE s.iccid = :iccid AND {condition}",
        iccid=iccid,
    ).fetchone()
    return found


def _refuse(box: Box, kind: Kind, sim: Row, wanted: Assignment) -> Refusal | None:
    """Say why the SIM cannot have what is wanted, if it cannot."""
    account_id = getattr(wanted, "account_id", sim["account_id"])
    if account_id != sim["account_id"]:
        return Refusal(f"SIM {sim['iccid']} is not in account {account_id}", workflows.CONFLICT)
    return profiles.refuse(box, sim["realm"], account_id, kind.profile, wanted.wanted)


def _assign(box: Box, job: Mapping[str, Any], refusal: Refusal | None) -> Outcome:
    """Give the SIM what was wanted, or say why not."""
    kind = KINDS[job["kind"]]
    wanted = kind.schema.model_validate(json.loads(job["input"]))
    sim = _sim(box, wanted.iccid)
    assert sim is not None  # noqa: S101 - SIMs are not deleted
    # whoever moved the SIM meanwhile, or took from the account what is wanted, decides what can still be done
    refusal = refusal or _refuse(box, kind, sim, wanted)
    present = sim[kind.profile.column]
    before = profiles.name(box, sim["realm"], kind.profile, present)
    after = profiles.name(box, sim["realm"], kind.profile, wanted.wanted, of_account=sim["account_id"])
    if refusal:
        audit.record(box, sim, kind.action, before, after, "FAILED")
        return workflows.failed(refusal)
    devices.catch_up(box, NETWORK, sim["iccid"])
    settings = profiles.setting(kind.profile, ":wanted")
    box.sql(
        f"UPDATE wing_sim SET {settings}, modification_timestamp = :now WHERE id = :id",
        wanted=wanted.wanted,
        now=clock.text(box.now),
        id=sim["id"],
    )
    if kind is ASSIGN_APN_GROUP:
        free_strays(box, [sim["id"]])
    audit.record(box, sim, kind.action, before, after, "COMPLETED")
    if kind is CHANGE_RATE_PLAN:
        profiles.tell_of_plans(box, [(sim["id"], present, wanted.wanted)])
    return Outcome("completed", workflows.SUCCESS)


for _kind in KINDS:
    workflow.handles(_kind)(_assign)
