"""A rule is triggered: it is written down, people are told, and its actions are carried out.

Source: contract `wing-services.yaml`, key `automation`, `on_fire`.
"""

from datetime import datetime, timedelta
from typing import Any

from carrierbox.carriers.wing.automation import actions, notices
from carrierbox.carriers.wing.automation.triggers import ANALYTICS
from carrierbox.carriers.wing.automation.watched import Watch
from carrierbox.carriers.wing.lists import Row
from carrierbox.kernel import clock
from carrierbox.kernel.world import Box

#: So often in an hour rules may trigger each other.
MOST_ROUNDS = 10
#: So many firings of a rule are on record that belong to no window, beside those of the last hour.
MOST = 1_000
#: With every so many firings old ones are let go of.
_AT_ONCE = 100

#: An action is under way, or is to be undone.
_IS_PENDING = "(reset_at IS NOT NULL OR status IN ('RUNNING', 'UNDOING'))"


def fire(  # noqa: PLR0913 - a firing has that many facts
    box: Box, watch: Watch, sim: Row | None, *, window: str = "", counted: int | None = None, shown: str = ""
) -> None:
    """Trigger a rule; *sim* is none where it is about a rate plan or an account.

    *window* is what a counter counted in, *shown* the new value that an event brought.
    """
    notices.send(box, watch, sim, shown or watch.value)
    facts: dict[str, Any] = {
        "rule_id": watch.rule.id,
        "trigger_id": watch.id,
        "edition": watch.rule.edition,
        "sim_id": None if sim is None else sim["id"],
        "window": window,
        "at": clock.text(box.now),
        "value": counted,
    }
    for begun in _begin(box, watch, sim) or [{"status": "COMPLETED"}]:
        columns = facts | begun
        number = box.sql(
            f"INSERT INTO wing_rule_firing ({', '.join(columns)}) VALUES ({', '.join(f':{name}' for name in columns)})",
            **columns,
        ).lastrowid
        if number % _AT_ONCE == 0:
            let_go(box, watch.rule.id)


def let_go(box: Box, rule_id: int) -> None:
    """Let go of old firings of a rule: those of windows before the last billing cycle, and of the others all but some.

    What is in a window is asked for as long as usage of that window may come in late.
    """
    box.sql(
        f"DELETE FROM wing_rule_firing WHERE rule_id = :rule AND NOT {_IS_PENDING} AND iif(window = '', at < :hour"
        " AND id <= (SELECT id FROM wing_rule_firing WHERE rule_id = :rule AND window = ''"
        " ORDER BY id DESC LIMIT 1 OFFSET :most), at < :cycle)",
        rule=rule_id,
        hour=clock.text(box.now - timedelta(hours=1)),
        most=MOST,
        cycle=clock.text(last_cycle(box.now)),
    )


def forget(box: Box, rule_id: int) -> None:
    """Let go of the firings of a rule that is gone, but for what its actions are still to do."""
    box.sql(f"DELETE FROM wing_rule_firing WHERE rule_id = :rule AND NOT {_IS_PENDING}", rule=rule_id)


def _begin(box: Box, watch: Watch, sim: Row | None) -> list[dict[str, Any]]:
    """Start a rule's actions, which are on SIMs; answers what is to be written down of each."""
    if sim is None:
        return []
    ends_at = _ends_at(box, watch)
    begun = (actions.begin(box, watch.rule, sim, action, ends_at) for action in watch.rule.actions)
    return [facts for facts in begun if facts]


def _ends_at(box: Box, watch: Watch) -> datetime:
    """When what a trigger led to is undone: a day later, or with the billing cycle, which is the month."""
    if watch.trigger.window == "day" or watch.trigger.type_id == ANALYTICS:
        return box.now + timedelta(days=1)
    return next_cycle(box.now)


def next_cycle(moment: datetime) -> datetime:
    """When the billing cycle after that moment begins."""
    return (_cycle(moment) + timedelta(days=32)).replace(day=1)


def last_cycle(moment: datetime) -> datetime:
    """When the billing cycle before that moment's began."""
    return (_cycle(moment) - timedelta(days=1)).replace(day=1)


def _cycle(moment: datetime) -> datetime:
    return moment.replace(day=1, hour=0, minute=0, second=0, microsecond=0)


def has_fired(box: Box, watch: Watch, sim_id: int | None, window: str, *, or_later: bool = False) -> bool:
    """Whether a rule, as it is now, was triggered for that SIM in that window already, or in a later one."""
    found = box.sql(
        "SELECT 1 FROM wing_rule_firing WHERE rule_id = :rule AND trigger_id = :trigger AND sim_id IS :sim"
        f" AND window {'>=' if or_later else '='} :window AND edition = :edition",
        rule=watch.rule.id,
        trigger=watch.id,
        sim=sim_id,
        window=window,
        edition=watch.rule.edition,
    )
    return found.fetchone() is not None


def goes_round(box: Box, watch: Watch, sim: Row) -> bool:
    """Whether rules have triggered each other for a SIM so often that it would never end.

    open: the document does not say what becomes of rules that cause each other; they stop after some rounds.
    """
    if box.cause.kind != "rule":
        return False
    found = box.sql(
        "SELECT count(*) FROM wing_rule_firing WHERE rule_id = :rule AND trigger_id = :trigger AND sim_id = :sim"
        " AND at > :since",
        rule=watch.rule.id,
        trigger=watch.id,
        sim=sim["id"],
        since=clock.text(box.now - timedelta(hours=1)),
    )
    return bool(found.fetchone()[0] >= MOST_ROUNDS)
