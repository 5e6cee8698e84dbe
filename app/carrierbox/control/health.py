"""Whether the box is alive and ready."""

from typing import Any

from fastapi import APIRouter, Response

from carrierbox.control.wiring import Box
from carrierbox.kernel.clock import monotonic
from carrierbox.kernel.worlds import DEFAULT
from carrierbox.problems import problem

router = APIRouter()


@router.get("/health", operation_id="box-health")
@router.get("/livez", operation_id="box-livez")
@router.get("/readyz", operation_id="box-readyz")
async def health(control: Box) -> Any:
    """Say that the box is there and its default world can be read; 503 when not."""
    try:
        control.worlds.get(DEFAULT).store.sql("SELECT 1 FROM box_world").fetchone()
    except Exception as broken:  # noqa: BLE001 - whatever it is, the box is not well
        answer: Response = problem(503, f"the default world cannot be read: {broken}")
        return answer
    return {
        "status": "ok",
        "version": control.version,
        "uptime_seconds": round(monotonic() - control.started, 3),
        "worlds": len(control.worlds.names()),
    }
