"""``<table>_aggregate``: figures over rows, and the rows beside them, in one statement."""

from collections.abc import Sequence

from carrierbox.carriers.wing.graphql import select, where
from carrierbox.carriers.wing.graphql.figures import KEEP_TYPE, figure
from carrierbox.carriers.wing.graphql.model import Table
from carrierbox.carriers.wing.graphql.scalars import shown
from carrierbox.carriers.wing.graphql.selection import TYPENAME, Asked
from carrierbox.carriers.wing.graphql.statement import Statement, Way

#: Arguments that leave rows out by their place in the order.
_BY_PLACE = {"limit", "offset", "distinct_on"}


class _Rows:
    """The rows that figures are over: a SELECT in the making, which gets a column for each expression."""

    def __init__(self, statement: Statement, table: Table, alias: str) -> None:
        self.statement = statement
        self.table = table
        self.alias = alias
        self.columns: dict[str, str] = {}

    def take(self, expression: str) -> str:
        """The name under which a row's expression goes out."""
        return self.columns.setdefault(expression, f"c{len(self.columns)}")

    def column(self, name: str) -> str:
        """The name under which a column goes out, as it is stored."""
        return self.take(self.statement.column(self.table, name, self.alias))


def figures_of(statement: Statement, table: Table, asked: Asked, way: Way | None = None) -> str:
    """A SELECT of one JSON object, and of how many nodes are in it."""
    rows = _Rows(statement, table, statement.alias())
    members = select.json_object([(each.key, _member(rows, each)) for each in asked.fields])
    has_nodes = any(each.name == "nodes" for each in asked.fields)
    source = _source(rows, asked, way, in_order=has_nodes)
    columns = ", ".join(f"{expression} AS {name}" for expression, name in rows.columns.items()) or "1"
    return f"SELECT {members} FROM (SELECT {columns} FROM {source})"


def _source(rows: _Rows, asked: Asked, way: Way | None, *, in_order: bool) -> str:
    """Where the rows come from; by way of their keys where order decides which there are or how they come."""
    statement, table, alias = rows.statement, rows.table, rows.alias
    source = statement.source(table, alias)
    if in_order or _BY_PLACE & asked.arguments.keys():
        keys = statement.alias("keys")
        wanted = select.keyed(statement, table, asked.arguments, way)
        found = table.by_key.replace("{t}", alias).replace("{k}", f"{keys}.key")
        return f"({wanted}) {keys} CROSS JOIN {source} WHERE {found}"
    conditions = statement.conditions(table, alias, way, in_order=False)
    if "where" in asked.arguments:
        conditions.append(where.condition(statement, table, alias, asked.arguments["where"]))
    return f"{source} WHERE {' AND '.join(conditions) or '1'}"


def _member(rows: _Rows, asked: Asked) -> str:
    match asked.name:
        case "nodes":
            row = rows.take(select.spelled(rows.statement, rows.table, rows.alias, asked.fields))
            return f"json('[' || ifnull(group_concat({row}, ','), '') || ']')"
        case "aggregate":
            return select.json_object([(each.key, _figures(rows, each)) for each in asked.fields])
        case _:
            return f"'{asked.owner}'"


def _figures(rows: _Rows, asked: Asked) -> str:
    if asked.name == TYPENAME:
        return f"'{asked.owner}'"
    if asked.name == "count":
        return _count(rows, asked)
    return select.json_object([(each.key, _figure(rows, asked.name, each)) for each in asked.fields])


def _figure(rows: _Rows, name: str, asked: Asked) -> str:
    if asked.name == TYPENAME:
        return f"'{asked.owner}'"
    found = figure(name, rows.column(asked.name))
    return shown(rows.table.columns[asked.name].type, found) if name in KEEP_TYPE else found


def _count(rows: _Rows, asked: Asked) -> str:
    """All rows, or those where a column is not null, or different values; several columns are one value, as a row."""
    columns: Sequence[str] = [rows.column(name) for name in dict.fromkeys(asked.arguments.get("columns", ()))]
    is_distinct = rows.statement.bind(asked.arguments["distinct"]) if "distinct" in asked.arguments else None
    if not columns:
        return "count(*)"
    value = columns[0] if len(columns) == 1 else f"json_array({', '.join(columns)})"
    if is_distinct is None:
        return f"count({value})"
    return f"CASE WHEN {is_distinct} THEN count(DISTINCT {value}) ELSE count({value}) END"
