"""What rules do to SIMs: by the same workflows as anybody's wish, and undone when the window ends, where that is asked.

The SIM's record says what is going to be undone: resetState, resetRateplan, resetApnGroup, resetServiceProfile,
unblockData. Whoever changes it meanwhile clears that, and then it stays as it is.
Source: contract `wing-services.yaml`, key `automation`, `actions`, `on_fire` and `reset`.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from carrierbox import keycloak
from carrierbox.carriers.wing.accounts import reach
from carrierbox.carriers.wing.automation import blocking
from carrierbox.carriers.wing.automation.kinds import BLOCK_DATA, BY_NAME, NOTHING, SUSPEND, Kind, named
from carrierbox.carriers.wing.automation.watched import Rule, called
from carrierbox.carriers.wing.door import Caller
from carrierbox.carriers.wing.lists import Row
from carrierbox.carriers.wing.subscriptions.assignments import rules as assignments
from carrierbox.carriers.wing.subscriptions.record import STATES
from carrierbox.carriers.wing.subscriptions.state import rules as states
from carrierbox.carriers.wing.subscriptions.state.schemas import StateChange
from carrierbox.carriers.wing.users.rights import NONE
from carrierbox.kernel import clock, workflow
from carrierbox.kernel.lifecycle import StateName
from carrierbox.kernel.workflow import Outcome, Refusal
from carrierbox.kernel.world import Box, Cause

#: The standing work that undoes actions.
UNDO = "automation_reset_wf"
#: So many actions are undone in one go.
PART = 100

_SUSPENDED = "SUSPENDED"


def begin(box: Box, rule: Rule, sim: Row, action: Mapping[str, Any], ends_at: datetime) -> dict[str, Any]:
    """Start one of a rule's actions on a SIM; answers what is to be written down of it, which may be nothing.

    It is undone at *ends_at*, where the rule says so.
    """
    kind = named(action.get("name"), action.get("id")) or NOTHING
    if kind is NOTHING:
        return {}
    before, after = _present(sim, kind), _wanted(kind, action)
    return {
        "action": kind.name,
        "batch_id": _ask(box, rule.ref, sim, kind, after),
        "status": "RUNNING",
        "before": before,
        "after": after,
        "reset_at": clock.text(ends_at) if action.get("reset") == "true" else None,
    }


def _present(sim: Row, kind: Kind) -> str:
    """What a SIM has of what an action changes."""
    if kind is SUSPEND:
        return str(sim["state"])
    return str(sim["data_blocked"] if kind.profile is None else sim[kind.profile.column])


def _wanted(kind: Kind, action: Mapping[str, Any]) -> str:
    if kind is SUSPEND:
        return _SUSPENDED
    return "1" if kind is BLOCK_DATA else str(int(action["selectedId"]))


def _ask(box: Box, ref: str, sim: Row, kind: Kind, wanted: str) -> str:
    """Ask for something in a rule's name; answers the workflow's id. What cannot be ends its workflow FAILED."""
    acting = Box(box.world, box.now, Cause("rule", ref, None, ref))
    user = keycloak.Caller(ref, ref, sim["realm"], None, frozenset(), "automation-rules", box.now)
    caller = Caller(user, reach.of(acting, user.realm, None, "*"), NONE)
    body = {"iccid": sim["iccid"], "imsi": sim["imsi"]}
    if kind is SUSPEND:
        change = {**body, "newState": wanted, "newStateId": STATES.states[StateName(wanted)]}
        return states.request_state_change(acting, caller, StateChange.model_validate(change))
    if kind is BLOCK_DATA:
        return blocking.request(acting, caller, sim, is_blocked=wanted == "1")
    place = {"accountId": sim["account_id"], "tenantId": sim["tenant_id"]}
    for assignment in assignments.KINDS.values():
        if assignment.profile is kind.profile:
            alias = str(assignment.schema.model_fields["wanted"].alias)
            asked = assignment.schema.model_validate({**body, **place, alias: int(wanted)})
            return assignments.request(acting, caller, assignment, asked)
    raise AssertionError(kind)


@workflow.follows
def follow(box: Box, job: Mapping[str, Any], outcome: Outcome) -> None:
    """Write down how an action ended that a rule began, or its undoing, and let the SIM's record say what follows."""
    firing = box.sql("SELECT * FROM wing_rule_firing WHERE batch_id = :id", id=job["id"]).fetchone()
    if firing is None:
        return
    kind = BY_NAME[firing["action"]]
    is_done = outcome.status == "completed"
    if firing["status"] == "UNDOING":
        _status(box, firing, "UNDONE" if is_done else "FAILED")
        _undone(box, firing["sim_id"], kind, is_done=is_done)
        return
    _status(box, firing, "COMPLETED" if is_done else "FAILED")
    if not is_done:
        return
    if kind is SUSPEND:
        box.sql("UPDATE wing_sim SET reason = :ref WHERE id = :id", ref=box.cause.ref, id=firing["sim_id"])
    if firing["reset_at"]:
        _plan_undoing(box, firing, kind)


