"""A world's settings: pace, auth, seed, where notifications go, how many requests a second it takes."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, replace
from typing import Any

from fastapi import APIRouter, Request

from carrierbox import edge
from carrierbox.control.schemas import SettingsChange
from carrierbox.control.wiring import Box, Control, Named
from carrierbox.kernel import delivery
from carrierbox.kernel.world import INBOX, Cause
from carrierbox.kernel.worlds import BadWorld

router = APIRouter()


@router.get("/worlds/{w}/settings", operation_id="box-show-settings")
async def show_settings(world: Named) -> Any:
    """The settings in force."""
    return asdict(world.settings)


@router.patch("/worlds/{w}/settings", operation_id="box-change-settings")
async def change_settings(control: Box, world: Named, change: SettingsChange, request: Request) -> Any:
    """Take other settings; what is under way keeps the pace it was planned with, and the address it goes to."""
    changes = change.model_dump(exclude_none=True)
    if change.callback_url is not None:
        hosts = changes.get("allowed_callback_hosts", world.settings.allowed_callback_hosts)
        await _check(control, change.callback_url, hosts)
        changes["callback_url"] = {**world.settings.callback_url, **change.callback_url}
    if "rate_limit_per_second" in change.model_fields_set:
        changes["rate_limit_per_second"] = change.rate_limit_per_second or None
    with world.transaction(Cause("request", edge.visit(request).request_id)) as box:
        world.change_settings(box, replace(world.settings, **changes))
    return asdict(world.settings)


async def _check(control: Control, wanted: Mapping[str, Any], hosts: Sequence[str]) -> None:
    """Let addresses pass that notifications may go to.

    Raises: BadWorld for a carrier that is not here, Forbidden.
    """
    carriers = {part.name for part in control.worlds.parts if part.count is not None}
    if unknown := wanted.keys() - carriers:
        raise BadWorld(f"callback_url: there is no carrier {', '.join(sorted(unknown))}")
    for chosen in wanted.values():
        for url in chosen.values() if isinstance(chosen, Mapping) else [chosen]:
            if url not in (None, INBOX):
                await delivery.check(url, hosts)
