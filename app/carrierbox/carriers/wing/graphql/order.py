"""The order of rows, as SQL. Nulls come last upwards and first downwards, as in PostgreSQL."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any

from carrierbox.carriers.wing.graphql.errors import too_much
from carrierbox.carriers.wing.graphql.figures import figure
from carrierbox.carriers.wing.graphql.limits import MOST_TERMS
from carrierbox.carriers.wing.graphql.model import Table
from carrierbox.carriers.wing.graphql.statement import Statement, Way

_DIRECTIONS = {
    "asc": "ASC NULLS LAST",
    "asc_nulls_first": "ASC NULLS FIRST",
    "asc_nulls_last": "ASC NULLS LAST",
    "desc": "DESC NULLS FIRST",
    "desc_nulls_first": "DESC NULLS FIRST",
    "desc_nulls_last": "DESC NULLS LAST",
}


@dataclass(frozen=True, slots=True)
class Term:
    """One expression that rows are ordered by; `column` names it, where it is one of the table's own."""

    expression: str
    direction: str
    column: str | None = None


def terms(statement: Statement, table: Table, alias: str, wanted: Sequence[Mapping[str, Any]]) -> list[Term]:
    """What a query orders the rows of that alias by, the most important first.

    Raises: Faulty for more than anybody needs, and SQLite takes.
    """
    found = list(islice((term for each in wanted for term in _terms(statement, table, alias, each)), MOST_TERMS + 1))
    if len(found) > MOST_TERMS:
        raise too_much("$", f"a list is ordered by at most {MOST_TERMS} columns here")
    return found


def _terms(statement: Statement, table: Table, alias: str, wanted: Mapping[str, Any]) -> Iterator[Term]:
    for name, value in wanted.items():
        if name in table.columns:
            yield _own(statement, table, alias, name, value)
        elif name in table.relations:
            yield from _through(statement, Way(table.relations[name], alias), value)
        else:
            way = Way(table.relations[name.removesuffix("_aggregate")], alias)
            yield from _over(statement, way, value)


def _own(statement: Statement, table: Table, alias: str, name: str, direction: str) -> Term:
    """By a column; where it is never null, an index can serve the order if nulls are not mentioned."""
    shown = direction.partition("_")[0].upper() if table.columns[name].required else _DIRECTIONS[direction]
    return Term(statement.column(table, name, alias), shown, name)


def _through(statement: Statement, way: Way, wanted: Mapping[str, Any]) -> Iterator[Term]:
    """By something of the row that a relation leads to."""
    alias = statement.alias()
    for term in _terms(statement, way.table, alias, wanted):
        yield Term(_looked_up(statement, way, alias, term.expression), term.direction)


def _over(statement: Statement, way: Way, wanted: Mapping[str, Any]) -> Iterator[Term]:
    """By a figure over the rows that a relation leads to."""
    alias = statement.alias()
    for name, value in wanted.items():
        if name == "count":
            yield Term(_looked_up(statement, way, alias, "count(*)"), _DIRECTIONS[value])
            continue
        for column, direction in value.items():
            expression = figure(name, statement.column(way.table, column, alias))
            yield Term(_looked_up(statement, way, alias, expression), _DIRECTIONS[direction])


def _looked_up(statement: Statement, way: Way, alias: str, expression: str) -> str:
    source = statement.source(way.table, alias)
    conditions = " AND ".join(statement.conditions(way.table, alias, way))
    return f"(SELECT {expression} FROM {source} WHERE {conditions})"
