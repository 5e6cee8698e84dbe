"""Fills a fresh world from fixture files, section by section; what does not fit is told with its line."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from carrierbox.kernel import fixtures, store
from carrierbox.kernel.parts import Part
from carrierbox.kernel.world import Box, Cause, World


def load(world: World, parts: Sequence[Part], files: Iterable[Path]) -> None:
    """Load all sections of these files, each part's in turn.

    Raises: fixtures.BadFixture.
    """
    read = {path: fixtures.read_yaml(path) for path in files}
    for path, sections in read.items():
        if unknown := sections.keys() - {part.name for part in parts}:
            line = fixtures.Trace(path).line_of(*unknown)
            raise fixtures.BadFixture(path, line, f"unknown section {', '.join(sorted(map(str, unknown)))}")
    for part in parts:
        for path, sections in read.items():
            if part.name in sections:
                _load_section(part, world, path, sections[part.name])
    for part in parts:
        _check_references(part, world, [path for path in read if part.name in read[path]])


class _Section(Mapping[str, Any]):
    """A section of a fixture that remembers what it was asked for: a key that nobody asks for is a slip of the pen."""

    def __init__(self, content: Any) -> None:
        self._content = content
        self._asked: set[str] = set()

    def __getitem__(self, key: str) -> Any:
        self._asked.add(key)
        self._point(key)
        return self._content[key]

    def __iter__(self) -> Iterator[str]:
        return iter(self._content)

    def __len__(self) -> int:
        return len(self._content)

    def check(self) -> None:
        """Raise ValueError for keys that mean nothing; whoever asked for none takes the section as it is."""
        if self._asked and (strange := sorted(map(str, self.keys() - self._asked))):
            self._point(strange[0])
            raise ValueError(f"no part of it is called {', '.join(strange)}")

    def _point(self, key: str) -> None:
        if isinstance(self._content, fixtures.Members):
            self._content.point(key)


def _load_section(part: Part, world: World, path: Path, content: Any) -> None:
    """Load a part's section of a fixture.

    Raises: BadFixture, with the line: for that it is read once more, and written row by row.
    """
    cause = Cause("rule", f"fixture {path.name}")
    try:
        with world.transaction(cause) as box:
            _take(part, box, content)
    except _Misfit as misfit:
        trace, told = fixtures.Trace(path), misfit
        try:
            with world.transaction(cause) as box:
                trace.passed = box.flush
                _take(part, box, trace.begin(part.name))
        except _Misfit as found:
            told = found
        raise fixtures.BadFixture(path, trace.line, f"section {part.name}: {' '.join(str(told).split())}") from misfit


class _Misfit(Exception):
    """What a section says does not fit, and why."""


def _take(part: Part, box: Box, content: Any) -> None:
    if not isinstance(content, Mapping):
        raise _Misfit("is not a mapping")
    section = _Section(content)
    try:
        part.load(box, section)
        box.flush()
        section.check()
    except store.MISFITS as misfit:
        if store.lack(misfit, box.world.store.path):  # the file is not to blame
            raise
        raise _Misfit(getattr(misfit, "orig", misfit)) from misfit
    except KeyError as missing:
        raise _Misfit(f"{missing.args[0]} is missing") from missing
    except ValueError as misfit:
        raise _Misfit(misfit) from misfit
    except (TypeError, AttributeError, ArithmeticError) as misfit:
        raise _Misfit(f"something is of another kind than is wanted: {misfit}") from misfit


def _check_references(part: Part, world: World, paths: Sequence[Path]) -> None:
    """Let the rows of all files pass whose members lead to others. Raises: BadFixture."""
    for each in part.references:
        if (value := each.dangling(world.store.sql)) is None:
            continue
        traced = [(path, each.line(fixtures.Trace(path).sections[part.name], value)) for path in reversed(paths)]
        path, line = next((found for found in traced if found[1] is not None), traced[0])
        other = each.to.partition(".")[0]
        problem = f"{each.key}: {each.member} {value} leads nowhere: {other} has no such row"
        raise fixtures.BadFixture(path, line, f"section {part.name}: {problem}")
