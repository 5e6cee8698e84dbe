"""States and allowed transitions as data; the one place that says yes or no to a state change.

A carrier's states live in `fixtures/lifecycles/<name>.yaml`. Deciding is pure; `record` writes the step that was taken
into the world's timeline, with what caused it.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from typing import TYPE_CHECKING, Any, NewType

from sqlmodel import Field, SQLModel

from carrierbox.kernel import clock, fixtures

if TYPE_CHECKING:
    from carrierbox.kernel.world import Box

StateName = NewType("StateName", str)


@dataclass(frozen=True, slots=True)
class Step:
    """One allowed transition; *facts* is what the carrier's document says of it beside the two states."""

    present: StateName
    wanted: StateName
    facts: Mapping[str, Any]
    #: The name of the lifecycle that it is a step of.
    lifecycle: str = field(default="", compare=False)


@dataclass(frozen=True, slots=True)
class Refused:
    """A step that the lifecycle does not know, and those that it does know from there."""

    present: StateName
    wanted: StateName
    allowed: tuple[StateName, ...]


@dataclass(frozen=True)
class Lifecycle:
    """The states of one kind of thing, by name with the vendor's id, and its steps in the document's order."""

    name: str
    states: Mapping[StateName, int]
    steps: Mapping[tuple[StateName, StateName], Step]

    def next_from(self, present: StateName) -> tuple[StateName, ...]:
        """The states that can follow *present*."""
        return tuple(wanted for before, wanted in self.steps if before == present)


def decide(model: Lifecycle, present: StateName, wanted: StateName) -> Step | Refused:
    """Say whether a SIM may go from *present* to *wanted*, and what it may do instead.

    A step to the present state is refused unless the definition lists it.
    """
    if step := model.steps.get((present, wanted)):
        return step
    return Refused(present, wanted, model.next_from(present))


def attempt(box: "Box", model: Lifecycle, present: StateName, wanted: StateName) -> Step | Refused:
    """Decide for whoever the box acts for: force is never refused, and what others are refused is counted."""
    decided = decide(model, present, wanted)
    if isinstance(decided, Step):
        return decided
    if box.cause.kind == "forced":
        return Step(present, wanted, {}, model.name)
    box.world.exercise.refused[model.name, present, wanted] += 1
    return decided


@cache
def load(name: str) -> Lifecycle:
    """Read a lifecycle's definition.

    Raises: fixtures.BadFixture when it names a state that it does not define.
    """
    path = fixtures.folder() / "lifecycles" / f"{name}.yaml"
    read = fixtures.read_yaml(path)
    states = {StateName(state["name"]): int(state["id"]) for state in read["states"]}
    steps = {}
    for row in read["transitions"]:
        present, wanted = StateName(row.pop("from")), StateName(row.pop("to"))
        if unknown := {present, wanted} - states.keys():
            raise fixtures.BadFixture(path, None, f"transition with unknown state {', '.join(sorted(unknown))}")
        steps[present, wanted] = Step(present, wanted, row, name)
    return Lifecycle(name, states, steps)


class TimelineEntry(SQLModel, table=True):
    """A state change that happened: from, to, when, why and by whom."""

    __tablename__ = "box_timeline"

    id: int | None = Field(default=None, primary_key=True)
    carrier: str
    iccid: str = Field(index=True)
    before: str  # empty where the SIM came into being by it
    after: str
    at: str
    cause: str
    ref: str
    operation: str | None = None
    actor: str | None = None


def count(box: "Box", step: Step) -> None:
    """Count a step that was taken, once it is sure that it was; force takes none."""
    if box.cause.kind != "forced":
        box.taken.append((step.lifecycle, step.present, step.wanted))


def record(box: "Box", carrier: str, iccid: str, step: Step, at: datetime) -> None:
    """Write a step that was taken into the timeline; the box knows its cause."""
    count(box, step)
    box.sql(
        "INSERT INTO box_timeline (carrier, iccid, before, after, at, cause, ref, operation, actor)"
        " VALUES (:carrier, :iccid, :before, :after, :at, :cause, :ref, :operation, :actor)",
        carrier=carrier,
        iccid=iccid,
        before=step.present,
        after=step.wanted,
        at=clock.text(at),
        cause=box.cause.kind,
        ref=box.cause.ref,
        operation=box.cause.operation,
        actor=box.cause.actor,
    )


def last_change(box: "Box", iccid: str) -> datetime | None:
    """When a SIM's state changed last; none where its timeline is empty."""
    changed = box.sql("SELECT max(at) FROM box_timeline WHERE iccid = :iccid", iccid=iccid).fetchone()[0]
    return clock.moment(changed) if changed else None


def begin(box: "Box", carrier: str, iccids: Iterable[str], state: StateName) -> None:
    """Let the timelines of SIMs begin that came into being just now, in that state: no step leads there."""
    told = (state, clock.text(box.now), box.cause.kind, box.cause.ref, box.cause.operation, box.cause.actor)
    box.world.store.fill(
        "INSERT INTO box_timeline (carrier, iccid, before, after, at, cause, ref, operation, actor)"
        " VALUES (?, ?, '', ?, ?, ?, ?, ?, ?)",
        ((carrier, iccid, *told) for iccid in iccids),
    )
