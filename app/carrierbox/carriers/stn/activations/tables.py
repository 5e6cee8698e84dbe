"""The activation."""

from datetime import datetime

from sqlmodel import Field, SQLModel

from carrierbox.kernel.store import Moment


class Activation(SQLModel, table=True):
    """A change that was asked for, and how it stands."""

    __tablename__ = "stn_activation"

    seq: int | None = Field(default=None, primary_key=True)
    id: str = Field(unique=True)
    partner: str = Field(index=True)
    subscription_id: str = Field(index=True)
    phone_number: str | None = None
    kind: str  # activationType on the wire
    status: str = "INIT"
    environment: str = "SP16001"
    reference: str = ""
    order_number: str | None = None  # the operator's, from BUSY on
    created_at: datetime = Field(sa_type=Moment)
    modified_at: datetime = Field(sa_type=Moment)
    activated_at: datetime | None = Field(default=None, sa_type=Moment)
    info: str = "{}"  # JSON: what was asked for, as it is shown
    services: str = "{}"  # JSON: the services asked for, shown or not
    iccid: str | None = None  # the SIM card that is reserved for it
    wish_at: datetime | None = Field(default=None, sa_type=Moment)  # not DONE before
    is_cancelling: bool = False
    job: str | None = Field(default=None, index=True)  # what moves it next; none: nothing does
