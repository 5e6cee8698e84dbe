"""What is wrong with a query, as Hasura says it: with status 200, the first thing only, and no data.

Source: contract `wing-subscription.yaml`, key `graphql`, `errors`.
"""

from collections.abc import Sequence
from typing import Any, Literal

Code = Literal["validation-failed", "parse-failed", "data-exception", "limit-exceeded"]


class Faulty(Exception):
    """A query that cannot be answered: where, and what is wrong there."""

    def __init__(self, path: str, message: str, code: Code = "validation-failed") -> None:
        super().__init__(message)
        self.path = path
        self.message = message
        self.code = code

    @property
    def body(self) -> dict[str, Any]:
        """The answer."""
        return {"errors": [{"extensions": {"path": self.path, "code": self.code}, "message": self.message}]}


def mismatch(path: str, expected: str, kind: str, found: Any) -> Faulty:
    """A value of another kind than its place takes; *expected* has its article."""
    return Faulty(path, f"expected {expected} for type '{kind}', but found {_described(found)}")


def too_much(path: str, what: str) -> Faulty:
    """More than one query may ask of the box; Hasura has no such limits, and so no words for them."""
    return Faulty(path, what, "limit-exceeded")


_KINDS: Sequence[tuple[Any, str]] = (
    (type(None), "null"),
    (bool, "a boolean"),
    (int | float, "a number"),
    (str, "a string"),
    (list, "a list"),
    (dict, "an object"),
    (object, "an enum value"),
)


def _described(value: Any) -> str:
    return next(words for kind, words in _KINDS if isinstance(value, kind))
