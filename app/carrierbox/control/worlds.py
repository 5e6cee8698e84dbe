"""Worlds: create, fork, list, describe, reset, drop."""

from contextlib import suppress
from typing import Any

from fastapi import APIRouter, Request, Response

from carrierbox import edge
from carrierbox.control.clock import clock_of
from carrierbox.control.schemas import NewWorld
from carrierbox.control.wiring import Box, Control, Named
from carrierbox.kernel import clock, webhooks
from carrierbox.kernel.store import NotOurs
from carrierbox.kernel.world import Cause, UnknownWorld, World
from carrierbox.kernel.worlds import DEFAULT, BadWorld

router = APIRouter()


@router.post("/worlds", status_code=201, operation_id="box-create-world")
async def create_world(control: Box, request: Request, wanted: NewWorld | None = None) -> Any:
    """Make a world from a fixture, or fork one with all of its state."""
    wanted = wanted or NewWorld()
    files = None
    if wanted.fixture is not None:
        if wanted.fixture not in control.fixtures:
            known = ", ".join(sorted(control.fixtures)) or "none: start the box with --world FILE"
            raise BadWorld(f"there is no fixture {wanted.fixture!r}; known are {known}")
        files = (control.fixtures[wanted.fixture],)
    world = await control.worlds.create(
        wanted.name,
        source=wanted.source,
        files=files,
        sims=wanted.sims,
        seed=wanted.seed,
        pace=wanted.pace,
        auth=wanted.auth,
        now=clock.moment(wanted.now) if wanted.now is not None else None,
    )
    return await describe(control, world, request)


@router.get("/worlds", operation_id="box-list-worlds")
async def list_worlds(control: Box, request: Request) -> Any:
    """Every world, described; one whose file is damaged says so when it is asked for by its name."""
    described = []
    for name in control.worlds.names():
        with suppress(UnknownWorld, NotOurs):  # it was dropped meanwhile, or is damaged
            described.append(await describe(control, control.worlds.get(name), request))
    return described


@router.get("/worlds/{w}", operation_id="box-show-world")
async def show_world(control: Box, world: Named, request: Request) -> Any:
    """One world: addresses, credentials, clock, SIMs by state, open work, values that are free to use."""
    return await describe(control, world, request)


@router.post("/worlds/{w}/reset", operation_id="box-reset-world")
async def reset_world(control: Box, world: Named, request: Request) -> Any:
    """Put a world back to what it was created from."""
    return await describe(control, await control.worlds.reset(world.name), request)


@router.delete("/worlds/{w}", status_code=204, operation_id="box-drop-world")
async def drop_world(control: Box, w: str) -> Response:
    """Take a world away, also one that cannot be opened."""
    await control.worlds.drop(w)
    return Response(status_code=204)


async def describe(control: Control, world: World, request: Request) -> dict[str, Any]:
    """What a user of a world needs to know."""
    base_url = address_of(world, request)
    parts = [part for part in control.worlds.parts if part.count is not None]
    counts = await world.aside(lambda reader: {part.name: part.count(reader) for part in parts if part.count})
    with world.transaction(Cause("request", edge.visit(request).request_id)) as box:
        webhook_secret = webhooks.secret(box)
        free = {part.name: part.free(box) for part in parts if part.free is not None}
        catalogue = {part.name: part.catalogue(box) for part in parts if part.catalogue is not None}
    shown = clock_of(world)
    return {
        "name": world.name,
        "base_url": base_url,
        "urls": {part.name: f"{base_url}/{part.name}" for part in parts},
        "token_urls": {part.name: f"{base_url}{part.token_path}" for part in parts if part.token_path},
        "credentials": {part.name: part.credentials for part in parts},
        "free": free,
        "catalogue": catalogue,
        "webhook_secret": webhook_secret,
        "settings": {"pace": world.settings.pace, "auth": world.settings.auth, "seed": world.settings.seed},
        "created_at": clock.text(world.created_at),
        "clock": shown,
        "sims": counts,
        "open_work": shown["pending"],
        "next_due": shown["next_due"],
    }


def address_of(world: World, request: Request) -> str:
    """The base address of a world, by the host that the caller asked."""
    visit = edge.visit(request)
    address = visit.origin_url.removesuffix(f"/w/{visit.world.name}")
    return address if world.name == DEFAULT else f"{address}/w/{world.name}"
