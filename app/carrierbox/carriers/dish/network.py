"""DISH as the devices in its SIMs see it: who may use the network.

No operation shows anything of what devices do: what is in a bucket is set by requests, and the PEI of a subscription is
that of the device that was reported for it. Source: contract `dish.yaml`, keys `lifecycle` and `notes`.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from carrierbox.carriers.dish import identities
from carrierbox.kernel.devices import Event, Network
from carrierbox.kernel.world import Box

ADMITTED = "Active"


def admits(box: Box, iccid: str) -> bool | None:
    """Whether a SIM is an active subscription; none where there is no such SIM."""
    state = identities.state(box, iccid)
    return None if state is None else state == ADMITTED


def takes(_box: Box, _events: Sequence[Event]) -> Iterable[Mapping[str, Any]]:
    """Let devices do what they do: nothing follows from it that could be shown."""
    return ()


#: DISH as the devices in its SIMs see it; the area codes that they call are not given out.
NETWORK = Network("dish", admits, takes, calls="129")
