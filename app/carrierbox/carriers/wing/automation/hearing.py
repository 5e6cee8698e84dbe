"""What happens to SIMs is heard here, and taken to the triggers that it is about.

Thousands of happenings come at once. What no active rule is about is dropped first; the SIMs of the rest are read in
one statement, and so is whatever counters need.
Source: contract `wing-services.yaml`, key `automation`, `matching`.
"""

import json
from collections.abc import Iterable, Mapping, Sequence

from carrierbox.carriers.wing import happenings
from carrierbox.carriers.wing.automation import counters, firing, levels, looks, silence, watched
from carrierbox.carriers.wing.automation.triggers import ANALYTICS, EVENT, SUBSCRIPTION
from carrierbox.carriers.wing.automation.watched import Watch, Watches
from carrierbox.carriers.wing.happenings import Happening
from carrierbox.carriers.wing.lists import Row
from carrierbox.carriers.wing.subscriptions import profiles
from carrierbox.kernel.world import Box

#: For each trigger what it was told, in order of time, each with its SIM.
Heard = dict[Watch, list[tuple[Happening, Row]]]


@happenings.listens
def hear(box: Box, happened: Sequence[Happening]) -> None:
    """Trigger the rules that what happened triggers, and wait for what may come of it."""
    watches = watched.active(box)
    if not watches.all:
        return
    heard = _heard(box, watches, happened)
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


def _heard(box: Box, watches: Watches, happened: Sequence[Happening]) -> Heard:
    """What each trigger is told of what happened: of its kinds, its SIMs and its place."""
    some = [happening for happening in happened if watches.hear(happening)]
    if not some:
        return {}
    sims = _sims(box, {happening.sim_id for happening in some})
    bearers = _bearers(box, watches.tags, sims)
    heard: Heard = {}
    covered: dict[tuple[int, int], bool] = {}
    for happening in some:
        sim = sims[happening.sim_id]
        for watch in watches.of(happening):
            key = watch.rule.id, happening.sim_id
            if key not in covered:
                covered[key] = watch.rule.covers(sim, bearers)
            if covered[key] and watch.is_where(happening.country, happening.zone):
                heard.setdefault(watch, []).append((happening, sim))
    return heard


def _sims(box: Box, ids: Iterable[int]) -> Mapping[int, Row]:
    rows = box.sql(
        "SELECT s.* FROM json_each(:ids) e JOIN wing_sim s ON s.id = e.value", ids=json.dumps([*ids])
    ).fetchall()
    return {row["id"]: row for row in rows}


def _bearers(box: Box, tags: Iterable[int], sims: Iterable[int]) -> Mapping[int, set[int]]:
    """Which of these SIMs bear these tags, by tag."""
    found: dict[int, set[int]] = {}
    for tag in tags:
        rows = box.sql(
            "SELECT a.sim_id FROM json_each(:sims) e JOIN wing_tag_association a ON a.sim_id = e.value"
            " AND a.tag_id = :tag",
            sims=json.dumps([*sims]),
            tag=tag,
        )
        found[tag] = {row["sim_id"] for row in rows}
    return found


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
