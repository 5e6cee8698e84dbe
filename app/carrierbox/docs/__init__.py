"""The pages of docs/ that are made from the code: the control API, the command line, and how contracts were read.

``python -m carrierbox.docs`` writes them, from the root of a checkout; a test fails when one is out of date.
"""

from collections.abc import Callable, Mapping
from pathlib import Path

from carrierbox.docs.command_line import command_line
from carrierbox.docs.control_api import control_api
from carrierbox.docs.readings import readings

FOLDER = Path("docs")

PAGES: Mapping[str, Callable[[], str]] = {
    "control-api.md": control_api,
    "command-line.md": command_line,
    "readings.md": readings,
}


def main() -> None:
    """Write the pages."""
    FOLDER.mkdir(exist_ok=True)
    for name, make in PAGES.items():
        (FOLDER / name).write_text(make(), encoding="utf-8")
