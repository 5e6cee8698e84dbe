"""Every setting: its flag, its variable, what it means, its default.

A flag ``--log-format`` is ``CARRIERBOX_LOG_FORMAT`` in the environment. Flag over variable over default. A flag that
cannot be read is wrong usage (exit code 2); a variable that cannot be read is a bad setting (exit code 1).
"""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Any, Literal

import platformdirs
import typer

# These repeat kernel/world.py and worlds.py, which take the database with them when imported: too slow for `--help`.
Pace = Literal["instant", "brisk", "realistic"]
Auth = Literal["strict", "open"]
MOST_SIMS = 5_000_000
DEFAULT_WORLD = "default"

LogFormat = Literal["text", "json"]

HOST = "127.0.0.1"
PORT = 7462
MEMORY = "memory"
JOURNAL = 10_000


def flag(name: str, about: str, *, variables: tuple[str, ...] | None = None, **more: Any) -> Any:
    """An option ``--name`` (``--name/--no-name`` for a switch) which a variable of the same name sets as well."""
    variable = name.partition("/")[0].removeprefix("--").replace("-", "_").upper()
    return typer.Option(name, help=about, envvar=[*(variables or (f"CARRIERBOX_{variable}",))], **more)


def came_from_variable(context: Any, parameter: Any) -> bool:
    """Whether a parameter's value was taken from the environment."""
    source = context.get_parameter_source(parameter.name)
    return source is not None and source.name == "ENVIRONMENT"


def _files(context: typer.Context, parameter: typer.CallbackParam, paths: list[Path] | None) -> list[Path]:
    # CARRIERBOX_WORLD names a world to the verbs that speak to a box (--in): what looks like a world's name is no file
    spared = came_from_variable(context, parameter)
    return [path for path in paths or () if not (spared and path.parent == Path() and not path.suffix)]


HostFlag = Annotated[str, flag("--host", "Address to listen on.")]
PortFlag = Annotated[
    int,
    flag("--port", "Port to listen on; 0 takes a free one.", variables=("CARRIERBOX_PORT", "PORT"), min=0, max=65535),
]
DataFlag = Annotated[
    str | None,
    flag(
        "--data",
        "Folder that keeps the worlds; 'memory' keeps nothing.",
        metavar="DIR|memory",
        show_default="the user's data folder",
    ),
]
DatabaseUrlFlag = Annotated[
    str | None, flag("--database-url", "A database in place of the data folder; not there yet.", metavar="URL")
]
WorldFlag = Annotated[
    list[Path] | None,
    flag(
        "--world",
        "Fixture to load beside the shipped ones, snapshot to make a world of, or folder of both; repeatable.",
        metavar="FILE",
        callback=_files,
    ),
]
SimsFlag = Annotated[
    int | None, flag("--sims", "SIMs in each carrier's fleet; at first 200.", min=0, max=MOST_SIMS, show_default=False)
]
AuthFlag = Annotated[
    Auth | None,
    flag("--auth", "Refuse calls without a token, or let them in as the admin; at first strict.", show_default=False),
]
PaceFlag = Annotated[
    Pace | None, flag("--pace", "How long a carrier's later work takes; at first brisk.", show_default=False)
]
ControlKeyFlag = Annotated[
    str | None,
    flag("--control-key", "Bearer token that the control API asks for.", metavar="KEY", show_default=False),
]
LogFormatFlag = Annotated[LogFormat, flag("--log-format", "How log lines are written to standard error.")]
QuietFlag = Annotated[bool, flag("--quiet/--no-quiet", "Print the ready line only, and log warnings only.")]
PlainHeadersFlag = Annotated[
    bool, flag("--plain-headers/--no-plain-headers", "Leave X-Carrierbox-* and X-Request-Id out of answers.")
]
JournalFlag = Annotated[
    int,
    flag("--journal", "Entries that each world's journal keeps; 0: none.", min=0, max=100_000),
]
PathsFlag = Annotated[
    Path | None,
    flag("--paths", "File that maps contract ids to real methods and paths.", metavar="FILE", show_default=False),
]
WhileLockedFlag = Annotated[
    Path | None,
    flag("--while-locked", "Run as long as somebody holds a lock on this file.", metavar="FILE", hidden=True),
]

UrlFlag = Annotated[str, flag("--url", "Where the box is.", metavar="URL")]
InFlag = Annotated[
    str | None,
    flag(
        "--in",
        "The world that this is about.",
        metavar="WORLD",
        variables=("CARRIERBOX_WORLD",),
        show_default=DEFAULT_WORLD,
    ),
]
JsonFlag = Annotated[bool, flag("--json/--no-json", "Print JSON.")]


@dataclass(frozen=True)
class Settings:
    """What `serve` was told; None is what it was not told, and then a world that is there already keeps its own."""

    host: str = HOST
    port: int = PORT
    data: Path | None = None  # None: nothing is kept
    fixtures: dict[str, Path] = field(default_factory=dict)
    snapshots: dict[str, Path] = field(default_factory=dict)
    sims: int | None = None
    auth: Auth | None = None
    pace: Pace | None = None
    control_key: str | None = field(default=None, repr=False)
    log_format: LogFormat = "text"
    quiet: bool = False
    plain_headers: bool = False
    paths: Path | None = None
    while_locked: Path | None = None
    journal: int = JOURNAL


def data_folder(said: str | None) -> Path | None:
    """The folder that ``--data`` means; None where nothing is to be kept."""
    if said == MEMORY:
        return None
    return Path(said).expanduser() if said else platformdirs.user_data_path("carrierbox", appauthor=False)
