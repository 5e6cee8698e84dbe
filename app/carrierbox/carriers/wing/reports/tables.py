"""What an account has set about its reports, and their runs. Source: WING guide 7."""

from datetime import datetime

from sqlalchemy import Index
from sqlmodel import Field, SQLModel

from carrierbox.kernel.store import Moment


class Report(SQLModel, table=True):
    """What an account has set about a canned report; it has no row until 7.2 first switches it on."""

    __tablename__ = "wing_report"

    account_id: int = Field(primary_key=True)
    report_id: int = Field(primary_key=True)
    is_active: bool = False
    enabled_on: datetime | None = Field(default=None, sa_type=Moment)
    period: str = "DAILY"  # WEEKLY, MONTHLY
    at_time: str = "00:30"  # UTC
    next_run_at: datetime | None = Field(default=None, sa_type=Moment)
    format: str = "CSV"  # JSON
    expiry_days: int = 30
    roles: str = '["ENTERPRISE_ADMIN", "ENTERPRISE_USER"]'  # JSON: who may see it
    is_encrypted: bool = False  # shown, and nothing else
    folder_path: str | None = None  # shown, and nothing else; none: one by the account


class ReportRun(SQLModel, table=True):
    """One run of a report, under way or over."""

    __tablename__ = "wing_report_run"
    __table_args__ = (Index("wing_report_run_report", "account_id", "report_id", "started_at"),)

    id: str = Field(primary_key=True)  # the workflow's
    account_id: int
    report_id: int
    status: str = "RUNNING"  # FINISHED, FAILED
    cycle: datetime = Field(sa_type=Moment)  # when the billing cycle begins that it is about
    format: str
    started_at: datetime = Field(sa_type=Moment)
    finished_at: datetime | None = Field(default=None, sa_type=Moment)
    parts: int = 0
    progress: str = "{}"  # JSON: how far it has come


class ReportPart(SQLModel, table=True):
    """A piece of a run's file; the file is its pieces one after the other."""

    __tablename__ = "wing_report_part"

    run_id: str = Field(primary_key=True)
    number: int = Field(primary_key=True)
    content: bytes
