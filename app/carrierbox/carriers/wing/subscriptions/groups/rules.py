"""5.20, 5.22, 5.23: which group a SIM is in. It is in one at most, and that is one of its account's.

A group is a name for SIMs and nothing of theirs changes by it, so a state change that is under way is no obstacle.
Source: WING guide 5.20, 5.22, 5.23; contract `wing-subscription.yaml`, keys `entities` and `rules`.
"""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from carrierbox.carriers.wing import workflows
from carrierbox.carriers.wing.accounts.account import rules as accounts
from carrierbox.carriers.wing.door import Caller
from carrierbox.carriers.wing.errors import NotFound, UnknownSim
from carrierbox.carriers.wing.subscriptions import audit
from carrierbox.carriers.wing.subscriptions.groups.schemas import Grouping, Groupings
from carrierbox.carriers.wing.workflows import Tally
from carrierbox.kernel import clock, workflow
from carrierbox.kernel.workflow import Outcome, Refusal
from carrierbox.kernel.world import Box

UPDATE_LIST = "update_group_list_wf"

_PRESENT = "ifnull((SELECT g.name FROM wing_group g WHERE g.id = s.group_id), '')"


def put(box: Box, caller: Caller, wanted: Grouping) -> None:
    """Put a SIM into a group, or take it out, at once.

    Raises: UnknownSim, also when ICCID, IMSI and account are not of one SIM; NotFound for another account's group.
    """
    sim = box.sql(
        "SELECT s.id FROM wing_sim s WHERE s.iccid = :iccid AND s.imsi = :imsi AND s.account_id = :account"
        f" AND {caller.reach.condition}",
        iccid=wanted.iccid,
        imsi=wanted.imsi,
        account=wanted.account_id,
    ).fetchone()
    if sim is None:
        raise UnknownSim(sim=f"with ICCID {wanted.iccid} and IMSI {wanted.imsi} in account {wanted.account_id}")
    name = _name(box, wanted)
    if name is None:
        raise NotFound(what="Group", id=wanted.group_id)
    _put(box, [sim["id"]], wanted.group_id, name)


def request(box: Box, caller: Caller, wanted: Groupings) -> str:
    """Ask for many SIMs to be put into a group, or taken out; answers the workflow's id.

    Raises: NotFound for an account that is not within reach.
    """
    accounts.find(box, caller, wanted.account_id)
    return workflows.start(box, caller, UPDATE_LIST, wanted.whole, refusal=_refuse(box, wanted))


def _refuse(box: Box, wanted: Groupings) -> Refusal | None:
    if _name(box, wanted) is None:
        return Refusal(f"Group {wanted.group_id} not found", workflows.UNKNOWN)
    return None


def _name(box: Box, wanted: Grouping | Groupings) -> str | None:
    """The wanted group's name, nothing being the name of no group; None where the account has no such group."""
    if wanted.group_id is None:
        return ""
    row = box.sql(
        "SELECT name FROM wing_group WHERE id = :id AND account_id = :account",
        id=wanted.group_id,
        account=wanted.account_id,
    ).fetchone()
    return str(row["name"]) if row else None


@workflow.handles(UPDATE_LIST)
def _update(box: Box, job: Mapping[str, Any], refusal: Refusal | None) -> Outcome:
    """Put those of the SIMs into the group that are in the account; the others fail one by one."""
    wanted = Groupings.model_validate(json.loads(job["input"]))
    sims = _listed(box, wanted)
    known = {iccid: sim_id for iccid, sim_id in sims.items() if sim_id is not None}
    name = _name(box, wanted)
    refusal = refusal or _refuse(box, wanted)  # it may have been deleted meanwhile
    failing = dict.fromkeys(known, refusal.reason) if refusal else workflow.failing(box, job, known)
    shown = str(wanted.group_id) if name is None else name
    audit.record_all(box, [known[iccid] for iccid in failing], "SIM_GROUP_CHANGE", _PRESENT, shown, "FAILED")
    if refusal:
        return workflows.failed(refusal)
    put = [sim_id for iccid, sim_id in known.items() if iccid not in failing]
    _put(box, put, wanted.group_id, shown)
    missing = {iccid: "SIM not found" for iccid in sims if iccid not in known}
    reasons = {iccid: reason for iccid in sims if (reason := missing.get(iccid) or failing.get(iccid))}
    return workflows.ended(Tally().plus(len(put), reasons), workflows.CONFLICT if failing else workflows.UNKNOWN)


def _listed(box: Box, wanted: Groupings) -> dict[str, int | None]:
    """The ids of the SIMs of a list, by their ICCIDs in its order; none for those that are not in the account."""
    rows = box.sql(
        "SELECT s.id, s.iccid FROM json_each(:iccids) e JOIN wing_sim s ON s.iccid = e.value"
        " WHERE s.account_id = :account",
        iccids=json.dumps(wanted.iccid),
        account=wanted.account_id,
    )
    found = {row["iccid"]: row["id"] for row in rows}
    return {iccid: found.get(iccid) for iccid in wanted.iccid}


def empty(box: Box, group_id: int) -> None:
    """Take out all SIMs that are in a group."""
    rows = box.sql("SELECT id FROM wing_sim WHERE group_id = :id", id=group_id)
    _put(box, [row["id"] for row in rows], None, "")


def _put(box: Box, sims: Sequence[int], group_id: int | None, name: str) -> None:
    audit.record_all(box, sims, "SIM_GROUP_CHANGE", _PRESENT, name, "COMPLETED")
    box.sql(
        "UPDATE wing_sim SET group_id = :group, modification_timestamp = :now"
        " WHERE id IN (SELECT value FROM json_each(:sims))",
        group=group_id,
        now=clock.text(box.now),
        sims=json.dumps(sims),
    )
