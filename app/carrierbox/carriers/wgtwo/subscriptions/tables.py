"""The subscription, and the SIMs that it may have.

The sandbox host is a platform apart: what lies there has `sandbox` set, and may repeat identifiers of the other side.
"""

from datetime import datetime

from sqlalchemy import Index, text
from sqlmodel import Field, SQLModel

from carrierbox.kernel.store import Moment

LIVE = "state <> 'terminated'"


class Subscription(SQLModel, table=True):
    """A user of a tenant. A terminated one stays, so that a repeat is known for one; its number and SIMs are free."""

    __tablename__ = "wgtwo_subscription"
    __table_args__ = (
        Index("wgtwo_subscription_msisdn", "msisdn", "sandbox", unique=True, sqlite_where=text(LIVE)),
        Index("wgtwo_subscription_user", "user_id", "bss", "sandbox", unique=True, sqlite_where=text(LIVE)),
        Index("wgtwo_subscription_ended", "msisdn", sqlite_where=text("state = 'terminated'")),
    )

    id: int | None = Field(default=None, primary_key=True)
    sandbox: bool = False
    bss: str
    msisdn: str
    user_id: str
    state: str
    services: str = "{}"  # JSON: name -> config or null, in the order in which they were added
    roamingprofile: str | None = None
    apnprofile: str | None = None
    created_at: datetime = Field(sa_type=Moment)
    modified_at: datetime = Field(sa_type=Moment)
    moves: str = "{}"  # JSON: the last request of each kind that moved a SIM or the number
    reused: bool = False  # terminated, and its number or its SIM is in use again


class Sim(SQLModel, table=True):
    """A SIM card; `subscription_id` is the one that it is on, or was on when that was terminated."""

    __tablename__ = "wgtwo_sim"
    __table_args__ = (
        Index("wgtwo_sim_iccid", "iccid", "sandbox", unique=True),
        Index("wgtwo_sim_subscription", "subscription_id", sqlite_where=text("subscription_id IS NOT NULL")),
    )

    id: int | None = Field(default=None, primary_key=True)
    sandbox: bool = False
    bss: str
    iccid: str
    imsis: str  # JSON, as imported; the first is the active one
    secrets: str = "{}"  # JSON: the keys and codes of the import
    subscription_id: int | None = Field(default=None, foreign_key="wgtwo_subscription.id")
    created_at: datetime = Field(sa_type=Moment)
    modified_at: datetime = Field(sa_type=Moment)


class Imsi(SQLModel, table=True):
    """Which card an IMSI is on; a card's IMSIs never change."""

    __tablename__ = "wgtwo_imsi"
    __table_args__ = {"sqlite_with_rowid": False}

    imsi: str = Field(primary_key=True)
    sandbox: bool = Field(default=False, primary_key=True)
    sim_id: int = Field(foreign_key="wgtwo_sim.id")
