"""SIMs: whether one can be activated, and what is known of it."""

from typing import Any

from carrierbox.carriers.dish.access.rules import Caller
from carrierbox.carriers.dish.errors import BadField, SimInUse, UnknownSim
from carrierbox.carriers.dish.subscriptions import facts
from carrierbox.carriers.dish.subscriptions.facts import Row
from carrierbox.kernel.world import Box


def check(box: Box, caller: Caller, iccid: str) -> bool:
    """Whether a SIM can be activated.

    Raises: UnknownSim.
    """
    try:
        facts.stock(box, caller, iccid, None)
    except SimInUse:
        return False
    return True


def details(box: Box, caller: Caller, iccid: str | None, gpsi: str | None) -> dict[str, Any]:
    """What is known of the SIM that these identifiers fit; on no subscription it has neither number nor status.

    Raises: BadField, UnknownSim.
    """
    if iccid is None and gpsi is None:
        raise BadField("iccid", "or gpsi is required")
    found = next(iter(facts.subscriptions(box, caller, iccid=iccid, gpsi=gpsi)), None)
    if found is None and iccid is not None and gpsi is None:
        found = facts.sim(box, iccid)
    if found is None or not _is_seen(caller, found):
        raise UnknownSim(given="gpsi" if iccid is None else "iccid" if gpsi is None else "iccid and gpsi")
    status = found["state"] if found["state"] != "Available" else None
    shown = {"iccid": found["iccid"], "gpsi": found["gpsi"], "eid": found["eid"], "status": status}
    return {name: value for name, value in shown.items() if value is not None}


def _is_seen(caller: Caller, sim: Row) -> bool:
    return sim["customer"] in caller.reach or (sim["state"] == "Available" and sim["customer"] in caller.stock)
