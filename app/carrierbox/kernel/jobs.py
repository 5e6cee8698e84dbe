"""Jobs, the rows that work is, how they end, and how testers see them; `workflow` starts and settles them."""

import sqlite3
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

import orjson
from sqlalchemy import Index, text
from sqlmodel import Field, SQLModel

from carrierbox.kernel import clock, plans
from carrierbox.kernel.store import Moment

Status = Literal["running", "completed", "partly", "failed", "withdrawn"]


class UnknownWorkflow(Exception):
    """There is no work of that id."""


class Job(SQLModel, table=True):
    """A piece of work under way or done. Without `due_at` it never ends by itself."""

    __tablename__ = "box_job"
    __table_args__ = (
        Index("box_job_due", "due_at", "seq", sqlite_where=text("due_at IS NOT NULL")),
        Index("box_job_open", "subject", sqlite_where=text("status = 'running'")),
    )

    seq: int | None = Field(default=None, primary_key=True)
    id: str = Field(unique=True)
    carrier: str
    kind: str
    owner: str  # whose it is in the carrier's own terms (WING: the realm); the carrier decides who may read it
    subject: str | None = None  # the ICCID that it is about, if it is about one
    status: str = "running"
    input: str = "{}"  # JSON, as the request had it
    output: str = "{}"
    tasks: str = "[]"  # JSON: [[name, start, end], ...] in epoch milliseconds
    refusal: str | None = None  # JSON: why it is going to fail, known when it was started
    reason: str | None = None
    ending: str | None = None  # JSON: what the outcome says that applied when it first fell due; {} where none did
    created_at: datetime = Field(sa_type=Moment)
    updated_at: datetime = Field(sa_type=Moment)
    ended_at: datetime | None = Field(default=None, sa_type=Moment)
    due_at: datetime | None = Field(default=None, sa_type=Moment)
    request_id: str = ""
    operation: str | None = None
    actor: str | None = None
    cause: str = "workflow"  # what its effects come from: itself, or the rule that request_id names


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a job ended; or, ``running``, that it goes on at *next_at*, and what it has put out so far.

    Work over many SIMs goes on in parts, so that others get their turn.
    """

    status: Status
    output: Mapping[str, Any]
    reason: str | None = None
    next_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a job fails: known at its start, when it fails in its first task, and told at its end.

    Or *is_late*: it comes at the end, from an outcome say; what the job has kept until then, a lock, it lets go of.
    """

    reason: str
    code: int
    is_late: bool = False


@dataclass(frozen=True, slots=True)
class Ran:
    """A job that was settled, or of which a part was done: then its outcome is ``running``."""

    at: datetime
    kind: str
    id: str
    outcome: Status


def listed(
    reader: sqlite3.Connection, most: int, without: Iterable[str] = (), **criteria: str | None
) -> list[dict[str, Any]]:
    """Work that these columns fit, newest first, *without* some kinds; as orjson spells it."""
    wanted = {column: value for column, value in criteria.items() if value is not None}
    fits = [f"{column} = :{column}" for column in wanted]
    where = " AND ".join([*fits, *(f"kind <> '{kind}'" for kind in without)]) or "1"
    rows = reader.execute(
        f"SELECT * FROM box_job WHERE {where} ORDER BY seq DESC LIMIT :most", {"most": most, **wanted}
    )
    return [shown(row) for row in rows]


def show(reader: sqlite3.Connection, job_id: str) -> dict[str, Any]:
    """One piece of work, as orjson spells it.

    Raises: UnknownWorkflow.
    """
    found = listed(reader, 1, id=job_id)
    if not found:
        raise UnknownWorkflow(f"there is no workflow {job_id!r}")
    return found[0]


def shown(row: Mapping[str, Any]) -> dict[str, Any]:
    """A job as testers see it, as orjson spells it."""
    return {
        "id": row["id"],
        "carrier": row["carrier"],
        "workflow": row["kind"],
        "iccid": row["subject"],
        "status": row["status"],
        "reason": row["reason"],
        "created_at": row["created_at"],
        "updated_at": row["updated_at"],
        "due_at": row["due_at"],
        "ended_at": row["ended_at"],
        "operation": row["operation"],
        "actor": row["actor"],
        "request_id": row["request_id"],
        "ending": orjson.loads(row["ending"] or "{}"),
        "tasks": [
            {"name": name, "starts_at": _spelled(begins), "ends_at": _spelled(ends)}
            for name, begins, ends in orjson.loads(row["tasks"])
        ],
        "input": orjson.Fragment(row["input"]),
        "output": orjson.Fragment(row["output"]),
    }


def _spelled(epoch_milliseconds: int) -> str:
    return clock.text(plans.moment(epoch_milliseconds))
