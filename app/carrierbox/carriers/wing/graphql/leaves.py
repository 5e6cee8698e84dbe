"""What a query's arguments end in: literals, and variables in their places."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from graphql import (
    BooleanValueNode,
    EnumValueNode,
    FloatValueNode,
    IntValueNode,
    ListValueNode,
    ObjectValueNode,
    StringValueNode,
    ValueNode,
    VariableNode,
)

from carrierbox.carriers.wing.graphql.errors import Faulty, mismatch
from carrierbox.carriers.wing.graphql.scalars import READERS

#: Python takes its time to read very long numbers; no column holds any.
_MOST_DIGITS = 40

#: Where a value stands in the variables; none where it stands in the query.
Origin = tuple[str | int, ...] | None


@dataclass(frozen=True, slots=True)
class Var:
    """A variable where a literal has one."""

    name: str


@dataclass(frozen=True, slots=True)
class Word:
    """A literal without quotation marks: a value of an enumeration."""

    text: str


@dataclass(frozen=True, slots=True)
class Leaf:
    """A value that a statement binds: a literal, or the place in the variables where it stands."""

    kind: str
    path: str
    literal: Any = None
    variable: Origin = None
    is_list: bool = False

    def value(self, variables: Mapping[str, Any]) -> Any:
        """What is bound; a list as it is, for the statement to say what becomes of it.

        Raises: Faulty.
        """
        raw: Any = self.literal
        if self.variable is not None:
            raw = variables
            for step in self.variable:
                raw = raw[step]
        read = READERS[self.kind]
        if not self.is_list:
            return read(_resolved(raw, variables), self.path)
        if raw is None:
            raise mismatch(self.path, "a list", self.kind, raw)
        several = raw if isinstance(raw, list) else [raw]
        return [read(_resolved(each, variables), f"{self.path}[{at}]") for at, each in enumerate(several)]


def _resolved(raw: Any, variables: Mapping[str, Any]) -> Any:
    """A literal with its variables put in; only those for jsonb and lists have some inside."""
    match raw:
        case Var():
            return variables.get(raw.name)
        case list():
            return [_resolved(each, variables) for each in raw]
        case dict():
            return {name: _resolved(each, variables) for name, each in raw.items()}
        case _:
            return raw


def literal(node: ValueNode) -> Any:  # noqa: PLR0911 - a return a kind of node
    """A literal of a query as a plain value.

    Raises: Faulty for an object with two fields of one name.
    """
    match node:
        case VariableNode():
            return Var(node.name.value)
        case ObjectValueNode():
            fields = {field.name.value: literal(field.value) for field in node.fields}
            if len(fields) < len(node.fields):
                raise Faulty("$.query", "an input object has more than one field of the same name")
            return fields
        case ListValueNode():
            return [literal(value) for value in node.values]
        case IntValueNode():
            return int(node.value) if len(node.value) <= _MOST_DIGITS else float(node.value)
        case FloatValueNode():
            return float(node.value)
        case EnumValueNode():
            return Word(node.value)
        case StringValueNode() | BooleanValueNode():
            return node.value
        case _:
            return None
