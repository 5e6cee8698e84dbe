"""`carrierbox world`: worlds of a running box."""

import os
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from carrierbox import settings
from carrierbox.cli.failed import Failed
from carrierbox.cli.remote import Remote, speaks_to_a_box
from carrierbox.settings import flag

if TYPE_CHECKING:
    from carrierbox.testing.answers import WorldState

app = typer.Typer(help="List, make, save and drop worlds.", no_args_is_help=True, rich_markup_mode=None)

NewName = Annotated[str | None, typer.Argument(metavar="NAME", help="Its name; one is made up where none is given.")]
Name = Annotated[str | None, typer.Argument(metavar="NAME", help="Which world; the one of --in where none is given.")]
SeedFlag = Annotated[int | None, flag("--seed", "What its random values follow from.", min=0, max=2**63 - 1)]
NowFlag = Annotated[str | None, flag("--now", "The time its clock starts at, ISO 8601.", metavar="WHEN")]
FixtureFlag = Annotated[
    str | None,
    flag("--fixture", "A file of serve --world, by its name without folder and ending.", metavar="NAME"),
]
Snapshot = Annotated[Path, typer.Argument(metavar="FILE", help="The snapshot.", dir_okay=False)]


@app.command("list")
@speaks_to_a_box
def list_(box: Remote) -> None:
    """List all worlds."""
    worlds = [world.description for world in box.box.worlds()]
    box.show(worlds, *(_line(world) for world in worlds))


@app.command()
@speaks_to_a_box
def create(  # noqa: PLR0913 - a world's creation has that many choices
    box: Remote,
    name: NewName = None,
    sims: settings.SimsFlag = None,
    seed: SeedFlag = None,
    pace: settings.PaceFlag = None,
    auth: settings.AuthFlag = None,
    now: NowFlag = None,
    fixture: FixtureFlag = None,
) -> None:
    """Make a world from fixtures."""
    made = box.box.create(name=name, sims=sims, seed=seed, pace=pace, auth=auth, now=now, fixture=fixture).description
    box.show(made, _line(made))


@app.command()
@speaks_to_a_box
def fork(  # noqa: PLR0913 - a world's creation has that many choices
    box: Remote,
    source: Annotated[
        str | None, typer.Argument(metavar="SOURCE", help="Which world to fork; the one of --in where none is given.")
    ] = None,
    name: NewName = None,
    seed: SeedFlag = None,
    pace: settings.PaceFlag = None,
    auth: settings.AuthFlag = None,
    now: NowFlag = None,
) -> None:
    """Make a world from another one, with all of its state."""
    made = box.box.create(from_=source or box.name, name=name, seed=seed, pace=pace, auth=auth, now=now).description
    box.show(made, _line(made))


@app.command()
@speaks_to_a_box
def reset(box: Remote, name: Name = None) -> None:
    """Put a world back to what it was created from."""
    fresh = box.box.rooms(name or box.name).reset()
    box.show(fresh, _line(fresh))


@app.command()
@speaks_to_a_box
def drop(box: Remote, name: Name = None) -> None:
    """Take a world away."""
    gone = name or box.name
    box.box.rooms(gone).drop()
    box.show({"dropped": gone}, f"{gone} is dropped")


@app.command()
@speaks_to_a_box
def save(box: Remote, file: Snapshot, name: Name = None) -> None:
    """Write a world into a file, which restores it anywhere. It holds the world's keys and secrets."""
    saved = name or box.name
    try:
        # whole or not at all, and nobody else's to read
        with tempfile.NamedTemporaryFile(dir=file.absolute().parent, prefix=f".{file.name}.", delete=False) as fresh:
            try:
                box.box.rooms(saved).save(fresh)
                os.replace(fresh.name, file)  # noqa: PTH105 - its name is a text
            except BaseException:
                Path(fresh.name).unlink(missing_ok=True)
                raise
    except OSError as refused:
        raise Failed(f"{file} cannot be written: {refused.strerror}", "name a file in another folder") from refused
    size = file.stat().st_size
    box.show({"saved": saved, "file": str(file), "bytes": size}, f"{saved} is saved in {file}, {size} bytes")


@app.command()
@speaks_to_a_box
def load(box: Remote, file: Snapshot, name: Name = None) -> None:
    """Let a world be what such a file holds; where there is no world of that name, it is made."""
    try:
        with file.open("rb") as source:
            loaded = box.box.rooms(name or box.name).load(source)
    except OSError as refused:
        raise Failed(f"{file} cannot be read: {refused.strerror}", "name a file of carrierbox world save") from refused
    box.show(loaded, _line(loaded))


def _line(world: "WorldState") -> str:
    sims = sum(count for states in world["sims"].values() for count in states.values())
    return (
        f"{world['name']}  {world['base_url']}  {world['clock']['now']} {world['clock']['mode']},"
        f" {sims} SIMs, {world['open_work']} pending"
    )
