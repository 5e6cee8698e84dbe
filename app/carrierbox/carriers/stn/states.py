"""The lifecycles of SIM cards, subscriptions, portings and activations.

Source: contract `stn.yaml`, key `lifecycle`; the steps stand in `fixtures/lifecycles/stn-*.yaml`.
"""

from carrierbox.kernel import lifecycle
from carrierbox.kernel.lifecycle import Lifecycle, Refused, StateName
from carrierbox.kernel.world import Box

SIMCARD = lifecycle.load("stn-simcard")
SUBSCRIPTION = lifecycle.load("stn-subscription")
PORTING = lifecycle.load("stn-porting")
ACTIVATION = lifecycle.load("stn-activation")


class Impossible(Exception):
    """Something that was taken in and cannot be done: its activation ends in ERROR."""


def step(box: Box, model: Lifecycle, present: str, wanted: str, iccid: str | None) -> None:
    """Take a step, and write it into the timeline of the SIM card that it is about, where there is one by now.

    Raises: Impossible.
    """
    decided = lifecycle.attempt(box, model, StateName(present), StateName(wanted))
    if isinstance(decided, Refused):
        raise Impossible(f"{present} -> {wanted} is not allowed")
    if iccid is not None:
        lifecycle.record(box, "stn", iccid, decided, box.now)
    else:
        lifecycle.count(box, decided)
