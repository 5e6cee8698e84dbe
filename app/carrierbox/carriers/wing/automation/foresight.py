"""What devices are going to do that rules about their SIMs may be triggered by.

A device does by itself what follows from its profile and its seed alone, so that is rehearsed a day ahead, through the
same book-keeping that will write it down. Then it is left in peace until the first moment at which a rule may be
triggered, or until the day is over: rules are triggered at the very moment, and devices that trigger none live a day in
one go. Whatever else happens to a SIM lets it be looked at anew.
"""

import json
from collections.abc import Collection, Iterator, Mapping
from datetime import datetime
from decimal import Decimal

from carrierbox.carriers.wing.automation import counters, matching, silence, watched, work
from carrierbox.carriers.wing.automation.matching import Heard
from carrierbox.carriers.wing.automation.triggers import ANALYTICS, EVENT, SUBSCRIPTION
from carrierbox.carriers.wing.automation.watched import Watch
from carrierbox.carriers.wing.lists import Row
from carrierbox.carriers.wing.usage.network import NETWORK
from carrierbox.carriers.wing.usage.records import desk
from carrierbox.kernel import clock, devices
from carrierbox.kernel.world import Box


def anew(box: Box, sims: Collection[int]) -> bool:
    """Let the devices in these SIMs be looked at now, if rules are about them; answers whether there are any."""
    found = watched.with_devices(box, sims, watched.active(box).singly)
    box.world.store.fill(
        "INSERT OR REPLACE INTO wing_rule_look (sim_id, due_at, is_moment) VALUES (?, ?, 1)",
        ((sim_id, clock.text(box.now)) for sim_id in found),
    )
    return bool(found)


def begin(box: Box, rule_ids: Collection[int]) -> None:
    """Let the devices be looked at now that some rules are about, which are taken up."""
    rules = [watch.rule for watch in watched.active(box).singly if watch.rule.id in rule_ids]
    if not rules:
        return
    covered = watched.one_of(rules)
    box.sql(
        "INSERT OR REPLACE INTO wing_rule_look (sim_id, due_at, is_moment)"
        " SELECT s.id, :now, 0 FROM box_device d CROSS JOIN wing_sim s ON s.iccid = d.iccid"
        f" WHERE d.carrier = 'wing' AND {covered}"
        " UNION SELECT s.id, :now, 0 FROM wing_session x CROSS JOIN wing_sim s ON s.id = x.sim_id"
        f" WHERE x.ended_at IS NULL AND {covered}",
        now=clock.text(box.now),
    )
    work.due(box, work.DAYS, box.now)


def forget(box: Box) -> None:
    """Wait for no device any longer, when no rule is about what devices do."""
    if not watched.active(box).singly:
        box.sql("DELETE FROM wing_rule_look")


def next_due(box: Box, *, is_moment: bool) -> datetime | None:
    """When to look at the next device: as it may trigger a rule then, or to see what it does from then on."""
    found = box.sql("SELECT min(due_at) FROM wing_rule_look WHERE is_moment = :moment", moment=is_moment).fetchone()[0]
    return clock.moment(found) if found else None


def look(box: Box, *, is_moment: bool) -> bool:
    """Let some of the devices live until now whose time has come, and rehearse what they do next.

    Answers: whether more of them wait, or might.
    """
    due = box.sql(
        "SELECT l.sim_id, s.iccid FROM wing_rule_look l LEFT JOIN wing_sim s ON s.id = l.sim_id"
        " WHERE l.is_moment = :moment AND l.due_at <= :now ORDER BY l.due_at LIMIT :most",
        moment=is_moment,
        now=clock.text(box.now),
        most=devices.SLICE_DEVICES,
    ).fetchall()
    if not due:
        return False
    sims = {row["sim_id"]: row["iccid"] for row in due}
    if not devices.catch_up_some(box, NETWORK, [*sims.values()]):
        _wait(box, sims)
    return True


def _wait(box: Box, sims: Mapping[int, str]) -> None:
    """Write down when to look at these SIMs' devices again; at those that do nothing any more, not at all."""
    until = counters.end_of_day(box.now)
    moments = _moments(box, _near(box, sims), until)
    awake = watched.with_devices(box, sims, watched.active(box).singly)
    store = box.world.store
    store.fill("DELETE FROM wing_rule_look WHERE sim_id = ?", ((sim_id,) for sim_id in sims))
    store.fill(
        "INSERT INTO wing_rule_look (sim_id, due_at, is_moment) VALUES (?, ?, ?)",
        ((sim_id, clock.text(moments.get(sim_id, until)), sim_id in moments) for sim_id in awake),
    )
    work.due(box, work.DAYS, until)
    if moments:
        work.due(box, work.WATCH, min(moments.values()))


def _near(box: Box, sims: Mapping[int, str]) -> Collection[str]:
    """Those of these SIMs, by ICCID, whose devices may trigger a rule within the day.

    Where rules count only, those of which enough may come together; all that they used in this billing cycle, and in
    that of the day before, is what counts at most.
    """
    watches = watched.active(box).singly
    if any(watch.trigger.figure is None for watch in watches):
        return sims.values()
    rows = box.sql(
        "SELECT s.iccid, s.rate_plan_id, ifnull(d.profile, 'idle') AS profile,"
        " ifnull(sum(u.up_bytes + u.down_bytes), 0) AS bytes, ifnull(sum(u.sessions), 0) AS sessions,"
        " ifnull(sum(u.sms_mo), 0) AS sms_mo FROM json_each(:sims) e JOIN wing_sim s ON s.id = e.value"
        " LEFT JOIN box_device d ON d.iccid = s.iccid"
        " LEFT JOIN wing_usage u ON u.sim_id = s.id AND u.cycle IN (:cycle, :before) GROUP BY s.id",
        sims=json.dumps([*sims]),
        cycle=counters.cycle_of(box.now),
        before=counters.cycle_of(box.now - counters.DAY),
    )
    return [row["iccid"] for row in rows if any(_may_reach(box, watch, row) for watch in watches)]


def _may_reach(box: Box, watch: Watch, sim: Row) -> bool:
    figure = watch.trigger.figure
    assert figure is not None  # noqa: S101 - it is a counter
    threshold = counters.threshold_of(box, watch, sim["rate_plan_id"])
    most: int = sim[figure] + counters.most_a_day(figure, devices.PROFILES[sim["profile"]])
    return Decimal(0) < threshold <= most


def _moments(box: Box, iccids: Collection[str], until: datetime) -> Mapping[int, datetime]:
    """The first moments until then at which rules may be triggered by what these SIMs' devices do, by SIM."""
    events = devices.foresee(box, NETWORK, iccids, until)
    happens = desk.rehearse(box, iccids, events, until)
    found: dict[int, datetime] = {}
    for sim_id, at in _triggered(box, matching.heard(box, watched.active(box), happens, may_bear_tags=True)):
        if box.now < at < found.get(sim_id, until):
            found[sim_id] = at
    return found


def _triggered(box: Box, heard: Heard) -> Iterator[tuple[int, datetime]]:
    """SIMs by which a rule about them may be triggered, and when."""
    some = {watch: told for watch, told in heard.items() if watch.rule.resource_id == SUBSCRIPTION}
    for watch, told in some.items():
        if watch.trigger.type_id == EVENT:
            yield from ((sim["id"], happening.at) for happening, sim in told)
        elif watch.trigger.type_id == ANALYTICS:
            yield from silence.ahead(watch, told)
    counted = {watch: told for watch, told in some.items() if watch.trigger.figure}
    for reached in counters.crossings(box, counted, is_written=False):
        yield reached.sim["id"], reached.crossing.at
