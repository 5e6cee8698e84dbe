"""`carrierbox lifecycle`: how much of the carriers' lifecycles was exercised."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated

import typer

from carrierbox.cli.journal import UNMET
from carrierbox.cli.match import CarrierFlag
from carrierbox.cli.remote import Remote, speaks_to_a_box
from carrierbox.settings import flag

if TYPE_CHECKING:
    from carrierbox.testing.answers import Coverage


@speaks_to_a_box
def lifecycle(
    box: Remote,
    carrier: CarrierFlag = None,
    fail_under: Annotated[
        float | None, flag("--fail-under", "End with 3 where fewer percent of the steps were taken.", min=0, max=100)
    ] = None,
) -> None:
    """Say which steps of the carriers' lifecycles were taken since the box was started, and which refused.

    In all of its worlds, those too that are gone; with --in, in one.
    """
    coverage = (box.world if box.names_a_world else box.box).lifecycle_coverage(carrier)
    box.show(coverage, *_lines(coverage))
    if fail_under is not None and coverage["percent"] < fail_under:
        typer.echo(f"carrierbox: {coverage['percent']:g} % is under {fail_under:g} %", err=True)
        raise typer.Exit(UNMET)


def _lines(coverage: "Coverage") -> Iterator[str]:
    for model in coverage["lifecycles"]:
        refused = sum(each["times"] for each in model["refusals"])
        share = f"{model['percent']:5g} %  {model['taken']} of {model['steps']}"
        yield f"{model['lifecycle']:16} {share}, {refused} refused"
        missing = [f"{each['from']} -> {each['to']}" for each in model["transitions"] if not each["times"]]
        if missing:
            yield f"  not taken: {', '.join(missing)}"
    yield f"{'all':16} {coverage['percent']:5g} %  {coverage['taken']} of {coverage['steps']}"
