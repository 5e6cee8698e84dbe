"""Counters of SIMs: when what a SIM used in a day or in a billing cycle reaches a threshold.

A counter that was below its threshold and is at or above it now triggers its rule: in a billing cycle once; in the last
24 hours again when it has fallen below meanwhile. Both are read from the rows that all usage is shown from.
Source: contract `wing-services.yaml`, key `automation`, `evaluation`.
"""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from typing import NamedTuple

from carrierbox.carriers.wing.automation import firing
from carrierbox.carriers.wing.automation.triggers import Figure
from carrierbox.carriers.wing.automation.watched import Watch
from carrierbox.carriers.wing.happenings import Happening
from carrierbox.carriers.wing.lists import Row
from carrierbox.carriers.wing.rating import tariff
from carrierbox.kernel import clock
from carrierbox.kernel.devices import Profile
from carrierbox.kernel.world import Box

DAY = timedelta(days=1)
INSTANT = timedelta(microseconds=1)

Told = Sequence[tuple[Happening, Row]]


class Crossing(NamedTuple):
    """A counter reached its threshold: when, and where it stood then."""

    at: datetime
    value: int


class Reached(NamedTuple):
    """A SIM's counter reached a trigger's threshold, in a window."""

    watch: Watch
    sim: Row
    window: str
    crossing: Crossing


def in_cycle(total: int, grew: Sequence[tuple[datetime, int]], threshold: Decimal) -> Crossing | None:
    """When a counter reached its threshold that stands at *total* and *grew* so lately, in order of time."""
    running = total - sum(amount for _, amount in grew)
    for at, amount in grew:
        running += amount
        if running - amount < threshold <= running:
            return Crossing(at, running)
    return None


def in_a_day(records: Sequence[tuple[datetime, int]], since: datetime, threshold: Decimal) -> list[Crossing]:
    """When from *since* on what the last 24 hours hold reached a threshold; *records* are in order of time."""
    found = []
    first = held = 0
    for at, amount in records:
        while records[first][0] <= at - DAY:
            held -= records[first][1]
            first += 1
        held += amount
        if at >= since and held - amount < threshold <= held:
            found.append(Crossing(at, held))
    return found


def amount_of(figure: Figure, happening: Happening) -> int:
    """How much a happening adds to a figure."""
    return happening.up_bytes + happening.down_bytes if figure == "bytes" else 1


def most_a_day(figure: Figure, profile: Profile) -> int:
    """How much a device adds to a figure in a day by itself at most; each data may begin a session."""
    match figure:
        case "bytes":
            return profile.most_a_day("data")
        case "sessions":
            return profile.times_a_day("data")
        case "sms_mo":
            return profile.times_a_day("sms-mo")
        case "active":
            return 0


def end_of_day(now: datetime) -> datetime:
    """The last moment of the day, of the next one where that is now: devices' lives are planned day by day."""
    later = now + INSTANT
    return later.replace(hour=0, minute=0, second=0, microsecond=0) + DAY - INSTANT


def cycle_of(moment: datetime) -> str:
    """The billing cycle that a moment lies in."""
    return f"{moment.year:04d}-{moment.month:02d}"


def hear(box: Box, heard: Mapping[Watch, Told]) -> None:
    """Trigger the rules whose counters have reached their thresholds with what was told."""
    for reached in crossings(box, heard):
        firing.fire(box, reached.watch, reached.sim, window=reached.window, counted=reached.crossing.value)


def crossings(box: Box, heard: Mapping[Watch, Told], *, is_written: bool = True) -> Iterator[Reached]:
    """The counters that reach their thresholds with what is told; which *is_written* already, or still to come."""
    cycles = {watch: told for watch, told in heard.items() if watch.trigger.window == "cycle"}
    if cycles:
        usage = _Usage(box, cycles.values())
        for watch, told in cycles.items():
            yield from _in_cycles(box, watch, told, usage, is_written=is_written)
    days = {watch: told for watch, told in heard.items() if watch.trigger.window == "day"}
    for figure in ("bytes", "sms_mo", "sessions"):
        some = {watch: told for watch, told in days.items() if watch.trigger.figure == figure}
        if some:
            yield from _in_days(box, figure, some, is_written=is_written)


def _by_sim(told: Told) -> dict[int, list[tuple[Happening, Row]]]:
    found: dict[int, list[tuple[Happening, Row]]] = {}
    for happening, sim in told:
        found.setdefault(sim["id"], []).append((happening, sim))
    return found


