"""The standing work behind the rules: takes them up, lets devices live, looks for silence, and ends rules."""

from collections.abc import Mapping
from typing import Any

from carrierbox.carriers.wing.automation import lifetimes, looks, silence, watched
from carrierbox.carriers.wing.usage.network import NETWORK
from carrierbox.kernel import devices, workflow
from carrierbox.kernel.workflow import Outcome, Refusal
from carrierbox.kernel.world import Box


@workflow.handles(looks.WATCH, standing=True)
def look(box: Box, job: Mapping[str, Any], refusal: Refusal | None) -> Outcome:  # noqa: ARG001 - as all handlers
    """Do what is due now, a part of it where there is much, and come back for the rest."""
    lifetimes.take_up(box)
    if _are_behind(box):
        return Outcome("running", {}, next_at=box.now)
    silence.look(box)
    lifetimes.end(box)
    at = looks.next_look(box)
    return Outcome("completed", {}) if at is None else Outcome("running", {}, next_at=max(box.now, at))


def _are_behind(box: Box) -> bool:
    """Let devices live that rules are about; answers whether some of them are behind still."""
    if not watched.active(box).need_devices:
        return False
    iccids = looks.devices(box)
    if iccids is None:
        return devices.live(box, NETWORK)
    return any(devices.live(box, NETWORK, iccid=iccid) for iccid in iccids)
