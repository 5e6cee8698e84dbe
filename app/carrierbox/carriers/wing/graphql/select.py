"""Rows as SQL that spells them as JSON: one statement, however deep the query goes.

The keys of the rows come first, in order and no more than are wanted; then each row's JSON, with that of what it is
related to in correlated subqueries. So no JSON is made for rows that are sorted and then left out.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from carrierbox.carriers.wing.graphql import aggregate, order, where
from carrierbox.carriers.wing.graphql.errors import Faulty
from carrierbox.carriers.wing.graphql.model import Table
from carrierbox.carriers.wing.graphql.scalars import shown
from carrierbox.carriers.wing.graphql.selection import TYPENAME, Asked
from carrierbox.carriers.wing.graphql.statement import Statement, Way

#: SQLite's functions take 127 arguments at most, and an object's member is two.
_MEMBERS_AT_A_TIME = 60

Arguments = Mapping[str, Any]


def listed(statement: Statement, table: Table, asked: Asked, way: Way | None = None, most: int | None = None) -> str:
    """A SELECT of the rows that a list field means, each as JSON in the column ``row``, in order."""
    alias, keys = statement.alias(), statement.alias("keys")
    wanted = keyed(statement, table, asked.arguments, way, most)
    row = spelled(statement, table, alias, asked.fields)
    return (
        f"SELECT {row} AS row FROM ({wanted}) {keys} CROSS JOIN {statement.source(table, alias)}"
        f" WHERE {table.by_key.replace('{t}', alias).replace('{k}', f'{keys}.key')}"
    )


def as_list(rows: str) -> str:
    """A SELECT of one JSON list, and of how many rows are in it."""
    return f"SELECT '[' || ifnull(group_concat(row, ','), '') || ']', count(*) FROM ({rows})"


def one(statement: Statement, table: Table, asked: Asked) -> str:
    """A SELECT of the row with a primary key, as JSON."""
    alias = statement.alias()
    key = statement.bind(asked.arguments["id"])
    conditions = [*statement.conditions(table, alias, None), table.by_key.replace("{t}", alias).replace("{k}", key)]
    row = spelled(statement, table, alias, asked.fields)
    return f"SELECT {row} FROM {statement.source(table, alias)} WHERE {' AND '.join(conditions)}"


def keyed(
    statement: Statement, table: Table, arguments: Arguments, way: Way | None = None, most: int | None = None
) -> str:
    """A SELECT of the keys of the rows that a list's arguments mean, in order."""
    alias = statement.alias()
    source = statement.source(table, alias)
    conditions = statement.conditions(table, alias, way)
    if "where" in arguments:
        conditions.append(where.condition(statement, table, alias, arguments["where"]))
    terms = order.terms(statement, table, alias, arguments.get("order_by", ()))
    found = " AND ".join(conditions) or "1"
    key, last = table.key.replace("{t}", alias), _last(table, alias, terms)
    if distinct := arguments.get("distinct_on"):
        rows = _first_of_each(statement, table, alias, terms, distinct)
        keys = f"SELECT key FROM (SELECT {key} AS key, {rows} FROM {source} WHERE {found}) WHERE first = 1"
        ordered = [*(f"o{at} {term.direction}" for at, term in enumerate(terms)), "last"]
    else:
        keys = f"SELECT {key} AS key FROM {source} WHERE {found}"
        ordered = [*(f"{term.expression} {term.direction}" for term in terms), last]
    return f"{keys} ORDER BY {', '.join(ordered)}{_limits(statement, arguments, most)}"


def _last(table: Table, alias: str, terms: Sequence[order.Term]) -> str:
    """What rows are ordered by at last; where ids say which is newer, and newest come first, by these too."""
    last = table.order.replace("{t}", alias)
    is_backward = table.order == table.key and bool(terms) and terms[-1].direction.startswith("DESC")
    return f"{last} DESC" if is_backward else last


def _first_of_each(
    statement: Statement, table: Table, alias: str, terms: Sequence[order.Term], distinct: Sequence[str]
) -> str:
    """Columns that say whether a row is the first of those with the same values, and what it is ordered by.

    Raises: Faulty.
    """
    if terms and {term.column for term in terms[: len({*distinct})]} != {*distinct}:
        raise Faulty("$", '"distinct_on" columns must match initial "order_by" columns')
    same = ", ".join(statement.column(table, name, alias) for name in dict.fromkeys(distinct))
    last = _last(table, alias, terms)
    within = ", ".join([*(f"{term.expression} {term.direction}" for term in terms), last])
    ordered = "".join(f", {term.expression} AS o{at}" for at, term in enumerate(terms))
    first = f"row_number() OVER (PARTITION BY {same} ORDER BY {within}) AS first"
    return f"{first}, row_number() OVER (ORDER BY {last}) AS last{ordered}"


def _limits(statement: Statement, arguments: Arguments, most: int | None) -> str:
    limit = statement.bind(arguments["limit"]) if "limit" in arguments else None
    if most is not None:
        limit = f"min({limit}, {most})" if limit else str(most)
    if "offset" in arguments:
        return f" LIMIT {limit or -1} OFFSET {statement.bind(arguments['offset'])}"
    return f" LIMIT {limit}" if limit else ""


def spelled(statement: Statement, table: Table, alias: str, fields: Sequence[Asked]) -> str:
    """The JSON object of a row."""
    return json_object([(asked.key, _value(statement, table, alias, asked)) for asked in fields])


def _value(statement: Statement, table: Table, alias: str, asked: Asked) -> str:
    if asked.name == TYPENAME:
        return f"'{table.name}'"
    if asked.name in table.columns:
        return _column(statement, table, alias, asked)
    if asked.name not in table.relations:
        way = Way(table.relations[asked.name.removesuffix("_aggregate")], alias)
        return f"json(({aggregate.figures_of(statement, way.table, asked, way)}))"
    way = Way(table.relations[asked.name], alias)
    if way.relation.many:
        rows = listed(statement, way.table, asked, way)
        return f"json((SELECT '[' || ifnull(group_concat(row, ','), '') || ']' FROM ({rows})))"
    inner = statement.alias()
    source = statement.source(way.table, inner)
    conditions = " AND ".join(statement.conditions(way.table, inner, way))
    return f"json((SELECT {spelled(statement, way.table, inner, asked.fields)} FROM {source} WHERE {conditions}))"


def _column(statement: Statement, table: Table, alias: str, asked: Asked) -> str:
    stored = statement.column(table, asked.name, alias)
    if "path" in asked.arguments:
        return f"json_quote(json_extract({stored}, {statement.bind(asked.arguments['path'])}))"
    return shown(table.columns[asked.name].type, stored)


def json_object(members: Sequence[tuple[str, str]]) -> str:
    """A JSON object of names and the SQL of their values."""
    pairs = [f"'{key}', {value}" for key, value in members]
    parts = [
        f"json_object({', '.join(pairs[at : at + _MEMBERS_AT_A_TIME])})"
        for at in range(0, max(len(pairs), 1), _MEMBERS_AT_A_TIME)
    ]
    if len(parts) == 1:
        return parts[0]
    inside = " || ',' || ".join(f"substr({part}, 2, length({part}) - 2)" for part in parts)
    return f"json('{{' || {inside} || '}}')"  # else an object around it would take it for a string
