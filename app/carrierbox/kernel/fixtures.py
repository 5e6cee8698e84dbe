"""Worlds from files: reads the YAML of `fixtures/` and hands each section to the part of the house that owns it."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml
from sqlmodel import SQLModel

try:
    from yaml import CSafeLoader as SafeLoader
except ImportError:  # a PyYAML without libyaml reads the same, slower
    from yaml import SafeLoader  # type: ignore[assignment]


class BadFixture(Exception):
    """A fixture file that cannot be loaded; names the file, the line where known, and what is wrong."""

    def __init__(self, path: Path, line: int | None, problem: str) -> None:
        where = f"{path}:{line}" if line is not None else str(path)
        super().__init__(f"{where}: {problem}")


def folder() -> Path:
    """Where the shipped fixtures lie: inside an installed package, at the top of a checkout."""
    package = Path(__file__).parent.parent
    installed = package / "fixtures"
    return installed if installed.is_dir() else package.parent.parent / "fixtures"


def read_yaml(path: Path) -> dict[str, Any]:
    """Read a fixture file, which is a mapping.

    Raises: BadFixture.
    """
    return _read(path, SafeLoader)


def _read(path: Path, loader: Callable[[bytes], Any]) -> dict[str, Any]:
    try:
        content = path.read_bytes()
    except OSError as unreadable:
        raise BadFixture(path, None, unreadable.strerror or "cannot be read") from unreadable
    try:
        read = yaml.load(content, Loader=loader)  # type: ignore[arg-type] # noqa: S506 - a SafeLoader all the same
    except yaml.MarkedYAMLError as broken:
        line = broken.problem_mark.line + 1 if broken.problem_mark else None
        raise BadFixture(path, line, broken.problem or "is not YAML") from broken
    except (yaml.YAMLError, ValueError) as broken:  # a date of a 13th month is a ValueError
        raise BadFixture(path, None, "is not YAML") from broken
    if not isinstance(read, dict):
        raise BadFixture(path, 1, "is not a mapping of sections")
    return read


def check_members(table: type[SQLModel], row: Mapping[str, Any]) -> None:
    """Let a row pass whose members are columns of its table; a table itself takes what it does not know, and drops it.

    Raises: ValueError.
    """
    if unknown := row.keys() - table.model_fields.keys():
        raise ValueError(f"no member is called {', '.join(sorted(map(str, unknown)))}")


@dataclass(frozen=True)
class Reference:
    """A member of a key's rows that names another row: the column in which it is kept, and the one that it is of."""

    key: str
    member: str
    column: str
    to: str

    def dangling(self, sql: Callable[[str], Any]) -> Any:
        """A value that leads nowhere; none where all lead somewhere."""
        (table, column), (other, named) = self.column.split("."), self.to.split(".")
        found = sql(
            f"SELECT {column} FROM {table} WHERE {column} IS NOT NULL"
            f" AND {column} NOT IN (SELECT {named} FROM {other}) LIMIT 1"
        ).fetchone()
        return None if found is None else found[0]

    def line(self, section: Any, value: Any) -> int | None:
        """Where a traced section's row stands that has this value; none where none does."""
        rows = section.get(self.key, ()) if isinstance(section, Members) else ()
        lines = rows.lines if isinstance(rows, Rows) else ()
        for line, row in zip(lines, rows, strict=False):
            if isinstance(row, Members) and str(row.get(self.member)) == str(value):
                return line
        return None


class Trace:
    """Follows the reading of a fixture that was found to be wrong, row by row, so that the wrong row can be told."""

    def __init__(self, path: Path) -> None:
        """Read a file. Raises: BadFixture."""
        #: The line of the row that is read at the moment.
        self.line: int | None = None
        #: Called when a row has been read.
        self.passed: Callable[[], None] = lambda: None
        self.sections = _read(path, self._loader)

    def _loader(self, content: bytes) -> Any:
        loader = _Tracing(content)
        loader.trace = self
        return loader

    def follow(self, lines: Iterable[int], read: Iterable[Any]) -> Iterator[Any]:
        """Go through what stands on these lines; after the last of it, it is the whole again that is read."""
        before = self.line
        for line, each in zip(lines, read, strict=False):
            self.line = line
            yield each
            self.passed()
        self.line = before

    def line_of(self, *sections: Any) -> int | None:
        """Where the first of some sections begins."""
        lines = self.sections.lines if isinstance(self.sections, Members) else {}
        return min((lines[each] for each in sections if each in lines), default=None)

    def begin(self, section: str) -> Any:
        """A section, which is going to be read."""
        self.line = self.line_of(section)
        return self.sections.get(section)


class Rows(list[Any]):
    """A list whose reading is traced."""

    def __init__(self, trace: Trace) -> None:
        super().__init__()
        self.lines: list[int] = []
        self._trace = trace

    def __iter__(self) -> Iterator[Any]:
        """Go through the rows."""
        return self._trace.follow(self.lines, super().__iter__())


class Members(dict[Any, Any]):
    """A mapping whose reading is traced."""

    def __init__(self, trace: Trace) -> None:
        super().__init__()
        self.lines: dict[Any, int] = {}
        self._trace = trace

    def items(self) -> Any:
        """Go through the members."""
        return self._trace.follow(self.lines.values(), super().items())

    def point(self, key: Any) -> None:
        """Say that what stands under a key is read."""
        self._trace.line = self.lines.get(key, self._trace.line)


class _Tracing(SafeLoader):
    """Reads what a SafeLoader does, with lines."""

    trace: Trace


def _rows(loader: _Tracing, node: yaml.SequenceNode) -> Iterator[Rows]:
    rows = Rows(loader.trace)
    yield rows
    rows.extend(loader.construct_sequence(node))
    rows.lines = [each.start_mark.line + 1 for each in node.value]


def _members(loader: _Tracing, node: yaml.MappingNode) -> Iterator[Members]:
    members = Members(loader.trace)
    yield members
    members.update(loader.construct_mapping(node))
    members.lines = {loader.construct_object(key): key.start_mark.line + 1 for key, _ in node.value}


_Tracing.add_constructor("tag:yaml.org,2002:seq", _rows)
_Tracing.add_constructor("tag:yaml.org,2002:map", _members)
