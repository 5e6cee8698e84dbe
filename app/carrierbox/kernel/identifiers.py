"""The field's identifiers: what looks like one, what is one, and new ones with right check digits.

``looks_like_...`` asks for the shape only, ``is_...`` for check digits, country codes and the like as well. A carrier's
edge wants the first, because many of the vendors' own examples fail the second. What is generated here passes both.

Identifiers are strings of ASCII digits, leading zeros and check digit included. python-stdnum and phonenumbers are
imported when first asked: together they take some 80 ms, and most starts never ask.
"""

import re
from typing import NewType, TypeGuard

Iccid = NewType("Iccid", str)
"""A SIM card's number: 19 or 20 digits, the last a Luhn digit. Source: ITU-T E.118."""

Imsi = NewType("Imsi", str)
"""A subscriber's number in its network: PLMN (MCC and MNC), then subscriber; 14 or 15 digits. Source: ITU-T E.212."""

Msisdn = NewType("Msisdn", str)
"""A phone number in international form without the plus sign: 7 to 15 digits. Source: ITU-T E.164."""

Imei = NewType("Imei", str)
"""A device's number: eight digits of type (TAC), six of serial, a Luhn digit. Source: 3GPP TS 23.003 6.2."""

Eid = NewType("Eid", str)
"""An eSIM chip's number: 32 digits, the last two make it 1 modulo 97. Source: GSMA SGP.29."""

ICCID_LENGTH = 19
IMSI_LENGTH = 15
IMEI_LENGTH = 15
EID_LENGTH = 32

_ICCID = re.compile(r"[0-9]{19,20}")
_IMSI = re.compile(r"[0-9]{14,15}")
_MSISDN = re.compile(r"[1-9][0-9]{6,14}")
_IMEI = re.compile(r"[0-9]{15}")
_EID = re.compile(r"[0-9]{32}")
_GPSI = re.compile(r"(?:msisdn-|\+)?(?P<msisdn>[1-9][0-9]{6,14})")
_PEI = re.compile(r"(?:imei-)?(?P<imei>[0-9]{15})|(?:imeisv-)?(?P<imeisv>[0-9]{16})")


class DoesNotFit(ValueError):
    """An identifier that cannot be made: a prefix that is not digits, or a serial too large for the digits left."""


def luhn_digit(body: str) -> str:
    """The Luhn check digit that belongs behind *body*, which is ASCII digits."""
    # A fleet of a million SIMs is seeded through here, and stdnum.luhn takes eight times as long: it converts digit by
    # digit, this translates the whole string twice. A test holds the two equal.
    digits = body.encode("ascii")[::-1]
    return str(-(sum(digits[::2].translate(_DOUBLED)) + sum(digits[1::2].translate(_PLAIN))) % 10)


_PLAIN = bytes.maketrans(b"0123456789", bytes(range(10)))
#: Each digit doubled, and the digits of the result added: 7 -> 14 -> 5.
_DOUBLED = bytes.maketrans(b"0123456789", bytes((0, 2, 4, 6, 8, 1, 3, 5, 7, 9)))


def looks_like_iccid(text: str) -> TypeGuard[Iccid]:
    """Whether it is 19 or 20 digits."""
    return _ICCID.fullmatch(text) is not None


def is_iccid(text: str) -> TypeGuard[Iccid]:
    """Whether it looks like an ICCID and its check digit is right."""
    return looks_like_iccid(text) and text[-1] == luhn_digit(text[:-1])


def looks_like_imsi(text: str) -> TypeGuard[Imsi]:
    """Whether it is 14 or 15 digits."""
    return _IMSI.fullmatch(text) is not None


def is_imsi(text: str) -> TypeGuard[Imsi]:
    """Whether it looks like an IMSI and begins with a mobile country code that is assigned."""
    from stdnum import imsi

    return looks_like_imsi(text) and imsi.is_valid(text)


def looks_like_msisdn(text: str) -> TypeGuard[Msisdn]:
    """Whether it is 7 to 15 digits without a zero in front."""
    return _MSISDN.fullmatch(text) is not None


def is_msisdn(text: str) -> TypeGuard[Msisdn]:
    """Whether it is an E.164 number: an assigned country code and a length that its numbering plan allows.

    Whether the range is in use does not count: test and fictional numbers are numbers.
    """
    if not looks_like_msisdn(text):
        return False
    import phonenumbers

    try:
        return phonenumbers.is_possible_number(phonenumbers.parse(f"+{text}"))
    except phonenumbers.NumberParseException:
        return False


def looks_like_imei(text: str) -> TypeGuard[Imei]:
    """Whether it is 15 digits."""
    return _IMEI.fullmatch(text) is not None


