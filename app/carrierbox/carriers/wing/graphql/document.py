"""A query's text as a document, and the operation of it that is meant."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from graphql import (
    ArgumentNode,
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLError,
    ListValueNode,
    ObjectValueNode,
    OperationDefinitionNode,
    SelectionSetNode,
    VariableNode,
    parse,
)

from carrierbox.carriers.wing.graphql.errors import Faulty, too_much
from carrierbox.carriers.wing.graphql.limits import LONGEST, MOST_TOKENS


@dataclass(frozen=True, slots=True)
class Document:
    """Operations and fragments; no fragment spreads itself."""

    operations: tuple[OperationDefinitionNode, ...]
    fragments: Mapping[str, FragmentDefinitionNode]

    def operation(self, name: str | None) -> OperationDefinitionNode:
        """The query of that name, or the only one.

        Raises: Faulty.
        """
        if name is not None:
            found = next((each for each in self.operations if each.name and each.name.value == name), None)
            if found is None:
                raise Faulty("$", f"no such operation found in the document: '{name}'")
        elif len(self.operations) != 1:
            raise Faulty(
                "$", "exactly one operation has to be present in the document when operationName is not specified"
            )
        else:
            found = self.operations[0]
        if found.operation.value != "query":
            raise Faulty("$", f"no {found.operation.value}s exist")
        return found

    def variables(self, operation: OperationDefinitionNode) -> set[str]:
        """The variables that an operation and its fragments name, in what they skip too."""
        named: set[str] = set()
        spread: set[str] = set()
        waiting: list[Any] = [*operation.selection_set.selections]
        while waiting:
            node = waiting.pop()
            for each in (node, *(node.directives or ())):
                named |= _variables(getattr(each, "arguments", None) or ())
            if isinstance(node, FragmentSpreadNode):
                if (name := node.name.value) in self.fragments and name not in spread:
                    spread.add(name)
                    waiting.append(self.fragments[name])
            elif node.selection_set:
                waiting += node.selection_set.selections
        return named


def read(text: str) -> Document:
    """Parse a query.

    Raises: Faulty.
    """
    if len(text) > LONGEST:
        raise too_much("$.query", f"a query has at most {LONGEST} characters here")
    try:
        parsed = parse(text, no_location=True, max_tokens=MOST_TOKENS)
    except GraphQLError as unreadable:
        raise Faulty("$.query", "not a valid graphql query") from unreadable
    except RecursionError as deep:
        raise too_much("$.query", "the query is nested too deeply to be read") from deep
    return _document(parsed)


def head(operation: OperationDefinitionNode, *selected: FieldNode) -> OperationDefinitionNode:
    """An operation with its variables and other selections, or none."""
    return OperationDefinitionNode(
        operation=operation.operation,
        variable_definitions=operation.variable_definitions,
        selection_set=SelectionSetNode(selections=selected),
        directives=(),
    )


def _document(parsed: DocumentNode) -> Document:
    operations = []
    fragments: dict[str, FragmentDefinitionNode] = {}
    for node in parsed.definitions:
        if isinstance(node, OperationDefinitionNode):
            operations.append(node)
        elif isinstance(node, FragmentDefinitionNode):
            name = node.name.value
            if name in fragments:
                raise Faulty("$", f"multiple definitions for fragment '{name}'", "parse-failed")
            fragments[name] = node
        else:
            raise Faulty("$.query", "not a valid graphql query")
    _refuse_cycles({name: {*_spreads(node.selection_set)} for name, node in fragments.items()})
    return Document(tuple(operations), fragments)


def _variables(arguments: Iterable[ArgumentNode]) -> set[str]:
    """The variables in some arguments, at any depth."""
    named = set()
    waiting: list[Any] = [argument.value for argument in arguments]
    while waiting:
        match value := waiting.pop():
            case VariableNode():
                named.add(value.name.value)
            case ListValueNode():
                waiting += value.values
            case ObjectValueNode():
                waiting += (field.value for field in value.fields)
    return named


def _spreads(selections: SelectionSetNode) -> Iterator[str]:
    """The fragments that are spread in a selection, at any depth."""
    waiting: list[Any] = [*selections.selections]
    while waiting:
        node = waiting.pop()
        if isinstance(node, FragmentSpreadNode):
            yield node.name.value
        elif node.selection_set:
            waiting += node.selection_set.selections


def _refuse_cycles(spreads: Mapping[str, set[str]]) -> None:
    """Take away fragments that spread none that is left, until none is left or those that are left form a cycle."""
    left = {name: spread & spreads.keys() for name, spread in spreads.items()}
    while ends := {name for name, spread in left.items() if not spread & left.keys()}:
        for name in ends:
            del left[name]
    if left:
        raise Faulty("$", f"the fragment definition(s) {_listed(sorted(left))} form a cycle")


def _listed(names: list[str]) -> str:
    *first, last = (f"'{name}'" for name in names)
    return f"{', '.join(first)} and {last}" if first else last
