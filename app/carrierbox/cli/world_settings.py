"""`carrierbox settings`: what a world is told about itself."""

from typing import TYPE_CHECKING, Annotated

import typer

from carrierbox import settings
from carrierbox.cli.remote import Remote, said, speaks_to_a_box
from carrierbox.cli.world import SeedFlag
from carrierbox.settings import flag

if TYPE_CHECKING:
    from carrierbox.testing.answers import WorldSettings

app = typer.Typer(help="Show and change a world's settings.", no_args_is_help=True, rich_markup_mode=None)


@app.command()
@speaks_to_a_box
def show(box: Remote) -> None:
    """Show the settings in force."""
    _show(box, box.world.settings.show())


@app.command("set")
@speaks_to_a_box
def set_(  # noqa: PLR0913 - one parameter a flag
    box: Remote,
    pace: settings.PaceFlag = None,
    auth: settings.AuthFlag = None,
    seed: SeedFlag = None,
    callback_url: Annotated[
        list[str] | None,
        flag(
            "--callback-url",
            "Where a carrier's notifications go: an address, or inbox; repeatable.",
            metavar="CARRIER=URL",
        ),
    ] = None,
    allow: Annotated[
        list[str] | None, flag("--allow", "A host that notifications may go to; repeatable.", metavar="HOST")
    ] = None,
    rate_limit: Annotated[
        int | None, flag("--rate-limit", "Requests a second that each carrier takes; 0: any.", min=0)
    ] = None,
) -> None:
    """Take other settings from now on."""
    urls = dict(each.split("=", 1) for each in callback_url or () if "=" in each)
    if len(urls) != len(callback_url or ()):
        raise typer.BadParameter(
            "write the carrier and its address: dish=http://127.0.0.1:9000/hook", param_hint="--callback-url"
        )
    changes = said(
        pace=pace,
        auth=auth,
        seed=seed,
        callback_url=urls or None,
        allowed_callback_hosts=allow,
        rate_limit_per_second=rate_limit,
    )
    _show(box, box.world.settings.change(**changes or {}))


def _show(box: Remote, shown: "WorldSettings") -> None:
    box.show(shown, *(f"{name:22}  {value}" for name, value in shown.items()))
