"""What a box has done since it was started, counted for its metrics, over all worlds."""

from collections import Counter
from dataclasses import dataclass, field

#: Carrier, documented operation where the request came to one, and status: 0 where there was no answer.
Answered = tuple[str, str, int]


@dataclass
class Tally:
    """Requests and faults, counted."""

    requests: Counter[Answered] = field(default_factory=Counter)
    seconds: dict[Answered, float] = field(default_factory=dict)
    #: By carrier, and what made it go wrong: ``rule``, ``magic-0429``, ``rate-limit``.
    faults: Counter[tuple[str, str]] = field(default_factory=Counter)

    def answered(self, carrier: str, operation: str | None, status: int | None, seconds: float) -> None:
        """A request was answered, or cut off."""
        key = carrier, operation or "", status or 0
        self.requests[key] += 1
        self.seconds[key] = self.seconds.get(key, 0.0) + seconds
