"""What a box has done since it was started, counted for its metrics, over all worlds."""

from collections import Counter
from dataclasses import dataclass, field

#: Carrier, documented operation where the request came to one, and status: 0 where there was no answer.
Answered = tuple[str, str, int]


@dataclass(slots=True)
class Sum:
    """How many requests, and how long they took together in real time."""

    count: int = 0
    seconds: float = 0.0


@dataclass
class Tally:
    """Requests and faults, counted."""

    requests: dict[Answered, Sum] = field(default_factory=dict)
    #: By carrier, and what made it go wrong: ``rule``, ``magic-0429``, ``rate-limit``.
    faults: Counter[tuple[str, str]] = field(default_factory=Counter)

    def answered(self, carrier: str, operation: str | None, status: int | None, seconds: float) -> None:
        """A request was answered, or cut off."""
        key = carrier, operation or "", status or 0
        found = self.requests.get(key)
        if found is None:
            found = self.requests[key] = Sum()
        found.count += 1
        found.seconds += seconds
