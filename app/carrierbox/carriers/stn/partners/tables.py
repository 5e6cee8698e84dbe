"""What is known of a partner."""

from sqlmodel import Field, SQLModel


class Key(SQLModel, table=True):
    """An API key, which the vendor hands out by hand."""

    __tablename__ = "stn_key"

    key: str = Field(primary_key=True)
    partner: str
    may_write: bool = True


class Customer(SQLModel, table=True):
    """A customer number of a partner (stnCustomerId), and the short code that activations show for it."""

    __tablename__ = "stn_customer"

    id: str = Field(primary_key=True)
    partner: str
    code: str
