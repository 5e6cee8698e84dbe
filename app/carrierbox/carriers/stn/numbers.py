"""Phone numbers, SIM card numbers and ids as sTN has them.

Source: contract `stn.yaml`, key `identifiers`.
"""

import re
import string

from carrierbox.kernel import magic
from carrierbox.kernel.world import Box

ISSUER = "893108"
ALPHABET = string.digits + string.ascii_uppercase + string.ascii_lowercase

_MOBILE = re.compile(r"(?:06-?|(?:\+|00)?316-?)(?P<subscriber>[0-9]{8}|[0-9#*]*[#*][0-9#*]*)", re.ASCII)


def read(number: str) -> str | None:
    """A Dutch mobile number, with or without dash or country code, as ``06-12345678``; nothing for any other text.

    The documents mask digits with ``#`` and ``*``; masked numbers of any length are taken as they are.
    """
    found = _MOBILE.fullmatch(number)
    return f"06-{found['subscriber']}" if found else None


def new_id(box: Box) -> str:
    """An id of this world's seed: 17 characters."""
    return "".join(box.rng().choices(ALPHABET, k=17))


def new_phone_number(box: Box) -> str:
    """A number that no subscription has or had."""
    rng = box.rng()
    while True:
        number = f"06-{rng.randrange(10_000_000, 60_000_000)}"
        if not box.sql("SELECT 1 FROM stn_subscription WHERE phone_number = :number", number=number).fetchone():
            return number


def new_iccid(box: Box) -> str:
    """A SIM card number that no card has, for an eSIM."""
    rng = box.rng()
    while True:
        iccid = magic.plain_iccid(ISSUER, rng.randrange(500_000_000_000, 600_000_000_000))
        if not box.sql("SELECT 1 FROM stn_simcard WHERE iccid = :iccid", iccid=iccid).fetchone():
            return iccid
