"""All that the store knows of WING's SIMs and accounts, and of work: what a refused request leaves as it was."""

import json
import sqlite3
import zlib
from contextlib import closing
from typing import Any

Rows = dict[str, list[tuple[Any, ...]]]

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
        tables = store.execute(
            "SELECT name FROM sqlite_master WHERE type = 'table'"
            " AND (name LIKE 'wing%' OR name IN ('box_job', 'box_timeline', 'box_outbox'))"
        ).fetchall()
        return {name: store.execute(f"SELECT * FROM {name} ORDER BY rowid").fetchall() for (name,) in tables}