def _in_cycles(box: Box, watch: Watch, told: Told, usage: "_Usage", *, is_written: bool) -> Iterator[Reached]:
    figure = watch.trigger.figure
    assert figure is not None  # noqa: S101 - it is a counter
    for sim_id, of_sim in _by_sim(told).items():
        sim = of_sim[0][1]
        threshold = threshold_of(box, watch, sim["rate_plan_id"])
        for cycle in {cycle_of(happening.at): None for happening, _ in of_sim}:
            grew = [(each.at, amount_of(figure, each)) for each, _ in of_sim if cycle_of(each.at) == cycle]
            total = usage.total(watch, sim_id, cycle) + (0 if is_written else sum(amount for _, amount in grew))
            crossing = in_cycle(total, grew, threshold) if threshold else None
            if crossing and watch.rule.lasts(crossing.at) and not firing.has_fired(box, watch, sim_id, cycle):
                yield Reached(watch, sim, cycle, crossing)


def threshold_of(box: Box, watch: Watch, plan_id: int, sims: int = 1) -> Decimal:
    """What has to be reached; where that is a share of a quota, of what the plan includes there for so many SIMs.

    Nothing: it cannot be reached, since nothing is included.
    """
    threshold = watch.meaning.threshold
    if not watch.trigger.of_quota:
        return threshold
    included = tariff.of(box, plan_id).included.get(watch.meaning.zone or "")
    quota = 0 if included is None else included.data if watch.trigger.figure == "bytes" else included.sms_mo
    return threshold * Decimal(quota) * sims / 100


class _Usage:
    """What some SIMs used in some billing cycles, by zone and country; read in one statement."""

    def __init__(self, box: Box, told: Iterable[Told]) -> None:
        keys = {(sim["id"], cycle_of(happening.at)) for each in told for happening, sim in each}
        self._rows: dict[tuple[int, str], list[Row]] = {}
        for row in box.sql(
            "SELECT u.* FROM json_each(:keys) e JOIN wing_usage u"
            " ON u.sim_id = e.value ->> 0 AND u.cycle = e.value ->> 1",
            keys=json.dumps([*keys]),
        ):
            self._rows.setdefault((row["sim_id"], row["cycle"]), []).append(row)

    def total(self, watch: Watch, sim_id: int, cycle: str) -> int:
        """What a SIM used of what a trigger counts, where it counts."""
        rows = self._rows.get((sim_id, cycle), ())
        return sum(_used(row, watch.trigger.figure) for row in rows if watch.is_where(row["country"], row["zone"]))


def _used(row: Row, figure: Figure | None) -> int:
    return int(row["up_bytes"] + row["down_bytes"] if figure == "bytes" else row[str(figure)])


#: Where the amounts of a figure are, one by one with their times.
RECORDS: Mapping[Figure, str] = {
    "bytes": "SELECT c.sim_id, c.opened_at AS at, c.up_bytes + c.down_bytes AS amount, d.country, d.zone"
    " FROM {sims} JOIN wing_cdr c ON c.sim_id = s.id AND c.opened_at > :since"
    " JOIN wing_session d ON d.id = c.session_id WHERE c.up_bytes + c.down_bytes > 0",
    "sessions": "SELECT c.sim_id, c.opened_at AS at, 1 AS amount, d.country, d.zone"
    " FROM {sims} JOIN wing_cdr c ON c.sim_id = s.id AND c.opened_at > :since"
    " JOIN wing_session d ON d.id = c.session_id WHERE c.record_type = 'INITIATE_REQUEST'",
    "sms_mo": "SELECT m.sim_id, m.at, 1 AS amount, NULL AS country, NULL AS zone"
    " FROM {sims} JOIN wing_sms m ON m.sim_id = s.id AND m.at > :since WHERE m.message_type = 'MO/AT'",
}


def _in_days(box: Box, figure: Figure, heard: Mapping[Watch, Told], *, is_written: bool) -> Iterator[Reached]:
    told = [each for some in heard.values() for each in some]
    since = min(happening.at for happening, _ in told)
    rows: dict[int, list[Row]] = {}
    sims = "(SELECT value AS id FROM json_each(:sims)) s"
    for row in box.sql(
        f"{RECORDS[figure].format(sims=sims)} ORDER BY at",
        sims=json.dumps([*{sim["id"] for _, sim in told}]),
        since=clock.text(since - DAY),
    ):
        rows.setdefault(row["sim_id"], []).append(row)
    for watch, some in heard.items():
        for sim_id, of_sim in _by_sim(some).items():
            records = [
                (clock.moment(row["at"]), row["amount"])
                for row in rows.get(sim_id, ())
                if watch.is_where(row["country"], row["zone"])
            ]
            if not is_written:
                records = sorted(records + [(each.at, amount_of(figure, each)) for each, _ in of_sim])
            for crossing in in_a_day(records, of_sim[0][0].at, watch.meaning.threshold):
                window = clock.text(crossing.at)
                if watch.rule.lasts(crossing.at) and not firing.has_fired(box, watch, sim_id, window, or_later=True):
                    yield Reached(watch, of_sim[0][1], window, crossing)
