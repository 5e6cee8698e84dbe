"""How coming work ends, where a tester says so: an outcome may complete it, fail it wholly or in part, or hold it up.

`workflow` asks twice: when work is planned (`stick`, `take`), and when it falls due (`complete`, `fail`, `partly`).
Each time the first outcome that fits applies. Where none says how work over many SIMs ends, an outcome that names one
of them says whether that one fails. Outcomes are the world's, and outlast a restart.
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from sqlmodel import Field, SQLModel

from carrierbox.kernel.world import Box

#: What is asked for when work is planned, and when it falls due.
PLANS = frozenset({"stick", "take"})
ENDS = frozenset({"complete", "fail", "partly"})

MOST_OUTCOMES = 1000
REASON = "Failed by an outcome of the control API"
BY_MAGIC = "The work on this SIM fails, as its magic ICCID says"
CODE = 500

_MEMO = "outcomes"


class UnknownOutcome(Exception):
    """There is no outcome of that id."""


class TooManyOutcomes(Exception):
    """A world has as many outcomes as it takes."""


class OutcomeRow(SQLModel, table=True):
    """How coming work ends."""

    __tablename__ = "box_outcome"

    seq: int | None = Field(default=None, primary_key=True)
    id: str = Field(unique=True)
    match: str  # JSON: {"carrier"?, "workflow"?, "operation"?, "iccid"?}
    times: int | None = None  # how often it still applies; none: always
    do: str  # JSON: one of {"complete"}, {"fail"}, {"partly"}, {"stick"}, {"take"}


@dataclass(frozen=True, slots=True)
class _Outcome:
    seq: int
    match: Mapping[str, str]
    is_counted: bool
    do: Mapping[str, Any]


def apply(
    box: Box,
    wanted: frozenset[str],
    facts: Mapping[str, str | None],
    naming: Literal["workflow", "iccid"] | None = None,
) -> Mapping[str, Any]:
    """What the first outcome does that fits work's facts and is among those *wanted*; and count that it applied.

    *naming*: those alone that name this. A move on the way wants its workflow named, a SIM among many its ICCID.
    """
    for outcome in _known(box):
        fits = all(facts[name] == value for name, value in outcome.match.items())
        if fits and wanted & outcome.do.keys() and (naming is None or naming in outcome.match):
            if outcome.is_counted:
                box.sql("UPDATE box_outcome SET times = times - 1 WHERE seq = :seq", seq=outcome.seq)
                box.world.forget(_MEMO)
            return outcome.do
    return {}


def apply_to_each(box: Box, facts: Mapping[str, str | None], iccids: Iterable[str]) -> Mapping[str, Mapping[str, Any]]:
    """How it ends for those SIMs of work over many that outcomes name, by ICCID."""
    named = {outcome.match.get("iccid") for outcome in _known(box)}
    ends = {iccid: apply(box, ENDS, {**facts, "iccid": iccid}, "iccid") for iccid in iccids if iccid in named}
    return {iccid: end for iccid, end in ends.items() if end}


def _known(box: Box) -> list[_Outcome]:
    return box.world.memo(_MEMO, lambda: _read(box))


def _read(box: Box) -> list[_Outcome]:
    rows = box.sql("SELECT * FROM box_outcome WHERE times IS NULL OR times > 0 ORDER BY seq")
    return [
        _Outcome(row["seq"], json.loads(row["match"]), row["times"] is not None, json.loads(row["do"])) for row in rows
    ]


def reasons(end: Mapping[str, Any], iccids: Iterable[str]) -> dict[str, str]:
    """Which of these SIMs fail in work that ends so, and why."""
    if "fail" in end:
        return dict.fromkeys(iccids, end["fail"]["reason"])
    if "partly" not in end:
        return {}
    named = {*end["partly"]["iccids"]}
    return {iccid: end["partly"]["reason"] for iccid in iccids if iccid in named}


def add(box: Box, match: Mapping[str, str], times: int | None, do: Mapping[str, Any]) -> str:
    """Say how coming work ends; answers the outcome's id.

    Raises: TooManyOutcomes.
    """
    if box.sql("SELECT count(*) FROM box_outcome").fetchone()[0] >= MOST_OUTCOMES:
        raise TooManyOutcomes(f"there are {MOST_OUTCOMES} outcomes already; remove some")
    outcome_id = box.uuid()
    box.sql(
        "INSERT INTO box_outcome (id, match, times, do) VALUES (:id, :match, :times, :do)",
        id=outcome_id,
        match=json.dumps(match),
        times=times,
        do=json.dumps(do),
    )
    box.world.forget(_MEMO)
    return outcome_id


def listed(box: Box, outcome_id: str | None = None) -> list[dict[str, Any]]:
    """The outcomes in the order in which they are looked at; or the one of that id.

    Raises: UnknownOutcome.
    """
    rows = box.sql("SELECT * FROM box_outcome WHERE :id IS NULL OR id = :id ORDER BY seq", id=outcome_id).fetchall()
    if outcome_id is not None and not rows:
        raise UnknownOutcome(f"there is no outcome {outcome_id!r}")
    return [
        {"id": row["id"], "match": json.loads(row["match"]), "times": row["times"], "do": json.loads(row["do"])}
        for row in rows
    ]


def drop(box: Box, outcome_id: str | None = None) -> None:
    """Forget one outcome, or all; work that it applied to already ends as it said.

    Raises: UnknownOutcome.
    """
    if outcome_id is not None:
        listed(box, outcome_id)
    box.sql("DELETE FROM box_outcome WHERE :id IS NULL OR id = :id", id=outcome_id)
    box.world.forget(_MEMO)