def is_imei(text: str) -> TypeGuard[Imei]:
    """Whether it looks like an IMEI and its check digit is right."""
    return looks_like_imei(text) and text[-1] == luhn_digit(text[:-1])


def looks_like_eid(text: str) -> TypeGuard[Eid]:
    """Whether it is 32 digits."""
    return _EID.fullmatch(text) is not None


def is_eid(text: str) -> TypeGuard[Eid]:
    """Whether it looks like an EID and its check digits are right."""
    from stdnum.iso7064 import mod_97_10

    return looks_like_eid(text) and mod_97_10.is_valid(text)


def msisdn_of(gpsi: str) -> Msisdn | None:
    """The phone number that a GPSI names: bare digits, ``+46...`` or 3GPP's ``msisdn-46...``; else nothing.

    Source: 3GPP TS 29.571, type Gpsi.
    """
    match = _GPSI.fullmatch(gpsi)
    return Msisdn(match["msisdn"]) if match else None


def imei_of(pei: str) -> Imei | None:
    """The IMEI that a PEI names: an IMEI or IMEISV, bare or as ``imei-...``, ``imeisv-...``; else nothing.

    An IMEISV has the software version where the check digit was, so that is worked out anew.
    Source: 3GPP TS 29.571, type Pei; TS 23.003 6.2.2.
    """
    match = _PEI.fullmatch(pei)
    if match is None:
        return None
    if match["imei"]:
        return Imei(match["imei"])
    device = match["imeisv"][: IMEI_LENGTH - 1]
    return Imei(device + luhn_digit(device))


def imeisv_of(imei: Imei, software_version: int = 1) -> str:
    """The 16 digits that a network reports for a device: its IMEI with two digits of software for the check digit.

    Raises: DoesNotFit.
    """
    return _numbered(imei[:-1], software_version, IMEI_LENGTH + 1)


def make_iccid(prefix: str, serial: int, length: int = ICCID_LENGTH) -> Iccid:
    """The *serial*-th ICCID of an issuer, check digit right.

    Raises: DoesNotFit.
    """
    body = _numbered(prefix, serial, length - 1)
    return Iccid(body + luhn_digit(body))


def make_iccid_ending(prefix: str, ending: str, length: int = ICCID_LENGTH) -> Iccid:
    """The ICCID of an issuer that ends in *ending*, check digit included and right.

    Raises: DoesNotFit.
    """
    # The ten candidates differ in the digit before the ending alone; Luhn maps the ten values of any one digit to ten
    # different check digits, so exactly one candidate is right.
    for digit in "0123456789":
        candidate = _numbered(prefix, 0, length - len(ending) - 1) + digit + _only_digits(ending)
        if is_iccid(candidate):
            return candidate
    raise DoesNotFit(f"no ICCID of {length} digits starts with {prefix!r} and ends in {ending!r}")


def make_imsi(plmn: str, serial: int, length: int = IMSI_LENGTH) -> Imsi:
    """The *serial*-th IMSI of a network.

    Raises: DoesNotFit.
    """
    return Imsi(_numbered(plmn, serial, length))


def make_msisdn(prefix: str, serial: int, length: int) -> Msisdn:
    """The *serial*-th number of a range; *prefix* begins with the country code, *length* counts all digits.

    Raises: DoesNotFit.
    """
    return Msisdn(_numbered(prefix, serial, length))


def make_imei(tac: str, serial: int) -> Imei:
    """The *serial*-th device of a type, check digit right.

    Raises: DoesNotFit.
    """
    body = _numbered(tac, serial, IMEI_LENGTH - 1)
    return Imei(body + luhn_digit(body))


def make_eid(prefix: str, serial: int) -> Eid:
    """The *serial*-th chip of a maker, check digits right; *prefix* is the maker's number (``89033023...``).

    Raises: DoesNotFit.
    """
    body = _numbered(prefix, serial, EID_LENGTH - 2)
    return Eid(f"{body}{98 - int(body) * 100 % 97:02d}")


def _numbered(prefix: str, serial: int, length: int) -> str:
    """*prefix*, then *serial* with as many zeros before it as *length* asks for."""
    digits = f"{_only_digits(prefix)}{serial:0{max(length - len(prefix), 0)}d}"
    if serial < 0 or len(digits) != length:
        raise DoesNotFit(f"{prefix!r} and serial {serial} do not make {length} digits")
    return digits


def _only_digits(text: str) -> str:
    # str.isdigit alone lets other scripts' digits through
    if not (text.isascii() and text.isdigit()):
        raise DoesNotFit(f"{text!r} is not digits")
    return text
