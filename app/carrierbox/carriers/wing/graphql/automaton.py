"""What a regular expression becomes: states that are walked through together, once over a text."""

from collections.abc import Callable
from dataclasses import dataclass, field

#: Steps that one automaton remembers, and how many states may be in one of them.
MOST_KNOWN = 1_000
MOST_REMEMBERED = 100

Test = Callable[[str], bool]


@dataclass(slots=True)
class State:
    """Where an automaton can be: it goes on over a character, or at once; or only at a text's start or end."""

    test: Test | None = None
    after: list[int] = field(default_factory=list)
    only_at: str = ""


class Automaton:
    """States that are reached together are one step; steps are remembered, so that a character costs a look-up."""

    def __init__(self, states: list[State], first: int, last: int, *, whole: bool) -> None:
        self._states = states
        self._first, self._last = first, last
        self._whole = whole
        self._known: dict[tuple[frozenset[int], str, bool], frozenset[int]] = {}

    def matches(self, text: str) -> bool:
        """Whether the text, or without `whole` a part of it, is described."""
        reached = self._closure({self._first}, is_start=True, is_end=not text)
        last = len(text) - 1
        for at, sign in enumerate(text):
            if not self._whole and self._last in reached:
                return True
            reached = self._step(reached, sign, is_end=at == last)
            if self._whole and not reached:
                return False
        return self._last in reached

    def _step(self, reached: frozenset[int], sign: str, *, is_end: bool) -> frozenset[int]:
        known = self._known.get((reached, sign, is_end))
        if known is None:
            known = self._move(reached, sign, is_end=is_end)
            if len(reached) + len(known) <= MOST_REMEMBERED and len(self._known) < MOST_KNOWN:
                self._known[reached, sign, is_end] = known
        return known

    def _move(self, reached: frozenset[int], sign: str, *, is_end: bool) -> frozenset[int]:
        onward = set() if self._whole else {self._first}
        for number in reached:
            state = self._states[number]
            if state.test is not None and state.test(sign):
                onward.update(state.after)
        return self._closure(onward, is_start=False, is_end=is_end)

    def _closure(self, reached: set[int], *, is_start: bool, is_end: bool) -> frozenset[int]:
        waiting = [*reached]
        while waiting:
            state = self._states[waiting.pop()]
            if (
                state.test is not None
                or (state.only_at == "^" and not is_start)
                or (state.only_at == "$" and not is_end)
            ):
                continue
            for number in state.after:
                if number not in reached:
                    reached.add(number)
                    waiting.append(number)
        return frozenset(reached)
