"""`carrierbox world`: worlds of a running box."""

from typing import Annotated, Any

import typer

from carrierbox import settings
from carrierbox.cli.remote import Remote, speaks_to_a_box
from carrierbox.settings import flag

app = typer.Typer(help="List, make and drop worlds.", no_args_is_help=True, rich_markup_mode=None)

NewName = Annotated[str | None, typer.Argument(metavar="NAME", help="Its name; one is made up where none is given.")]
Name = Annotated[str | None, typer.Argument(metavar="NAME", help="Which world; the one of --in where none is given.")]
SeedFlag = Annotated[int | None, flag("--seed", "What its random values follow from.", min=0, max=2**63 - 1)]
NowFlag = Annotated[str | None, flag("--now", "The time its clock starts at, ISO 8601.", metavar="WHEN")]
FixtureFlag = Annotated[
    str | None,
    flag("--fixture", "A file of serve --world, by its name without folder and ending.", metavar="NAME"),
]


@app.command("list")
@speaks_to_a_box
def list_(box: Remote) -> None:
    """List all worlds."""
    worlds = box.ask("GET", "/worlds")
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
    made = box.ask("POST", "/worlds", name=name, sims=sims, seed=seed, pace=pace, auth=auth, now=now, fixture=fixture)
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
    wanted = {"from": source or box.world, "name": name, "seed": seed, "pace": pace, "auth": auth, "now": now}
    made = box.ask("POST", "/worlds", **wanted)
    box.show(made, _line(made))


@app.command()
@speaks_to_a_box
def reset(box: Remote, name: Name = None) -> None:
    """Put a world back to what it was created from."""
    fresh = box.ask_world("POST", "/reset", world=name)
    box.show(fresh, _line(fresh))


@app.command()
@speaks_to_a_box
def drop(box: Remote, name: Name = None) -> None:
    """Take a world away."""
    gone = name or box.world
    box.ask_world("DELETE", world=gone)
    box.show({"dropped": gone}, f"{gone} is dropped")


def _line(world: dict[str, Any]) -> str:
    sims = sum(count for states in world["sims"].values() for count in states.values())
    return (
        f"{world['name']}  {world['base_url']}  {world['clock']['now']} {world['clock']['mode']},"
        f" {sims} SIMs, {world['open_work']} pending"
    )
