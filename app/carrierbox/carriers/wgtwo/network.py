"""Working Group Two as the devices in its SIMs see it: who may use the network.

Source: contract `wgtwo.yaml`, wgtwo-block and key `lifecycle`. No operation shows anything of what devices do.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from carrierbox.carriers.wgtwo import identities
from carrierbox.kernel.devices import Event, Network
from carrierbox.kernel.world import Box

ADMITTED = "active"


def admits(box: Box, iccid: str) -> bool | None:
    """Whether a SIM's subscription is active; none where there is no such SIM. The sandbox host's have no network."""
    state = identities.state(box, iccid)
    return None if state is None else state == ADMITTED


def takes(_box: Box, _events: Sequence[Event]) -> Iterable[Mapping[str, Any]]:
    """Let devices do what they do: nothing follows from it that could be shown."""
    return ()


#: Working Group Two as the devices in its SIMs see it; the numbers that they call belong to no country.
NETWORK = Network("wgtwo", admits, takes, calls="883510")
