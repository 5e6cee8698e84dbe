"""The standing work behind the rules: takes them up, lets devices live, looks for silence, and ends rules."""

from collections.abc import Mapping
from typing import Any

from carrierbox.carriers.wing.automation import foresight, lifetimes, looks, silence, work
from carrierbox.carriers.wing.usage.network import NETWORK
from carrierbox.kernel import devices, workflow
from carrierbox.kernel.workflow import Outcome, Refusal
from carrierbox.kernel.world import Box


@workflow.handles(work.WATCH, standing=True)
def look(box: Box, job: Mapping[str, Any], refusal: Refusal | None) -> Outcome:  # noqa: ARG001 - as all handlers
    """Do what is due now, a part of it where there is much, and come back for the rest."""
    lifetimes.take_up(box)
    if foresight.look(box, is_moment=True) or _look_for_silence(box):
        return Outcome("running", {}, next_at=box.now)
    lifetimes.end(box)
    at = looks.next_look(box)
    return Outcome("completed", {}) if at is None else Outcome("running", {}, next_at=max(box.now, at))


def _look_for_silence(box: Box) -> bool:
    """Look at some of the SIMs that may have been silent for long enough; answers whether to come back."""
    due = silence.due(box)
    if not due:
        return False
    if not devices.catch_up_some(box, NETWORK, {row["iccid"] for row in due}):
        silence.look(box, due)
    return True


@workflow.handles(work.DAYS, standing=True, unhurried=True)
def look_ahead(box: Box, job: Mapping[str, Any], refusal: Refusal | None) -> Outcome:  # noqa: ARG001 - as all handlers
    """Let some devices live whose day is over, and see what they do next; begin to wait for the silence of others."""
    if silence.begin(box) or foresight.look(box, is_moment=False):
        return Outcome("running", {}, next_at=box.now)
    if (silent_at := silence.next_due(box)) is not None:  # a session that ended today may be silence tomorrow
        work.due(box, work.WATCH, silent_at)
    at = foresight.next_due(box, is_moment=False)
    return Outcome("completed", {}) if at is None else Outcome("running", {}, next_at=max(box.now, at))


@workflow.handles(work.PLANS, standing=True, unhurried=True)
def look_at_plans(box: Box, job: Mapping[str, Any], refusal: Refusal | None) -> Outcome:  # noqa: ARG001 - as all handlers
    """Let some of the devices live on whose rate plans are watched, and come back for the rest, or in time."""
    if looks.devices(box) != () and _are_behind(box):
        return Outcome("running", {}, next_at=box.now)
    at = looks.next_look_at_plans(box) if looks.devices(box) != () else None
    return Outcome("completed", {}) if at is None else Outcome("running", {}, next_at=max(box.now, at))


def _are_behind(box: Box) -> bool:
    iccids = looks.devices(box)
    return devices.live(box, NETWORK) if iccids is None else devices.catch_up_some(box, NETWORK, iccids)
