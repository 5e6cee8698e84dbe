"""Answering a query: its text is parsed by graphql-core, checked against `tables`, and asked of the store as SQL.

Source: WING guide 4.36; contract `wing-subscription.yaml`, key `graphql`, `errors` above all: a faulty query is
answered with 200, the first thing that is wrong, and no data.
"""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from carrierbox.carriers.wing.door import Caller
from carrierbox.carriers.wing.graphql.tables import TABLES, Column, Table
from carrierbox.kernel.world import Box

if TYPE_CHECKING:
    from graphql.language import FieldNode, OperationDefinitionNode

LARGEST = 2**63 - 1
DEEPEST = 20
LONGEST = 50_000

_COMPARISONS = {
    "_eq": "=", "eq": "=", "_neq": "<>", "_gt": ">", "_lt": "<", "_gte": ">=", "_lte": "<=",
    "_like": "GLOB", "_ilike": "LIKE",
}  # fmt: skip
_LISTS = {"_in": "IN", "_nin": "NOT IN"}
_TEXT_ONLY = {"_like", "_ilike"}
#: SQLite's LIKE knows no case: what does is GLOB, with other signs.
_GLOB = str.maketrans({"%": "*", "_": "?", "*": "[*]", "?": "[?]", "[": "[[]"})


class Faulty(Exception):
    """A query that cannot be answered: what is wrong, and where."""

    def __init__(self, path: str, message: str, code: str = "validation-failed") -> None:
        super().__init__(message)
        self.body = {"errors": [{"extensions": {"path": path, "code": code}, "message": message}]}


def answer(box: Box, caller: Caller, sent: Any) -> dict[str, Any]:
    """What a request's ``query``, with ``variables`` and ``operationName``, finds within reach."""
    try:
        return {"data": _data(box, caller, sent)}
    except Faulty as faulty:
        return faulty.body


def _data(box: Box, caller: Caller, sent: Any) -> dict[str, Any]:
    if not isinstance(sent, dict) or not isinstance(sent.get("query"), str):
        raise Faulty("$", 'key "query" not present', "parse-failed")
    operation = _operation(sent["query"], sent.get("operationName"))
    if operation.operation.value != "query":
        raise Faulty("$", f"no {operation.operation.value}s exist")
    variables = _variables(operation, sent.get("variables"))
    data: dict[str, Any] = {}
    for field in _fields(operation.selection_set, "$.selectionSet"):
        name = field.name.value
        shown = field.alias.value if field.alias else name
        if name == "__typename":
            data[shown] = "query_root"
        elif name in TABLES:
            data[shown] = _rows(box, caller, name, field, variables)
        else:
            raise Faulty(f"$.selectionSet.{name}", f"field '{name}' not found in type: 'query_root'")
    return data


def _operation(text: str, wanted: Any) -> "OperationDefinitionNode":
    from graphql import GraphQLError, parse
    from graphql.language import OperationDefinitionNode

    if len(text) > LONGEST:
        raise Faulty("$.query", "not a valid graphql query")
    try:
        document = parse(text, no_location=True, max_tokens=5_000)
    except (GraphQLError, RecursionError) as unreadable:
        raise Faulty("$.query", "not a valid graphql query") from unreadable
    operations = [node for node in document.definitions if isinstance(node, OperationDefinitionNode)]
    if wanted is not None:
        operations = [node for node in operations if node.name and node.name.value == wanted]
    if len(operations) != 1:
        raise Faulty("$.operationName", "exactly one operation has to be present or named")
    return operations[0]


def _variables(operation: "OperationDefinitionNode", given: Any) -> dict[str, Any]:
    given = given if isinstance(given, dict) else {}
    known = {}
    for definition in operation.variable_definitions or ():
        name = definition.variable.name.value
        if name in given:
            known[name] = given[name]
        elif definition.default_value is not None:
            known[name] = _plain(definition.default_value, {})
        else:
            known[name] = None
    return known


def _plain(node: Any, variables: Mapping[str, Any], depth: int = 0) -> Any:  # noqa: PLR0911 - a return a kind of node
    """A literal of the query, or what a variable stands for, as a plain value."""
    if depth > DEEPEST:
        raise Faulty("$.query", "not a valid graphql query")
    match node.kind:
        case "variable":
            if node.name.value not in variables:
                raise Faulty("$", f"expecting a value for non-nullable variable: '{node.name.value}'")
            return variables[node.name.value]
        case "object_value":
            return {field.name.value: _plain(field.value, variables, depth + 1) for field in node.fields}
        case "list_value":
            return [_plain(value, variables, depth + 1) for value in node.values]
        case "int_value":
            return int(node.value) if len(node.value) < 20 else LARGEST + 1
        case "float_value":
            return float(node.value)
        case "null_value":
            return None
        case _:
            return node.value


def _fields(selection_set: Any, path: str) -> "list[FieldNode]":
    found = []
    for selection in selection_set.selections if selection_set else ():
        if selection.kind != "field":
            raise Faulty(path, "fragments are not supported")
        found.append(selection)
    return found


