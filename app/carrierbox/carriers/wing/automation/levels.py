"""Counters of rate plans and accounts: what all their SIMs used together, and how many of them are active.

To add up thousands of SIMs for whatever one of them does would be slow. So it is remembered how far a level is from its
threshold, and it is read anew when it may have come there.
Source: contract `wing-services.yaml`, key `automation`, `evaluation`.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from carrierbox.carriers.wing.automation import firing
from carrierbox.carriers.wing.automation.counters import (
    DAY,
    INSTANT,
    RECORDS,
    Told,
    amount_of,
    cycle_of,
    end_of_day,
    in_a_day,
    in_cycle,
    most_a_day,
    threshold_of,
)
from carrierbox.carriers.wing.automation.watched import MEMO, Watch
from carrierbox.carriers.wing.happenings import Happening
from carrierbox.carriers.wing.lists import Row
from carrierbox.kernel import clock
from carrierbox.kernel.devices import PROFILES
from carrierbox.kernel.world import Box


@dataclass(slots=True)
class Level:
    """What is known of a level without looking: it cannot come to its threshold with less than that."""

    room: Decimal = Decimal(0)
    #: It is above its threshold until then at least.
    above_until: datetime | None = None


_FOR_GOOD = Decimal("Infinity")

#: How much devices can use in a day, by trigger; whoever changes what devices there are lets the world forget.
MOST = "wing.automation.most"


def hear(box: Box, watch: Watch, told: Told) -> None:
    """Trigger a rule whose rate plan or account has come to its threshold with what was told."""
    if watch.trigger.figure == "active":
        _hear_active(box, watch, told)
    elif watch.trigger.window == "day":
        _hear_day(box, watch, told)
    else:
        for cycle in {cycle_of(happening.at): None for happening, _ in told}:
            _hear_cycle(box, watch, cycle, _grew(watch, [each for each in told if cycle_of(each[0].at) == cycle]))


def _level(box: Box, watch: Watch, window: str = "") -> Level:
    return box.world.memo((MEMO, watch.rule.id, watch.rule.edition, watch.id, window), Level)


def _grew(watch: Watch, told: Told) -> list[tuple[datetime, int]]:
    figure = watch.trigger.figure
    assert figure is not None  # noqa: S101 - it is a counter
    return [(happening.at, amount_of(figure, happening)) for happening, _ in told]


def _hear_cycle(box: Box, watch: Watch, cycle: str, grew: Sequence[tuple[datetime, int]]) -> None:
    level, more = _level(box, watch, cycle), sum(amount for _, amount in grew)
    if more < level.room:
        level.room -= more
        return
    threshold = threshold_of(box, watch, watch.rule.watched_id or 0, _active(box, watch) if _is_shared(watch) else 1)
    total = _total(box, watch, cycle)
    crossing = in_cycle(total, grew, threshold) if threshold else None
    if crossing and watch.rule.lasts(crossing.at) and not firing.has_fired(box, watch, None, cycle):
        firing.fire(box, watch, None, window=cycle, counted=crossing.value)
    if not _is_shared(watch):  # that threshold moves as SIMs come and go
        level.room = threshold - total if total < threshold else _FOR_GOOD


def quiet_until(box: Box, watch: Watch) -> datetime:
    """Until when a level does not come to its threshold from below, whatever devices do; the day's end at most.

    They have caught up when the day began, at the earliest.
    """
    at_most = end_of_day(box.now)
    if _is_shared(watch):
        return box.now
    cycle = cycle_of(box.now + INSTANT)  # when a day ends, it is the next one's
    level = _level(box, watch, cycle if watch.trigger.window == "cycle" else "")
    if level.room <= 0 and (level.above_until is None or level.above_until <= box.now):
        _measure(box, watch, level, cycle)
    if level.above_until is not None:
        return min(level.above_until, at_most)
    return at_most if level.room > _most_a_day(box, watch) else box.now


def _measure(box: Box, watch: Watch, level: Level, cycle: str) -> None:
    """Find out how far a level is from its threshold now."""
    threshold = watch.meaning.threshold
    if watch.trigger.window == "day":
        _keep(level, _records(box, watch, box.now - DAY), threshold)
    else:
        total = _total(box, watch, cycle)
        level.room = threshold - total if total < threshold else _FOR_GOOD


def _most_a_day(box: Box, watch: Watch) -> int:
    """The most that the devices of a rule's SIMs use in a day by themselves."""
    known: dict[int, int] = box.world.memo(MOST, dict)
    if watch.id not in known:
        known[watch.id] = _read_most(box, watch)
    return known[watch.id]


