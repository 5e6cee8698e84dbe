"""`carrierbox fault`: what goes wrong with requests."""

from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from carrierbox.cli.clock import readable
from carrierbox.cli.match import AllFlag, CarrierFlag, IccidFlag, OperationFlag, TimesFlag
from carrierbox.cli.remote import Remote, arrow, said, speaks_to_a_box
from carrierbox.kernel import clock
from carrierbox.settings import flag

if TYPE_CHECKING:
    from carrierbox.testing.answers import Fault

app = typer.Typer(help="Let requests go wrong.", no_args_is_help=True, rich_markup_mode=None)


def _bytes(spelled: str | None) -> str | None:
    if spelled is not None and spelled != "half" and not spelled.isdecimal():
        raise typer.BadParameter("a number of bytes, or half")
    return spelled


@app.command()
@speaks_to_a_box
def add(  # noqa: PLR0913 - one parameter a flag
    box: Remote,
    carrier: CarrierFlag = None,
    operation: OperationFlag = None,
    method: Annotated[str | None, flag("--method", "The request's method.", metavar="METHOD")] = None,
    path: Annotated[
        str | None, flag("--path", "The carrier's own path; * stands for anything.", metavar="PATH")
    ] = None,
    iccid: IccidFlag = None,
    msisdn: Annotated[str | None, flag("--msisdn", "The number that it is about.", metavar="MSISDN")] = None,
    times: TimesFlag = None,
    share: Annotated[float | None, flag("--share", "For a share of the requests, such as 0.1.", max=1)] = None,
    after: Annotated[
        str | None, flag("--after", "From this world time on.", metavar="WHEN", callback=readable(clock.moment))
    ] = None,
    until: Annotated[
        str | None, flag("--until", "Up to this world time.", metavar="WHEN", callback=readable(clock.moment))
    ] = None,
    status: Annotated[
        int | None, flag("--status", "Answer this in place of the carrier, with the vendor's body.", min=400, max=599)
    ] = None,
    retry_after: Annotated[int | None, flag("--retry-after", "Seconds, for that header.", min=0)] = None,
    latency_ms: Annotated[int | None, flag("--latency-ms", "Wait so long first.", min=1)] = None,
    hang: Annotated[
        str | None,
        flag(
            "--hang",
            "Wait so long, then answer 504 or the status.",
            metavar="DURATION",
            callback=readable(clock.duration),
        ),
    ] = None,
    reset: Annotated[
        Literal["at-once", "after"] | None, flag("--reset", "Cut the connection, at once or after the work is done.")
    ] = None,
    truncate: Annotated[
        str | None,
        flag(
            "--truncate",
            "Cut the connection after so many bytes of the body, or half of it.",
            metavar="BYTES|half",
            callback=_bytes,
        ),
    ] = None,
) -> None:
    """Refuse requests to come, hold them up, or cut them off. The first rule that fits applies."""
    do = said(
        status=status,
        retry_after=retry_after,
        latency_ms=latency_ms,
        hang=hang,
        reset=True if reset == "at-once" else reset,
        truncate=True if truncate == "half" else int(truncate) if truncate is not None else None,
    )
    if do is None:
        raise typer.BadParameter(
            "say what goes wrong: --status, --latency-ms, --hang, --reset, --truncate", param_hint="fault"
        )
    match = said(carrier=carrier, operation=operation, method=method, path=path, iccid=iccid, msisdn=msisdn)
    when = said(times=times, share=share, after=after, until=until)
    made = box.world.faults.add(do, match=match, when=when)
    box.show(made, _line(made))


@app.command("list")
@speaks_to_a_box
def list_(box: Remote) -> None:
    """List the rules, in the order in which they are looked at."""
    rules = box.world.faults.list()
    box.show(rules, *(_line(rule) for rule in rules))


@app.command()
@speaks_to_a_box
def remove(
    box: Remote,
    fault_id: Annotated[str | None, typer.Argument(metavar="ID", help="Which rule.")] = None,
    every: AllFlag = False,
) -> None:
    """Take a rule away, or all."""
    if (fault_id is None) != every:
        raise typer.BadParameter("say which: an id or --all", param_hint="ID")
    if fault_id is None:
        box.world.faults.clear()
    else:
        box.world.faults.remove(fault_id)
    box.show({"removed": fault_id or "all"}, f"{fault_id or 'every rule'} is removed")


def _line(rule: "Fault") -> str:
    parts: list[tuple[str, dict[str, Any]]] = [("do", rule["do"]), ("match", rule["match"]), ("when", rule["when"])]
    told = "; ".join(f"{name} {arrow(facts)}" for name, facts in parts if facts)
    return f"{rule['id']}  {told}; applied {rule['applied']} times"
