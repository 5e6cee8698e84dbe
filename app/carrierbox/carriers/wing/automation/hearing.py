"""What happens to SIMs is heard here, and taken to the triggers that it is about.

Source: contract `wing-services.yaml`, key `automation`, `evaluation`.
"""

from collections.abc import Iterable, Sequence

from carrierbox.carriers.wing import happenings
from carrierbox.carriers.wing.automation import counters, firing, levels, looks, matching, silence, watched
from carrierbox.carriers.wing.automation.triggers import ANALYTICS, EVENT, SUBSCRIPTION
from carrierbox.carriers.wing.automation.watched import Watch
from carrierbox.carriers.wing.happenings import Happening
from carrierbox.carriers.wing.lists import Row
from carrierbox.carriers.wing.subscriptions import profiles
from carrierbox.kernel.world import Box


@happenings.listens
def hear(box: Box, happened: Sequence[Happening]) -> None:
    """Trigger the rules that what happened triggers, and wait for what may come of it."""
    watches = watched.active(box)
    if not watches.all:
        return
    heard = matching.heard(box, watches, happened)
    counted = [watch for watch in heard if watch.trigger.figure and watch.rule.resource_id == SUBSCRIPTION]
    counters.hear(box, {watch: heard[watch] for watch in counted})
    for watch, told in heard.items():
        if watch.trigger.type_id == EVENT:
            _events(box, watch, told)
        elif watch.trigger.type_id == ANALYTICS:
            silence.hear(box, watch, told)
        elif watch.rule.resource_id != SUBSCRIPTION:
            levels.hear(box, watch, told)
    looks.expect(box, happened)


def _events(box: Box, watch: Watch, told: Iterable[tuple[Happening, Row]]) -> None:
    """Trigger an event's rule each time; what its own action causes does not, or it would never end."""
    is_its_own = box.cause.kind == "rule" and box.cause.ref == watch.rule.ref
    for happening, sim in told:
        # what the SIM's device had done until then, which was heard of only now, is not of the rule's making
        if watch.rule.lasts(happening.at) and not (is_its_own and happening.at == box.now):
            value = _value(box, happening, sim)
            if watch.meaning.wanted in ("", happening.after, value) and not firing.goes_round(box, watch, sim):
                firing.fire(box, watch, sim, shown=value)


def _value(box: Box, happening: Happening, sim: Row) -> str:
    """The new value that an event brings: a state, IMEI, plan, country, zone or session."""
    if happening.kind == "rate-plan" and happening.after:
        return profiles.name(box, sim["realm"], profiles.RATE_PLAN, int(happening.after))
    if happening.kind == "registration":
        return happening.zone or ""
    return happening.after or happening.before or ""
