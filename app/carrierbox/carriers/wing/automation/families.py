"""Which part of chapter 6 a rule belongs to: seven of them share their calls, and what is sent says which.

6.5 and 6.7 are lists of every trigger, so a trigger whose type is left open comes from there, and so do triggers of
several types. A rule that came from there stays there.
"""

from collections.abc import Collection
from typing import Any

from carrierbox.carriers.wing.automation.schemas import NewRule
from carrierbox.carriers.wing.automation.triggers import (
    ACCOUNT,
    ANALYTICS,
    EVENT,
    RATE_PLAN,
    SUBSCRIPTION,
    TRIGGERS,
)

#: The parts whose lists have every trigger, by the resource that they are about.
_UNFILTERED = {SUBSCRIPTION: "6.5", RATE_PLAN: "6.7"}

#: A trigger's id, and whether its type was left open.
Named = tuple[int, bool]


def of_rule(rule: NewRule, before: str | None = None) -> str:
    """The part that a rule belongs to which has passed all checks; *before* is the one that it belonged to."""
    triggers = [(each.trigger_id, each.trigger_type_id is None) for each in rule.monitored_triggers]
    return _family(rule.resource_id, triggers, before)


def of_body(sent: Any) -> str | None:
    """The part that a body is about, whatever else may be wrong with it; none where it does not tell."""
    if not isinstance(sent, dict):
        return None
    resource_id, listed = _number(sent.get("resourceId")), sent.get("monitoredTriggers")
    monitored = [each for each in listed if isinstance(each, dict)] if isinstance(listed, list) else []
    triggers = [
        (trigger_id, each.get("triggerTypeId") in (None, ""))
        for each in monitored
        if (trigger_id := _number(each.get("triggerId"))) in TRIGGERS
    ]
    is_told = resource_id == ACCOUNT or (resource_id in _UNFILTERED and triggers)
    return _family(resource_id, triggers, None) if is_told else None


def _family(resource_id: int, triggers: Collection[Named], before: str | None) -> str:
    if resource_id == ACCOUNT:
        return "6.1"
    types = {TRIGGERS[trigger_id].type_id for trigger_id, _ in triggers}
    unfiltered = _UNFILTERED[resource_id]
    if any(is_open for _, is_open in triggers) or len(types) > 1 or before == unfiltered:
        return unfiltered
    if resource_id == RATE_PLAN:
        return "6.6"
    return {EVENT: "6.2", ANALYTICS: "6.3"}.get(types.pop(), "6.4")


def _number(given: Any) -> int:
    """A number as bodies have it, in digits too; 0 is nobody's."""
    spelled = str(given) if isinstance(given, int | str) else ""
    return int(spelled) if spelled.isdecimal() and len(spelled) < 19 else 0
