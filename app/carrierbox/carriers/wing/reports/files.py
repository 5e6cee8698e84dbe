"""What a report's file is made of: CSV as RFC 4180 has it, with a head, or JSON; UTF-8 both, written piece by piece.

A spreadsheet takes a text that begins with one of some signs for a formula, so names that do get an apostrophe before
them, which spreadsheets do not show. Identities are digits, and never change.
"""

import csv
import io
from collections.abc import Sequence
from typing import Any, Literal

import orjson

Format = Literal["CSV", "JSON"]

CONTENT_TYPES: dict[Format, str] = {"CSV": "text/csv", "JSON": "application/json"}

_FORMULAS = ("=", "+", "-", "@", "\t", "\r")


def piece(
    written: Format, columns: Sequence[str], rows: Sequence[Sequence[Any]], *, is_first: bool, is_last: bool
) -> bytes:
    """The next piece of a file, with these rows."""
    if written == "CSV":
        return _csv(([columns] if is_first else []) + [[_harmless(value) for value in row] for row in rows])
    objects = b",\n".join(orjson.dumps(dict(zip(columns, row, strict=True))) for row in rows)
    before = b"[" if is_first else b",\n" if rows else b""
    return before + objects + (b"]" if is_last else b"")


def _csv(rows: Sequence[Sequence[Any]]) -> bytes:
    text = io.StringIO(newline="")
    # texts stand in quotation marks and figures do not, so that an ICCID can be told from an amount
    csv.writer(text, quoting=csv.QUOTE_NONNUMERIC, lineterminator="\r\n").writerows(rows)
    return text.getvalue().encode()


def _harmless(value: Any) -> Any:
    if value is None:
        return ""
    return f"'{value}" if isinstance(value, str) and value.startswith(_FORMULAS) else value
