"""The changes that provisioning is made of. A SIM's states pass through the lifecycle and stand in its timeline."""

import json
from collections.abc import Mapping
from typing import Any

from carrierbox.carriers.wgtwo.door import Caller
from carrierbox.carriers.wgtwo.errors import StepRefused
from carrierbox.carriers.wgtwo.network import ADMITTED, NETWORK
from carrierbox.carriers.wgtwo.provisioning import facts
from carrierbox.carriers.wgtwo.provisioning.facts import Row
from carrierbox.carriers.wgtwo.provisioning.schemas import Activation, Wanted
from carrierbox.carriers.wgtwo.services import rules as services
from carrierbox.kernel import clock, devices, lifecycle
from carrierbox.kernel.lifecycle import StateName
from carrierbox.kernel.world import Box

STATES = lifecycle.load("wgtwo")
UNASSIGNED, ACTIVE, BLOCKED, TERMINATED = map(StateName, ("unassigned", "active", "blocked", "terminated"))


def create(  # noqa: PLR0913 - a subscription has that many facts
    box: Box, caller: Caller, sim: Row, asked: Activation, given: services.Services, state: StateName = ACTIVE
) -> None:
    """Make a subscription with these services, of a SIM and a number that are free.

    Raises: StepRefused.
    """
    step = _step(box, sim["state"], state)
    _take_number(box, caller, asked.msisdn)
    made = box.sql(
        "INSERT INTO wgtwo_subscription (sandbox, bss, msisdn, user_id, state, services, roamingprofile, apnprofile,"
        " created_at, modified_at, moves, reused) VALUES (:sandbox, :bss, :msisdn, :user_id, :state, :services,"
        " :roamingprofile, :apnprofile, :now, :now, '{}', 0)",
        sandbox=caller.sandbox,
        bss=asked.bssid,
        msisdn=asked.msisdn,
        user_id=asked.userid,
        state=step.wanted,
        services=json.dumps(given),
        roamingprofile=asked.wanted.roamingprofile,
        apnprofile=asked.wanted.apnprofile,
        now=clock.text(box.now),
    )
    _put_on(box, sim, made.lastrowid, step)


def move(box: Box, subscription: Row, wanted: StateName) -> None:
    """Bring a subscription with its SIMs into another state; where it is there already, nothing changes.

    Raises: StepRefused.
    """
    step = _step(box, subscription["state"], wanted)
    if step.present == step.wanted:
        lifecycle.count(box, step)
        return
    _touch(box, subscription, state=step.wanted)
    for sim in facts.sims(box, subscription):  # open: one without a SIM has no timeline, which is kept by ICCID
        _record(box, sim, step)


def join(box: Box, sim: Row, subscription: Row) -> None:
    """Put a free SIM on a subscription.

    Raises: StepRefused.
    """
    _put_on(box, sim, subscription["id"], _step(box, sim["state"], subscription["state"]))


def leave(box: Box, sim: Row) -> None:
    """Take a SIM off its subscription; it can be used for another.

    Raises: StepRefused.
    """
    _put_on(box, sim, None, _step(box, sim["state"], UNASSIGNED))


def replace(box: Box, old: Row, new: Row, subscription: Row) -> None:
    """Put a free SIM in the place of one; the device goes along.

    Raises: StepRefused.
    """
    leave(box, old)
    if not subscription["sandbox"]:
        devices.move(box, old["iccid"], new["iccid"])
    join(box, new, subscription)


def renumber(box: Box, caller: Caller, subscription: Row, msisdn: str) -> None:
    """Give a subscription a number that is free."""
    _take_number(box, caller, msisdn)
    _touch(box, subscription, msisdn=msisdn)


def apply(box: Box, subscription: Row, wanted: Wanted) -> None:
    """Give a subscription the services and profiles that are wanted; where it has them, nothing changes."""
    present = json.loads(subscription["services"])
    after = services.change(present, wanted.delete, wanted.add)
    profiles = {
        name: profile
        for name in ("roamingprofile", "apnprofile")
        if (profile := getattr(wanted, name)) not in (None, subscription[name])
    }
    if after != present or profiles:
        _touch(box, subscription, services=json.dumps(after), **profiles)


def note(box: Box, subscription: Row, operation: str, sent: Mapping[str, Any]) -> None:
    """Remember the request that moved a SIM or the number, so that a repeat is known for one."""
    _touch(box, subscription, moves=json.dumps({**json.loads(subscription["moves"]), operation: sent}))


def _step(box: Box, present: str, wanted: str) -> lifecycle.Step:
    step = lifecycle.attempt(box, STATES, StateName(present), StateName(wanted))
    if isinstance(step, lifecycle.Refused):
        raise StepRefused(present=step.present, wanted=step.wanted, allowed=", ".join(step.allowed))
    return step


def _put_on(box: Box, sim: Row, subscription_id: int | None, step: lifecycle.Step) -> None:
    if step.present == TERMINATED:
        box.sql("UPDATE wgtwo_subscription SET reused = 1 WHERE id = :id", id=sim["subscription_id"])
    box.sql(
        "UPDATE wgtwo_sim SET subscription_id = :subscription_id, modified_at = :now WHERE id = :id",
        subscription_id=subscription_id,
        now=clock.text(box.now),
        id=sim["id"],
    )
    _record(box, sim, step)


def _take_number(box: Box, caller: Caller, msisdn: str) -> None:
    """What was terminated with this number cannot be terminated by it again."""
    box.sql(
        "UPDATE wgtwo_subscription SET reused = 1"
        " WHERE msisdn = :msisdn AND sandbox = :sandbox AND state = 'terminated'",
        msisdn=msisdn,
        sandbox=caller.sandbox,
    )


def _touch(box: Box, subscription: Row, **columns: Any) -> None:
    assignments = ", ".join(f"{name} = :{name}" for name in columns)
    box.sql(
        f"UPDATE wgtwo_subscription SET {assignments}, modified_at = :now WHERE id = :id",
        **columns,
        now=clock.text(box.now),
        id=subscription["id"],
    )


def _record(box: Box, sim: Row, step: lifecycle.Step) -> None:
    platform = "wgtwo-sandbox" if sim["sandbox"] else "wgtwo"  # its cards may repeat the other side's ICCIDs
    lifecycle.record(box, platform, sim["iccid"], step, box.now)
    if not sim["sandbox"]:
        devices.switch(box, NETWORK, sim["iccid"], may_use=step.wanted == ADMITTED)
