"""Validate a SIM, and query its details."""

from fastapi import APIRouter, Response

from carrierbox.carriers.dish.door import Caller, DishDoor
from carrierbox.carriers.dish.sims import rules
from carrierbox.carriers.dish.wire import Gpsi, Iccid, answer
from carrierbox.kernel.world import Box

router = APIRouter(route_class=DishDoor)

CHECK = "dish-sim-check"
DETAILS = "dish-sim-details"


@router.get("/sps/v5/subscription-sim/simCheck", operation_id=CHECK)
@router.get("/sps/v5/sim/simCheck", operation_id=CHECK, include_in_schema=False)
@router.get("/sps/v5/subscription/simCheck", operation_id=CHECK, include_in_schema=False)
def validate_sim(iccid: Iccid, caller: Caller, box: Box) -> Response:
    """Whether a SIM can be activated; that it cannot is no error."""
    return answer({"validationStatus": rules.check(box, caller, iccid)})


@router.get("/sps/v5/subscription-sim/simDetails", operation_id=DETAILS)
@router.get("/sps/v5/sim/simDetails", operation_id=DETAILS, include_in_schema=False)
@router.get("/sps/v5/subscription/simDetails", operation_id=DETAILS, include_in_schema=False)
def query_sim_details(caller: Caller, box: Box, iccid: Iccid | None = None, gpsi: Gpsi | None = None) -> Response:
    """What is known of a SIM."""
    return answer(rules.details(box, caller, iccid, gpsi))
