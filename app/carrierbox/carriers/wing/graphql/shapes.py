"""What of a query's variables decides how it is compiled: names, nulls, booleans, and what names columns or orders."""

from collections.abc import Hashable, Mapping
from typing import Any

import orjson
from graphql import OperationDefinitionNode, TypeNode, print_ast

from carrierbox.carriers.wing.graphql.limits import DEEPEST_VALUE

_SCALARS = {"bigint", "Int", "String", "timestamp", "jsonb"}


def shape(operation: OperationDefinitionNode, given: Mapping[str, Any]) -> Hashable:
    """The variables of an operation without the values that it binds."""
    types = {each.variable.name.value: each.type for each in operation.variable_definitions or ()}
    return tuple((name, _of(types.get(name), value)) for name, value in sorted(given.items()))


def _of(declared: TypeNode | None, value: Any) -> Hashable:
    name = print_ast(declared).strip("[]!") if declared is not None else ""
    if name in _SCALARS:
        return value is None
    if name.endswith(("_bool_exp", "_comparison_exp")):
        return _outline(value)
    return orjson.dumps(value)


def _outline(value: Any, depth: int = 0) -> Hashable:
    """A condition without the values that it compares with."""
    match value:
        case dict() | list() if depth > DEEPEST_VALUE:
            return "refused"
        case dict():
            return tuple((name, _outline(each, depth + 1)) for name, each in value.items())
        case list() if value and not any(isinstance(each, dict | list) for each in value):
            return "list"
        case list():
            return tuple(_outline(each, depth + 1) for each in value)
        case bool() | None:
            return value
        case _:
            return ""
