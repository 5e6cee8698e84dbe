"""From what a device did to the kind of usage that it is: pure, by table.

Source: contract `stn.yaml`, stn-querycdr and stn-queryusagesubscription, for INT_NAT, N_MOBOV and N_MOBKPN; the other
codes and all prices are chosen. They stand in `fixtures/stn.yaml`.
"""

from collections.abc import Mapping
from functools import lru_cache
from typing import Any, Literal

from carrierbox.kernel.devices import Event

HOME = "NL"
#: Where roaming is like being at home: the EU, Iceland, Liechtenstein, Norway.
EU = frozenset(
    "AT BE BG CY CZ DE DK EE ES FI FR GR HR HU IE IS IT LI LT LU LV MT NL NO PL PT RO SE SI SK".split()  # noqa: SIM905
)
#: Mobile ranges that the operator handed out itself.
KPN = frozenset(f"316{digits}" for digits in "10 12 13 20 22 23 30 51 53 57".split())  # noqa: SIM905

Zone = Literal["home", "eu", "world"]

#: The rate class by what happens and where; at home, what is sent also counts to whom.
RATE_CLASSES: Mapping[tuple[str, Zone], str] = {
    ("data", "home"): "INT_NAT",
    ("data", "eu"): "INT_EU",
    ("data", "world"): "INT_WRLD",
    ("kpn", "home"): "N_MOBKPN",
    ("mobile", "home"): "N_MOBOV",
    ("fixed", "home"): "N_VAST",
    ("abroad", "home"): "I_BEL",
    ("voice-mo", "eu"): "R_BEL_EU",
    ("voice-mo", "world"): "R_BEL_WRLD",
    ("voice-mt", "world"): "R_GEB_WRLD",  # else being called costs nothing
    ("sms-mo", "home"): "SMS_NAT",
    ("sms-abroad", "home"): "SMS_INT",
    ("sms-mo", "eu"): "SMS_EU",
    ("sms-mo", "world"): "SMS_WRLD",
}
#: The service that lets something happen, by the same; blockData beside them. Source: contract, key `services`.
PERMITS: Mapping[tuple[str, Zone], str] = {
    ("data", "eu"): "dataRoamingEU",
    ("data", "world"): "dataRoamingOutsideEU",
    ("abroad", "home"): "internationalDialing",
    **dict.fromkeys((("voice-mo", "eu"), ("voice-mo", "world"), ("voice-mt", "world")), "voiceRoaming"),
}


def classify(event: Event) -> tuple[str, Zone]:
    """What happens, and where."""
    zone: Zone = "home" if event.country in {None, HOME} else "eu" if event.country in EU else "world"
    if event.kind == "voice":
        if event.direction == "mt" or zone != "home":
            return f"voice-{event.direction}", zone
        return _called(event.peer or ""), zone
    if event.kind == "sms-mo" and zone == "home" and not (event.peer or "31").startswith("31"):
        return "sms-abroad", zone
    return event.kind, zone


def barred_by(use: tuple[str, Zone], services: Mapping[str, Any]) -> str | None:
    """The service by which what a subscription does is not let through, if one is."""
    if use[0] == "data" and services.get("blockData"):
        return "blockData"
    permit = PERMITS.get(use)
    return permit if permit is not None and not services.get(permit) else None


def volume(event: Event) -> int:
    """Seconds, kilobytes begun, or messages."""
    match event.kind:
        case "voice":
            return event.seconds
        case "data":
            return -(-(event.up_bytes + event.down_bytes) // 1024)
        case _:
            return 1


def _called(peer: str) -> str:
    if not peer.startswith("31"):
        return "abroad"
    return "kpn" if peer[:5] in KPN else "mobile" if peer.startswith("316") else "fixed"


@lru_cache(maxsize=10_000)
def country_of(number: str) -> str | None:
    """The country of a phone number in international form."""
    if number.startswith("31"):
        return HOME
    import phonenumbers

    try:
        return phonenumbers.region_code_for_number(phonenumbers.parse(f"+{number}"))
    except phonenumbers.NumberParseException:
        return None
