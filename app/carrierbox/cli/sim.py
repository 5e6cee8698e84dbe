"""`carrierbox sim` and `carrierbox explain`: any carrier's SIMs."""

from typing import TYPE_CHECKING, Annotated

import typer

from carrierbox.cli.match import CarrierFlag, LimitFlag
from carrierbox.cli.remote import Remote, speaks_to_a_box
from carrierbox.settings import flag

if TYPE_CHECKING:
    from carrierbox.testing.answers import Sim

app = typer.Typer(help="List any carrier's SIMs, and force their states.", no_args_is_help=True, rich_markup_mode=None)

Iccid = Annotated[str, typer.Argument(metavar="ICCID", help="Which SIM.")]


@app.command("list")
@speaks_to_a_box
def list_(
    box: Remote,
    carrier: CarrierFlag = None,
    state: Annotated[str | None, flag("--state", "In this state.", metavar="STATE")] = None,
    q: Annotated[str | None, flag("--q", "A part of the ICCID, the IMSI or the number.", metavar="PART")] = None,
    limit: LimitFlag = None,
) -> None:
    """List SIMs, carrier by carrier."""
    found = box.world.sims.list(carrier=carrier, state=state, q=q, limit=limit)
    box.show(found, *(_line(sim) for sim in found))


@app.command()
@speaks_to_a_box
def show(box: Remote, iccid: Iccid) -> None:
    """Show a SIM with every change of its state, and what caused it."""
    sim = box.world.sims.show(iccid)
    changes = [
        f"{change['at']}  {change['from']} -> {change['to']}  {change['cause']} {change['ref']}"
        f"  {change.get('operation', '')}".rstrip()
        for change in sim["timeline"]
    ]
    box.show(sim, _line(sim), *changes)


@app.command()
@speaks_to_a_box
def force(
    box: Remote, iccid: Iccid, state: Annotated[str, typer.Argument(metavar="STATE", help="Any state of its carrier.")]
) -> None:
    """Bring a SIM into any state, whether its lifecycle allows it or not."""
    sim = box.world.sims.force(iccid, state)
    box.show(sim, _line(sim))


@speaks_to_a_box
def explain(box: Remote, iccid: Iccid) -> None:
    """Say why a SIM is in its state: what put it there, what failed since, what is under way and what may follow."""
    explained = box.world.sims.explain(iccid)
    box.show(explained, *explained["text"])


def _line(sim: "Sim") -> str:
    states = " ".join(filter(None, (sim["state"], sim.get("subscription_state"))))
    return f"{sim['iccid']}  {sim['carrier']:5}  {states}  {sim.get('msisdn', '-')}"
