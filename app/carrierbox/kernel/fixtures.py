"""Worlds from files: reads the YAML of `fixtures/` and hands each section to the part of the house that owns it."""

from pathlib import Path
from typing import Any

import yaml

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
    try:
        content = path.read_bytes()
    except OSError as unreadable:
        raise BadFixture(path, None, unreadable.strerror or "cannot be read") from unreadable
    try:
        read = yaml.load(content, Loader=SafeLoader)
    except yaml.MarkedYAMLError as broken:
        line = broken.problem_mark.line + 1 if broken.problem_mark else None
        raise BadFixture(path, line, broken.problem or "is not YAML") from broken
    except (yaml.YAMLError, ValueError) as broken:  # a date of a 13th month is a ValueError
        raise BadFixture(path, None, "is not YAML") from broken
    if not isinstance(read, dict):
        raise BadFixture(path, 1, "is not a mapping of sections")
    return read
