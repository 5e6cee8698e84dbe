"""Importing SIM cards, v0."""

from fastapi import APIRouter, Response

from carrierbox.carriers.wgtwo.door import Caller, ImportDoor
from carrierbox.carriers.wgtwo.sims import rules
from carrierbox.carriers.wgtwo.sims.schemas import Import
from carrierbox.carriers.wgtwo.wire import accepted
from carrierbox.kernel.world import Box

router = APIRouter(route_class=ImportDoor)


@router.post("/sim/v0/import", operation_id="wgtwo-sim-import", status_code=201)
def import_sim(asked: Import, caller: Caller, box: Box) -> Response:
    """Bring one SIM card to the platform."""
    rules.import_sim(box, caller, asked)
    return accepted(box)
