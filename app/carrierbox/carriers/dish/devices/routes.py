"""Check a device's compatibility, change device or SIM, and query the device."""

from typing import Annotated

from fastapi import APIRouter, Query, Response

from carrierbox.carriers.dish.devices import rules
from carrierbox.carriers.dish.devices.schemas import DeviceChange
from carrierbox.carriers.dish.door import Caller, DishDoor
from carrierbox.carriers.dish.wire import Gpsi, Iccid, Pei, answer, success
from carrierbox.kernel.world import Box

router = APIRouter(route_class=DishDoor)

COMPATIBILITY = "dish-device-compatibility"
CHANGE = "dish-change-device"
DETAILS = "dish-query-device"

Tac = Annotated[str, Query(pattern=r"^[0-9]{8,16}$")]


@router.get("/sps/v5/subscription-device/compatibility", operation_id=COMPATIBILITY)
@router.get("/sps/v5/device/compatibility", operation_id=COMPATIBILITY, include_in_schema=False)
@router.get("/sps/v5/subscription/compatibility", operation_id=COMPATIBILITY, include_in_schema=False)
def check_device_compatibility(
    caller: Caller,  # noqa: ARG001 - is let in, no more
    box: Box,
    pei: Pei | None = None,
    tac: Tac | None = None,
) -> Response:
    """What the network knows of a device or a type of device."""
    return answer(rules.compatibility(box, pei, tac))


@router.post("/sps/v5/subscription-device/change", operation_id=CHANGE)
@router.put("/sps/v5/subscription-device/change", operation_id=CHANGE, include_in_schema=False)
@router.post("/sps/v5/subscription-device/swap", operation_id=CHANGE, include_in_schema=False)
def change_device(asked: DeviceChange, caller: Caller, box: Box) -> Response:
    """Ask for another device, SIM, device and SIM, or device and eSIM; a notification follows."""
    rules.change(box, caller, asked)
    return success()


@router.get("/sps/v5/subscription-device/deviceDetails", operation_id=DETAILS)
@router.get("/sps/v5/subscription-device/details", operation_id=DETAILS, include_in_schema=False)
@router.get("/sps/v5/subscription-device", operation_id=DETAILS, include_in_schema=False)
def query_device(caller: Caller, box: Box, gpsi: Gpsi | None = None, iccid: Iccid | None = None) -> Response:
    """The device of a subscription."""
    return answer(rules.device(box, caller, iccid, gpsi))
