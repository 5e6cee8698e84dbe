"""When rules are taken up, and when they end.

A rule that was made or written anew waits to be taken up, which is at once; when its end has passed it is Inactive
again. Source: contract `wing-services.yaml`, key `automation`, `states_reading` and `end_date`.
"""

from carrierbox.carriers.wing.automation import foresight, levels, looks, silence, watched, work
from carrierbox.kernel import clock
from carrierbox.kernel.world import Box


def wait(box: Box, rule_id: int) -> None:
    """Let a rule that was just written be taken up, unless its end is past."""
    drop(box, rule_id)
    box.sql(
        "UPDATE wing_rule SET is_waiting = ifnull(end_date > :now, 1) WHERE id = :id",
        now=clock.text(box.now),
        id=rule_id,
    )
    looks.wake(box)


def drop(box: Box, rule_id: int) -> None:
    """Let go of what a rule was until now."""
    box.sql("UPDATE wing_rule SET is_waiting = 0 WHERE id = :id", id=rule_id)
    silence.forget(box, rule_id)
    box.world.forget(watched.MEMO, looks.MEMO, levels.MOST)
    foresight.forget(box)


def take_up(box: Box) -> None:
    """Let rules that wait be Active from now on."""
    waiting = [row["id"] for row in box.sql("SELECT id FROM wing_rule WHERE is_waiting ORDER BY id")]
    if not waiting:
        return
    box.sql(
        "UPDATE wing_rule SET state = 'Active', active_since = :now, is_waiting = 0 WHERE is_waiting",
        now=clock.text(box.now),
    )
    box.world.forget(watched.MEMO, looks.MEMO)
    silent = {watch.rule.id for watch in watched.active(box).all if watch.meaning.length}
    for rule_id in silent.intersection(waiting):
        box.sql("UPDATE wing_rule SET silence_after = 0 WHERE id = :id", id=rule_id)
        work.due(box, work.DAYS, box.now)
    foresight.begin(box, waiting)
    looks.wake_plans(box)


def end(box: Box) -> None:
    """Let rules be Inactive whose end has come."""
    ended = box.sql(
        "SELECT id FROM wing_rule WHERE state = 'Active' AND end_date <= :now", now=clock.text(box.now)
    ).fetchall()
    for row in ended:
        box.sql("UPDATE wing_rule SET state = 'Inactive' WHERE id = :id", id=row["id"])
        drop(box, row["id"])
