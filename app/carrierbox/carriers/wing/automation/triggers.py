"""What a rule can be triggered by: the triggers by their ids, with what each of them hears of and counts.

The id decides; the name that a request gives a trigger is only shown again.
Source: contract `wing-services.yaml`, key `automation`, `trigger_types` and `triggers`.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from carrierbox.carriers.wing.happenings import Kind

Figure = Literal["bytes", "sms_mo", "sessions", "active"]
Window = Literal["day", "cycle"]
Place = Literal["country", "zone"]

RESOURCES: Mapping[int, str] = {1: "Account", 2: "Rate Plan", 3: "Subscription"}
ACCOUNT, RATE_PLAN, SUBSCRIPTION = RESOURCES

#: The name of each trigger type, and the resource that its triggers watch.
TYPES: Mapping[int, tuple[str, int]] = {
    1: ("Event", SUBSCRIPTION),
    2: ("Counter", SUBSCRIPTION),
    3: ("Analytics", SUBSCRIPTION),
    4: ("Counter", RATE_PLAN),
    5: ("Counter", ACCOUNT),
}
EVENT, COUNTER, ANALYTICS, PLAN_COUNTER, ACCOUNT_COUNTER = TYPES

BYTES: Mapping[str, int] = {"KB": 1024, "MB": 1024**2, "GB": 1024**3}
HOURS: Mapping[str, int] = {"Hours": 1, "Days": 24}

#: What is told when a figure grows.
GROWS: Mapping[Figure, Kind] = {"bytes": "data", "sms_mo": "sms-mo", "sessions": "session-start"}


@dataclass(frozen=True, slots=True)
class Trigger:
    """One row of the table of triggers."""

    id: int
    name: str
    type_id: int
    #: The kinds of happenings that it is about.
    hears: frozenset[Kind]
    #: What a counter counts, and for how long; how many SIMs are active has no window.
    figure: Figure | None = None
    window: Window | None = None
    #: Its condition says where; an event that does not say happens anywhere.
    needs: Place | None = None
    #: Its condition's value is a percentage of what the rate plan includes.
    of_quota: bool = False
    units: tuple[str, ...] = ("",)

    @property
    def type_name(self) -> str:
        """Event, Counter or Analytics."""
        return TYPES[self.type_id][0]

    @property
    def resource_id(self) -> int:
        """The resource that it watches."""
        return TYPES[self.type_id][1]


def _event(number: int, name: str, kind: Kind) -> Trigger:
    return Trigger(number, name, EVENT, frozenset({kind}))


def _silence(number: int, name: str, *breaks: Kind) -> Trigger:
    return Trigger(number, name, ANALYTICS, frozenset({*breaks, "state"}), units=tuple(HOURS))


def _counter(number: int, name: str, type_id: int, figure: Figure, window: Window) -> Trigger:
    units = tuple(BYTES) if figure == "bytes" else ("",)
    return Trigger(number, name, type_id, frozenset({GROWS[figure]}), figure, window, units=units)


def _placed(number: int, name: str, type_id: int, figure: Figure, place: Place) -> Trigger:
    units = tuple(BYTES) if figure == "bytes" else ("",)
    return Trigger(number, name, type_id, frozenset({GROWS[figure]}), figure, "cycle", place, units=units)


def _quota(number: int, name: str, type_id: int, figure: Figure) -> Trigger:
    hears = frozenset({GROWS[figure]})
    return Trigger(number, name, type_id, hears, figure, "cycle", "zone", of_quota=True, units=("", "%"))


def _active(number: int, type_id: int, *kinds: Kind) -> Trigger:
    return Trigger(number, "Active Subscription Count", type_id, frozenset(kinds), "active")


_TRIGGERS = (
    _event(1, "Data Session Start", "session-start"),
    _event(2, "Data Session End", "session-end"),
    _counter(3, "Data Sessions Count - 24hrs", COUNTER, "sessions", "day"),
    _counter(4, "Data Sessions Count - Billing Cycle", COUNTER, "sessions", "cycle"),
    _counter(5, "Data Usage - 24hrs", COUNTER, "bytes", "day"),
    _counter(6, "Data Usage - Billing Cycle", COUNTER, "bytes", "cycle"),
    _placed(7, "Data Usage in Country - Billing Cycle", COUNTER, "bytes", "country"),
    _placed(8, "Data Usage in Zone - Billing Cycle", COUNTER, "bytes", "zone"),
    _event(9, "Data Security Policy violation", "data-policy"),
    _silence(10, "No Data Sessions", "session-start", "session-end"),
    _event(11, "SIM Status Changed", "state"),
    _event(12, "SIM IMEI changed", "imei"),
    _event(13, "SIM Rate Plan Changed", "rate-plan"),
    _event(14, "SIM Location (Country) Changed", "country"),
    _counter(15, "SMS MO Count - 24hrs", COUNTER, "sms_mo", "day"),
    _counter(16, "SMS MO Count - Billing Cycle", COUNTER, "sms_mo", "cycle"),
    _placed(17, "SMS MO Count in Country - Billing Cycle", COUNTER, "sms_mo", "country"),
    _placed(18, "SMS MO Count in Zone - Billing Cycle", COUNTER, "sms_mo", "zone"),
    _event(19, "SMS Security Policy violation", "sms-policy"),
    _silence(20, "No SMS Sessions", "sms-mo", "sms-mt"),
    Trigger(21, "Registration in a Zone", EVENT, frozenset({"registration"}), needs="zone"),
    _counter(23, "Data Usage - 24hrs", PLAN_COUNTER, "bytes", "day"),
    _counter(24, "Data Usage - Billing Cycle", PLAN_COUNTER, "bytes", "cycle"),
    _placed(25, "Data Usage in Country - Billing Cycle", PLAN_COUNTER, "bytes", "country"),
    _placed(26, "Data Usage in Zone - Billing Cycle", PLAN_COUNTER, "bytes", "zone"),
    _counter(27, "SMS MO Count - 24hrs", PLAN_COUNTER, "sms_mo", "day"),
    _counter(28, "SMS MO Count - Billing Cycle", PLAN_COUNTER, "sms_mo", "cycle"),
    _placed(29, "SMS MO Count in Country - Billing Cycle", PLAN_COUNTER, "sms_mo", "country"),
    _placed(30, "SMS MO Count in Zone - Billing Cycle", PLAN_COUNTER, "sms_mo", "zone"),
    _active(31, PLAN_COUNTER, "state", "rate-plan", "account"),
    _active(32, ACCOUNT_COUNTER, "state", "account"),
    _quota(33, "Data Usage in Zone - Billing Cycle (Percentage Quota)", COUNTER, "bytes"),
    _quota(34, "SMS MO Count in Zone - Billing Cycle (Percentage Quota)", COUNTER, "sms_mo"),
    _quota(35, "Data Usage in Zone - Billing Cycle (Percentage Quota)", PLAN_COUNTER, "bytes"),
    _quota(36, "SMS MO Count in Zone - Billing Cycle (Percentage Quota)", PLAN_COUNTER, "sms_mo"),
)
TRIGGERS: Mapping[int, Trigger] = {trigger.id: trigger for trigger in _TRIGGERS}
