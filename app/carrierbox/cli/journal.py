"""`carrierbox journal`: what was asked and answered."""

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from carrierbox.cli.clock import readable
from carrierbox.cli.failed import Failed
from carrierbox.cli.match import CarrierFlag, IccidFlag, LimitFlag, OperationFlag
from carrierbox.cli.remote import Remote, speaks_to_a_box
from carrierbox.kernel import clock
from carrierbox.settings import flag

if TYPE_CHECKING:
    from carrierbox.testing.answers import Entry, Verdict

app = typer.Typer(help="Read what was asked and answered.", no_args_is_help=True, rich_markup_mode=None)

UNMET = 3
#: As many as the largest journal has.
EVERY = 100_000
EXPECTED = "write {expect: [{operation: wing-5.7, times: 1}], in_order: true}"

StatusFlag = Annotated[str | None, flag("--status", "404, or 4xx.", metavar="STATUS")]
SinceFlag = Annotated[
    str | None, flag("--since", "From this world time on.", metavar="WHEN", callback=readable(clock.moment))
]
DirectionFlag = Annotated[Literal["in", "out"] | None, flag("--direction", "Requests in, or callbacks out.")]


@app.command()
@speaks_to_a_box
def show(  # noqa: PLR0913 - criteria
    box: Remote,
    carrier: CarrierFlag = None,
    operation: OperationFlag = None,
    iccid: IccidFlag = None,
    status: StatusFlag = None,
    since: SinceFlag = None,
    direction: DirectionFlag = None,
    limit: LimitFlag = None,
) -> None:
    """Show requests in and callbacks out, newest first, without secrets."""
    entries = box.world.journal.list(
        carrier=carrier,
        operation=operation,
        iccid=iccid,
        status=status,
        since=since,
        direction=direction,
        limit=limit,
    )
    box.show(entries, *(_line(entry) for entry in entries))


@app.command()
@speaks_to_a_box
def export(  # noqa: PLR0913 - criteria
    box: Remote,
    file: Annotated[Path, typer.Argument(metavar="FILE.har", help="What to write.", dir_okay=False)],
    carrier: CarrierFlag = None,
    operation: OperationFlag = None,
    iccid: IccidFlag = None,
    status: StatusFlag = None,
    since: SinceFlag = None,
    direction: DirectionFlag = None,
    limit: LimitFlag = None,
) -> None:
    """Write them into an HTTP Archive (HAR 1.2), oldest first, which browsers' developer tools open."""
    archive = box.world.journal.har(
        carrier=carrier,
        operation=operation,
        iccid=iccid,
        status=status,
        since=since,
        direction=direction,
        limit=limit or EVERY,
    )
    try:
        file.write_text(json.dumps(archive, indent=2), encoding="utf-8")
    except OSError as refused:
        raise Failed(f"{file} cannot be written: {refused.strerror}", "name a file in another folder") from refused
    count = len(archive["log"]["entries"])
    box.show({"file": str(file), "entries": count}, f"{file} has {count} entries")


@app.command()
@speaks_to_a_box
def verify(
    box: Remote,
    file: Annotated[
        Path,
        typer.Argument(metavar="FILE", help="What is expected, as JSON or YAML: expect, in_order.", dir_okay=False),
    ],
) -> None:
    """Say whether the journal holds what is expected; ends with 3 where it does not, and with how it differs."""
    from carrierbox.kernel.fixtures import BadFixture, read_yaml

    try:
        wanted = read_yaml(file)
    except BadFixture as bad:
        raise Failed(str(bad), EXPECTED) from bad
    if not isinstance(wanted.get("expect"), list) or wanted.keys() - {"expect", "in_order"}:
        raise Failed(f"{file}: expect is a list, and beside it stands in_order at most", EXPECTED)
    verdict = box.world.journal.verify(*wanted["expect"], in_order=wanted.get("in_order"))
    box.show(verdict, *_differences(verdict))
    if not verdict["holds"]:
        raise typer.Exit(UNMET)


@app.command()
@speaks_to_a_box
def clear(box: Remote) -> None:
    """Forget what is in the journal."""
    box.world.journal.clear()
    box.show({"cleared": box.name}, f"the journal of {box.name} is empty")


def _line(entry: "Entry") -> str:
    way = "<-" if entry["direction"] == "out" else "->"
    said = [entry.get("operation"), *entry["iccids"], entry.get("fault"), entry.get("error")]
    about = "  ".join(str(each) for each in said if each)
    return f"{entry['at']}  {way} {entry['status'] or '---'}  {entry['method']} {entry['path']}  {about}".rstrip()


def _differences(verdict: "Verdict") -> list[str]:
    if verdict["holds"]:
        return ["it holds"]
    lines = []
    for each in verdict["differences"]:
        lines.append(
            f"{json.dumps(each['expect'])}: wanted {each['wanted']}, found {each.get('found', 'another order')}"
        )
        lines += [f"  near: {json.dumps(miss)}" for miss in each.get("near_misses", ())]
        lines += [f"  there: {json.dumps(entry)}" for entry in each.get("entries", ())]
    return lines
