"""SIM cards on their way from stock into use and out of it.

Source: contract `stn.yaml`, key `lifecycle.simcard_moves`.
"""

from collections.abc import Mapping
from typing import Any

from carrierbox.carriers.stn import numbers, states
from carrierbox.carriers.stn.errors import CardNotFree, UnknownCard
from carrierbox.carriers.stn.states import Impossible
from carrierbox.kernel import clock, lifecycle
from carrierbox.kernel.lifecycle import Refused, StateName
from carrierbox.kernel.world import Box


def free(box: Box, partner: str, iccid: str) -> str:
    """Let the number of a FREE card of that partner pass.

    Raises: UnknownCard, CardNotFree.
    """
    card = _card(box, iccid)
    if card is None or card["partner"] != partner:
        raise UnknownCard(iccid=iccid)
    if isinstance(lifecycle.attempt(box, states.SIMCARD, card["status"], StateName("BUSY")), Refused):
        raise CardNotFree(iccid=iccid, status=card["status"])
    return iccid


def reserve(box: Box, iccid: str) -> None:
    """Name a FREE card in an activation."""
    put(box, iccid, "BUSY")


def release(box: Box, iccid: str) -> None:
    """Put a card back that an activation named and did not use."""
    put(box, iccid, "FREE")


def activate(box: Box, partner: str, iccid: str | None) -> str:
    """Put a card into use: the one that was reserved, or an eSIM made now; answers its number.

    Raises: Impossible, when the card is not reserved any more.
    """
    if iccid is None:
        iccid = numbers.new_iccid(box)
        box.sql(
            "INSERT INTO stn_simcard (id, partner, iccid, status, type, pin, puk)"
            " VALUES (:id, :partner, :iccid, 'BUSY', 'USIM', '0000', :puk)",
            id=numbers.new_id(box),
            partner=partner,
            iccid=iccid,
            puk=f"{box.rng().randrange(100_000_000):08d}",
        )
    put(box, iccid, "ACTIVATED")
    return iccid


def disable(box: Box, iccid: str) -> None:
    """Take a card out of use for good."""
    put(box, iccid, "DISABLED")


def _card(box: Box, iccid: str) -> Mapping[str, Any] | None:
    card: Mapping[str, Any] | None = box.sql("SELECT * FROM stn_simcard WHERE iccid = :iccid", iccid=iccid).fetchone()
    return card


def put(box: Box, iccid: str, status: str) -> None:
    """Take a card's step. Raises: Impossible."""
    card = _card(box, iccid)
    if card is None:
        raise Impossible(f"there is no SIM card {iccid}")
    states.step(box, states.SIMCARD, card["status"], status, iccid)
    box.sql(
        "UPDATE stn_simcard SET status = :status,"
        " activated_at = CASE :status WHEN 'ACTIVATED' THEN :now WHEN 'DISABLED' THEN activated_at END"
        " WHERE iccid = :iccid",
        status=status,
        now=clock.text(box.now.replace(microsecond=0)),
        iccid=iccid,
    )
