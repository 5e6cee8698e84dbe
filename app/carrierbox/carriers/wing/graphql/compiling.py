"""A query as the SQL statements that answer it, one for each root field; kept for queries that come again.

What a query was compiled to holds for all variables of one shape; their values are bound anew each time.
"""

from collections import OrderedDict
from collections.abc import Hashable, Mapping
from dataclasses import dataclass, field
from typing import Any

from graphql import OperationDefinitionNode

from carrierbox.carriers.wing.graphql import aggregate, document, select, sight
from carrierbox.carriers.wing.graphql.document import Document
from carrierbox.carriers.wing.graphql.errors import too_much
from carrierbox.carriers.wing.graphql.introspection import Described
from carrierbox.carriers.wing.graphql.leaves import Leaf
from carrierbox.carriers.wing.graphql.limits import MOST_ROOTS, MOST_ROWS
from carrierbox.carriers.wing.graphql.model import Root
from carrierbox.carriers.wing.graphql.schema import schema
from carrierbox.carriers.wing.graphql.selection import INTROSPECTION, TYPENAME, Asked, Selection
from carrierbox.carriers.wing.graphql.shapes import shape
from carrierbox.carriers.wing.graphql.statement import Bound, Statement
from carrierbox.carriers.wing.graphql.tables import ROOTS
from carrierbox.carriers.wing.graphql.values import Values

MOST_KEPT = 500
MOST_SHAPES = 20
_LONGEST_KEPT = 20_000


@dataclass(slots=True)
class Part:
    """One member of an answer: a statement to be run, a text that stands already, or what the schema says of itself."""

    key: str
    path: str
    sql: str = ""
    bound: Mapping[str, tuple[Leaf, Bound | None]] = field(default_factory=dict)
    text: str = ""
    described: Described | None = None
    _seen: dict[str, str] = field(default_factory=dict)

    def statement(self, kind: str) -> str:
        """The statement for callers with a sight of that kind."""
        if kind not in self._seen:
            self._seen[kind] = sight.put_in(self.sql, kind)
        return self._seen[kind]

    def values(self, variables: Mapping[str, Any]) -> dict[str, Any]:
        """What the statement binds.

        Raises: Faulty.
        """
        found = {}
        for name, (leaf, bound) in self.bound.items():
            value = leaf.value(variables)
            found[name] = value if bound is None else bound(value, leaf.path)
        return found


@dataclass(frozen=True, slots=True)
class Compiled:
    """A query that can be run; `section` is the document's, `is_live` where devices have a say in the answer."""

    parts: tuple[Part, ...]
    section: str | None
    is_live: bool


@dataclass(frozen=True, slots=True)
class _Known:
    """An operation that was asked for before: its variables, and what it was compiled to for each shape of them."""

    head: OperationDefinitionNode
    made: dict[Hashable, Compiled] = field(default_factory=dict)


_kept: OrderedDict[tuple[str, str | None], _Known] = OrderedDict()


def compiled(text: str, name: str | None, given: Mapping[str, Any]) -> tuple[Compiled, Mapping[str, Any]]:
    """A query ready to be run, and its variables with their defaults.

    Raises: Faulty.
    """
    if (known := _kept.get((text, name))) is not None:
        _kept.move_to_end((text, name))
        values = Values(known.head, given)
        if (made := known.made.get(shape(known.head, given))) is not None:
            return made, values.all
    parsed = document.read(text)
    operation = parsed.operation(name)
    values = Values(operation, given)
    made = _compile(parsed, operation, values)
    if len(text) <= _LONGEST_KEPT:
        _keep(text, name, operation, shape(operation, given), made)
    return made, values.all


def _keep(text: str, name: str | None, operation: OperationDefinitionNode, of: Hashable, made: Compiled) -> None:
    """Remember a query without its document, which takes more room than all that was made of it."""
    known = _kept.setdefault((text, name), _Known(document.head(operation)))
    if len(known.made) >= MOST_SHAPES:
        known.made.clear()
    known.made[of] = made
    if len(_kept) > MOST_KEPT:
        _kept.popitem(last=False)


def _compile(parsed: Document, operation: OperationDefinitionNode, values: Values) -> Compiled:
    root = schema().query_type
    assert root is not None  # noqa: S101 - ours has one
    values.check(parsed.variables(operation))
    asked = Selection(parsed.fragments, values).read(root, operation.selection_set)
    if len(asked) > MOST_ROOTS:
        raise too_much("$", f"a query has at most {MOST_ROOTS} root fields here")
    parts, is_live, section = [], False, None
    for each in asked:
        if each.name == TYPENAME:
            parts.append(Part(each.key, each.path, text='"query_root"'))
        elif each.name in INTROSPECTION:
            parts.append(Part(each.key, each.path, described=Described.of(parsed, operation, each)))
        else:
            statement, found = Statement(), _root(each)
            sql = _sql(statement, found, each)
            parts.append(Part(each.key, each.path, sql, statement.bound))
            is_live, section = is_live or statement.is_live, section or found.section
    return Compiled(tuple(parts), section, is_live)


def _root(asked: Asked) -> Root:
    return next(root for root in ROOTS if asked.name in {root.table.name, *_names(root)})


def _names(root: Root) -> tuple[str, str]:
    return f"{root.table.name}_aggregate", f"{root.table.name}_by_pk"


def _sql(statement: Statement, root: Root, asked: Asked) -> str:
    of_figures, of_key = _names(root)
    if asked.name == of_figures:
        return aggregate.figures_of(statement, root.table, asked)
    if asked.name == of_key:
        return select.one(statement, root.table, asked)
    return select.as_list(select.listed(statement, root.table, asked, most=MOST_ROWS + 1))
