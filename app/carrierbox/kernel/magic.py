"""Magic ICCIDs: the last four digits say how the box treats a SIM, without any rule.

Every carrier's fleet has one SIM of each ending, and no other SIM that the box makes up ends so. The other identities
of those in a fleet end in the same four digits, so that a request that names none of them is told apart at a glance.
"""

from collections.abc import Mapping
from typing import Literal

from carrierbox.kernel.identifiers import ICCID_LENGTH, Iccid, make_iccid, make_iccid_ending

Magic = Literal["slow", "fails", "locked", "rate-limited", "unavailable", "hangs", "stuck"]

ENDINGS: Mapping[str, Magic] = {
    "0202": "slow",  # its work takes three times as long
    "0400": "fails",  # its workflows fail
    "0409": "locked",  # by a change under way: another one is refused as the carrier refuses it
    "0429": "rate-limited",  # every request about it gets 429 with Retry-After
    "0503": "unavailable",  # 503
    "0504": "hangs",  # for half a minute, then 504
    "0999": "stuck",  # its work never ends
}
#: Endings that are about requests; the others are about work.
OF_REQUESTS = tuple(ending for ending, kind in ENDINGS.items() if kind in {"rate-limited", "unavailable", "hangs"})

#: Farther than any fleet is large: what lies there belongs to a SIM whose own number is magic.
_ASIDE = 5_000_000_000


def magic(iccid: str) -> Magic | None:
    """How a SIM is treated that has this ICCID; None for all others."""
    return ENDINGS.get(iccid[-4:])


def iccids(prefix: str, length: int = ICCID_LENGTH) -> dict[str, Iccid]:
    """The magic ICCIDs of an issuer, by their endings."""
    return {ending: make_iccid_ending(prefix, ending, length) for ending in ENDINGS}


def plain_iccid(prefix: str, serial: int, length: int = ICCID_LENGTH) -> Iccid:
    """The *serial*-th ICCID of a fleet; where that would be magic, another that is not.

    Raises: DoesNotFit.
    """
    iccid = make_iccid(prefix, serial, length)
    while iccid[-4:] in ENDINGS:
        serial += _ASIDE
        iccid = make_iccid(prefix, serial, length)
    return iccid
