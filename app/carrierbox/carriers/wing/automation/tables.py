"""Automation rules, and what became of them. Source: WING guide 6."""

from datetime import datetime
from typing import Any

from sqlalchemy import Index, text
from sqlmodel import Field, SQLModel

from carrierbox.kernel.store import Moment

_NEVER_TWICE: dict[str, Any] = {"sqlite_autoincrement": True}


class AutomationRule(SQLModel, table=True):
    """A rule as the API shows it, and what it comes to."""

    __tablename__ = "wing_rule"
    __table_args__ = _NEVER_TWICE

    id: int | None = Field(default=None, primary_key=True)
    family: str  # the part of chapter 6 that it was made by: 6.4
    realm: str
    tenant_id: str
    account_id: int = Field(index=True)
    name: str
    description: str | None = None
    resource_id: int
    resource_mode: str | None = None
    resource_mode_id: str = "null"  # JSON, as it was sent
    resource_mode_name: str = "null"
    resource_detail1: str | None = None
    all_items: bool = False
    watched_id: int | None = None  # the account, rate plan, SIM or tag; none: every SIM of its accounts
    state: str = "Inactive"
    is_waiting: bool = False  # to be taken up: then it is Active
    silence_after: int | None = None  # the silence of SIMs up to this id is waited for; none: of all that it is about
    active_since: datetime | None = Field(default=None, sa_type=Moment)
    end_date: datetime | None = Field(default=None, sa_type=Moment)
    triggers: str  # JSON, as they are shown
    notifications: str
    actions: str
    last_trigger_id: int  # the largest that it has
    edition: int = 1  # how often it was written
    created_on: datetime = Field(sa_type=Moment)
    updated_on: datetime = Field(sa_type=Moment)


class Firing(SQLModel, table=True):
    """A rule was triggered: when, by what, and what came of its action."""

    __tablename__ = "wing_rule_firing"
    __table_args__ = (
        Index("wing_rule_firing_window", "rule_id", "trigger_id", "sim_id", "window"),
        Index("wing_rule_firing_batch", "batch_id", sqlite_where=text("batch_id IS NOT NULL")),
        Index("wing_rule_firing_reset", "reset_at", sqlite_where=text("reset_at IS NOT NULL")),
    )

    id: int | None = Field(default=None, primary_key=True)
    rule_id: int
    trigger_id: int
    edition: int  # the rule's then
    sim_id: int | None = None  # none: it was about a rate plan or an account
    window: str = ""  # of a counter: the cycle, 2026-11; within another one it counts anew
    at: datetime = Field(sa_type=Moment)
    value: int | None = None  # what was counted
    action: str | None = None
    batch_id: str | None = None  # the workflow that carries the action out, then the one that undoes it
    status: str = "COMPLETED"  # RUNNING while the workflow is under way; FAILED
    before: str | None = None  # what the action changed, and to what
    after: str | None = None
    reset_at: datetime | None = Field(default=None, sa_type=Moment)  # when it is undone; none: it is not, or was


class Silence(SQLModel, table=True):
    """When a SIM will have been silent for so long that a rule is triggered; no row: it is not waited for."""

    __tablename__ = "wing_rule_silence"
    __table_args__ = (Index("wing_rule_silence_due", "due_at", "sim_id"),)

    rule_id: int = Field(primary_key=True)
    trigger_id: int = Field(primary_key=True)
    sim_id: int = Field(primary_key=True)
    due_at: datetime = Field(sa_type=Moment)


class Look(SQLModel, table=True):
    """When to look next at the device in a SIM that rules are about; no row: it is not waited for.

    At the moment at which it may trigger one, or to see what it does from then on.
    """

    __tablename__ = "wing_rule_look"
    __table_args__ = (Index("wing_rule_look_due", "is_moment", "due_at"),)

    sim_id: int = Field(primary_key=True)
    due_at: datetime = Field(sa_type=Moment)
    is_moment: bool
