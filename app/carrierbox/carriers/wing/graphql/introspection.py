"""What the schema says of itself: graphql-core answers, from the same schema that queries are checked against."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import orjson
from graphql import DocumentNode, OperationDefinitionNode, execute_sync, parse, print_ast

from carrierbox.carriers.wing.graphql.document import Document, head
from carrierbox.carriers.wing.graphql.errors import Faulty
from carrierbox.carriers.wing.graphql.schema import schema
from carrierbox.carriers.wing.graphql.selection import Asked


@dataclass(frozen=True, slots=True)
class Described:
    """A field that asks for the schema's description, as a query of its own."""

    text: str
    key: str
    path: str

    @classmethod
    def of(cls, parsed: Document, operation: OperationDefinitionNode, asked: Asked) -> "Described":
        """Take the field out of its query."""
        assert asked.node is not None  # noqa: S101 - these fields have one
        alone = DocumentNode(definitions=(head(operation, asked.node), *parsed.fragments.values()))
        return cls(print_ast(alone), asked.key, asked.path)

    def answer(self, variables: Mapping[str, Any]) -> str:
        """The description, as JSON. It takes a while.

        Raises: Faulty.
        """
        return _answer(self, orjson.dumps(dict(variables), default=str))


@lru_cache(maxsize=8)
def _answer(described: Described, variables: bytes) -> str:
    result = execute_sync(schema(), parse(described.text), variable_values=orjson.loads(variables))
    if result.errors or result.data is None:
        raise Faulty(described.path, result.errors[0].message if result.errors else "not a valid graphql query")
    return orjson.dumps(result.data[described.key]).decode()
