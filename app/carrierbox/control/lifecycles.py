"""Which steps of each carrier's lifecycles were taken, and which were refused: in a world, or in all of the box."""

from typing import Any

from fastapi import APIRouter

from carrierbox.control.wiring import Box, Control, Named
from carrierbox.kernel import exercise, workflow
from carrierbox.kernel.exercise import Exercise

router = APIRouter()


@router.get("/lifecycle-coverage", operation_id="box-lifecycle-coverage")
async def coverage(control: Box, carrier: str | None = None) -> Any:
    """Since the box was started, over all of its worlds, those too that are gone."""
    return _report(control, control.worlds.exercise(), carrier)


@router.get("/worlds/{w}/lifecycle-coverage", operation_id="box-world-lifecycle-coverage")
async def coverage_of_world(control: Box, world: Named, carrier: str | None = None) -> Any:
    """Since the box was started, in one world; not what was forced, nor what a fork's parent did."""
    await workflow.settle(world)
    return _report(control, world.exercise, carrier)


def _report(control: Control, exercised: Exercise, carrier: str | None) -> Any:
    control.check_carrier(carrier)
    lifecycles = {
        part.name: part.lifecycles for part in control.worlds.parts if part.lifecycles and carrier in (None, part.name)
    }
    return exercise.report(exercised, lifecycles)
