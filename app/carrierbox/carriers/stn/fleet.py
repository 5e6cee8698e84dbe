"""sTN's SIM cards as a tester sees them, with their subscriptions, and how either is forced into a state.

Card and subscription go together: what is forced upon one brings the other to where it fits.
"""

from collections.abc import Mapping
from typing import Any

from carrierbox.carriers.stn import numbers, simcards, states, times
from carrierbox.carriers.stn.subscriptions import rules as subscriptions
from carrierbox.carriers.stn.subscriptions import standing
from carrierbox.kernel.lifecycle import StateName
from carrierbox.kernel.sims import Fleet
from carrierbox.kernel.world import Box

Row = Mapping[str, Any]

#: The card that a subscription's state needs; and the states of a subscription that a card's status leaves it.
CARD_OF = {"PENDING": "BUSY", "ACTIVE": "ACTIVATED", "SUSPENDED": "ACTIVATED", "TERMINATED": "DISABLED"}
FITTING = {"FREE": (), "BUSY": ("PENDING",), "ACTIVATED": ("ACTIVE", "SUSPENDED"), "DISABLED": ("TERMINATED",)}


def force(box: Box, iccid: str, state: StateName) -> None:
    """Bring a SIM card or its subscription into a state; a card that is to be in use without one is given one."""
    card = box.sql("SELECT * FROM stn_simcard WHERE iccid = :iccid", iccid=iccid).fetchone()
    found = box.sql("SELECT id, state FROM stn_subscription WHERE iccid = :iccid", iccid=iccid).fetchone()
    status: str = CARD_OF.get(state, state)
    if state in CARD_OF or (found is None and status == "ACTIVATED"):
        wanted = state if state in CARD_OF else "ACTIVE"
    elif found is not None and found["state"] not in FITTING[status]:
        wanted = FITTING[status][0] if FITTING[status] else "TERMINATED"
    else:
        wanted = None
    if wanted is not None:
        subscription = standing.before_change(box, found["id"] if found else _made(box, card))
        _bring(box, subscription, wanted)
    if card["status"] != status:
        simcards.put(box, iccid, status)
    if status == "FREE":
        box.sql("UPDATE stn_subscription SET iccid = NULL WHERE iccid = :iccid", iccid=iccid)


def _made(box: Box, card: Row) -> str:
    """A subscription for a card, PENDING, under the first customer number of its partner; answers its id."""
    [customer] = box.sql(
        "SELECT min(id) FROM stn_customer WHERE partner = :partner", partner=card["partner"]
    ).fetchone()
    made = subscriptions.create(
        box,
        card["partner"],
        customer,
        None,
        "VOICEDATA",
        "INTERNETACCESS",
        card["iccid"],
        numbers.new_phone_number(box),
    )
    return str(made["id"])


def _bring(box: Box, subscription: Row, state: str) -> None:
    """Take a subscription's step, with the number and the day that it lacks in its new state."""
    if subscription["state"] == state:
        return
    columns = {}
    if state in standing.IN_USE and subscription["state"] not in standing.IN_USE:
        if _is_lost(box, subscription["phone_number"]):
            columns["phone_number"] = numbers.new_phone_number(box)
        columns["activation_date"] = subscription["activation_date"] or times.day_of(box.now)
    standing.put(box, subscription, state, **columns)


def _is_lost(box: Box, number: str | None) -> bool:
    """Whether a subscription cannot have its number, having none, or another one using it."""
    used = "SELECT 1 FROM stn_subscription WHERE phone_number = :number AND state IN ('ACTIVE', 'SUSPENDED')"
    return number is None or box.sql(used, number=number).fetchone() is not None


FLEET = Fleet(
    carrier="stn",
    lifecycles=(states.SIMCARD, states.SUBSCRIPTION),
    rows="SELECT c.iccid, NULL AS imsi, s.phone_number AS msisdn, c.status AS state, s.state AS subscription_state"
    " FROM stn_simcard c LEFT JOIN stn_subscription s ON s.iccid = c.iccid",
    force=force,
)
