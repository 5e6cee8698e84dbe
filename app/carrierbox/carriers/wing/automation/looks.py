"""When to look at devices and SIMs for the rules, and at which devices.

A world's devices live only when somebody looks. As long as rules are about what devices do, the standing work of
`watch` looks whenever one of them stirs, but no more often than `PAUSE`: sparse devices are heard of at the very
moment, dense ones within that. Devices that no rule is about are left in peace.
"""

import json
from collections.abc import Collection, Sequence
from datetime import datetime, timedelta

from carrierbox.carriers.wing.automation import silence, watched
from carrierbox.carriers.wing.happenings import Happening, Kind
from carrierbox.kernel import clock, workflow
from carrierbox.kernel.world import Box

#: The standing work that takes rules up, looks at devices and silence, and ends rules.
WATCH = "automation_watch_wf"
PAUSE = timedelta(minutes=5)
#: The devices of so many SIMs are looked at one by one; where rules are about more, at all.
FEW = 20

MEMO = "wing.automation.devices"

#: After these, a device may do something at once; after those, something may be waited for.
_STIRS: frozenset[Kind] = frozenset({"device", "state", "registration"})
_PASSES: frozenset[Kind] = frozenset({"session-start", "session-end", "sms-mo", "sms-mt", "state"})
#: After these, rules may be about other devices.
_CHANGES: frozenset[Kind] = frozenset({"device", "account", "rate-plan"})


def wake(box: Box) -> None:
    """Look at once."""
    workflow.keep_due(box, carrier="wing", kind=WATCH, at=box.now)


def expect(box: Box, happened: Sequence[Happening]) -> None:
    """Look in time for what may follow from what happened."""
    kinds: set[Kind] = {happening.kind for happening in happened}
    watches = watched.active(box)
    stirs = watches.need_devices and (_look_about(box, happened, kinds) or not _STIRS.isdisjoint(kinds))
    if stirs and devices(box) != ():
        wake(box)
    elif not (_PASSES & watches.kinds).isdisjoint(kinds) and (at := next_look(box)) is not None:
        workflow.keep_due(box, carrier="wing", kind=WATCH, at=at)


def _look_about(box: Box, happened: Sequence[Happening], kinds: Collection[Kind]) -> bool:
    """Find out anew which devices rules are about, where there may be others now; answers whether there may."""
    if _CHANGES.isdisjoint(kinds) or devices(box) is None:
        return False
    sims = {happening.sim_id for happening in happened if happening.kind in _CHANGES}
    if not _iccids(box, sims):
        return False
    box.world.forget(MEMO)
    return True


def devices(box: Box) -> tuple[str, ...] | None:
    """The SIMs, by ICCID, whose devices do what rules are about, where those are few; none: any device does."""
    return box.world.memo(MEMO, lambda: _devices(box))


def _devices(box: Box) -> tuple[str, ...] | None:
    found = _iccids(box, None)
    return found if len(found) <= FEW else None


def _iccids(box: Box, sims: Collection[int] | None) -> tuple[str, ...]:
    """Some of the SIMs that have devices which rules are about; of these, or of all."""
    rules = {watch.rule.id: watch.rule for watch in watched.active(box).all if watch.needs_devices}
    # who bears a tag may change without being told
    conditions = [f"({rule.by_account if rule.mode == 'Tag' else rule.condition})" for rule in rules.values()]
    of_these = "" if sims is None else " AND s.id IN (SELECT value FROM json_each(:sims))"
    rows = box.sql(
        "SELECT d.iccid FROM box_device d JOIN wing_sim s ON s.iccid = d.iccid"
        f" WHERE d.carrier = 'wing' AND ({' OR '.join(conditions) or '0'}){of_these} LIMIT {FEW + 1}",
        sims=json.dumps([*(sims or ())]),
    )
    return tuple(row["iccid"] for row in rows)


def next_look(box: Box) -> datetime | None:
    """When there will be something to look at: a rule ends, a SIM has been silent for long enough, a device stirs."""
    ends_at = box.sql("SELECT min(end_date) FROM wing_rule WHERE state = 'Active'").fetchone()[0]
    moments = [clock.moment(ends_at) if ends_at else None, silence.next_due(box)]
    if watched.active(box).need_devices and (stirs_at := _next_stir(box)) is not None:
        moments.append(max(stirs_at, box.now + PAUSE))
    return min((moment for moment in moments if moment is not None), default=None)


def _next_stir(box: Box) -> datetime | None:
    """When a device does something next that rules are about, or a session lapses for want of that."""
    iccids = devices(box)
    device, session = "carrier = 'wing'", "ended_at IS NULL"
    if iccids is not None:
        sims = "SELECT s.id, s.iccid FROM json_each(:iccids) e JOIN wing_sim s ON s.iccid = e.value"
        device += f" AND iccid IN (SELECT iccid FROM ({sims}))"
        session += f" AND sim_id IN (SELECT id FROM ({sims}))"
    stirs = f"SELECT min(next_at) AS at FROM box_device WHERE {device}"
    if "session-end" in watched.active(box).kinds:
        stirs += f" UNION ALL SELECT min(lapses_at) FROM wing_session WHERE {session}"
    found = box.sql(f"SELECT min(at) FROM ({stirs})", iccids=json.dumps(iccids or ())).fetchone()[0]
    return clock.moment(found) if found else None
