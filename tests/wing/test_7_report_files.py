"""WING 7, the files of reports: what is written, in pieces, is what is read."""

import csv
import io
import json
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from carrierbox.carriers.wing.reports import files

TEXTS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"))
ROWS = st.lists(st.tuples(TEXTS, st.integers(), st.none() | TEXTS), max_size=5)


@given(st.lists(ROWS, min_size=1, max_size=4))
def test_a_csv_file_reads_back_as_what_was_written(pieces: list[list[tuple[Any, ...]]]) -> None:
    content = b"".join(
        files.piece("CSV", ("text", "number", "other"), rows, is_first=not n, is_last=n == len(pieces) - 1)
        for n, rows in enumerate(pieces)
    )
    head, *found = csv.reader(io.StringIO(content.decode(), newline=""))
    assert ["text", "number", "other"] == head
    assert [[harmless(value) for value in row] for rows in pieces for row in rows] == found


def harmless(value: str | int | None) -> str:
    """As a spreadsheet is to have it."""
    if isinstance(value, str) and value[:1] in {"=", "+", "-", "@", "\t", "\r"}:
        return f"'{value}"
    return "" if value is None else str(value)


@given(st.lists(ROWS, min_size=1, max_size=4))
def test_a_json_file_reads_back_as_what_was_written(pieces: list[list[tuple[Any, ...]]]) -> None:
    numbers = [[(text, number % 2**53, other) for text, number, other in rows] for rows in pieces]
    kept = [rows for n, rows in enumerate(numbers) if rows or n == len(numbers) - 1]  # nothing is written for no rows
    content = b"".join(
        files.piece("JSON", ("text", "number", "other"), rows, is_first=not n, is_last=n == len(kept) - 1)
        for n, rows in enumerate(kept)
    )
    assert [dict(zip(("text", "number", "other"), row, strict=True)) for rows in numbers for row in rows] == json.loads(
        content
    )
