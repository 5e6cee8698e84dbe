"""The conditions of a query, as SQL."""

from collections.abc import Mapping, Sequence
from typing import Any

from carrierbox.carriers.wing.graphql.comparisons import OPERATORS
from carrierbox.carriers.wing.graphql.model import Table
from carrierbox.carriers.wing.graphql.statement import Statement, Way


def condition(statement: Statement, table: Table, alias: str, wanted: Mapping[str, Any]) -> str:
    """What a ``bool_exp`` says of the row of that alias; an empty one is true of each.

    Raises: Faulty.
    """
    parts = []
    for name, value in wanted.items():
        match name:
            case "_and":
                parts.append(_joined("AND", "1", [condition(statement, table, alias, each) for each in value]))
            case "_or":
                parts.append(_joined("OR", "0", [condition(statement, table, alias, each) for each in value]))
            case "_not":
                parts.append(f"NOT ({condition(statement, table, alias, value)})")
            case _ if name in table.columns:
                parts.append(_compared(statement, table, alias, name, value))
            case _:
                parts.append(_related(statement, Way(table.relations[name], alias), value))
    return _joined("AND", "1", parts)


def _joined(word: str, of_none: str, parts: Sequence[str]) -> str:
    if len(parts) < 2:
        return parts[0] if parts else of_none
    return f"({f' {word} '.join(parts)})"


def _compared(statement: Statement, table: Table, alias: str, name: str, wanted: Mapping[str, Any]) -> str:
    """What operators say of a column."""
    column = statement.column(table, name, alias)
    parts = []
    for operator, leaf in wanted.items():
        statement.count_condition()
        known = OPERATORS[table.columns[name].type][operator]
        parts.append(known.sql.replace("{v}", statement.bind(leaf, known.bound)).replace("{e}", column))
    return _joined("AND", "1", parts)


def _related(statement: Statement, way: Way, wanted: Mapping[str, Any]) -> str:
    """There is a row at the end of a relation of which the condition is true."""
    statement.count_condition()
    alias = statement.alias()
    source = statement.source(way.table, alias)
    conditions = statement.conditions(way.table, alias, way)
    conditions.append(condition(statement, way.table, alias, wanted))
    return f"EXISTS (SELECT 1 FROM {source} WHERE {' AND '.join(conditions)})"
