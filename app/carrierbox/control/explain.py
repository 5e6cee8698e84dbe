"""Why a SIM is in its state: what put it there, where the document has it, and what can follow; also in plain words."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from fastapi import APIRouter, Request

from carrierbox import edge
from carrierbox.control.fleet import documented, fleets
from carrierbox.control.wiring import Box, Named
from carrierbox.kernel import sims, workflow
from carrierbox.kernel.magic import Magic, magic
from carrierbox.kernel.sims import Sim
from carrierbox.kernel.world import Box as KernelBox
from carrierbox.kernel.world import Cause

router = APIRouter()

Entry = Mapping[str, Any]


@router.get("/worlds/{w}/sims/{iccid}/explain", operation_id="box-explain-sim")
async def explain_sim(control: Box, world: Named, iccid: str, request: Request, carrier: str | None = None) -> Any:
    """Name what put a SIM where it is, what failed since, and the steps from there; also in plain words."""
    chosen = fleets(control, carrier)
    await workflow.settle(world)
    with world.transaction(Cause("request", edge.visit(request).request_id)) as box:
        sim = sims.find(box, chosen, iccid)
        history, work = sims.timeline(box, sim), sims.work(box, sim)
        because = _causes(box, sim, history)
        failed = sims.failed(box, sim, since=history[-1]["at"] if history else "")
    found = await documented(because)
    because = [{**each, **found.get(each.get("operation", ""), {})} for each in because]
    steps = sims.next_steps(sim)
    text = [*_reasons(sim, because), *_attempts(failed), *_prospects(sim, work, steps)]
    return {**sim.shown(), "because": because, "failed": failed, "next": steps, "work": work, "text": text}


def _causes(box: KernelBox, sim: Sim, history: Sequence[Entry]) -> list[dict[str, Any]]:
    """What put the SIM into its state; and its subscription, where that has a state of its own."""
    own, *others = (_because(box, state, history) for _, state in sim.states)
    came = {name: fact for name, fact in own.items() if name not in {"from", "to"}}
    # a subscription whose state has not changed since has been in it from when the SIM came onto it
    return [own, *({**came, "state": each["state"]} if each["cause"] == "seed" else each for each in others)]


def _because(box: KernelBox, state: str, history: Sequence[Entry]) -> dict[str, Any]:
    """The last change that led to a state; a workflow's with the request that asked for it."""
    change = next((entry for entry in reversed(history) if entry["to"] == state), None)
    if change is None:
        return {"state": state, "cause": "seed"}
    found = {"state": state, **change}
    if change["cause"] == "workflow" and (jobs := sims.origin(box, change["ref"])):
        found |= {
            "workflow": jobs[0]["kind"],
            "request_id": jobs[-1]["request_id"],
            "requested_at": jobs[-1]["created_at"],
        }
    return found


#: What is said of each kind of cause.
_CAUSES = {
    "request": "Request {ref} put it there{asked}.",
    "workflow": "Workflow {workflow} {ref} put it there; request {request_id} asked for it at {requested_at}{asked}.",
    "rule": "A rule put it there: {ref}{asked}.",
    "device": "Its device put it there: {ref}{asked}.",
    "forced": "It was forced there by request {ref}, whatever the lifecycle says.",
}


def _reasons(sim: Sim, because: Sequence[Entry]) -> Iterator[str]:
    """Why the SIM, and its subscription where that has a state of its own, are as they are."""
    names = (f"SIM {sim.iccid} of {sim.fleet.carrier}", "Its subscription")
    for name, reason in zip(names, because, strict=False):
        if reason["cause"] == "seed":
            yield f"{name} is {reason['state']}, as it came into the world."
        else:
            before = f"before, it was {reason['from']}" if reason.get("from") else "it came into being so"
            yield f"{name} is {reason['state']} since {reason['at']}; {before}."
            known = {"workflow": "of unknown kind", "request_id": "unknown", "requested_at": "an unknown time"}
            yield _CAUSES[reason["cause"]].format(**known | dict(reason), asked=_asked(reason))


def _asked(reason: Entry) -> str:
    """Which operation it was, where its document has it, and who asked."""
    words = []
    if "operation" in reason:
        words.append(" ".join(filter(None, (reason["operation"], reason.get("name")))))
    if "section" in reason:
        words.append(f"section {reason['section']}")
    if reason.get("actor", reason.get("ref")) != reason.get("ref"):  # a rule is both
        words.append(f"by {reason['actor']}")
    return f" ({', '.join(words)})" if words else ""


def _attempts(failed: Sequence[Entry]) -> Iterator[str]:
    """What was to change since, and did not."""
    for job in failed:
        yield f"Failed at {job['ended_at']}: {job['workflow']} {job['id']}, {job['reason']}."


#: What is said of a SIM whose ICCID is magic.
_MAGIC: Mapping[Magic, str] = {
    "slow": "its work takes three times as long",
    "fails": "its workflows fail",
    "locked": "it is locked by a change under way",
    "rate-limited": "every request about it gets 429",
    "unavailable": "every request about it gets 503",
    "hangs": "every request about it hangs for half a minute and gets 504",
    "stuck": "its work never ends",
}


def _prospects(sim: Sim, work: Sequence[Entry], steps: Sequence[Entry]) -> Iterator[str]:
    """What is under way, and what is allowed."""
    for job in work:
        due = f"due at {job['due_at']}" if job["due_at"] else "never ends by itself"
        yield f"Under way: {job['workflow']} {job['id']}, {due}."
    if (kind := magic(sim.iccid)) is not None:
        yield f"Its ICCID is magic: {_MAGIC[kind]}."
    allowed = [f"{step['from']} -> {step['to']}" for step in steps]
    yield f"Allowed next: {', '.join(allowed)}." if allowed else "Allowed next: nothing."
