"""kernel/workflow: work that a rule starts is the rule's doing until it ends, and the rule hears how it ended."""

from collections.abc import Mapping
from typing import Any

import pytest
from tests.kernel.workflow.conftest import Mishap, advanced, ask, begin, note

from carrierbox.kernel import workflow
from carrierbox.kernel.workflow import Outcome, Refusal
from carrierbox.kernel.world import Box, Cause, World

RULE = Cause("rule", "rule 7", None, "rule 7")


@pytest.fixture
def causes(monkeypatch: pytest.MonkeyPatch) -> list[Cause]:
    """What work was done for, one by one."""
    seen: list[Cause] = []

    def keep(box: Box, job: Mapping[str, Any], refusal: Refusal | None) -> Outcome:
        seen.append(box.cause)
        return note(box, job, refusal)

    monkeypatch.setitem(workflow._handlers, "keep", keep)
    return seen


@pytest.fixture
def ends(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, str]]:
    """How the work of rules ended."""
    heard: list[tuple[str, str]] = []
    monkeypatch.setattr(workflow, "_followers", [])

    @workflow.follows
    def hear(box: Box, job: Mapping[str, Any], outcome: Outcome) -> None:
        assert "rule" == box.cause.kind
        heard.append((job["id"], outcome.status))

    return heard


def begin_for_a_rule(world: World, kind: str, **sent: Any) -> str:
    with world.transaction(RULE) as box:
        return ask(box, kind, **sent)


def test_a_rules_work_is_the_rules_and_a_requests_is_its_own(world: World, causes: list[Cause]) -> None:
    begin_for_a_rule(world, "keep")
    job = begin(world, "keep")
    advanced(world, None)
    assert [RULE, Cause("workflow", job, "toy-1", "somebody")] == causes


def test_the_rule_hears_how_it_ended_and_nothing_of_others(world: World, ends: list[tuple[str, str]]) -> None:
    done = begin_for_a_rule(world, "note")
    failed = begin_for_a_rule(world, "note", refusal=Refusal("no", 409))
    begin(world, "note")
    advanced(world, None)
    assert {(done, "completed"), (failed, "failed")} == set(ends)


def test_what_goes_on_in_parts_is_heard_of_at_its_end(world: World, ends: list[tuple[str, str]]) -> None:
    job = begin_for_a_rule(world, "in parts", parts=3)
    advanced(world, None)
    assert [(job, "completed")] == ends


def test_what_the_rule_does_with_it_fails_with_the_work(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    def stumble(*_: Any) -> None:
        raise Mishap

    monkeypatch.setattr(workflow, "_followers", [stumble])
    job = begin_for_a_rule(world, "note", text="taken back")
    advanced(world, None)
    [row] = world.store.sql("SELECT status, reason FROM box_job WHERE id = ?", (job,)).fetchall()
    assert ("failed", "Internal error") == tuple(row)
    assert [] == world.store.sql("SELECT * FROM note").fetchall()
