"""`carrierbox outcome`: how coming work ends."""

from typing import TYPE_CHECKING, Annotated

import typer

from carrierbox.cli.clock import readable
from carrierbox.cli.match import AllFlag, CarrierFlag, IccidFlag, OperationFlag, TimesFlag
from carrierbox.cli.remote import Remote, arrow, said, speaks_to_a_box
from carrierbox.kernel import clock
from carrierbox.settings import flag

if TYPE_CHECKING:
    from carrierbox.testing.answers import Rule

app = typer.Typer(help="Say how coming work ends.", no_args_is_help=True, rich_markup_mode=None)


@app.command()
@speaks_to_a_box
def add(  # noqa: PLR0913 - one parameter a flag
    box: Remote,
    carrier: CarrierFlag = None,
    workflow: Annotated[str | None, flag("--workflow", "The kind of work, as its carrier calls it.")] = None,
    operation: OperationFlag = None,
    iccid: IccidFlag = None,
    times: TimesFlag = None,
    complete: Annotated[bool, flag("--complete", "It completes.")] = False,
    fail: Annotated[str | None, flag("--fail", "It fails.", metavar="REASON")] = None,
    partly: Annotated[list[str] | None, flag("--partly", "This SIM fails; repeatable.", metavar="ICCID")] = None,
    stick: Annotated[bool, flag("--stick", "It never ends by itself.")] = False,
    take: Annotated[
        str | None, flag("--take", "It takes so long.", metavar="DURATION", callback=readable(clock.duration))
    ] = None,
) -> None:
    """Let coming work complete, fail wholly or in part, stick, or take a duration. The first that fits applies."""
    do = said(complete=complete, fail=fail, partly=partly, stick=stick, take=take)
    if do is None or len(do) > 1:
        raise typer.BadParameter("say one of --complete, --fail, --partly, --stick, --take", param_hint="outcome")
    match = said(carrier=carrier, workflow=workflow, operation=operation, iccid=iccid)
    made = box.world.outcomes.add(do, match=match, times=times)
    box.show(made, _line(made))


@app.command("list")
@speaks_to_a_box
def list_(box: Remote) -> None:
    """List the outcomes, in the order in which they are looked at."""
    rules = box.world.outcomes.list()
    box.show(rules, *(_line(rule) for rule in rules))


@app.command()
@speaks_to_a_box
def remove(
    box: Remote,
    outcome_id: Annotated[str | None, typer.Argument(metavar="ID", help="Which outcome.")] = None,
    every: AllFlag = False,
) -> None:
    """Take an outcome away, or all; work that it applied to already ends as it said."""
    if (outcome_id is None) != every:
        raise typer.BadParameter("say which: an id or --all", param_hint="ID")
    if outcome_id is None:
        box.world.outcomes.clear()
    else:
        box.world.outcomes.remove(outcome_id)
    box.show({"removed": outcome_id or "all"}, f"{outcome_id or 'every outcome'} is removed")


def _line(rule: "Rule") -> str:
    times = "for ever" if rule["times"] is None else f"{rule['times']} times more"
    return f"{rule['id']}  do {arrow(rule['do'])}; match {arrow(rule['match'])}; {times}"
