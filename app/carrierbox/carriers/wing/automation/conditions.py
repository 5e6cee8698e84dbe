"""What a trigger's condition says: how much, how long, which value, and where.

Pure: a condition goes in, its meaning or what is wrong with it comes out.
Source: contract `wing-services.yaml`, key `automation`, `trigger_fields` and `evaluation`.
"""

import math
import re
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal

from carrierbox.carriers.wing.automation.schemas import Condition, first
from carrierbox.carriers.wing.automation.triggers import ANALYTICS, BYTES, EVENT, HOURS, Trigger
from carrierbox.carriers.wing.subscriptions.record import STATES

#: A threshold: whole or decimal, and no more than anybody has ever used.
_NUMBER = re.compile(r"\d{1,12}(\.\d{1,6})?")
_COUNTRY = re.compile(r"[A-Za-z]{2}")
_LOCATIONS = ("ALL", "COUNTRY", "ZONE")
LONGEST = timedelta(days=3_650)
MOST_PERCENT = 10_000


class BadCondition(ValueError):
    """A condition that its trigger cannot have: which member, and what is wrong with it."""

    def __init__(self, member: str, problem: str) -> None:
        super().__init__(f"{member} {problem}")
        self.member = member
        self.problem = problem


@dataclass(frozen=True, slots=True)
class Meaning:
    """What a condition comes to."""

    #: Of a counter: bytes, messages, sessions or SIMs; percent, where it is of a quota.
    threshold: Decimal = Decimal(0)
    #: Of an event: the new value that it is to have; nothing stands for any.
    wanted: str = ""
    #: Of silence: how long it is.
    length: timedelta = timedelta()
    country: str | None = None
    zone: str | None = None


def read(trigger: Trigger, condition: Condition) -> Meaning:
    """Read a trigger's condition.

    Raises: BadCondition.
    """
    unit = first(condition.unit)
    if unit not in trigger.units:
        allowed = " or ".join(known or "empty" for known in trigger.units)
        raise BadCondition("unit", f"must be {allowed} for trigger {trigger.id}")
    country, zone = _place(trigger, condition)
    if trigger.type_id == EVENT:
        return Meaning(wanted=_wanted(trigger, condition), country=country, zone=zone)
    number = _number(condition.value)
    if trigger.type_id == ANALYTICS:
        length = timedelta(hours=float(number * HOURS[unit])) if number < 100_000 else LONGEST * 2
        if length > LONGEST:
            raise BadCondition("value", f"must not be longer than {LONGEST.days} days")
        return Meaning(length=length, country=country, zone=zone)
    if trigger.of_quota:
        if number > MOST_PERCENT:
            raise BadCondition("value", f"must be a percentage of at most {MOST_PERCENT}")
        return Meaning(number, country=country, zone=zone)
    if trigger.figure != "bytes" and number % 1:
        raise BadCondition("value", "must be a whole number")
    return Meaning(Decimal(math.ceil(number * BYTES.get(unit, 1))), country=country, zone=zone)


def _number(value: str) -> Decimal:
    if not (_NUMBER.fullmatch(value) and value.isascii()) or not Decimal(value):
        raise BadCondition("value", "must be a number above 0, as text")
    return Decimal(value)


def _wanted(trigger: Trigger, condition: Condition) -> str:
    if "state" in trigger.hears and condition.value and condition.value not in STATES.states:
        raise BadCondition("value", f"must be empty or one of {', '.join(STATES.states)}")
    return condition.value


def _place(trigger: Trigger, condition: Condition) -> tuple[str | None, str | None]:
    """The country and the zone that it is about; what its trigger is about counts, whatever the location says."""
    location = first(condition.location).upper() or "ALL"
    if location not in _LOCATIONS:
        raise BadCondition("location", f"must be one of {', '.join(_LOCATIONS)}")
    wanted = trigger.needs or location.lower()
    if wanted == "all":
        return None, None
    if (trigger.figure, trigger.window) == ("sms_mo", "day") or trigger.figure == "active":
        raise BadCondition("location", f"must be ALL for trigger {trigger.id}")  # it has no place
    place = getattr(condition, wanted) or condition.location_value
    if not place and trigger.type_id != EVENT:
        raise BadCondition(wanted, f"must not be empty for trigger {trigger.id} with location {location}")
    if wanted == "zone":
        return None, place or None
    if place and not _COUNTRY.fullmatch(place):
        raise BadCondition("country", "must be a country by its two letters, as DE")
    return place.upper() or None, None
