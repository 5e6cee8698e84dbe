"""What of the lifecycles was exercised: steps that were taken, and steps that were asked for and refused.

Counted in memory, since a box was started: a run's figures are wanted when its worlds are long gone.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from carrierbox.kernel.lifecycle import Lifecycle

#: A lifecycle's name, the state before and the one after.
Pair = tuple[str, str, str]


@dataclass
class Exercise:
    """How often each step was taken, and how often each that does not exist was refused."""

    taken: Counter[Pair] = field(default_factory=Counter)
    refused: Counter[Pair] = field(default_factory=Counter)

    def add(self, other: "Exercise") -> None:
        """Count what another has counted."""
        self.taken.update(other.taken)
        self.refused.update(other.refused)


def report(exercise: Exercise, lifecycles: Mapping[str, Iterable["Lifecycle"]]) -> dict[str, Any]:
    """How much of each carrier's lifecycles was exercised; *percent* is of the steps that there are.

    Refusals have no share: most of what is forbidden cannot be asked for.
    """
    shown = [_shown(exercise, carrier, model) for carrier, models in lifecycles.items() for model in models]
    return {**_totals(shown), "lifecycles": shown}


def _shown(exercise: Exercise, carrier: str, model: "Lifecycle") -> dict[str, Any]:
    steps = [
        {"from": before, "to": after, "times": exercise.taken[model.name, before, after]}
        for before, after in model.steps
    ]
    refusals = [
        {"from": before, "to": after, "times": times}
        for (name, before, after), times in sorted(exercise.refused.items())
        if name == model.name
    ]
    taken = sum((model.name, *step) in exercise.taken for step in model.steps)
    return {
        "lifecycle": model.name,
        "carrier": carrier,
        "percent": _percent(taken, len(steps)),
        "taken": taken,
        "steps": len(steps),
        "transitions": steps,
        "refusals": refusals,
    }


def _totals(shown: list[dict[str, Any]]) -> dict[str, Any]:
    taken, steps = sum(each["taken"] for each in shown), sum(each["steps"] for each in shown)
    return {"percent": _percent(taken, steps), "taken": taken, "steps": steps}


def _percent(taken: int, steps: int) -> float:
    return round(100 * taken / steps, 1) if steps else 100.0
