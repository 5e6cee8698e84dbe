"""The SIM card."""

from datetime import datetime

from sqlmodel import Field, SQLModel

from carrierbox.kernel.store import Moment


class SimCard(SQLModel, table=True):
    """A SIM card that the vendor assigned to a partner, or an eSIM of a subscription of theirs."""

    __tablename__ = "stn_simcard"

    seq: int | None = Field(default=None, primary_key=True)
    id: str = Field(unique=True)
    partner: str = Field(index=True)
    iccid: str = Field(unique=True)
    status: str = "FREE"
    type: str = "USIM"
    pin: str | None = "0000"
    puk: str | None = None
    activated_at: datetime | None = Field(default=None, sa_type=Moment)
