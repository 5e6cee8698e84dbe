"""Any carrier's SIMs: list, show with their history, force into a state."""

import asyncio
from collections.abc import Iterable, Mapping
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request

from carrierbox import edge
from carrierbox.control.schemas import Force
from carrierbox.control.wiring import Box, Control, Named
from carrierbox.kernel import sims, workflow
from carrierbox.kernel.sims import Fleet, UnknownState
from carrierbox.kernel.world import Cause, World

router = APIRouter()

Entry = Mapping[str, Any]


@router.get("/worlds/{w}/sims", operation_id="box-list-sims")
async def list_sims(  # noqa: PLR0913 - criteria
    control: Box,
    world: Named,
    carrier: str | None = None,
    state: str | None = None,
    q: Annotated[str | None, Query(description="a part of the ICCID, the IMSI or the number")] = None,
    limit: Annotated[int, Query(ge=1, le=10_000)] = 100,
) -> Any:
    """SIMs, carrier by carrier."""
    chosen = fleets(control, carrier)
    if state is not None:
        check_state(chosen, state)
    await workflow.settle(world)
    found = await world.aside(lambda reader: sims.listed(reader, chosen, state, q, limit))
    return [sim.shown() for sim in found]


@router.get("/worlds/{w}/sims/{iccid}", operation_id="box-show-sim")
async def show_sim(control: Box, world: Named, iccid: str, request: Request, carrier: str | None = None) -> Any:
    """One SIM with its timeline, the steps allowed next, and the work under way."""
    await workflow.settle(world)
    return await _shown(control, world, request, iccid, carrier)


@router.post("/worlds/{w}/sims/{iccid}/force", operation_id="box-force-sim")
async def force_sim(  # noqa: PLR0913 - which SIM, and what of it
    control: Box, world: Named, iccid: str, wanted: Force, request: Request, carrier: str | None = None
) -> Any:
    """Bring a SIM into any state, lifecycle or not. No notification goes out; work that is pending ends as it can."""
    chosen = fleets(control, carrier)
    await workflow.settle(world)
    with world.transaction(Cause("forced", edge.visit(request).request_id)) as box:
        sims.force(box, sims.find(box, chosen, iccid), wanted.state)
    return await _shown(control, world, request, iccid, carrier)


def fleets(control: Control, carrier: str | None) -> list[Fleet]:
    """Every carrier's SIMs, or those of one.

    Raises: BadWorld for a carrier that is not here.
    """
    control.check_carrier(carrier)
    every = [part.sims for part in control.worlds.parts if part.sims is not None]
    return [fleet for fleet in every if carrier in (None, fleet.carrier)]


def check_state(chosen: Iterable[Fleet], state: str) -> None:
    """Let a state pass that some SIM of these may be in.

    Raises: UnknownState.
    """
    known = dict.fromkeys(name for fleet in chosen for model in fleet.lifecycles for name in model.states)
    if state not in known:
        raise UnknownState(state, known)


async def _shown(control: Control, world: World, request: Request, iccid: str, carrier: str | None) -> dict[str, Any]:
    with world.transaction(Cause("request", edge.visit(request).request_id)) as box:
        sim = sims.find(box, fleets(control, carrier), iccid)
        history, work = sims.timeline(box, sim), sims.work(box, sim)
    found = await documented(history)
    sections = {operation: {"section": facts["section"]} for operation, facts in found.items()}
    return {
        **sim.shown(),
        "timeline": [{**entry, **sections.get(entry.get("operation", ""), {})} for entry in history],
        "next": sims.next_steps(sim),
        "work": work,
    }


async def documented(entries: Iterable[Entry]) -> Mapping[str, Entry]:
    """The name and the document's section of the operations that these name, where a document has them."""
    named = {entry["operation"] for entry in entries if entry.get("operation")}
    return await asyncio.to_thread(_look_up, named) if named else {}


def _look_up(named: set[str]) -> Mapping[str, Entry]:
    from carrierbox import contracts  # parsed when first asked for, which takes a quarter of a second

    found = (contracts.operation(each) for each in named & contracts.ids())
    return {operation.id: {"name": operation.name, "section": operation.section} for operation in found}
