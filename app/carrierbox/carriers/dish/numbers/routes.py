"""Change the number."""

from fastapi import APIRouter, Response

from carrierbox.carriers.dish.door import Caller, DishDoor
from carrierbox.carriers.dish.numbers import rules
from carrierbox.carriers.dish.numbers.schemas import NumberChange, PortedNumberChange
from carrierbox.carriers.dish.wire import success
from carrierbox.kernel.world import Box

router = APIRouter(route_class=DishDoor)

CHANGE = "dish-change-number"
PORT_IN = "dish-change-number-port-in"


@router.post("/sps/v5/subscription-number/change", operation_id=CHANGE)
@router.put("/sps/v5/subscription-number/change", operation_id=CHANGE, include_in_schema=False)
@router.post("/sps/v5/number/change", operation_id=CHANGE, include_in_schema=False)
def change_gpsi(asked: NumberChange, caller: Caller, box: Box) -> Response:
    """Ask for another number; a notification follows."""
    rules.change(box, caller, asked)
    return success()


@router.post("/sps/v5/subscription-number/changeWithPortIn", operation_id=PORT_IN)
@router.post("/sps/v5/subscription-number/change/portIn", operation_id=PORT_IN, include_in_schema=False)
@router.post("/sps/v5/subscription-number/portIn", operation_id=PORT_IN, include_in_schema=False)
def change_gpsi_with_port_in(asked: PortedNumberChange, caller: Caller, box: Box) -> Response:
    """Ask for a number from another carrier; a notification follows."""
    rules.change_with_port_in(box, caller, asked)
    return success()
