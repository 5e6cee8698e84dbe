"""Opaque access tokens: random text that says nothing by itself; the store knows whose it is and how far it reaches.

They expire on the world's clock and belong to one carrier of one world: a fork does not know its parent's.
"""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlmodel import Field, SQLModel

from carrierbox.kernel import clock
from carrierbox.kernel.store import Moment
from carrierbox.kernel.tokens import BadToken, ExpiredToken, Kind, NoSuchToken
from carrierbox.kernel.world import Box

MINTED_SECONDS = 3_600


class AccessToken(SQLModel, table=True):
    """A token that was issued and has not expired for long."""

    __tablename__ = "box_access_token"

    token: str = Field(primary_key=True)
    carrier: str
    client_id: str
    scope: str  # names with blanks between
    expires_at: datetime = Field(sa_type=Moment, index=True)


@dataclass(frozen=True, slots=True)
class Grant:
    """What a token stands for."""

    client_id: str
    scopes: frozenset[str]


def issue(box: Box, carrier: str, client_id: str, scopes: Sequence[str], seconds: int) -> str:
    """Make a token that is good for so many seconds; those that expired by now are swept out."""
    token = _random()
    box.sql("DELETE FROM box_access_token WHERE expires_at <= :now", now=clock.text(box.now))
    box.sql(
        "INSERT INTO box_access_token (token, carrier, client_id, scope, expires_at)"
        " VALUES (:token, :carrier, :client_id, :scope, :expires_at)",
        token=token,
        carrier=carrier,
        client_id=client_id,
        scope=" ".join(scopes),
        expires_at=clock.text(box.now + timedelta(seconds=seconds)),
    )
    return token


def mint(box: Box, base_url: str, kind: Kind, *, carrier: str, client_id: str, scopes: Sequence[str] = ()) -> str:  # noqa: ARG001, PLR0913 - as a `Part` mints
    """A token made to order. What is random text can neither begin to hold later nor be signed.

    Raises: NoSuchToken.
    """
    match kind:
        case "valid":
            return issue(box, carrier, client_id, scopes, MINTED_SECONDS)
        case "expired":
            return issue(box, carrier, client_id, scopes, -1)
        case "no-roles" if scopes:
            return issue(box, carrier, client_id, (), MINTED_SECONDS)
        case "wrong-audience":
            return issue(box, f"not-{carrier}", client_id, scopes, MINTED_SECONDS)
        case "unknown-key":
            return _random()
        case _:
            raise NoSuchToken(carrier, kind)


def read(box: Box, carrier: str, token: str) -> Grant:
    """What a token stands for now.

    Raises: BadToken, ExpiredToken.
    """
    row = box.sql(
        "SELECT client_id, scope, expires_at FROM box_access_token WHERE token = :token AND carrier = :carrier",
        token=token,
        carrier=carrier,
    ).fetchone()
    if row is None:
        raise BadToken("is not known here")
    if row["expires_at"] <= clock.text(box.now):
        raise ExpiredToken("has expired")
    return Grant(row["client_id"], frozenset(row["scope"].split()))


def _random() -> str:
    return f"{secrets.token_urlsafe(32)}.{secrets.token_urlsafe(32)}"


def make_own(box: Box, carrier: str) -> None:
    """Take a carrier's tokens away, so that a fork lets in nobody who logged in to the world it comes from."""
    box.sql("DELETE FROM box_access_token WHERE carrier = :carrier", carrier=carrier)
