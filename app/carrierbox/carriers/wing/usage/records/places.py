"""Networks that SIMs are in: their codes, names and nodes, and where in them a device is, as 3GPP writes it.

Source: contract `wing-services.yaml`, key `usage`, for location_hex and rat_types; 3GPP TS 29.061, 16.4.7.2. Which
networks a country has in the box, and what their nodes are called, is chosen.
"""

from functools import lru_cache
from typing import NamedTuple

from carrierbox.kernel.devices import UnknownRat

#: By country the network that devices use there, and what its phone numbers begin with.
NETWORKS = {
    "AT": ("23205", "43"), "AU": ("50501", "61"), "BE": ("20601", "32"), "BG": ("28401", "359"), "BR": ("72406", "55"),
    "CA": ("302720", "1"), "CH": ("22801", "41"), "CN": ("46001", "86"), "CZ": ("23001", "420"), "DE": ("26201", "49"),
    "DK": ("23801", "45"), "EE": ("24801", "372"), "ES": ("21407", "34"), "FI": ("24405", "358"), "FR": ("20801", "33"),
    "GB": ("23410", "44"), "GR": ("20201", "30"), "HR": ("21901", "385"), "HU": ("21630", "36"), "IE": ("27201", "353"),
    "IN": ("40486", "91"), "IT": ("22288", "39"), "JP": ("44010", "81"), "LT": ("24601", "370"), "LU": ("27001", "352"),
    "LV": ("24701", "371"), "MX": ("334020", "52"), "NL": ("20404", "31"), "NO": ("24201", "47"), "PL": ("26003", "48"),
    "PT": ("26801", "351"), "RO": ("22610", "40"), "RS": ("22001", "381"), "SE": ("24001", "46"), "SG": ("52501", "65"),
    "SI": ("29340", "386"), "SK": ("23101", "421"), "TR": ("28601", "90"), "UA": ("25501", "380"),
    "US": ("310410", "1"), "ZA": ("65501", "27"),
}  # fmt: skip
#: Stands in for the networks of other countries: 3GPP's code for tests.
TEST_NETWORK = ("00101", "999")
#: Where SIMs are at home whose IMSI names no country of these.
HOME = "GB"

#: 3GPP's numbers of radio technologies, by the names that testers may use.
RATS = {
    "UTRAN": 1, "UMTS": 1, "3G": 1, "GERAN": 2, "GSM": 2, "2G": 2, "EUTRAN": 6, "LTE": 6, "4G": 6, "NB-IOT": 8,
    "LTE-M": 9, "CAT-M1": 9, "NR": 51, "5G": 51,
}  # fmt: skip
EUTRAN = 6
#: How 10.1 calls them.
RAT_NAMES = {1: "UTRAN (3G)", 2: "GERAN (2G)", 6: "EUTRAN (4G)", 8: "NB-IoT (4G)", 9: "LTE-M (4G)", 51: "NR (5G)"}
#: Those in which a device is known to an SGSN and a VLR; in the others to an MME.
BEFORE_4G = frozenset({1, 2})

#: Where the document writes an operator in another way.
_OPERATORS = {"23205": "Hutchison Drei Austria GmbH"}


class Nodes(NamedTuple):
    """The nodes of a network that serve a device."""

    sgsn: str  # global titles, numbers as phones have them
    vlr: str
    mme: str
    address: str


def rat_type(name: str) -> int:
    """3GPP's number of a radio technology.

    Raises: UnknownRat.
    """
    try:
        return RATS[name.upper()]
    except KeyError as unknown:
        raise UnknownRat(name, RATS) from unknown


def home_of(imsi: str) -> str:
    """The country in which a SIM is at home, by its IMSI."""
    return _homes().get(imsi[:3], HOME)


@lru_cache(maxsize=1)
def _homes() -> dict[str, str]:
    return {plmn[:3]: country for country, (plmn, _) in NETWORKS.items()} | {"235": "GB"}


def network_in(country: str) -> str:
    """The PLMN of the network that devices use in a country."""
    return NETWORKS.get(country, TEST_NETWORK)[0]


@lru_cache(maxsize=1000)
def nodes_of(plmn: str, country: str) -> Nodes:
    """The nodes of a network."""
    code = NETWORKS.get(country, TEST_NETWORK)[1]
    number = int(plmn[3:])
    return Nodes(
        f"{code}{plmn[3:]:0>3}0071412",
        f"{code}{plmn[3:]:0>3}0071301",
        f"{number % 250 + 1}",
        f"158.230.{int(plmn[:3]) % 254 + 1}.{number % 254 + 1}",
    )


@lru_cache(maxsize=1000)
def names_of(plmn: str, country: str) -> tuple[str, str]:
    """What a network's operator and its country are called, in English."""
    from stdnum import imsi

    if plmn == TEST_NETWORK[0]:
        return "Test network", country
    try:
        known = imsi.info(plmn.ljust(15, "0"))
    except ValueError:
        known = {}
    return _OPERATORS.get(plmn) or known.get("operator") or f"Network {plmn}", known.get("country") or country


def location(plmn: str, rat_type: int, sim_id: int) -> str:
    """Where a device is, as 3GPP's user location information in hex, the network's code first.

    Before 4G the location area and the cell, 14 digits; from then on the tracking area and the cell, 24 digits. A SIM
    is in the same cell whenever it is in the same network.
    """
    network = _swapped(plmn)
    area, cell = sim_id * 7919 % 0xFFFE + 1, sim_id * 104_729 % 0xFFFE + 1
    if rat_type in BEFORE_4G:
        return f"{network}{area:04X}{cell:04X}"
    return f"{network}{area:04X}{network}{cell:08X}"


@lru_cache(maxsize=1000)
def _swapped(plmn: str) -> str:
    """A PLMN in three bytes, two digits each, the later one first; F where the network's code has but two."""
    mcc, mnc = plmn[:3], plmn[3:]
    third = mnc[2] if len(mnc) == 3 else "F"
    return f"{mcc[1]}{mcc[0]}{third}{mcc[2]}{mnc[1]}{mnc[0]}"
