"""A world's clock: show, set, freeze, rate, advance."""

from datetime import datetime
from typing import Any

from fastapi import APIRouter, Request

from carrierbox import edge
from carrierbox.control.schemas import Advance, ClockChange
from carrierbox.control.wiring import Named
from carrierbox.kernel import callbacks, clock, workflow
from carrierbox.kernel.clock import BadTime, ClockWouldGoBack
from carrierbox.kernel.world import Cause, World

router = APIRouter()


@router.get("/worlds/{w}/clock", operation_id="box-show-clock")
async def show_clock(world: Named) -> Any:
    """World time, how it runs, and what is pending: work, and notifications that have not arrived yet."""
    await workflow.settle(world)
    return clock_of(world)


@router.patch("/worlds/{w}/clock", operation_id="box-set-clock")
async def set_clock(world: Named, change: ClockChange, request: Request) -> Any:
    """Freeze or unfreeze, run at a rate, or jump ahead; going back is refused.

    A jump runs what falls due on the way, as `advance` does.
    """
    to = _ahead(world, change.now) if change.now is not None else None
    if change.rate is not None and not 0 < change.rate <= clock.MAX_RATE:
        raise BadTime(f"a rate lies above 0 and is at most {clock.MAX_RATE:.0f}")
    if change.mode == "frozen":
        world.clock.freeze()
    if to is not None:
        await workflow.advance(world, to)
    with world.transaction(Cause("request", edge.visit(request).request_id)) as box:
        if change.mode == "running":
            world.clock.unfreeze()
        if change.rate is not None:
            world.clock.run_at(change.rate)
        world.save_clock(box)
    return clock_of(world)


@router.post("/worlds/{w}/clock/advance", operation_id="box-advance-clock")
async def advance_clock(world: Named, how_far: Advance) -> Any:
    """Move time, run all that falls due in order, each at its own time, and answer when it is settled."""
    if sum(given is not None for given in (how_far.by, how_far.to, how_far.until)) != 1:
        raise BadTime("say one of by, to and until")
    until = None
    if how_far.by is not None:
        try:
            until = world.clock.now() + clock.duration(how_far.by)
        except OverflowError as far:
            raise BadTime("the clock ends with the year 8999") from far
    elif how_far.to is not None:
        until = _ahead(world, how_far.to)
    ran = await workflow.advance(world, until)
    return {
        "now": clock.text(world.clock.now()),
        "ran": [{"at": clock.text(each.at), "kind": each.kind, "id": each.id, "outcome": each.outcome} for each in ran],
    }


def _ahead(world: World, spelled: str) -> datetime:
    """A moment that the clock can go to.

    Raises: BadTime, ClockWouldGoBack.
    """
    to = clock.moment(spelled)
    clock.check_reachable(to)
    if to < (now := world.clock.now()):
        raise ClockWouldGoBack(now, to)
    return to


def clock_of(world: World) -> dict[str, Any]:
    """The clock as the control API shows it."""
    with world.transaction(Cause("request", "clock")) as box:
        jobs, job_due = workflow.pending(box)
    notifications, notification_due = callbacks.pending(world)
    next_due = min((due for due in (job_due, notification_due) if due), default=None)
    return {
        "now": clock.text(world.clock.now()),
        "mode": world.clock.mode,
        "rate": world.clock.rate,
        "pending": jobs + notifications,
        "next_due": clock.text(next_due) if next_due else None,
    }
