"""`carrierbox clock`: a world's time."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Annotated, Any

import typer

from carrierbox.cli.remote import Remote, speaks_to_a_box
from carrierbox.kernel import clock
from carrierbox.settings import flag

if TYPE_CHECKING:
    from carrierbox.testing.answers import ClockState

app = typer.Typer(help="Show and move a world's time.", no_args_is_help=True, rich_markup_mode=None)


def readable(read: Callable[[str], Any]) -> Callable[[str | None], str | None]:
    """A check that a text can be read; it is sent as it was written."""

    def check(spelled: str | None) -> str | None:
        try:
            if spelled is not None:
                read(spelled)
        except clock.BadTime as bad:
            raise typer.BadParameter(str(bad)) from bad
        return spelled

    return check


def _rate(factor: float) -> float:
    if not 0 < factor <= clock.MAX_RATE:
        raise typer.BadParameter(f"a rate lies above 0 and is at most {clock.MAX_RATE:.0f}")
    return factor


@app.command()
@speaks_to_a_box
def show(box: Remote) -> None:
    """Show the time, how it runs, and what is pending."""
    _show(box, box.world.clock.show())


@app.command()
@speaks_to_a_box
def freeze(box: Remote) -> None:
    """Let time stand still."""
    _show(box, box.world.clock.freeze())


@app.command()
@speaks_to_a_box
def unfreeze(box: Remote) -> None:
    """Let time run on."""
    _show(box, box.world.clock.unfreeze())


@app.command("set")
@speaks_to_a_box
def set_(
    box: Remote,
    when: Annotated[
        str, typer.Argument(help="ISO 8601; UTC where no offset is named.", callback=readable(clock.moment))
    ],
) -> None:
    """Jump ahead to a time; what falls due on the way is run."""
    _show(box, box.world.clock.set(when))


@app.command()
@speaks_to_a_box
def rate(
    box: Remote,
    factor: Annotated[float, typer.Argument(help="World seconds in a real second.", callback=_rate)],
) -> None:
    """Let time run faster or slower."""
    _show(box, box.world.clock.run_at(factor))


@app.command()
@speaks_to_a_box
def advance(
    box: Remote,
    duration: Annotated[
        str | None, typer.Argument(help="90s, 15m, 36h, 35d or PT90S.", callback=readable(clock.duration))
    ] = None,
    until_idle: Annotated[bool, flag("--until-idle", "Until no work is pending.")] = False,
) -> None:
    """Move time on, run what falls due, and say what ran."""
    if (duration is None) != until_idle:
        raise typer.BadParameter("say how far: a duration or --until-idle", param_hint="DURATION")
    time = box.world.clock
    moved = time.advance(duration) if duration is not None else time.advance_until_idle()
    ran = [f"{each['at']}  {each['outcome']:9}  {each['kind']}  {each['id']}" for each in moved["ran"]]
    box.show(moved, *ran, moved["now"])


def _show(box: Remote, shown: "ClockState") -> None:
    runs = "frozen" if shown["mode"] == "frozen" else f"running, rate {shown['rate']:g}"
    following = f", next at {shown['next_due']}" if shown["next_due"] else ""
    box.show(shown, f"{shown['now']}  {runs}, {shown['pending']} pending{following}")
