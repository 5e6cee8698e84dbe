"""The subscription."""

from sqlmodel import Field, SQLModel


class Subscription(SQLModel, table=True):
    """A phone number's contract: with a SIM card, an environment at the operator, and services."""

    __tablename__ = "stn_subscription"

    seq: int | None = Field(default=None, primary_key=True)
    id: str = Field(unique=True)
    partner: str = Field(index=True)
    customer_id: str
    state: str = "PENDING"
    phone_number: str | None = Field(default=None, index=True)
    #: simCardNumber on the wire. A card serves one subscription, ever; one that was never used goes back to stock.
    iccid: str | None = Field(default=None, unique=True)
    is_data_sim: bool = False
    is_esim: bool = False
    activation_date: str | None = None  # the day in Amsterdam
    fixed_ip_address: str | None = None
    environment: str = "SP16001"
    services: str = "{}"  # JSON: what differs from the catalogue's defaults
