"""`carrierbox callbacks`: notifications that go out."""

from typing import TYPE_CHECKING, Annotated, Literal

import typer

from carrierbox.cli.match import CarrierFlag, IccidFlag, LimitFlag
from carrierbox.cli.remote import Remote, speaks_to_a_box
from carrierbox.settings import flag

if TYPE_CHECKING:
    from carrierbox.testing.answers import Callback

app = typer.Typer(help="List notifications, and send them once more.", no_args_is_help=True, rich_markup_mode=None)


@app.command("list")
@speaks_to_a_box
def list_(  # noqa: PLR0913 - criteria
    box: Remote,
    carrier: CarrierFlag = None,
    iccid: IccidFlag = None,
    event: Annotated[str | None, flag("--event", "The event that it tells.", metavar="EVENT")] = None,
    state: Annotated[
        Literal["pending", "delivered", "lost", "given-up"] | None, flag("--state", "What became of it.")
    ] = None,
    limit: LimitFlag = None,
) -> None:
    """List notifications, newest first."""
    found = box.world.callbacks.list(carrier=carrier, iccid=iccid, event=event, state=state, limit=limit)
    box.show(found, *(_line(each) for each in found))


@app.command()
@speaks_to_a_box
def resend(box: Remote, callback_id: Annotated[str, typer.Argument(metavar="ID", help="Which notification.")]) -> None:
    """Let a notification go out now, whatever became of it before."""
    sent = box.world.callbacks.resend(callback_id)
    box.show(sent, _line(sent))


def _line(callback: "Callback") -> str:
    return (
        f"{callback['created_at']}  {callback['state']:9}  {callback['event']}  {callback['iccid'] or '-'}"
        f"  {callback['url']}  {len(callback['attempts'])} attempts  {callback['id']}"
    )
