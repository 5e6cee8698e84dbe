"""kernel/lifecycle: yes or no to a step, definitions that hold together, and a timeline with each change's cause."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from carrierbox.kernel import fixtures
from carrierbox.kernel.fixtures import BadFixture
from carrierbox.kernel.lifecycle import Lifecycle, Refused, StateName, Step, begin, decide, load, record
from carrierbox.kernel.world import Cause, Settings, World
from carrierbox.kernel.worlds import Origin, Worlds

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)

names = st.sampled_from([StateName(name) for name in ("NEW", "ACTIVE", "SUSPENDED", "LOST", "GONE")])
pairs = st.tuples(names, names)


@st.composite
def models(draw: st.DrawFn) -> Lifecycle:
    steps = draw(st.lists(pairs, unique=True))
    every = {name: number for number, name in enumerate(draw(st.permutations(["NEW", "ACTIVE", "SUSPENDED", "LOST"])))}
    return Lifecycle(
        "any", {StateName(name): number for name, number in every.items()}, {pair: Step(*pair, {}) for pair in steps}
    )


# ------------------------------------------------------------------------------------------------------------ decisions


@given(models(), names, names)
def test_a_step_is_taken_if_it_is_defined_and_refused_if_not(
    model: Lifecycle, present: StateName, wanted: StateName
) -> None:
    decided = decide(model, present, wanted)
    assert ((present, wanted) in model.steps) == isinstance(decided, Step)
    assert (present, wanted) == (decided.present, decided.wanted)


@given(models(), names, names)
def test_a_refusal_names_all_that_would_be_taken_and_nothing_else(
    model: Lifecycle, present: StateName, wanted: StateName
) -> None:
    decided = decide(model, present, wanted)
    if isinstance(decided, Refused):
        assert wanted not in decided.allowed
        assert all(isinstance(decide(model, present, other), Step) for other in decided.allowed)
        assert len(decided.allowed) == sum(before == present for before, _ in model.steps)


@given(models(), names, names)
def test_deciding_changes_nothing(model: Lifecycle, present: StateName, wanted: StateName) -> None:
    before = dict(model.steps)
    assert decide(model, present, wanted) == decide(model, present, wanted)
    assert before == model.steps


# ---------------------------------------------------------------------------------------------------------- definitions


@pytest.fixture
def definition(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """The file of a lifecycle called `toy`."""
    (tmp_path / "lifecycles").mkdir()
    monkeypatch.setattr(fixtures, "folder", lambda: tmp_path)
    load.cache_clear()
    yield tmp_path / "lifecycles" / "toy.yaml"
    load.cache_clear()


STATES = "states: [{id: 1, name: NEW}, {id: 2, name: OLD}]\n"


def test_a_definition_is_read_in_its_own_order_with_its_facts(definition: Path) -> None:
    definition.write_text(
        STATES + "transitions:\n- {id: 7, from: OLD, to: NEW, why: repaired}\n- {from: NEW, to: OLD}\n"
    )
    toy = load("toy")
    assert {"NEW": 1, "OLD": 2} == toy.states
    assert [("OLD", "NEW"), ("NEW", "OLD")] == list(toy.steps)
    assert Step(StateName("OLD"), StateName("NEW"), {"id": 7, "why": "repaired"}) == decide(
        toy, StateName("OLD"), StateName("NEW")
    )
    assert (StateName("NEW"),) == toy.next_from(StateName("OLD"))


def test_a_step_to_the_same_state_is_taken_where_the_definition_has_it(definition: Path) -> None:
    definition.write_text(STATES + "transitions: [{from: NEW, to: NEW}]\n")
    assert isinstance(decide(load("toy"), StateName("NEW"), StateName("NEW")), Step)
    assert isinstance(decide(load("toy"), StateName("OLD"), StateName("OLD")), Refused)


@pytest.mark.parametrize(
    "row", ["{from: NEW, to: BROKEN}", "{from: BROKEN, to: NEW}", "{from: BROKEN, to: BROKEN}", "{from: new, to: OLD}"]
)
def test_a_state_that_is_not_defined_is_refused_with_the_file(definition: Path, row: str) -> None:
    definition.write_text(f"{STATES}transitions: [{row}]\n")
    with pytest.raises(BadFixture, match=r"lifecycles/toy\.yaml: transition with unknown state (BROKEN|new)"):
        load("toy")


def test_a_definition_that_is_not_there_is_named(definition: Path) -> None:
    with pytest.raises(BadFixture, match=str(definition)):
        load("toy")


@pytest.mark.parametrize("path", sorted((fixtures.folder() / "lifecycles").glob("*.yaml")), ids=lambda path: path.stem)
def test_every_shipped_definition_holds_together(path: Path) -> None:
    shipped = load(path.stem)
    assert len(shipped.states) == len(set(shipped.states.values()))
    assert len(shipped.steps) == len(fixtures.read_yaml(path)["transitions"])


# --------------------------------------------------------------------------------------------------------- the timeline


@pytest.fixture
def world(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[World]:
    (folder := tmp_path / "none").mkdir()
    monkeypatch.setattr(fixtures, "folder", lambda: folder)
    house = Worlds(tmp_path / "data", ())
    yield house.start(Origin(sims=0), Settings())
    house.close()


def timeline(world: World) -> list[dict[str, Any]]:
    return [dict(row) for row in world.store.sql("SELECT * FROM box_timeline ORDER BY id")]


@pytest.mark.parametrize(
    "cause",
    [
        Cause("request", "r-1", "wing-5.7", "u-1"),
        Cause("workflow", "w-1", "wing-5.7", "u-1"),
        Cause("rule", "9"),
        Cause("device", "attach"),
        Cause("forced", "r-2", None, "tester"),
    ],
    ids=lambda cause: cause.kind,
)
def test_a_step_is_recorded_with_its_cause(world: World, cause: Cause) -> None:
    step = Step(StateName("NEW"), StateName("OLD"), {})
    with world.transaction(cause) as box:
        record(box, "toy", "8955644500001089020", step, NOON)
    assert [
        {
            "id": 1,
            "carrier": "toy",
            "iccid": "8955644500001089020",
            "before": "NEW",
            "after": "OLD",
            "at": "2026-11-23T12:00:00.000000Z",
            "cause": cause.kind,
            "ref": cause.ref,
            "operation": cause.operation,
            "actor": cause.actor,
        }
    ] == timeline(world)


def test_what_comes_into_being_has_no_state_before(world: World) -> None:
    with world.transaction(Cause("request", "r-1", "wing-8.1.2", "u-1")) as box:
        begin(box, "toy", ["1", "2"], StateName("NEW"))
    told = [(row["iccid"], row["before"], row["after"], row["ref"], row["actor"]) for row in timeline(world)]
    assert [("1", "", "NEW", "r-1", "u-1"), ("2", "", "NEW", "r-1", "u-1")] == told
    assert 0 == world.exercise.taken.total()  # no step was taken


def test_a_step_of_a_transaction_that_fails_is_not_recorded(world: World) -> None:
    def fail() -> None:
        with world.transaction(Cause("rule", "9")) as box:
            record(box, "toy", "1", Step(StateName("NEW"), StateName("OLD"), {}), NOON)
            raise LookupError

    with pytest.raises(LookupError):
        fail()
    assert [] == timeline(world)
