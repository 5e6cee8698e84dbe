"""Which triggers what happens to SIMs is about.

Thousands of happenings come at once. What no active rule is about is dropped first; the SIMs of the rest are read in
one statement.
Source: contract `wing-services.yaml`, key `automation`, `matching`.
"""

import json
from collections.abc import Iterable, Mapping, Sequence

from carrierbox.carriers.wing.automation.watched import Watch, Watches
from carrierbox.carriers.wing.happenings import Happening
from carrierbox.carriers.wing.lists import Row
from carrierbox.kernel.world import Box

#: For each trigger what it is told, in order of time, each with its SIM.
Heard = dict[Watch, list[tuple[Happening, Row]]]


def heard(box: Box, watches: Watches, happened: Sequence[Happening], *, may_bear_tags: bool = False) -> Heard:
    """What each trigger is told of what happened: of its kinds, its SIMs and its place.

    *may_bear_tags*: it is still to come, and any SIM may bear any tag by then.
    """
    some = [happening for happening in happened if watches.hear(happening)]
    if not some:
        return {}
    sims = _sims(box, {happening.sim_id for happening in some})
    bearers = {tag: set(sims) for tag in watches.tags} if may_bear_tags else _bearers(box, watches.tags, sims)
    found: Heard = {}
    covered: dict[tuple[int, int], bool] = {}
    for happening in some:
        sim = sims[happening.sim_id]
        for watch in watches.of(happening):
            key = watch.rule.id, happening.sim_id
            if key not in covered:
                covered[key] = watch.rule.covers(sim, bearers)
            if covered[key] and watch.is_where(happening.country, happening.zone):
                found.setdefault(watch, []).append((happening, sim))
    return found


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