def _rows(box: Box, caller: Caller, name: str, field: "FieldNode", variables: Mapping[str, Any]) -> list[Any]:
    table, path = TABLES[name], f"$.selectionSet.{name}"
    selected = _selected(table, name, field, path)
    arguments = {argument.name.value: _plain(argument.value, variables) for argument in field.arguments or ()}
    for argument in arguments:
        if argument not in {"where", "order_by", "limit", "offset"}:
            raise Faulty(path, f"'{name}' has no argument named '{argument}'")
    values: list[Any] = []
    where = _where(table, name, arguments.get("where"), f"{path}.args.where", values)
    order = _order(table, name, arguments.get("order_by"), f"{path}.args.order_by")
    limit, offset = (_count(arguments.get(each), f"{path}.args.{each}") for each in ("limit", "offset"))
    columns = ", ".join(f"{column.expression} AS {each}" for each, column in table.columns.items())
    rows = box.world.store.sql(
        f"SELECT {columns} FROM {table.source} WHERE {caller.reach.covers(table.account)}"
        " AND a.tenant_id IN (SELECT id FROM wing_tenant WHERE realm = ?)"
        f" AND {where} ORDER BY {', '.join((*order, '1'))} LIMIT ? OFFSET ?",
        (caller.user.realm, *values, -1 if limit is None else limit, offset or 0),
    )
    return [{shown: name if each == "__typename" else row[each] for shown, each in selected} for row in rows]


def _selected(table: Table, name: str, field: "FieldNode", path: str) -> list[tuple[str, str]]:
    """Alias and column of what a query wants of each row."""
    selected = []
    for each in _fields(field.selection_set, path):
        column = each.name.value
        if column not in table.columns and column != "__typename":
            raise Faulty(f"{path}.selectionSet.{column}", f"field '{column}' not found in type: '{name}'")
        selected.append((each.alias.value if each.alias else column, column))
    if not selected:
        raise Faulty(path, f"missing selection set for '{name}'")
    return selected


def _where(  # noqa: PLR0913 - a condition has that many sides
    table: Table, name: str, given: Any, path: str, values: list[Any], depth: int = 0
) -> str:
    if given is None or given == {}:
        return "1"
    if not isinstance(given, dict) or depth > DEEPEST:
        raise Faulty(path, f"expected an object for type '{name}_bool_exp', but found {_kind(given)}")
    parts = []
    for key, value in given.items():
        here = f"{path}.{key}"
        if key in {"_and", "_or"}:
            several = value if isinstance(value, list) else [value]
            each = [
                _where(table, name, part, f"{here}[{at}]", values, depth + 1) for at, part in enumerate(several)
            ] or ["1" if key == "_and" else "0"]
            parts.append(f"({(' AND ' if key == '_and' else ' OR ').join(each)})")
        elif key == "_not":
            parts.append(f"NOT ({_where(table, name, value, here, values, depth + 1)})")
        elif key in table.columns:
            parts.append(_comparison(table.columns[key], value, here, values))
        else:
            raise Faulty(here, f"field '{key}' not found in type: '{name}_bool_exp'")
    return f"({' AND '.join(parts)})"


def _comparison(column: Column, given: Any, path: str, values: list[Any]) -> str:
    kind = f"{column.type}_comparison_exp"
    if not isinstance(given, dict):
        raise Faulty(path, f"expected an object for type '{kind}', but found {_kind(given)}")
    parts = ["1"]
    for operator, value in given.items():
        here = f"{path}.{operator}"
        if operator == "_is_null":
            parts.append(f"{column.expression} IS {'NULL' if value else 'NOT NULL'}")
        elif operator in _LISTS:
            several = value if isinstance(value, list) else [value]
            values += [_value(column, each, here) for each in several]
            parts.append(f"{column.expression} {_LISTS[operator]} ({', '.join('?' * len(several))})")
        elif operator in _COMPARISONS and (column.type == "String" or operator not in _TEXT_ONLY):
            bound = _value(column, value, here)
            values.append(bound.translate(_GLOB) if operator == "_like" else bound)
            parts.append(f"{column.expression} {_COMPARISONS[operator]} ?")
        else:
            raise Faulty(here, f"field '{operator}' not found in type: '{kind}'")
    return f"({' AND '.join(parts)})"


def _value(column: Column, given: Any, path: str) -> Any:
    """A value to compare with; a bigint may stand in quotation marks."""
    if column.type == "String":
        if isinstance(given, str):
            return given.encode(errors="replace").decode()
        raise Faulty(path, f"expected a string for type 'String', but found {_kind(given)}")
    if isinstance(given, str) and given.lstrip("-").isascii() and given.lstrip("-").isdigit() and len(given) < 20:
        given = int(given)
    if isinstance(given, bool) or not isinstance(given, int) or not -LARGEST <= given <= LARGEST:
        raise Faulty(path, f"expected a 64-bit integer for type 'bigint', but found {_kind(given)}")
    return given


def _order(table: Table, name: str, given: Any, path: str) -> list[str]:
    order = []
    for part in given if isinstance(given, list) else [given or {}]:
        if not isinstance(part, dict):
            raise Faulty(path, f"expected an object for type '{name}_order_by', but found {_kind(part)}")
        for column, direction in part.items():
            if column not in table.columns:
                raise Faulty(f"{path}.{column}", f"field '{column}' not found in type: '{name}_order_by'")
            if direction not in {"asc", "desc"}:
                raise Faulty(f"{path}.{column}", "expected one of the values ['asc', 'desc'] for type 'order_by'")
            order.append(f"{table.columns[column].expression} {direction.upper()}")
    return order


def _count(given: Any, path: str) -> int | None:
    if given is None:
        return None
    if isinstance(given, bool) or not isinstance(given, int) or not 0 <= given < 2**31:
        raise Faulty(path, "expected a non-negative 32-bit integer for type 'Int'")
    return given


def _kind(value: Any) -> str:
    kinds: Sequence[tuple[Any, str]] = (
        (type(None), "null"), (bool, "a boolean"), (int | float, "a number"), (str, "a string"), (list, "a list"),
    )  # fmt: skip
    return next((word for kind, word in kinds if isinstance(value, kind)), "an object")
