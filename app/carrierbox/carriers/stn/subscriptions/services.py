"""The services that a subscription has: names, what values they take, what is on at first.

The vendor's list is cut off; this one grows by a line each. Source: contract `stn.yaml`, key `services`.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Service:
    """A service: a switch, or a choice among the operator's product names."""

    name: str
    default: bool | str | None = False  # none: not shown until it was set
    values: tuple[str, ...] = ()  # of a choice
    kind: type = bool
    is_settable: bool = True

    def takes(self, value: Any) -> bool:
        """Whether this service can have that value."""
        return value in self.values if self.values else isinstance(value, self.kind)


_NOTIFICATIONS = tuple(f"Data Usage Notification {megabytes} MB" for megabytes in (500, 1000, 2000, 5000, 10000))
_LIMITS = tuple(f"Limit {euro}" for euro in (50, 100, 150, 200, 300, 500))

#: In the order in which QuerySubscription shows them.
CATALOGUE: Mapping[str, Service] = {
    service.name: service
    for service in (
        Service("voiceMail", default=True),
        Service("voiceRoaming", default=True),
        Service("internationalDialing"),
        Service("premiumServices"),
        Service("entertainmentServices"),
        Service("dataUsageNotification", "Data Usage Notification 1000 MB", _NOTIFICATIONS),
        Service("accessType", "Internet Access", ("Internet Access", "Mobile Pay"), is_settable=False),
        Service("internetAccess", default=True),
        Service("mobilePay"),
        Service("blockData"),
        Service("dataRoamingEU", default=True),
        Service("notificationInfo", default=True),
        Service("unlimitedVoiceNLEUGroup"),
        Service("dataRoamingLimitation", "Limit 50", _LIMITS),
        Service("dataRoamingLimitationNotification", default=True),
        Service("dataRoamingLimitationOverrideAllowed"),
        Service("dataRoamingOutsideEU"),
        Service("blockExceptionCountries"),
        Service("blockSatelliteDestinations"),
        Service("fixedIp"),
        Service("benefitCountriesA15000MB"),
        Service("benefitCountriesA15000MBMax"),
        Service("benefitCountriesB7500MB"),
        Service("benefitCountriesB7500MBMax"),
        Service("restOfTheWorld5000MB"),
        Service("restOfTheWorld5000MBMax"),
        Service("worldBundle7500MB"),
        # the seed's own examples name these four; no page shows them
        Service("dataPlan", None, kind=str),
        Service("voicePlan", None, kind=str),
        Service("smsPlan", None, kind=str),
        Service("internationalCalling", None),
    )
}
DEFAULTS: Mapping[str, bool | str] = {
    service.name: service.default for service in CATALOGUE.values() if service.default is not None
}

#: What the two kinds of access switch on. Source: contract, stn-newsubscription, `accessType`.
ACCESS: Mapping[str, Mapping[str, bool | str]] = {
    "INTERNETACCESS": {},
    "MOBILEPAY": {"accessType": "Mobile Pay", "internetAccess": False, "mobilePay": True},
}


def known(asked: Mapping[str, Any] | None) -> dict[str, Any]:
    """What of a request's services exists and can be set; the rest is dropped, and so is what has no value."""
    return {
        name: value
        for name, value in (asked or {}).items()
        if value is not None and name in CATALOGUE and CATALOGUE[name].is_settable
    }


def impossible(asked: Mapping[str, Any]) -> list[str]:
    """The services that are asked to have a value that they cannot have."""
    return [name for name, value in asked.items() if not CATALOGUE[name].takes(value)]
