"""All that the store knows of WING's SIMs and accounts, and of work: what a refused request leaves as it was."""

import json
import sqlite3
import zlib
from collections.abc import Iterable
from contextlib import closing
from typing import Any

Rows = dict[str, list[dict[str, Any]]]

#: Where a SQLite file says how its journal is written; in memory there is none beside it.
_JOURNAL, _PLAIN = slice(18, 20), b"\1\1"


def rows(world: Any) -> Rows:
    """Every row of WING's tables and of the workflows and timelines, by table."""
    answer = world.control.get(f"/_box/worlds/{world.name}/snapshot")
    assert 200 == answer.status_code, answer.text
    head, _, content = zlib.decompress(answer.content, wbits=16 + zlib.MAX_WBITS).partition(b"\n")
    assert len(content) == json.loads(head)["bytes"]
    whole = bytearray(content)
    whole[_JOURNAL] = _PLAIN
    with closing(sqlite3.connect(":memory:")) as store:
        store.deserialize(bytes(whole))
        return rows_of(store)


def rows_of(store: sqlite3.Connection) -> Rows:
    """The same of a store that is open."""
    store.row_factory = sqlite3.Row
    tables = store.execute(
        "SELECT name FROM sqlite_master WHERE type = 'table'"
        " AND (name LIKE 'wing%' OR name IN ('box_job', 'box_timeline', 'box_outbox'))"
    ).fetchall()
    return {name: [dict(row) for row in store.execute(f"SELECT * FROM {name} ORDER BY rowid")] for (name,) in tables}


def changed(before: Rows, after: Rows) -> set[str]:
    """The tables that are not as they were."""
    return {table for table in before.keys() | after.keys() if before.get(table) != after.get(table)}


def by_iccid(found: Rows, iccids: Iterable[str]) -> list[dict[str, Any]]:
    """The SIMs of these ICCIDs, in their order."""
    sims = {row["iccid"]: row for row in found["wing_sim"]}
    return [sims[iccid] for iccid in iccids]
