"""A world's outbox: the mails and messages that a carrier sends to people. They stay here for a tester to read."""

from typing import Any, Literal

from sqlmodel import Field, SQLModel

from carrierbox.kernel import clock
from carrierbox.kernel.world import Box

MOST_KEPT = 10_000


class Outgoing(SQLModel, table=True):
    """A mail or a message."""

    __tablename__ = "box_outbox"

    seq: int | None = Field(default=None, primary_key=True)
    at: str
    kind: str
    recipient: str
    subject: str | None = None  # mails have one
    text: str
    cause: str


def send(  # noqa: PLR0913 - what a mail is made of
    box: Box, kind: Literal["email", "sms"], to: str, text: str, cause: str, *, subject: str | None = None
) -> None:
    """Send a mail, or a message to a number; *cause* says in words why."""
    box.sql(
        "INSERT INTO box_outbox (at, kind, recipient, subject, text, cause)"
        " VALUES (:at, :kind, :to, :subject, :text, :cause)",
        at=clock.text(box.now),
        kind=kind,
        to=to,
        subject=subject,
        text=text,
        cause=cause,
    )
    box.sql("DELETE FROM box_outbox WHERE seq <= (SELECT max(seq) FROM box_outbox) - :most", most=MOST_KEPT)


def sent(box: Box, kind: str | None, to: str | None, most: int) -> list[dict[str, Any]]:
    """What was sent, oldest first: the latest *most* of a kind, to an address, or of all."""
    rows = box.sql(
        "SELECT at, kind, recipient AS 'to', subject, text, cause FROM box_outbox"
        " WHERE (:kind IS NULL OR kind = :kind) AND (:to IS NULL OR recipient = :to) ORDER BY seq DESC LIMIT :most",
        kind=kind,
        to=to,
        most=most,
    ).fetchall()
    return [{name: value for name, value in dict(row).items() if value is not None} for row in reversed(rows)]


def empty(box: Box) -> None:
    """Forget what was sent."""
    box.sql("DELETE FROM box_outbox")
