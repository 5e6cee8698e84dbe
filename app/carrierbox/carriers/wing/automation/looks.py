"""When to look at devices and SIMs for the rules, and at which devices.

A world's devices live only when somebody looks. As long as rules are about what devices do, the standing work of
`watch` looks: at the devices in single SIMs when they are going to do what a rule is about (`foresight`); for rules
about rate plans at their devices day by day, or, as soon as a threshold may be near, whenever one of them stirs, but no
more often than `PAUSE`. Devices that no rule is about are left in peace.
"""

import json
from collections.abc import Sequence
from datetime import datetime, timedelta

from carrierbox.carriers.wing.automation import foresight, levels, silence, watched, work
from carrierbox.carriers.wing.happenings import Happening, Kind
from carrierbox.carriers.wing.usage.network import NETWORK
from carrierbox.kernel import clock
from carrierbox.kernel.devices import by_itself
from carrierbox.kernel.world import Box

PAUSE = timedelta(minutes=5)
#: The devices of so many SIMs of rate plans are looked at one by one; where rules are about more, at all.
FEW = 20

MEMO = "wing.automation.devices"

#: After these, something may be waited for.
_PASSES: frozenset[Kind] = frozenset({"session-start", "session-end", "sms-mo", "sms-mt", "state"})
#: After these, rules may be about other devices, or those do something else.
_CHANGES: frozenset[Kind] = frozenset({"device", "account", "rate-plan", "state", "registration"})


def wake(box: Box) -> None:
    """Look at once, and take up the rules that wait."""
    work.due(box, work.WATCH, box.now)


def wake_plans(box: Box) -> None:
    """Look at the devices of rate plans at once, if there are any."""
    box.world.forget(MEMO, levels.MOST)
    if watched.active(box).together and devices(box) != ():
        work.due(box, work.PLANS, box.now)


def expect(box: Box, happened: Sequence[Happening]) -> None:
    """Look in time for what may follow from what happened."""
    if box.cause == by_itself(NETWORK.carrier):
        return  # it was foreseen
    watches = watched.active(box)
    kinds: set[Kind] = {happening.kind for happening in happened}
    sims = {happening.sim_id for happening in happened}
    if watches.singly and foresight.anew(box, sims):
        wake(box)
    elif not (_PASSES & watches.kinds).isdisjoint(kinds) and (at := next_look(box)) is not None:
        work.due(box, work.WATCH, at)
    if not watches.together or not watched.with_devices(box, sims, watches.together):
        return
    if not _CHANGES.isdisjoint(kinds):
        box.world.forget(MEMO, levels.MOST)
    if (at := next_look_at_plans(box)) is not None:
        work.due(box, work.PLANS, at)


def devices(box: Box) -> tuple[str, ...] | None:
    """The SIMs of watched rate plans that have devices, by ICCID, where those are few; none: look at any device."""
    return box.world.memo(MEMO, lambda: _devices(box))


def _devices(box: Box) -> tuple[str, ...] | None:
    rules = (watch.rule for watch in watched.active(box).together)
    rows = box.sql(
        "SELECT d.iccid FROM box_device d JOIN wing_sim s ON s.iccid = d.iccid"
        f" WHERE d.carrier = 'wing' AND {watched.one_of(rules)} LIMIT {FEW + 1}"
    ).fetchall()
    return tuple(row["iccid"] for row in rows) if len(rows) <= FEW else None


def next_look(box: Box) -> datetime | None:
    """When there will be something to look at: a rule ends, a silence has lasted, a device does something."""
    ends_at = box.sql("SELECT min(end_date) FROM wing_rule WHERE state = 'Active'").fetchone()[0]
    moments = (
        clock.moment(ends_at) if ends_at else None,
        silence.next_due(box),
        foresight.next_due(box, is_moment=True),
    )
    return min((moment for moment in moments if moment is not None), default=None)


def next_look_at_plans(box: Box) -> datetime | None:
    """When to look at the devices of watched rate plans, if one of them does anything."""
    iccids = devices(box)
    these = "" if iccids is None else " AND iccid IN (SELECT value FROM json_each(:iccids))"
    stirs_at = box.sql(
        f"SELECT min(next_at) FROM box_device WHERE carrier = 'wing'{these}", iccids=json.dumps(iccids or ())
    ).fetchone()[0]
    if stirs_at is None:
        return None
    quiet_until = min(levels.quiet_until(box, watch) for watch in watched.active(box).together)
    return max(clock.moment(stirs_at), box.now + PAUSE, quiet_until)
