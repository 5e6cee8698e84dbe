"""A world's own inbox: keeps what it is sent, and is where notifications go that no address is set for."""

from collections.abc import Mapping
from typing import Any

import orjson
from sqlmodel import Field, SQLModel

from carrierbox.kernel import clock
from carrierbox.kernel.world import Box

#: How much of one request is kept, how many of them, and how much of all: whoever reaches the box may send it.
MOST_KEPT_BYTES = 64 * 1024
MOST_KEPT = 10_000
MOST_BYTES = 64 * 1024 * 1024

#: As many requests as may be kept are within bounds in all, if each is no larger than this.
_SMALL = MOST_BYTES // MOST_KEPT


class Received(SQLModel, table=True):
    """What the world's inbox was sent."""

    __tablename__ = "box_inbox"

    seq: int | None = Field(default=None, primary_key=True)
    at: str
    name: str = Field(index=True)
    method: str
    query: str = ""
    headers: str  # JSON
    body: str


def receive(  # noqa: PLR0913 - what a request is made of
    box: Box, name: str, method: str, query: str, headers: Mapping[str, str], body: bytes
) -> None:
    """Keep what the inbox was sent."""
    told, said = orjson.dumps(dict(headers)).decode(), body[:MOST_KEPT_BYTES].decode(errors="replace")
    box.sql(
        "INSERT INTO box_inbox (at, name, method, query, headers, body)"
        " VALUES (:at, :name, :method, :query, :headers, :body)",
        at=clock.text(box.now),
        name=name,
        method=method,
        query=query,
        headers=told,
        body=said,
    )
    box.sql("DELETE FROM box_inbox WHERE seq <= (SELECT max(seq) FROM box_inbox) - :most", most=MOST_KEPT)
    if len(told) + len(said) + len(query) > _SMALL:
        box.sql(
            "DELETE FROM box_inbox WHERE seq <= (SELECT max(seq) FROM (SELECT seq, sum(length(headers) + length(body)"
            " + length(query)) OVER (ORDER BY seq DESC) AS kept FROM box_inbox) WHERE kept > :most)",
            most=MOST_BYTES,
        )


def received(box: Box, name: str | None, most: int) -> bytes:
    """What the inbox has, oldest first, as JSON: the latest *most* of a name, or of all."""
    rows = box.sql(
        "SELECT * FROM box_inbox WHERE :name IS NULL OR name = :name ORDER BY seq DESC LIMIT :most",
        name=name,
        most=most,
    ).fetchall()
    found = [
        {
            "at": row["at"],
            "name": row["name"],
            "method": row["method"],
            "query": row["query"],
            "headers": orjson.Fragment(row["headers"]),
            "body": _read(row["body"]),
        }
        for row in reversed(rows)
    ]
    return orjson.dumps(found)


def empty(box: Box) -> None:
    """Forget what the inbox has."""
    box.sql("DELETE FROM box_inbox")


def _read(body: str) -> Any:
    """JSON as it was spelled, else as text; what others could not read is none, half of a surrogate pair say."""
    try:
        orjson.loads(body)
    except ValueError:
        return body
    return orjson.Fragment(body)
