"""Waits, in real time, until something has happened in a world: for tests whose clock runs, or is moved by others."""

import asyncio
from collections.abc import Callable
from math import inf
from typing import Any

from fastapi import APIRouter, Request, Response

from carrierbox import edge
from carrierbox.control.fleet import check_state, fleets
from carrierbox.control.schemas import Arrival, Awaited, SimState, Wait, WorkEnd
from carrierbox.control.wiring import Box, Control, Named, answer
from carrierbox.kernel import callbacks, clock, sims, workflow
from carrierbox.kernel.clock import BadTime
from carrierbox.kernel.workflow import UnknownWorkflow
from carrierbox.kernel.world import Box as KernelBox
from carrierbox.kernel.world import Cause, UnknownWorld, World
from carrierbox.problems import problem

router = APIRouter()

DEFAULT_SECONDS = 30.0
LONGEST_SECONDS = 600.0
#: However often the world changes, whoever waits looks no oftener than this.
PAUSE_SECONDS = 0.01

#: What has happened, and none while it has not; and how it stands.
Sight = tuple[Any | None, str]
Look = Callable[[KernelBox], Sight]


@router.post("/worlds/{w}/wait", operation_id="box-wait")
async def wait(control: Box, world: Named, wanted: Wait, request: Request) -> Response:
    """Answer when it has happened, at once where it has already; 408 when not in time, with how it stands.

    Work may have been waited for by its id, a SIM by its state, a notification by what it is about.
    """
    seconds = DEFAULT_SECONDS if wanted.timeout is None else clock.duration(wanted.timeout).total_seconds()
    if seconds > LONGEST_SECONDS:
        raise BadTime(f"timeout is at most {LONGEST_SECONDS:.0f} s")
    look = _look(control, wanted.what)
    with world.bell.waiting():
        watching = asyncio.create_task(_watch(control, world, look, edge.visit(request).request_id, seconds))
        leaving = asyncio.create_task(_left(request))
        try:
            await asyncio.wait({watching, leaving}, return_when=asyncio.FIRST_COMPLETED)
            found, stands = watching.result() if watching.done() else (None, "nobody waits any more")
        finally:
            watching.cancel()
            leaving.cancel()
    return answer(found) if found is not None else problem(408, f"not within {seconds:g} s: {stands}")


async def _left(request: Request) -> None:
    """Answer when the client has gone."""
    while (await request.receive())["type"] != "http.disconnect":
        pass


async def _watch(control: Control, world: World, look: Look, request_id: str, seconds: float) -> Sight:
    """Look whenever the world has changed, until it has happened or the time is over, or the box stops.

    Raises: UnknownWorld when the world is dropped meanwhile.
    """
    stop = clock.monotonic() + seconds
    while True:
        rings = world.bell.rings
        await workflow.settle(world)
        if world.store.is_closed:
            raise UnknownWorld(world.name)
        found, stands = look(KernelBox(world, world.clock.now(), Cause("request", request_id)))
        left = stop - clock.monotonic()
        if found is not None or left <= 0 or control.worlds.closing.rings:
            return found, stands
        await world.bell.heard(rings, min(left, _seconds_until_due(world)))
        await asyncio.sleep(PAUSE_SECONDS)


def _seconds_until_due(world: World) -> float:
    """How long it takes in real time until work falls due."""
    if world.next_due is None or world.clock.mode == "frozen":
        return inf
    return max((world.next_due - world.clock.now()).total_seconds() / world.clock.rate, 0)


def _look(control: Control, what: Awaited) -> Look:
    """How to see whether it has happened.

    Raises: BadWorld, UnknownState.
    """
    match what:
        case WorkEnd():
            return lambda box: _work(box, what)
        case SimState():
            chosen = fleets(control, what.carrier)
            check_state(chosen, what.state)
            return lambda box: _sim(box, chosen, what)
        case Arrival():
            control.check_carrier(what.carrier)
            since = clock.text(clock.moment(what.since)) if what.since is not None else ""
            return lambda box: _callback(box, what, since)


def _work(box: KernelBox, what: WorkEnd) -> Sight:
    """Work that has ended."""
    job = box.sql("SELECT * FROM box_job WHERE id = :id", id=what.workflow).fetchone()
    if job is None:
        raise UnknownWorkflow(f"there is no workflow {what.workflow!r}")
    if job["status"] == "running":
        return None, f"workflow {what.workflow} is running, and due {job['due_at'] or 'never'}"
    return {"workflow": workflow.shown(job)}, ""


def _sim(box: KernelBox, chosen: list[sims.Fleet], what: SimState) -> Sight:
    """A SIM that is in the state."""
    sim = sims.find(box, chosen, what.sim)
    states = [state for _, state in sim.states]
    return {"sim": sim.shown()} if what.state in states else None, f"SIM {what.sim} is {', '.join(states)}"


def _callback(box: KernelBox, what: Arrival, since: str) -> Sight:
    """The latest notification that fits."""
    row = box.sql(
        "SELECT id, state FROM box_callback WHERE (:which = '*' OR :which IN (id, iccid, event))"
        " AND ifnull(:carrier, carrier) = carrier AND ifnull(:iccid, iccid) = iccid AND ifnull(:event, event) = event"
        " AND created_at >= :since ORDER BY state = :state DESC, seq DESC LIMIT 1",
        which=what.callback,
        state=what.state,
        carrier=what.carrier,
        iccid=what.iccid,
        event=what.event,
        since=since,
    ).fetchone()
    if row is None:
        return None, "there is no such callback yet"
    found = {"callback": callbacks.show(box, row["id"])} if row["state"] == what.state else None
    return found, f"callback {row['id']} is {row['state']}"
