"""What a query selects, checked against the schema: fragments spread, directives obeyed, the same fields merged.

As in Hasura the first thing that is wrong ends it, and a fragment on another type selects nothing.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from graphql import (
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLBoolean,
    GraphQLField,
    GraphQLNonNull,
    GraphQLObjectType,
    InlineFragmentNode,
    SchemaMetaFieldDef,
    SelectionSetNode,
    TypeMetaFieldDef,
    get_named_type,
    is_leaf_type,
)

from carrierbox.carriers.wing.graphql.errors import Faulty, too_much
from carrierbox.carriers.wing.graphql.leaves import literal
from carrierbox.carriers.wing.graphql.limits import DEEPEST, DEEPEST_LISTS, MOST_FIELDS
from carrierbox.carriers.wing.graphql.values import Values

TYPENAME = "__typename"
INTROSPECTION: Mapping[str, GraphQLField] = {"__schema": SchemaMetaFieldDef, "__type": TypeMetaFieldDef}

#: Lists of the schema's description that lead to more of it.
_LISTS = {"types", "fields", "inputFields", "interfaces", "possibleTypes"}


@dataclass(frozen=True, slots=True)
class Asked:
    """One field of an answer: the name that it has there, and what stands in it."""

    key: str
    name: str
    owner: str  # the type that the field is one of
    path: str
    arguments: Mapping[str, Any]
    fields: tuple["Asked", ...] = ()
    node: FieldNode | None = None  # where it asks for the schema's description


class Selection:
    """Reads the selections of one operation."""

    def __init__(self, fragments: Mapping[str, FragmentDefinitionNode], values: Values) -> None:
        self._fragments = fragments
        self._values = values
        self._count = 0

    def read(self, root: GraphQLObjectType, selected: SelectionSetNode) -> tuple[Asked, ...]:
        """The fields of an operation, in order.

        Raises: Faulty.
        """
        return self._fields(root, [selected], "$", 0, 0)

    def _fields(
        self, kind: GraphQLObjectType, selected: Sequence[SelectionSetNode], path: str, depth: int, lists: int
    ) -> tuple[Asked, ...]:
        if depth > DEEPEST:
            raise too_much(path, f"a query selects fields at most {DEEPEST} deep here")
        merged: dict[str, list[FieldNode]] = {}
        for each in selected:
            for node in self._flat(kind, each, path):
                merged.setdefault(node.alias.value if node.alias else node.name.value, []).append(node)
        return tuple(self._field(kind, key, nodes, path, depth, lists) for key, nodes in merged.items())

    def _flat(self, kind: GraphQLObjectType, selected: SelectionSetNode, path: str) -> Iterator[FieldNode]:
        """The fields of a selection, with those of its fragments where they are spread."""
        if not selected.selections:  # the parser lets it pass
            raise Faulty("$.query", "not a valid graphql query")
        for node in selected.selections:
            self._count += 1
            if self._count > MOST_FIELDS:
                raise too_much("$", f"a query selects at most {MOST_FIELDS} fields here")
            if not self._is_wanted(node, path):
                continue
            if isinstance(node, FieldNode):
                yield node
            elif isinstance(node, InlineFragmentNode):
                if node.type_condition is None or node.type_condition.name.value == kind.name:
                    yield from self._flat(kind, node.selection_set, path)
            elif isinstance(node, FragmentSpreadNode):
                fragment = self._fragments.get(node.name.value)
                if fragment is None:
                    raise Faulty(f"{path}.selectionSet", f"reference to undefined fragment '{node.name.value}'")
                if fragment.type_condition.name.value == kind.name:
                    yield from self._flat(kind, fragment.selection_set, path)

    def _is_wanted(self, node: Any, path: str) -> bool:
        """What @include and @skip say."""
        is_wanted = True
        for directive in node.directives or ():
            name = directive.name.value
            if name not in {"include", "skip"}:
                raise Faulty(path, f"directive '{name}' is not defined in the schema")
            given = {argument.name.value: argument.value for argument in directive.arguments or ()}
            if unknown := given.keys() - {"if"}:
                raise Faulty(path, f"'{name}' has no argument named '{min(unknown)}'")
            if "if" not in given:
                raise Faulty(path, "missing required field 'if'")
            says = self._values.now(GraphQLNonNull(GraphQLBoolean), given["if"], f"{path}.{name}.if")
            is_wanted = is_wanted and says is (name == "include")
        return is_wanted

    def _field(  # noqa: PLR0913 - a field, and where it stands
        self, kind: GraphQLObjectType, key: str, nodes: list[FieldNode], path: str, depth: int, lists: int
    ) -> Asked:
        first = nodes[0]
        name = first.name.value
        self._refuse_conflict(key, nodes, path)
        here = f"{path}.selectionSet.{name}"
        if name == TYPENAME:
            return Asked(key, name, kind.name, here, {})
        definition = kind.fields.get(name) or (INTROSPECTION.get(name) if kind.name == "query_root" else None)
        if definition is None:
            raise Faulty(here, f"field '{name}' not found in type: '{kind.name}'")
        arguments = self._values.arguments(name, definition.args, first.arguments, here)
        asked = Asked(key, name, kind.name, here, arguments)
        selected = [node.selection_set for node in nodes if node.selection_set]
        answered = get_named_type(definition.type)
        if is_leaf_type(answered):
            if selected:
                raise Faulty(here, "unexpected subselection set for non-object field")
            return asked
        if not selected:
            raise Faulty(f"{here}.selectionSet", f"missing selection set for '{answered.name}'")
        assert isinstance(answered, GraphQLObjectType)  # noqa: S101 - this schema has no interfaces and no unions
        lists += kind.name.startswith("__") and name in _LISTS
        if lists > DEEPEST_LISTS:
            raise too_much(here, f"the schema's lists can be asked for {DEEPEST_LISTS} within each other here")
        fields = self._fields(answered, selected, here, depth + 1, lists)
        if name in INTROSPECTION:
            nodes_of_all = tuple(each for part in selected for each in part.selections)
            whole = FieldNode(
                alias=first.alias,
                name=first.name,
                arguments=first.arguments,
                selection_set=SelectionSetNode(selections=nodes_of_all),
            )
            return replace(asked, fields=fields, node=whole)
        return replace(asked, fields=fields)

    def _refuse_conflict(self, key: str, nodes: list[FieldNode], path: str) -> None:
        """Refuse two meanings of one name in the answer."""
        first, *others = nodes
        for node in others:
            if node.name.value != first.name.value:
                raise Faulty(
                    f"{path}.selectionSet",
                    f"selection of both '{first.name.value}' and '{node.name.value}' specify the same response name,"
                    f" '{key}'",
                )
            if _given(node) != _given(first):
                raise Faulty(
                    f"{path}.selectionSet",
                    f"inconsistent arguments between multiple selections of field '{first.name.value}'",
                )


def _given(node: FieldNode) -> dict[str, Any]:
    return {argument.name.value: literal(argument.value) for argument in node.arguments or ()}
