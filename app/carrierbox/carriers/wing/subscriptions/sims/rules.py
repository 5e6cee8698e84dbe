"""5.1 to 5.3: which SIMs a call sees, and their records as JSON text."""

import sqlite3
from collections.abc import Sequence
from typing import Any, Literal, cast

from carrierbox.carriers.wing.accounts.reach import Reach
from carrierbox.carriers.wing.errors import UnknownSim
from carrierbox.carriers.wing.subscriptions.record import EXTENDED, FROM, PLAIN
from carrierbox.carriers.wing.subscriptions.sims.filters import Search
from carrierbox.kernel.world import Box, World

PAGES = "wing.pages"
MOST_PAGE_STARTS = 10_000

#: The sections that one filter alone stands for. Source: WING guide 5.2.
_SECTIONS = {
    "stateName.equals": "wing-5.2.1",
    "imsi.equals": "wing-5.2.2",
    "iccid.equals": "wing-5.2.3",
    "msisdn.equals": "wing-5.2.4",
}


def one(box: Box, reach: Reach, key: Literal["id", "imsi", "iccid", "msisdn"], value: int | str) -> str:
    """The plain record of one SIM, as JSON text.

    Raises: UnknownSim.
    Source: WING guide 5.1.2 to 5.1.5.
    """
    found = box.sql(f"SELECT {PLAIN} FROM {FROM} WHERE s.{key} = :value AND {reach.condition}", value=value).fetchone()
    if found is None:
        raise UnknownSim(sim=value)
    return str(found[0])


async def page(box: Box, reach: Reach, search: Search) -> str:
    """A list of SIM records as JSON text, by id ascending; extended unless nothing was asked for.

    Reads aside: two thousand records take some 15 ms, and a filter that no index serves walks the whole fleet.
    Source: WING guide 5.1.1, 5.2, 5.3.
    """
    starts = {} if search.names else _page_starts(box.world, reach, search.limit)
    conditions = [reach.condition, *search.conditions]
    values = [*search.values]
    offset = search.offset
    if offset in starts:
        conditions.append("s.id >= ?")
        values.append(starts[offset])
        offset = 0
    where = " AND ".join(conditions)
    # the ids first, by the index alone where the filters allow it; then the records of this page only
    ids = f"SELECT s.id FROM {FROM if 'a.name' in where else 'wing_sim s'} WHERE {where} ORDER BY s.id LIMIT ? OFFSET ?"
    shape = EXTENDED if search.names or search.paged else PLAIN
    records = f"SELECT s.id AS id, {shape} AS record FROM {FROM} WHERE s.id IN ({ids}) ORDER BY s.id"
    statement = f"SELECT '[' || ifnull(group_concat(record, ','), '') || ']', min(id), max(id) FROM ({records})"

    def read(reader: sqlite3.Connection) -> Sequence[Any]:
        return cast("Sequence[Any]", reader.execute(statement, (*values, search.limit, offset)).fetchone())

    text, first, last = await box.world.aside(read)
    if first is not None and len(starts) < MOST_PAGE_STARTS:
        starts[search.offset], starts[search.offset + search.limit] = first, last + 1
    return str(text)


def _page_starts(world: World, reach: Reach, size: int) -> dict[int, int]:
    """The ids at which pages were found to start, by offset: the 499th is as near as the first once it was read.

    Whoever adds, moves or removes SIMs lets the world forget PAGES.
    """
    return world.memo(PAGES, dict[tuple[str, int], dict[int, int]]).setdefault((reach.condition, size), {})


def section(names: Sequence[str], *, paged: bool) -> str:
    """Which section of the document a list request is: they share one route."""
    if not names:
        return "wing-5.2.5" if paged else "wing-5.1.1"
    if len(names) == 1 and names[0] in _SECTIONS:
        return _SECTIONS[names[0]]
    return "wing-5.3.1" if len({name.partition(".")[0] for name in names}) == 1 else "wing-5.3.2"
