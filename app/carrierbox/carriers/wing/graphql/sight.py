"""Which rows a caller sees, as SQL that is put in when a statement is run: the statement itself is for all callers.

A plus in front of a column keeps SQLite from choosing an index by it: it takes each for as telling as any other, and a
realm's SIMs are all but all SIMs. Where rows are wanted in no order, the index that `realm` leads is right: it holds
what conditions are mostly about.
"""

import json
import re
from collections.abc import Mapping
from typing import Any

from carrierbox.carriers.wing.accounts.reach import Reach
from carrierbox.carriers.wing.graphql.model import Table

_MARK = re.compile(r"\0(\w+) ([\w.]+)\0")

_ACCOUNTS = "IN (SELECT value FROM json_each(:accounts))"
_SIMS: Mapping[str, str] = {
    "whole": "",
    "tenant": " AND {s}.tenant_id = :tenant",
    "account": " AND {s}.account_id = :account",
    "accounts": f" AND {{s}}.account_id {_ACCOUNTS}",
}
#: What else is true of a tag's row: its account, if it has one, is seen. Source: contract, wing-5.15.1.
_TAGS: Mapping[str, str] = {
    "whole": "",
    "tenant": " AND {g}.tenant_id = :tenant",
    "account": " AND ({g}.account_id IS NULL OR {g}.account_id = :account)",
    "accounts": f" AND ({{g}}.account_id IS NULL OR {{g}}.account_id {_ACCOUNTS})",
}


def mark_tag(alias: str) -> str:
    """Where the condition goes that a tag's account is seen."""
    return f"\0tags {alias}\0"


def mark(table: Table, alias: str, *, in_order: bool) -> list[str]:
    """Where the condition goes that rows of a table are seen; nothing where all are."""
    if table.sight == "through":
        return []
    kind = "ordered" if table.sight == "sims" and in_order else table.sight
    return [f"\0{kind} {table.seen_by.replace('{t}', alias)}\0"]


def kind(reach: Reach) -> str:
    """What the conditions of a reach look like; statements of one kind differ by their values only."""
    if reach.is_whole:
        return "whole"
    if reach.tenant_id is not None:
        return "tenant"
    return "account" if len(reach.accounts) == 1 else "accounts"


def put_in(statement: str, kind: str) -> str:
    """A statement with its marks replaced."""

    def condition(found: re.Match[str]) -> str:
        of, what = found.groups()
        if of == "tags":
            return _TAGS[kind].format(g=what)
        if of == "accounts":
            return f"{what} {_ACCOUNTS}"
        return f"{'+' if of == 'ordered' else ''}{what}.realm = :realm{_SIMS[kind].format(s=what)}"

    return _MARK.sub(condition, statement)


def values(reach: Reach) -> dict[str, Any]:
    """What these conditions bind."""
    return {
        "realm": reach.realm,
        "tenant": reach.tenant_id,
        "account": next(iter(reach.accounts), None),
        "accounts": json.dumps([*reach.accounts]),
    }
