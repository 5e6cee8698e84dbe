"""WING as the devices in its SIMs see it: who may use the network, and what becomes of what they do.

Every row that usage is shown from is written by what this calls; then it is told what happened.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from carrierbox.carriers.wing import happenings
from carrierbox.carriers.wing.happenings import Happening
from carrierbox.carriers.wing.usage.records import desk, registrations, sessions
from carrierbox.kernel import clock, devices
from carrierbox.kernel.devices import Event, Network
from carrierbox.kernel.world import Box

#: States in which a SIM may use the network. Source: WING guide 5.6; TRIAL is there to try it.
ADMITTED = frozenset({"ACTIVE", "TRIAL"})


def admits(box: Box, iccid: str) -> bool | None:
    """Whether the SIM's state lets it use the network; none where there is no such SIM."""
    found = box.sql("SELECT state FROM wing_sim WHERE iccid = :iccid", iccid=iccid).fetchone()
    return None if found is None else found["state"] in ADMITTED


def since(box: Box, iccid: str) -> datetime | None:
    """When the SIM was activated first, where it was; what is on TRIAL may never have been."""
    sim = box.sql("SELECT initial_activation_date FROM wing_sim WHERE iccid = :iccid", iccid=iccid).fetchone()
    activated_at = sim["initial_activation_date"]
    return clock.moment(activated_at) if activated_at else None


def takes(box: Box, events: Sequence[Event]) -> Iterable[Mapping[str, Any]]:
    """Write down what devices did, and tell it; answers the rows that were written, and what was not let through."""
    return desk.work(box, events)


def given(box: Box, iccid: str) -> None:
    """Tell that a SIM has got a device, or has lost it."""
    sim = box.sql("SELECT id FROM wing_sim WHERE iccid = :iccid", iccid=iccid).fetchone()
    _tell_of_device(box, sim["id"])


def tell_of_accounts(box: Box, accounts: Iterable[int]) -> None:
    """Tell of the devices in the SIMs of accounts that are somewhere else in the tree now: others care for them."""
    sims = box.sql(
        "SELECT s.id FROM box_device d CROSS JOIN wing_sim s ON s.iccid = d.iccid WHERE d.carrier = 'wing'"
        " AND s.account_id IN (SELECT value FROM json_each(:accounts))",
        accounts=json.dumps([*accounts]),
    ).fetchall()
    _tell_of_device(box, *(sim["id"] for sim in sims))


def _tell_of_device(box: Box, *sims: int) -> None:
    """Tell that what the devices in some SIMs are going to do is not what it was."""
    happenings.tell(box, [Happening("device", sim_id, box.now) for sim_id in sims])


#: WING as the devices in its SIMs see it.
NETWORK = Network(
    "wing", admits, takes, calls="4477", texts="1234", rests=sessions.end_lapsed, given=given, since=since
)


def switch(box: Box, iccid: str, sim_id: int, *, before: str, after: str) -> None:
    """Let a SIM, whose device has caught up, use the network from now on, or not any more, as its states say."""
    may_use = after in ADMITTED
    if may_use == (before in ADMITTED):
        return
    devices.switch(box, NETWORK, iccid, may_use=may_use)
    if not may_use:
        disconnect(box, sim_id)
        registrations.cancel(box, sim_id)


def disconnect(box: Box, *sims: int) -> list[str]:
    """End the sessions under way of SIMs whose devices have caught up; they may connect again. Answers their ids."""
    return [session.session_id for session in sessions.end_running(box, sims)]


def cancel_location(box: Box, sim_id: int, side: registrations.Side = "all") -> None:
    """Let nodes of the network forget a SIM whose device has caught up: its session ends, and it is known nowhere.

    Source: WING guide 5.18.
    """
    disconnect(box, sim_id)
    registrations.cancel(box, sim_id, side)
    _tell_of_device(box, sim_id)
