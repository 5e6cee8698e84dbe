"""What is to go wrong with notifications to come: a plan may lose, delay, duplicate or reorder those that it fits."""

import json
from collections.abc import Mapping
from typing import Any

from sqlmodel import Field, SQLModel

from carrierbox.kernel.world import Box

MOST_PLANS = 1000


class UnknownPlan(Exception):
    """There is no callback plan of that id."""


class TooManyPlans(Exception):
    """A world has as many callback plans as it takes."""


class Plan(SQLModel, table=True):
    """What is to go wrong with notifications to come."""

    __tablename__ = "box_callback_plan"

    seq: int | None = Field(default=None, primary_key=True)
    id: str = Field(unique=True)
    match: str  # JSON: {"carrier"?, "iccid"?, "event"?}
    times: int | None = None  # how often it still applies; none: always
    do: str  # JSON: one of {"lose"}, {"delay"}, {"duplicate"}, {"reorder"}


def apply(box: Box, facts: Mapping[str, str]) -> Mapping[str, Any]:
    """What the first plan that fits a notification's facts does; and count that it applied."""
    for plan in box.sql("SELECT * FROM box_callback_plan WHERE times IS NULL OR times > 0 ORDER BY seq").fetchall():
        match = json.loads(plan["match"])
        if all(facts[name] == value for name, value in match.items()):
            box.sql("UPDATE box_callback_plan SET times = times - 1 WHERE seq = :seq", seq=plan["seq"])
            do: dict[str, Any] = json.loads(plan["do"])
            return do
    return {}


def add(box: Box, match: Mapping[str, str], times: int | None, do: Mapping[str, Any]) -> str:
    """Let something go wrong with notifications to come; answers the plan's id.

    Raises: TooManyPlans.
    """
    if box.sql("SELECT count(*) FROM box_callback_plan").fetchone()[0] >= MOST_PLANS:
        raise TooManyPlans(f"there are {MOST_PLANS} callback plans already; remove some")
    plan_id = box.uuid()
    box.sql(
        "INSERT INTO box_callback_plan (id, match, times, do) VALUES (:id, :match, :times, :do)",
        id=plan_id,
        match=json.dumps(match),
        times=times,
        do=json.dumps(do),
    )
    return plan_id


def listed(box: Box, plan_id: str | None = None) -> list[dict[str, Any]]:
    """The plans in the order in which they are looked at; or the one of that id.

    Raises: UnknownPlan.
    """
    rows = box.sql("SELECT * FROM box_callback_plan WHERE :id IS NULL OR id = :id ORDER BY seq", id=plan_id).fetchall()
    if plan_id is not None and not rows:
        raise UnknownPlan(f"there is no callback plan {plan_id!r}")
    return [
        {"id": row["id"], "match": json.loads(row["match"]), "times": row["times"], "do": json.loads(row["do"])}
        for row in rows
    ]


def drop(box: Box, plan_id: str | None = None) -> None:
    """Forget one plan, or all.

    Raises: UnknownPlan.
    """
    if plan_id is not None:
        listed(box, plan_id)
    box.sql("DELETE FROM box_callback_plan WHERE :id IS NULL OR id = :id", id=plan_id)


def load(box: Box, section: Mapping[str, Any]) -> None:
    """Load a fixture's plans."""
    for plan in section.get("plans", ()):
        add(box, plan.get("match", {}), plan.get("times"), plan["do"])
