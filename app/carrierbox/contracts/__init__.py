"""The contract files: what each emulated API answers, operation by operation; their format is in README.md beside them.

Tests replay them, the coverage page comes from them, and `carrierbox check` aims them at any server. Files are parsed
when first asked for; all six take a quarter of a second, so nothing on the way to a started box imports this package.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Self

from carrierbox.kernel.fixtures import read_yaml

#: The files, in the order of the documents' chapters; WING's document is split in three.
DOCUMENTS = ("wing-accounts", "wing-subscription", "wing-services", "wgtwo", "dish", "stn")

Facts = Mapping[str, Any]


class UnknownOperation(LookupError):
    """No contract has an operation of that id."""


class UnknownDocument(LookupError):
    """There is no contract file of that name."""


@dataclass(frozen=True, slots=True, eq=False)
class Request:
    """The body that an operation takes: an example of it, and what the example cannot show."""

    content_type: str
    example: Any
    fields: tuple[Facts, ...]
    raw: Facts

    @classmethod
    def read(cls, facts: Facts) -> Self:
        """Take a request as the file has it."""
        return cls(facts["content_type"], facts["example"], tuple(facts.get("fields", ())), facts)


@dataclass(frozen=True, slots=True, eq=False)
class Response:
    """One answer of an operation; *example* is None where the source shows no body."""

    status: int
    content_type: str | None
    example: Any
    fields: tuple[Facts, ...]
    raw: Facts

    @classmethod
    def read(cls, facts: Facts) -> Self:
        """Take a response as the file has it."""
        fields = tuple(facts.get("fields", ()))
        return cls(facts["status"], facts.get("content_type"), facts.get("example"), fields, facts)


@dataclass(frozen=True, slots=True, eq=False)
class Operation:
    """One operation of a vendor's API; *raw* has the keys that only some files use."""

    id: str
    system: str
    scope: str
    section: str
    name: str
    method: str
    path: str
    also: tuple[str, ...]
    auth: str
    headers: Mapping[str, str]
    path_params: tuple[Facts, ...]
    query: tuple[Facts, ...]
    request: Request | None
    responses: tuple[Response, ...]
    behaviour: tuple[str, ...]
    mended: tuple[str, ...]
    open: tuple[str, ...]
    raw: Facts

    @classmethod
    def read(cls, system: str, facts: Facts) -> Self:
        """Take an operation as the file has it."""
        return cls(
            id=facts["id"],
            system=system,
            scope=facts["scope"],
            section=facts["section"],
            name=facts["name"],
            method=facts["method"],
            path=facts["path"],
            also=tuple(facts["also"]),
            auth=facts["auth"],
            headers=facts["headers"],
            path_params=tuple(facts["path_params"]),
            query=tuple(facts["query"]),
            request=Request.read(facts["request"]) if "request" in facts else None,
            responses=tuple(Response.read(response) for response in facts["responses"]),
            behaviour=tuple(facts["behaviour"]),
            mended=tuple(facts["mended"]),
            open=tuple(facts["open"]),
            raw=facts,
        )

    @property
    def success(self) -> Response:
        """The answer when all goes well; where the source gives two, the first."""
        return next(response for response in self.responses if 200 <= response.status < 300)

    @property
    def is_outgoing(self) -> bool:
        """Whether the box calls the client, and not the client the box."""
        return bool(self.raw.get("direction") == "outgoing")


@cache
def document(name: str) -> Facts:
    """A whole contract file: its operations as written, and the keys beside them (``lifecycle``, ``errors``, ...).

    It is read once and shared: not to be changed.
    Raises: UnknownDocument.
    """
    if name not in DOCUMENTS:
        raise UnknownDocument(f"there is no contract {name!r}; there are {', '.join(DOCUMENTS)}")
    return read_yaml(Path(__file__).parent / f"{name}.yaml")


def operations(system: str | None = None, scope: str | None = None) -> tuple[Operation, ...]:
    """The operations of all APIs, or of one; all, or those of one scope (``seed``, ``beyond``); in the files' order."""
    return tuple(
        operation
        for operation in _by_id().values()
        if system in (None, operation.system) and scope in (None, operation.scope)
    )


def operation(operation_id: str) -> Operation:
    """The operation of that id.

    Raises: UnknownOperation.
    """
    try:
        return _by_id()[operation_id]
    except KeyError:
        raise UnknownOperation(f"no contract has an operation {operation_id!r}") from None


def ids() -> frozenset[str]:
    """The id of every operation."""
    return frozenset(_by_id())


@cache
def _by_id() -> dict[str, Operation]:
    read = (document(name) for name in DOCUMENTS)
    return {facts["id"]: Operation.read(file["system"], facts) for file in read for facts in file["operations"]}
