"""The SIM, which is a subscription once it is active."""

from datetime import datetime

from sqlalchemy import Index, text
from sqlmodel import Field, SQLModel

from carrierbox.kernel.store import Moment

#: What a SIM is that the next order may take; the index of these rows needs the same words in a query.
STOCK = "state = 'Available' AND job IS NULL AND eid IS NULL"


class Sim(SQLModel, table=True):
    """A SIM or eSIM profile: in stock, on its subscription, or replaced by another one.

    An active SIM is a subscription, which has no id of its own; so what a subscription has stands here, and moves to
    another row with a change of SIM.
    """

    __tablename__ = "dish_sim"
    __table_args__ = (
        Index("dish_sim_gpsi", "gpsi", sqlite_where=text("gpsi IS NOT NULL")),
        Index("dish_sim_subscriber", "subscriber_id", sqlite_where=text("subscriber_id IS NOT NULL")),
        Index("dish_sim_stock", "customer", "matching_id", sqlite_where=text(STOCK)),
    )

    id: int | None = Field(default=None, primary_key=True)
    iccid: str = Field(unique=True)
    customer: str  # whose stock it is in, then whose subscription
    state: str = "Available"
    matching_id: str | None = None  # an eSIM profile's; none: a card
    eid: str | None = None
    job: str | None = None  # the transaction under way
    gpsi: str | None = None
    pei: str | None = None
    subscriber_id: str | None = None
    plan_id: str | None = None
    bill_day: int | None = None
    location: str | None = None  # JSON
    products: str = "[]"  # JSON: [{"productId", "characteristics"?}, ...]
    buckets: str = "[]"  # JSON: [{"bucketRefId", "balance"}, ...], the primary one first
    activated_at: datetime | None = Field(default=None, sa_type=Moment)
