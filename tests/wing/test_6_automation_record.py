"""6: what rules did is on record as long as it matters, and no longer."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from tests.wing import inside
from tests.wing.automation import FIVE, action, rule, trigger

from carrierbox.carriers.wing import happenings
from carrierbox.carriers.wing.automation import firing, lifetimes, rules
from carrierbox.carriers.wing.automation.schemas import NewRule
from carrierbox.carriers.wing.happenings import Happening
from carrierbox.carriers.wing.usage.network import NETWORK
from carrierbox.kernel import clock, devices
from carrierbox.kernel.world import Box, World

SIM, ICCID = 290062, "8955644500001090062"


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    """A world in the middle of a month."""
    with inside.started(tmp_path) as world:
        world.clock.reach(clock.moment("2031-02-15T12:00:00Z"))
        yield world


def begin(box: Box, caller: Any, monitored: dict[str, Any], **more: Any) -> int:
    """A rule that is taken up; answers its id."""
    body = NewRule.model_validate(rule(monitored, accountId=FIVE, notifications=[], **more))
    shown, _ = rules.create(box, caller, body)
    lifetimes.take_up(box)
    return int(shown["id"])


def happen(box: Box, times: int, pause: timedelta) -> None:
    """Let as many sessions begin, one after the other."""
    for _ in range(times):
        box.now += pause
        happenings.tell(box, [Happening("session-start", SIM, box.now, "GB", "Default Zone")])


def on_record(box: Box, condition: str = "1") -> int:
    return int(box.sql(f"SELECT count(*) FROM wing_rule_firing WHERE {condition}").fetchone()[0])


def test_of_events_the_latest_are_kept(world: World) -> None:
    with inside.asking(world) as (box, caller):
        begin(box, caller, trigger(1))
        happen(box, 1_500, timedelta(minutes=5))
        assert firing.MOST <= on_record(box) < firing.MOST + 100
        latest = box.sql("SELECT max(at) FROM wing_rule_firing").fetchone()[0]
        assert clock.text(box.now) == latest


def test_of_the_last_hour_all_are_kept(world: World) -> None:
    with inside.asking(world) as (box, caller):
        begin(box, caller, trigger(1))
        happen(box, 1_500, timedelta(seconds=1))
        assert 1_500 == on_record(box)


def test_an_action_that_is_to_be_undone_is_kept(world: World) -> None:
    with inside.asking(world) as (box, caller):
        begin(box, caller, trigger(1), actions=[action("Suspend", reset=True)])
        happen(box, 1, timedelta(minutes=5))
    inside.advance(world, 60)
    with inside.asking(world) as (box, caller):
        [first] = box.sql("SELECT id FROM wing_rule_firing WHERE reset_at IS NOT NULL").fetchone()
        box.sql("UPDATE wing_rule SET actions = '[]'")
        world.forget()
        happen(box, 1_500, timedelta(minutes=5))
        assert 1 == on_record(box, f"id = {first}")


def test_a_window_is_kept_until_the_cycle_after_it_is_over(world: World) -> None:
    with inside.asking(world) as (box, caller):
        rule_id = begin(box, caller, trigger(6, "1", "KB"))
        for month in ("2031-03", "2031-04", "2031-05"):
            box.now = clock.moment(f"{month}-10T00:00:00Z")
            devices.happen(box, NETWORK, ICCID, "data", up_bytes=0, down_bytes=2048)
        firing.let_go(box, rule_id)
        windows = [
            row["window"] for row in box.sql("SELECT window FROM wing_rule_firing WHERE window <> '' ORDER BY id")
        ]
    assert ["2031-04", "2031-05"] == windows


def test_a_deleted_rules_firings_go_with_it(world: World) -> None:
    with inside.asking(world) as (box, caller):
        gone, stays = begin(box, caller, trigger(1)), begin(box, caller, trigger(1))
        happen(box, 3, timedelta(minutes=5))
        rules.delete(box, caller, gone)
        assert [0, 3] == [on_record(box, f"rule_id = {rule_id}") for rule_id in (gone, stays)]
