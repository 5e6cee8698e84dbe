"""What a condition can say of a column: operators by type, and their SQL over the column ``{e}`` and the value ``{v}``.

As in PostgreSQL nothing is true of null but `_is_null`. A list is bound as one JSON text, however long it is.
Source: contract `wing-subscription.yaml`, key `graphql`, `arguments.further_hasura`.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

import orjson

from carrierbox.carriers.wing.graphql.errors import Faulty
from carrierbox.carriers.wing.graphql.patterns import glob, like
from carrierbox.carriers.wing.graphql.regex import compiled
from carrierbox.carriers.wing.graphql.scalars import Type

#: What an operator is compared with: a value of the column's type, a list of them, or something of its own.
Wants = Literal["value", "list", "Boolean", "String", "Strings"]


@dataclass(frozen=True, slots=True)
class Operator:
    """One operator: its SQL, what it wants, and how a value of that becomes what is bound."""

    sql: str
    wants: Wants = "value"
    bound: Callable[[Any, str], Any] = lambda value, _path: value
    about: str = ""


def _listed(values: Any, _path: str) -> str:
    return orjson.dumps(values).decode()


def _checked(kind: str) -> Callable[[Any, str], str]:
    def checked(pattern: str, _path: str) -> str:
        try:
            compiled(kind, pattern)
        except ValueError as unreadable:
            raise Faulty("$", f"invalid regular expression: {unreadable}", "data-exception") from unreadable
        return pattern

    return checked


_VALUES = "SELECT value FROM json_each({v})"
_ANY: dict[str, Operator] = {
    "_eq": Operator("{e} = {v}"),
    "_in": Operator(f"{{e}} IN ({_VALUES})", "list", _listed),
    "_is_null": Operator("({e} IS NULL) = {v}", "Boolean"),
    "_neq": Operator("{e} <> {v}"),
    "_nin": Operator(f"{{e}} NOT IN ({_VALUES})", "list", _listed),
}
_ORDERED: dict[str, Operator] = {
    "_gt": Operator("{e} > {v}"),
    "_gte": Operator("{e} >= {v}"),
    "_lt": Operator("{e} < {v}"),
    "_lte": Operator("{e} <= {v}"),
}
_TEXT: dict[str, Operator] = {
    "_like": Operator("{e} GLOB {v}", bound=glob, about="does the column match the given pattern"),
    "_nlike": Operator("{e} NOT GLOB {v}", bound=glob, about="does the column NOT match the given pattern"),
    # as in REST's contains, case is that of ASCII's letters
    "_ilike": Operator(
        "{e} LIKE {v} ESCAPE '\\'", bound=like, about="does the column match the given case-insensitive pattern"
    ),
    "_nilike": Operator(
        "{e} NOT LIKE {v} ESCAPE '\\'",
        bound=like,
        about="does the column NOT match the given case-insensitive pattern",
    ),
    "_similar": Operator("wing_matches('similar', {v}, {e})", bound=_checked("similar")),
    "_nsimilar": Operator("NOT wing_matches('similar', {v}, {e})", bound=_checked("similar")),
    "_regex": Operator("wing_matches('regex', {v}, {e})", bound=_checked("regex")),
    "_nregex": Operator("NOT wing_matches('regex', {v}, {e})", bound=_checked("regex")),
    "_iregex": Operator("wing_matches('iregex', {v}, {e})", bound=_checked("iregex")),
    "_niregex": Operator("NOT wing_matches('iregex', {v}, {e})", bound=_checked("iregex")),
}
_JSON: dict[str, Operator] = {
    "_eq": Operator("wing_json('same', {e}, {v})"),
    "_neq": Operator("NOT wing_json('same', {e}, {v})"),
    "_in": Operator("wing_json('among', {e}, {v})", "list", _listed),
    "_nin": Operator("NOT wing_json('among', {e}, {v})", "list", _listed),
    "_is_null": _ANY["_is_null"],
    "_contains": Operator("wing_json('contains', {e}, {v})", about="does the column contain the given json value"),
    "_contained_in": Operator("wing_json('within', {e}, {v})", about="is the column contained in the given json value"),
    "_has_key": Operator("wing_json('any key', {e}, {v})", "String", lambda key, path: _listed([key], path)),
    "_has_keys_any": Operator("wing_json('any key', {e}, {v})", "Strings", _listed),
    "_has_keys_all": Operator("wing_json('all keys', {e}, {v})", "Strings", _listed),
}
OPERATORS: Mapping[Type, Mapping[str, Operator]] = {
    "bigint": _ANY | _ORDERED,
    "Int": _ANY | _ORDERED,
    "timestamp": _ANY | _ORDERED,
    "Boolean": _ANY | _ORDERED,
    "String": _ANY | _ORDERED | _TEXT,
    "jsonb": _JSON,
}
