"""When rules are taken up, when they end, and when to look in between.

A rule that was made or written anew waits to be taken up, which is at once; when its end has passed it is Inactive
again. Source: contract `wing-services.yaml`, key `automation`, `states_reading` and `end_date`.
"""

import json
from collections.abc import Collection
from datetime import datetime, timedelta

from carrierbox.carriers.wing.automation import silence, watched
from carrierbox.carriers.wing.happenings import Kind
from carrierbox.kernel import clock, workflow
from carrierbox.kernel.world import Box

#: The standing work that takes rules up, watches devices and silence, and ends rules.
WATCH = "automation_watch_wf"
#: It looks at devices no more often than that, however many there are.
PAUSE = timedelta(minutes=5)

#: After these a device may do something at once; after those something may be waited for.
_STIRS: frozenset[Kind] = frozenset({"device", "state", "registration"})
_PASSES: frozenset[Kind] = frozenset({"session-start", "session-end", "sms-mo", "sms-mt"})


def wake(box: Box) -> None:
    """Let the standing work look at once."""
    workflow.keep_due(box, carrier="wing", kind=WATCH, at=box.now)


def expect(box: Box, kinds: Collection[Kind]) -> None:
    """Let the standing work look in time for what may follow from happenings of these kinds."""
    watches = watched.active(box)
    if watches.need_devices and not _STIRS.isdisjoint(kinds):
        wake(box)
    elif not (_PASSES & watches.kinds).isdisjoint(kinds) and (at := next_look(box)) is not None:
        workflow.keep_due(box, carrier="wing", kind=WATCH, at=at)


def next_look(box: Box) -> datetime | None:
    """When there will be something to look at: a rule ends, a SIM has been silent for long enough, a device stirs."""
    moments = [_next_end(box), silence.next_due(box)]
    if watched.active(box).need_devices and (stirs_at := _next_stir(box)) is not None:
        moments.append(max(stirs_at, box.now + PAUSE))
    return min((moment for moment in moments if moment is not None), default=None)


def _next_stir(box: Box) -> datetime | None:
    """When a device does something next that rules are about, or a session lapses for want of that."""
    watches = watched.active(box)
    sims = "SELECT s.id, s.iccid FROM json_each(:iccids) e JOIN wing_sim s ON s.iccid = e.value"
    devices, sessions = "carrier = 'wing'", "ended_at IS NULL"
    if watches.iccids is not None:
        devices += f" AND iccid IN (SELECT iccid FROM ({sims}))"
        sessions += f" AND sim_id IN (SELECT id FROM ({sims}))"
    stirs = f"SELECT min(next_at) AS at FROM box_device WHERE {devices}"
    if "session-end" in watches.kinds:
        stirs += f" UNION ALL SELECT min(lapses_at) FROM wing_session WHERE {sessions}"
    found = box.sql(f"SELECT min(at) FROM ({stirs})", iccids=json.dumps(watches.iccids or ())).fetchone()[0]
    return clock.moment(found) if found else None


def wait(box: Box, rule_id: int) -> None:
    """Let a rule that was just written be taken up, unless its end is past."""
    drop(box, rule_id)
    box.sql(
        "UPDATE wing_rule SET is_waiting = ifnull(end_date > :now, 1) WHERE id = :id",
        now=clock.text(box.now),
        id=rule_id,
    )
    wake(box)


def drop(box: Box, rule_id: int) -> None:
    """Let go of what a rule was until now."""
    box.sql("UPDATE wing_rule SET is_waiting = 0 WHERE id = :id", id=rule_id)
    silence.forget(box, rule_id)
    box.world.forget(watched.MEMO)


def take_up(box: Box) -> None:
    """Let rules that wait be Active from now on."""
    waiting = [row["id"] for row in box.sql("SELECT id FROM wing_rule WHERE is_waiting ORDER BY id")]
    if not waiting:
        return
    box.sql(
        "UPDATE wing_rule SET state = 'Active', active_since = :now, is_waiting = 0 WHERE is_waiting",
        now=clock.text(box.now),
    )
    box.world.forget(watched.MEMO)
    for watch in watched.active(box).all:
        if watch.rule.id in waiting and watch.meaning.length:
            silence.begin(box, watch)


def end(box: Box) -> None:
    """Let rules be Inactive whose end has come."""
    ended = box.sql(
        "SELECT id FROM wing_rule WHERE state = 'Active' AND end_date <= :now", now=clock.text(box.now)
    ).fetchall()
    for row in ended:
        box.sql("UPDATE wing_rule SET state = 'Inactive' WHERE id = :id", id=row["id"])
        drop(box, row["id"])


def _next_end(box: Box) -> datetime | None:
    """When the next rule ends."""
    found = box.sql("SELECT min(end_date) FROM wing_rule WHERE state = 'Active'").fetchone()[0]
    return clock.moment(found) if found else None
