"""What `serve --world` names: fixtures, snapshots, and folders of both."""

import re
from collections.abc import Iterable, Iterator
from pathlib import Path

from carrierbox.cli.failed import Failed

#: What is looked for in a folder.
ENDINGS = (".yaml", ".yml", ".world")

# These repeat kernel/snapshots.py and worlds.py, which take the database with them when imported, for a fast start.
GZIP = b"\x1f\x8b"
NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,62}")


def sort(paths: Iterable[Path]) -> tuple[dict[str, Path], dict[str, Path]]:
    """The fixtures and the snapshots among files and in folders, by their names without folder and ending.

    Raises: Failed.
    """
    fixtures: dict[str, Path] = {}
    snapshots: dict[str, Path] = {}
    for path in _files(paths):
        named = snapshots if _is_snapshot(path) else fixtures
        if path.stem in named:
            raise Failed(f"{named[path.stem]} and {path} are both called {path.stem!r}", "rename one of them")
        if named is snapshots and not NAME.fullmatch(path.stem):
            raise Failed(
                f"{path} cannot become a world of its name",
                "rename it: lower-case letters, digits and dashes, at most 63, no dash in front",
            )
        named[path.stem] = path
    return fixtures, snapshots


def _files(paths: Iterable[Path]) -> Iterator[Path]:
    for path in paths:
        if not path.is_dir():
            yield path
            continue
        found = [each for each in sorted(path.iterdir()) if each.suffix in ENDINGS]
        if not found:
            raise Failed(f"the folder {path} holds no {', '.join(ENDINGS)} file", "name another one, or leave it out")
        yield from found


def _is_snapshot(path: Path) -> bool:
    """A file that cannot be read is taken for a fixture: whoever reads those says what is wrong with it."""
    try:
        with path.open("rb") as file:
            return file.read(len(GZIP)) == GZIP
    except OSError:
        return False
