"""Transactions by the client's own ids."""

from sqlmodel import Field, SQLModel


class Transaction(SQLModel, table=True):
    """A request that was acknowledged; how it stands is the kernel's job."""

    __tablename__ = "dish_transaction"

    customer: str = Field(primary_key=True)
    partner_transaction_id: str = Field(primary_key=True)
    job: str
