"""What the network knows of devices and takes."""

from typing import Any

from carrierbox.carriers.dish.errors import DeviceRefused
from carrierbox.kernel.world import Box

TAC_LENGTH = 8


def model(box: Box, pei: str) -> Any:
    """The type of a device, by its PEI or TAC; none where it is not known."""
    return box.sql("SELECT * FROM dish_device_model WHERE tac = :tac", tac=pei[:TAC_LENGTH]).fetchone()


def is_blocked(box: Box, pei: str) -> bool:
    """Whether a device was reported lost or stolen."""
    return box.sql("SELECT 1 FROM dish_blocked_device WHERE pei = :pei", pei=pei).fetchone() is not None


def check(box: Box, pei: str | None) -> None:
    """Let a device pass that the network takes; one that it does not know is the customer's own, and passes.

    The caller was to check this before; who did not learns it at the end of the transaction.
    Raises: DeviceRefused.
    """
    if pei is None:
        return
    if is_blocked(box, pei):
        raise DeviceRefused(problem="blocked")
    known = model(box, pei)
    if known is not None and not known["is_compatible"]:
        raise DeviceRefused(problem="not compatible with the network")