def _read_most(box: Box, watch: Watch) -> int:
    figure = watch.trigger.figure
    assert figure is not None  # noqa: S101 - it is a counter
    rows = box.sql(
        "SELECT d.profile, count(*) AS devices FROM box_device d JOIN wing_sim s ON s.iccid = d.iccid"
        f" WHERE d.carrier = 'wing' AND d.next_at IS NOT NULL AND {watch.rule.condition} GROUP BY d.profile"
    )
    return sum(row["devices"] * most_a_day(figure, PROFILES[row["profile"]]) for row in rows)


def _is_shared(watch: Watch) -> bool:
    return watch.trigger.of_quota


def _total(box: Box, watch: Watch, cycle: str) -> int:
    """What was used on a rate plan in a billing cycle, by SIMs that were on it and in the rule's accounts then."""
    figure = watch.trigger.figure
    row = box.sql(
        f"SELECT ifnull(sum({'up_bytes + down_bytes' if figure == 'bytes' else figure}), 0) AS total FROM wing_usage"
        f" WHERE cycle = :cycle AND rate_plan_id = :plan AND account_id IN ({_listed(watch)})"
        " AND ifnull(:country, country) = country AND ifnull(:zone, zone) = zone",
        cycle=cycle,
        plan=watch.rule.watched_id,
        country=watch.meaning.country,
        zone=watch.meaning.zone,
    ).fetchone()
    return int(row["total"])


def _listed(watch: Watch) -> str:
    return ", ".join(map(str, sorted(watch.rule.accounts))) or "NULL"


def _hear_day(box: Box, watch: Watch, told: Told) -> None:
    level, grew = _level(box, watch), _grew(watch, told)
    more = sum(amount for _, amount in grew)
    if level.above_until is not None and grew[-1][0] < level.above_until:
        return
    if level.above_until is None and more < level.room:
        level.room -= more
        return
    records = _records(box, watch, grew[0][0] - DAY)
    for crossing in in_a_day(records, grew[0][0], watch.meaning.threshold):
        window = clock.text(crossing.at)
        if watch.rule.lasts(crossing.at) and not firing.has_fired(box, watch, None, window, or_later=True):
            firing.fire(box, watch, None, window=window, counted=crossing.value)
    _keep(level, records, watch.meaning.threshold)


def _records(box: Box, watch: Watch, since: datetime) -> list[tuple[datetime, int]]:
    """What the SIMs that are on a rate plan now have used since then, in order of time."""
    figure = watch.trigger.figure
    assert figure is not None  # noqa: S101 - it is a counter
    rows = box.sql(
        f"{RECORDS[figure].format(sims='wing_sim s')} AND {watch.rule.condition} ORDER BY at", since=clock.text(since)
    )
    return [(clock.moment(row["at"]), row["amount"]) for row in rows if watch.is_where(row["country"], row["zone"])]


def _keep(level: Level, records: Sequence[tuple[datetime, int]], threshold: Decimal) -> None:
    """Remember how far a level is from its threshold; nothing more being used, it falls as its records grow old."""
    last = records[-1][0] if records else None
    held = [(at, amount) for at, amount in records if last is not None and at > last - DAY]
    total = sum(amount for _, amount in held)
    level.room, level.above_until = threshold - total, None
    for at, amount in held:
        if total < threshold:
            break
        total -= amount
        level.above_until = at + DAY


def _hear_active(box: Box, watch: Watch, told: Told) -> None:
    level = _level(box, watch)
    steps = [(happening.at, _step(watch, happening, sim)) for happening, sim in told]
    more = sum(step > 0 for _, step in steps)
    if more < level.room:
        level.room -= more
        return
    count, threshold = _active(box, watch), watch.meaning.threshold
    running = count - sum(step for _, step in steps)
    for at, step in steps:
        running += step
        if step > 0 and running == threshold and watch.rule.lasts(at):
            firing.fire(box, watch, None, counted=running)
    level.room = max(Decimal(0), threshold - count)


def _step(watch: Watch, happening: Happening, sim: Row) -> int:
    """How a happening changes the number of active SIMs, of those that are the rule's now."""
    if happening.kind == "state":
        return (happening.after == "ACTIVE") - (happening.before == "ACTIVE")
    if sim["state"] != "ACTIVE":
        return 0
    if happening.kind == "account":
        return int(int(happening.before or 0) not in watch.rule.accounts)
    return int(happening.after == str(watch.rule.watched_id)) - int(happening.before == str(watch.rule.watched_id))


def _active(box: Box, watch: Watch) -> int:
    """How many of a rule's SIMs are active."""
    row = box.sql(f"SELECT count(*) AS sims FROM wing_sim s WHERE s.state = 'ACTIVE' AND {watch.rule.condition}")
    return int(row.fetchone()["sims"])
