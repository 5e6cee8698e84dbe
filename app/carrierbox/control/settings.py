"""A world's settings: pace, auth, seed."""

from dataclasses import asdict, replace
from typing import Any

from fastapi import APIRouter, Request

from carrierbox import edge
from carrierbox.control.schemas import SettingsChange
from carrierbox.control.wiring import Named
from carrierbox.kernel.worlds import Cause

router = APIRouter()


@router.get("/worlds/{w}/settings", operation_id="box-show-settings")
async def show_settings(world: Named) -> Any:
    """The settings in force."""
    return asdict(world.settings)


@router.patch("/worlds/{w}/settings", operation_id="box-change-settings")
async def change_settings(world: Named, change: SettingsChange, request: Request) -> Any:
    """Take other settings; what is under way keeps the pace it was planned with."""
    with world.transaction(Cause("request", edge.visit(request).request_id)) as box:
        world.change_settings(box, replace(world.settings, **change.model_dump(exclude_none=True)))
    return asdict(world.settings)
