"""What the schema says of itself: graphql-core answers, from the same schema that queries are checked against."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import orjson
from graphql import (
    DocumentNode,
    OperationDefinitionNode,
    OperationType,
    SelectionSetNode,
    execute_sync,
    parse,
    print_ast,
)

from carrierbox.carriers.wing.graphql.document import Document
from carrierbox.carriers.wing.graphql.errors import Faulty
from carrierbox.carriers.wing.graphql.schema import schema
from carrierbox.carriers.wing.graphql.selection import Asked


@dataclass(frozen=True, slots=True)
class Described:
    """A field that asks for the schema's description, in its query."""

    parsed: Document
    operation: OperationDefinitionNode
    asked: Asked

    def answer(self, variables: Mapping[str, Any]) -> str:
        """The description, as JSON. It takes a while.

        Raises: Faulty.
        """
        assert self.asked.node is not None  # noqa: S101 - these fields have one
        alone = OperationDefinitionNode(
            operation=OperationType.QUERY,
            variable_definitions=self.operation.variable_definitions,
            selection_set=SelectionSetNode(selections=(self.asked.node,)),
            directives=(),
        )
        whole = DocumentNode(definitions=(alone, *self.parsed.fragments.values()))
        return _answer(print_ast(whole), orjson.dumps(dict(variables), default=str), self.asked.key, self.asked.path)


@lru_cache(maxsize=8)
def _answer(text: str, variables: bytes, key: str, path: str) -> str:
    result = execute_sync(schema(), parse(text), variable_values=orjson.loads(variables))
    if result.errors or result.data is None:
        raise Faulty(path, result.errors[0].message if result.errors else "not a valid graphql query")
    return orjson.dumps(result.data[key]).decode()
