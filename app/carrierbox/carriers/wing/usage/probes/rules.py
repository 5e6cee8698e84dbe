"""10.1: a SIM's registration, its network and country by name. Source: WING guide 10.1."""

from collections.abc import Mapping
from typing import Any

from carrierbox.carriers.wing.usage.records import places, registrations
from carrierbox.carriers.wing.usage.records.registrations import Registered
from carrierbox.kernel.world import Box

_FACTS = ("sgsn", "mme", "vlr", "location", "address", "apn")


def registration(box: Box, sim: Mapping[str, Any]) -> dict[str, Any]:
    """Where a SIM is registered; null where it never was, or is not any more."""
    known = registrations.known(box, [sim["id"]]).get(sim["id"]) or Registered(sim["id"])
    operator = country = rat = None
    if known.plmn and known.country and known.rat_type:
        operator, country = places.names_of(known.plmn, known.country)
        rat = places.RAT_NAMES[known.rat_type]
    return {
        **{name: sim[name] for name in ("iccid", "imsi", "msisdn")},
        "networkName": operator,
        "country": country,
        "ratType": rat,
        **{name: getattr(known, name) for name in _FACTS},
        "lastRegistered3G": _seconds(known.registered_3g_at),
        "lastRegistered4G": _seconds(known.registered_4g_at),
    }


def _seconds(moment: str | None) -> str | None:
    return f"{moment[:19]}Z" if moment else None
