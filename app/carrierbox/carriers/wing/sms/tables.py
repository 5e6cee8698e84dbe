"""Messages. Source: WING guide 9."""

from datetime import datetime
from typing import Any

from sqlalchemy import Index
from sqlmodel import Field, SQLModel

from carrierbox.kernel.store import Moment

_NEVER_TWICE: dict[str, Any] = {"sqlite_autoincrement": True}


class Sms(SQLModel, table=True):
    """One message, from an application to a device (AO/MT) or the other way (MO/AT)."""

    __tablename__ = "wing_sms"
    __table_args__ = (
        Index("wing_sms_sim", "sim_id", "at"),
        Index("wing_sms_account", "account_id", "at"),
        _NEVER_TWICE,
    )

    id: int | None = Field(default=None, primary_key=True)
    sim_id: int
    account_id: int  # whose SIM it was
    message_type: str  # AO/MT or MO/AT
    text: str
    at: datetime = Field(sa_type=Moment)
    origination: str
    destination: str
    status: str  # Message Submitted, Message Sent or Message Failed
