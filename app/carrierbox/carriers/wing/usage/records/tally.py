"""What the SIMs of a batch used, added up before it is written."""

from datetime import datetime

from carrierbox.carriers.wing.usage.records import counters
from carrierbox.carriers.wing.usage.records.counters import AMOUNTS, Counter
from carrierbox.carriers.wing.usage.records.lines import Line
from carrierbox.kernel.world import Box

SESSIONS, UP, DOWN = (AMOUNTS.index(name) for name in ("sessions", "up_bytes", "down_bytes"))


class Tally:
    """Amounts in the order of `AMOUNTS`, by SIM, cycle, zone and country."""

    def __init__(self) -> None:
        self._counted: dict[tuple[Line, int, int, str, str], list[int]] = {}

    def amounts(self, line: Line, at: datetime, zone: str, country: str) -> list[int]:
        """What a SIM used there in that cycle so far, to be added to."""
        key = line, at.year, at.month, zone, country
        amounts = self._counted.get(key)
        if amounts is None:
            amounts = self._counted[key] = [0] * len(AMOUNTS)
        return amounts

    def write(self, box: Box) -> None:
        """Add it all to the counters."""
        counters.add(box, ((_counter(*key), amounts) for key, amounts in self._counted.items()))


def _counter(line: Line, year: int, month: int, zone: str, country: str) -> Counter:
    return Counter(line.sim_id, f"{year:04d}-{month:02d}", line.account_id, line.rate_plan_id, zone, country)
