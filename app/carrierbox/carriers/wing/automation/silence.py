"""Silence: a SIM that is active had no data session, or no message, for so long.

For each SIM that is waited for it is written down when it will have been silent for long enough; what breaks the
silence moves that. So SIMs need not be asked again and again, and a rule is triggered at the very moment.
Source: contract `wing-services.yaml`, key `automation`, `thresholds`.
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime

from carrierbox.carriers.wing.automation import firing, watched, work
from carrierbox.carriers.wing.automation.watched import Watch
from carrierbox.carriers.wing.happenings import Happening
from carrierbox.carriers.wing.lists import Row
from carrierbox.kernel import clock, devices
from carrierbox.kernel.world import Box

#: So many SIMs are looked at in one go, as many as live in one slice.
PART = devices.SLICE_DEVICES

#: So many SIMs of a rule that is taken up are looked at in one go: some milliseconds of work.
WINDOW = 1_000

#: After which moment a SIM's silence begins: what is under way lies after everything.
_UNDER_WAY = "~"
_LAST_SESSION = f"(SELECT max(ifnull(d.ended_at, '{_UNDER_WAY}')) FROM wing_session d WHERE d.sim_id = s.id)"
_LAST_MESSAGE = "(SELECT max(m.at) FROM wing_sms m WHERE m.sim_id = s.id)"


def _last(watch: Watch) -> str:
    """The SQL of when SIM `s` was last not silent."""
    last = _LAST_SESSION if "session-end" in watch.trigger.hears else _LAST_MESSAGE
    return f"max(ifnull({last}, ''), ifnull(s.last_state_change_date, ''))"


def begin(box: Box) -> bool:
    """Wait for the SIMs of rules that were taken up, some of them; answers whether there may be more.

    One that has been silent for long enough is due now.
    """
    begun = box.sql(
        "SELECT id, silence_after FROM wing_rule WHERE state = 'Active' AND silence_after IS NOT NULL"
        " ORDER BY id LIMIT 1"
    ).fetchone()
    if begun is None:
        return False
    watches = [watch for watch in watched.active(box).all if watch.rule.id == begun["id"] and watch.meaning.length]
    after = _begin_some(box, watches, begun["silence_after"])
    box.sql("UPDATE wing_rule SET silence_after = :after WHERE id = :id", after=after, id=begun["id"])
    if (at := next_due(box)) is not None:
        work.due(box, work.WATCH, at)
    return True


def _begin_some(box: Box, watches: Sequence[Watch], after: int) -> int | None:
    """Wait for the next SIMs of a rule by their ids; answers the last of them, if others follow."""
    rule = watches[0].rule
    next_sims = "SELECT id FROM wing_sim WHERE realm = :realm AND id > :after ORDER BY id LIMIT :window"
    facts = {"realm": rule.realm, "after": after, "window": WINDOW}
    if rule.sim_id is not None:
        next_sims = f"SELECT {rule.sim_id} AS id"
    for watch in watches:
        rows = box.sql(
            f"SELECT s.id, {_last(watch)} AS last FROM ({next_sims}) n CROSS JOIN wing_sim s ON s.id = n.id"
            f" WHERE s.state = 'ACTIVE' AND {rule.condition}",
            **facts,
        )
        _put(box, watch, ((row["id"], _due(watch, row["last"])) for row in rows if row["last"] != _UNDER_WAY))
    seen, last = box.sql(f"SELECT count(*), max(id) FROM ({next_sims})", **facts).fetchone()
    return int(last) if seen == WINDOW else None


def _due(watch: Watch, last: str) -> datetime:
    """When a SIM will have been silent for long enough; not before the rule looks at it."""
    return max(watch.rule.since, clock.moment(last) + watch.meaning.length) if last else watch.rule.since


def _put(box: Box, watch: Watch, waits: Iterable[tuple[int, datetime]]) -> None:
    box.world.store.fill(
        "INSERT INTO wing_rule_silence (rule_id, trigger_id, sim_id, due_at) VALUES (?, ?, ?, ?)"
        " ON CONFLICT DO UPDATE SET due_at = max(due_at, excluded.due_at)",
        ((watch.rule.id, watch.id, sim_id, clock.text(due)) for sim_id, due in waits),
    )


def hear(box: Box, watch: Watch, heard: Sequence[tuple[Happening, Row]]) -> None:
    """Take note of what broke the silence of SIMs, or began it."""
    waits: dict[int, datetime | None] = {}
    for happening, sim in heard:
        is_active = happening.after == "ACTIVE" if happening.kind == "state" else sim["state"] == "ACTIVE"
        begins = happening.kind != "session-start" and is_active
        waits[sim["id"]] = happening.at + watch.meaning.length if begins else None
    box.world.store.fill(
        "DELETE FROM wing_rule_silence WHERE rule_id = ? AND trigger_id = ? AND sim_id = ?",
        ((watch.rule.id, watch.id, sim_id) for sim_id, due in waits.items() if due is None),
    )
    _put(box, watch, ((sim_id, due) for sim_id, due in waits.items() if due is not None))


def ahead(watch: Watch, heard: Sequence[tuple[Happening, Row]]) -> Iterator[tuple[int, datetime]]:
    """When SIMs will have been silent for long enough after what is still to come."""
    waits: dict[int, datetime | None] = {}
    for happening, sim in heard:
        sim_id, due_at = sim["id"], waits.get(sim["id"])
        if due_at is not None and due_at < happening.at:
            yield sim_id, due_at
        waits[sim_id] = None if happening.kind == "session-start" else happening.at + watch.meaning.length
    yield from ((sim_id, due_at) for sim_id, due_at in waits.items() if due_at is not None)


def forget(box: Box, rule_id: int) -> None:
    """Wait for no SIM of that rule any longer."""
    box.sql("DELETE FROM wing_rule_silence WHERE rule_id = :rule", rule=rule_id)


def next_due(box: Box) -> datetime | None:
    """When the next SIM will have been silent for long enough."""
    found = box.sql("SELECT min(due_at) FROM wing_rule_silence").fetchone()[0]
    return clock.moment(found) if found else None


def due(box: Box) -> Sequence[Row]:
    """The SIMs, with their ICCIDs, that may have been silent for long enough, the first of them."""
    rows: Sequence[Row] = box.sql(
        "SELECT w.*, s.iccid FROM wing_rule_silence w LEFT JOIN wing_sim s ON s.id = w.sim_id"
        " WHERE w.due_at <= :now ORDER BY w.due_at, w.sim_id LIMIT :most",
        now=clock.text(box.now),
        most=PART,
    ).fetchall()
    return rows


def look(box: Box, waiting: Iterable[Row]) -> None:
    """Trigger rules for SIMs that were due, and are still, now that their devices have caught up.

    Each once until it is heard.
    """
    watches = {(watch.rule.id, watch.id): watch for watch in watched.active(box).all}
    for row in waiting:
        is_due = box.sql(
            "DELETE FROM wing_rule_silence WHERE rule_id = :rule AND trigger_id = :trigger AND sim_id = :sim"
            " AND due_at <= :now",
            rule=row["rule_id"],
            trigger=row["trigger_id"],
            sim=row["sim_id"],
            now=clock.text(box.now),
        ).rowcount
        watch = watches.get((row["rule_id"], row["trigger_id"]))
        if is_due and watch is not None:
            _look(box, watch, row["sim_id"])


def _look(box: Box, watch: Watch, sim_id: int) -> None:
    """Trigger a rule for a SIM that is still one of its, and still silent."""
    sim = box.sql(
        f"SELECT s.*, {_last(watch)} AS last FROM wing_sim s WHERE s.id = :id AND s.state = 'ACTIVE'"
        f" AND {watch.rule.condition}",
        id=sim_id,
    ).fetchone()
    if sim is None or sim["last"] == _UNDER_WAY:
        return
    due = _due(watch, sim["last"])
    if due > box.now:
        _put(box, watch, [(sim_id, due)])
    elif watch.rule.lasts(due):
        firing.fire(box, watch, sim)
