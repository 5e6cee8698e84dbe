"""Check whether a number can be ported in, and port it in."""

from fastapi import APIRouter, Response

from carrierbox.carriers.dish.door import Caller, DishDoor
from carrierbox.carriers.dish.port_in import rules
from carrierbox.carriers.dish.port_in.schemas import PortIn, PortInCheck
from carrierbox.carriers.dish.wire import answer, success
from carrierbox.kernel.world import Box

router = APIRouter(route_class=DishDoor)

CHECK = "dish-port-in-eligibility"
CREATE = "dish-port-in-create"


@router.post("/sps/v5/port-in/eligibility", operation_id=CHECK)
@router.post("/sps/v5/portin/eligibility", operation_id=CHECK, include_in_schema=False)
@router.post("/sps/v5/port-in/checkEligibility", operation_id=CHECK, include_in_schema=False)
def check_port_in_eligibility(asked: PortInCheck, caller: Caller, box: Box) -> Response:  # noqa: ARG001 - is let in, no more
    """Say at once whether a number can come; that it cannot is no error."""
    return answer(rules.check(box, asked.gpsi))


@router.post("/sps/v5/port-in/create", operation_id=CREATE)
@router.post("/sps/v5/port-in", operation_id=CREATE, include_in_schema=False)
@router.post("/sps/v5/portin", operation_id=CREATE, include_in_schema=False)
def create_port_in(asked: PortIn, caller: Caller, box: Box) -> Response:
    """Ask for an activation whose number comes from another carrier; a notification follows."""
    rules.create(box, caller, asked)
    return success()
