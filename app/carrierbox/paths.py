"""Real addresses for operations whose documents print none, or wrong ones: what `serve --paths FILE` reads.

The file maps contract ids to ``METHOD /path``. A request to such an address is answered as one to the contract's own,
which goes on answering as well. Source: docs/coverage.md says which addresses are only a reading.
"""

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from starlette.types import Scope

from carrierbox import contracts
from carrierbox.contracts import Operation, UnknownOperation
from carrierbox.kernel.fixtures import BadFixture, read_yaml
from carrierbox.shell.sites import WORLD_PREFIX

ADDRESS = re.compile(r"(?P<method>GET|POST|PUT|PATCH|DELETE) +(?P<path>/\S*)")
VARIABLE = re.compile(r"\{(\w+)\}")
#: What stands for a variable that the real path does not have.
DEFAULTS = {"version": "v1"}


class BadPaths(Exception):
    """A paths file that cannot be taken; says each mistake in a line of its own."""

    def __init__(self, mistakes: list[str]) -> None:
        super().__init__("\n".join(mistakes))
        self.mistakes = mistakes


@dataclass(frozen=True, slots=True)
class Mapped:
    """One operation at its real address."""

    operation: Operation
    method: str
    path: str

    @property
    def pattern(self) -> re.Pattern[str]:
        """What a request's path looks like, with or without the carrier's prefix."""
        parts = VARIABLE.split(self.path)
        wanted = "".join(f"(?P<{part}>[^/]+)" if i % 2 else re.escape(part) for i, part in enumerate(parts))
        return re.compile(f"(?P<_prefix>/{self.operation.system})?{wanted}")


class Paths:
    """All operations that are at other addresses here, those without variables first."""

    def __init__(self, mapped: list[Mapped]) -> None:
        self._patterns = [
            (each, each.pattern) for each in sorted(mapped, key=lambda each: len(VARIABLE.findall(each.path)))
        ]

    def translate(self, scope: Scope) -> Scope:
        """A request as it would have come to the contract's own address; others as they are."""
        world = WORLD_PREFIX.match(scope["path"])
        before = world[0] if world else ""
        for each, pattern in self._patterns:
            if each.method == scope["method"] and (found := pattern.fullmatch(scope["path"], len(before))):
                values = DEFAULTS | {name: value for name, value in found.groupdict().items() if value is not None}
                path = VARIABLE.sub(lambda variable, values=values: values[variable[1]], each.operation.path)  # type: ignore[misc]
                own = f"{before}{found['_prefix'] or ''}{path}"
                return {**scope, "method": each.operation.method, "path": own}
        return scope


def read(path: Path, implemented: set[str]) -> Paths:
    """Read a paths file.

    Raises: BadPaths.
    """
    try:
        rows = read_yaml(path)
    except BadFixture as unreadable:
        raise BadPaths([str(unreadable)]) from unreadable
    taken: dict[str, str] = {}
    for operation in contracts.operations():
        if operation.id in implemented:
            for address in (f"{operation.method} {operation.path}", *operation.also):
                taken.setdefault(_anonymous(address.partition("?")[0]), operation.id)
    mapped, mistakes = [], []
    for name, address in rows.items():
        try:
            mapped.append(_mapped(name, address, implemented, taken))
        except ValueError as mistake:
            mistakes.append(f"{path}: {name}: {mistake}")
    if mistakes:
        raise BadPaths(mistakes)
    return Paths(mapped)


def _mapped(name: Any, address: Any, implemented: set[str], taken: dict[str, str]) -> Mapped:
    """One row of the file; its address is taken from now on.

    Raises: ValueError.
    """
    try:
        operation = contracts.operation(str(name))
    except UnknownOperation:
        raise ValueError("no contract has an operation of that id; docs/coverage.md lists them") from None
    if operation.is_outgoing:
        raise ValueError("the box sends it: its address is the callback URL")
    if operation.id not in implemented:
        raise ValueError("the box does not answer it yet")
    found = ADDRESS.fullmatch(address) if isinstance(address, str) else None
    if found is None:
        raise ValueError(f"{address!r} is not a method and a path, such as POST /v1/subscriptions")
    _check_variables(operation, found["path"])
    key = _anonymous(f"{found['method']} {found['path']}")
    if taken.setdefault(key, operation.id) != operation.id:
        raise ValueError(f"{found['method']} {found['path']} is the address of {taken[key]}")
    return Mapped(operation, found["method"], found["path"])


def _check_variables(operation: Operation, path: str) -> None:
    given, wanted = VARIABLE.findall(path), VARIABLE.findall(operation.path)
    if "{" in VARIABLE.sub("", path) or "}" in VARIABLE.sub("", path) or len(given) != len({*given}):
        raise ValueError(f"the variables of {path} cannot be read: each is a name in braces, and there once")
    if missing := [name for name in wanted if name not in given and name not in DEFAULTS]:
        raise ValueError(f"{path} lacks {_braced(missing)}")
    if unknown := [name for name in given if name not in wanted]:
        known = f"it has {_braced(wanted)}" if wanted else "it has none"
        raise ValueError(f"{path} has {_braced(unknown)}, which the operation does not know: {known}")


def _braced(names: list[str]) -> str:
    return ", ".join(f"{{{name}}}" for name in names)


def _anonymous(address: str) -> str:
    return VARIABLE.sub("{}", " ".join(address.split()))