def _status(box: Box, firing: Row, status: str) -> None:
    box.sql(
        "UPDATE wing_rule_firing SET status = :status, reset_at = iif(:status = 'COMPLETED', reset_at, NULL)"
        " WHERE id = :id",
        status=status,
        id=firing["id"],
    )


def _plan_undoing(box: Box, firing: Row, kind: Kind) -> None:
    """Say on the SIM's record that this will be undone, and see to it.

    Where another action's undoing is still to come, this one goes back to where that one began.
    """
    before, reset_at = firing["before"], firing["reset_at"]
    earlier = box.sql(
        "SELECT * FROM wing_rule_firing WHERE reset_at IS NOT NULL AND sim_id = :sim AND action = :action"
        " AND status = 'COMPLETED' AND after = :before AND id <> :id",
        sim=firing["sim_id"],
        action=firing["action"],
        before=before,
        id=firing["id"],
    ).fetchone()
    if earlier is not None:
        before, reset_at = earlier["before"], max(reset_at, earlier["reset_at"])
        box.sql("UPDATE wing_rule_firing SET reset_at = NULL WHERE id = :id", id=earlier["id"])
    if before == firing["after"]:
        reset_at = None
    box.sql(
        "UPDATE wing_rule_firing SET before = :before, reset_at = :reset_at WHERE id = :id",
        before=before,
        reset_at=reset_at,
        id=firing["id"],
    )
    if reset_at is not None:
        box.sql(f"UPDATE wing_sim SET {kind.flag} = 1 WHERE id = :id", id=firing["sim_id"])
        workflow.keep_due(box, carrier="wing", kind=UNDO, at=clock.moment(reset_at))


def _undone(box: Box, sim_id: int, kind: Kind, *, is_done: bool) -> None:
    """Let the SIM's record say no longer that something will be undone, nor, when it was, what there was before."""
    settings = [f"{kind.flag} = 0"]
    if is_done and kind.profile is not None and kind.profile.previous:
        settings.append(f"{kind.profile.previous} = NULL")
    box.sql(f"UPDATE wing_sim SET {', '.join(settings)} WHERE id = :id", id=sim_id)


@workflow.handles(UNDO, standing=True)
def undo(box: Box, job: Mapping[str, Any], refusal: Refusal | None) -> Outcome:  # noqa: ARG001 - as all handlers
    """Undo the actions whose window has ended, the first of them, and come back for the next."""
    due = box.sql(
        "SELECT * FROM wing_rule_firing WHERE reset_at <= :now AND status = 'COMPLETED'"
        " ORDER BY reset_at, id LIMIT :most",
        now=clock.text(box.now),
        most=PART,
    ).fetchall()
    for firing in due:
        _undo(box, firing)
    rest = "SELECT min(reset_at) FROM wing_rule_firing WHERE reset_at IS NOT NULL AND status = 'COMPLETED'"
    next_at = box.sql(rest).fetchone()[0]
    if next_at is None:
        return Outcome("completed", {})
    return Outcome("running", {}, next_at=max(box.now, clock.moment(next_at)))


def _undo(box: Box, firing: Row) -> None:
    """Ask for what the SIM had before, unless somebody has changed it meanwhile."""
    kind = BY_NAME[firing["action"]]
    sim = box.sql("SELECT * FROM wing_sim WHERE id = :id", id=firing["sim_id"]).fetchone()
    if not sim[kind.flag] or _present(sim, kind) != firing["after"]:
        _status(box, firing, "KEPT")
        return
    name = box.sql("SELECT name FROM wing_rule WHERE id = :id", id=firing["rule_id"]).fetchone()["name"]
    batch_id = _ask(box, called(firing["rule_id"], name), sim, kind, firing["before"])
    box.sql(
        "UPDATE wing_rule_firing SET batch_id = :batch, status = 'UNDOING', reset_at = NULL WHERE id = :id",
        batch=batch_id,
        id=firing["id"],
    )
