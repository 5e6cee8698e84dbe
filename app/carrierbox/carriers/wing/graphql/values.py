"""The arguments of a query, checked against the types of the schema: plain objects and lists whose ends are `Leaf`s.

A leaf is bound to a statement, so that the statement is the same for other values. What decides the statement's shape
(the columns of a condition, the directions of an order) is read here and now.
"""

from collections.abc import Mapping, Set
from typing import Any

from graphql import (
    GraphQLArgument,
    GraphQLEnumType,
    GraphQLInputObjectType,
    GraphQLList,
    GraphQLNonNull,
    GraphQLType,
    ListTypeNode,
    NonNullTypeNode,
    OperationDefinitionNode,
    TypeNode,
    ValueNode,
    is_required_argument,
    print_ast,
)

from carrierbox.carriers.wing.graphql.errors import Faulty, mismatch, too_much
from carrierbox.carriers.wing.graphql.leaves import Leaf, Origin, Var, Word, literal
from carrierbox.carriers.wing.graphql.limits import DEEPEST_VALUE
from carrierbox.carriers.wing.graphql.scalars import READERS

#: 4.36 prints one operator without its underscore. Source: contract `wing-accounts.yaml`, wing-4.36.
_SPELLINGS = {"eq": "_eq"}


class Values:
    """The variables of one request, and the reading of arguments that may name them."""

    def __init__(self, operation: OperationDefinitionNode, given: Mapping[str, Any]) -> None:
        """Take an operation's variables.

        Raises: Faulty when one is missing.
        """
        self._types: dict[str, TypeNode] = {}
        self._with_default: set[str] = set()
        self._given = given
        self.all: dict[str, Any] = {}
        for definition in operation.variable_definitions or ():
            name = definition.variable.name.value
            if name in self._types:
                raise Faulty("$", f"multiple definitions for variable '{name}'", "parse-failed")
            self._types[name] = definition.type
            default = definition.default_value
            if default is not None:
                self._with_default.add(name)
            self.all[name] = self._one(name, definition.type, None if default is None else literal(default))

    def _one(self, name: str, declared: TypeNode, default: Any) -> Any:
        is_required = isinstance(declared, NonNullTypeNode)
        if name not in self._given:
            if is_required and name not in self._with_default:
                raise Faulty("$", f"expecting a value for non-nullable variable: '{name}'")
            return default
        if is_required and self._given[name] is None:
            raise Faulty("$", f"null value found for non-nullable type: '{print_ast(declared)}'")
        return self._given[name]

    def check(self, used: Set[str]) -> None:
        """Let a query pass that uses what is given, and nothing that it does not declare.

        Raises: Faulty.
        """
        if unbound := used - self._types.keys():
            raise Faulty("$", f"unbound variable '{min(unbound)}'")
        if unexpected := self._given.keys() - used:
            raise Faulty("$", f"unexpected variables in variableValues: {', '.join(sorted(unexpected))}"[:1000])

    def arguments(self, field: str, known: Mapping[str, GraphQLArgument], nodes: Any, path: str) -> dict[str, Any]:
        """A field's arguments; what is null is as if it was left out.

        Raises: Faulty.
        """
        given: dict[str, Any] = {}
        for node in nodes or ():
            name = node.name.value
            if name not in known:
                raise Faulty(path, f"'{field}' has no argument named '{name}'")
            if name in given:
                raise Faulty(path, f"'{field}' has more than one argument named '{name}'")
            given[name] = literal(node.value)
        read = {}
        for name, argument in known.items():
            here = f"{path}.args.{name}"
            if name in given:
                value = self._read(argument.type, given[name], here, argument=name)
                if value is not None:
                    read[name] = value
            elif is_required_argument(argument):
                raise Faulty(here, f"missing required field '{name}'")
        return read

    def now(self, kind: GraphQLType, node: ValueNode, path: str) -> Any:
        """What an argument stands for in this request, where that decides what is asked for.

        Raises: Faulty.
        """
        leaf = self._read(kind, literal(node), path)
        return leaf.value(self.all)

    def _read(  # noqa: PLR0913 - a value, what it has to be, and where it stands
        self,
        kind: GraphQLType,
        raw: Any,
        path: str,
        origin: Origin = None,
        depth: int = 0,
        *,
        argument: str = "",
        may_be_null: bool = True,
    ) -> Any:
        """A value of that type; *origin* is its place in the variables, where it comes from there."""
        if depth > DEEPEST_VALUE:
            raise too_much(path, f"values are nested at most {DEEPEST_VALUE} deep here")
        if isinstance(raw, Var):
            self._check(kind, raw.name, path)
            raw, origin = self.all[raw.name], (raw.name,)
        if isinstance(kind, GraphQLNonNull):
            kind, may_be_null = kind.of_type, False
        if raw is None and may_be_null:
            return None
        match kind:
            case GraphQLList():
                return self._list(kind, raw, path, origin, depth)
            case GraphQLEnumType():
                return _word(kind, raw, path, is_literal=origin is None)
            case GraphQLInputObjectType():
                return self._object(kind, raw, path, origin, depth)
        name = str(kind)
        if name == "jsonb":
            raw = self._taken(raw)
        return Leaf(argument if argument in READERS else name, path, None if origin else raw, origin)

    def _list(self, kind: GraphQLList[Any], raw: Any, path: str, origin: Origin, depth: int) -> Any:
        item = kind.of_type.of_type if isinstance(kind.of_type, GraphQLNonNull) else kind.of_type
        several = raw if isinstance(raw, list) else [raw]
        if isinstance(item, GraphQLInputObjectType | GraphQLEnumType):
            found = []
            for at, each in enumerate(several):
                place = (*origin, at) if origin and isinstance(raw, list) else origin
                found.append(self._read(kind.of_type, each, f"{path}[{at}]", place, depth + 1))
            return [each for each in found if each is not None]
        for each in several:
            if isinstance(each, Var):
                self._check(kind.of_type, each.name, path)
        if str(item) == "jsonb":
            raw = self._taken(raw)
        return Leaf(str(item), path, None if origin else raw, origin, is_list=True)

    def _object(self, kind: GraphQLInputObjectType, raw: Any, path: str, origin: Origin, depth: int) -> dict[str, Any]:
        if not isinstance(raw, dict):
            raise mismatch(path, "an object", kind.name, raw)
        is_order = kind.name.endswith("order_by")
        read: dict[str, Any] = {}
        for spelled, value in raw.items():
            name = spelled
            if kind.name.endswith("_comparison_exp"):
                name = _SPELLINGS.get(spelled, spelled)
            here = f"{path}.{spelled}"
            if name not in kind.fields:
                raise Faulty(here[:1000], f"field '{spelled}' not found in type: '{kind.name}'"[:1000])
            place = (*origin, spelled) if origin else None
            # null orders by nothing; a condition with null instead of a value must not match everything
            read[name] = self._read(kind.fields[name].type, value, here, place, depth + 1, may_be_null=is_order)
        return {name: value for name, value in read.items() if value is not None}

    def _taken(self, raw: Any) -> Any:
        """A literal that is JSON: its bare words are strings."""
        match raw:
            case Word():
                return raw.text
            case list():
                return [self._taken(each) for each in raw]
            case dict():
                return {name: self._taken(each) for name, each in raw.items()}
            case _:
                return raw

    def _check(self, wanted: GraphQLType, name: str, path: str) -> None:
        """Whether a variable may stand where that type is wanted."""
        declared = self._types[name]
        may_be_null = not isinstance(declared, NonNullTypeNode) and not (
            name in self._with_default and self.all[name] is not None
        )
        if (isinstance(wanted, GraphQLNonNull) and may_be_null) or not _fits(wanted, declared):
            raise Faulty(
                path,
                f"variable '{name}' is declared as '{print_ast(declared)}', but used where '{wanted}' is expected",
            )


def _fits(wanted: GraphQLType, declared: TypeNode) -> bool:
    """Whether values of a declared type are of the wanted one, nulls at the top apart."""
    if isinstance(wanted, GraphQLNonNull):
        wanted = wanted.of_type
    if isinstance(declared, NonNullTypeNode):
        declared = declared.type
    if isinstance(wanted, GraphQLList) and isinstance(declared, ListTypeNode):
        if isinstance(wanted.of_type, GraphQLNonNull) and not isinstance(declared.type, NonNullTypeNode):
            return False
        return _fits(wanted.of_type, declared.type)
    return str(wanted) == print_ast(declared)


def _word(kind: GraphQLEnumType, raw: Any, path: str, *, is_literal: bool) -> str:
    """A value of an enumeration: a bare word in the query, a string in the variables."""
    word = raw.text if isinstance(raw, Word) else raw
    if not isinstance(word, str) or (is_literal and not isinstance(raw, Word)):
        raise mismatch(path, "an enum value", kind.name, raw)
    if word not in kind.values:
        values = ", ".join(f"'{value}'" for value in kind.values)
        raise Faulty(path, f"expected one of the values [{values}] for type '{kind.name}', but found '{word[:200]}'")
    return word
