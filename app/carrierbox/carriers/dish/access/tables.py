"""Wholesale customers and their clients."""

from sqlmodel import Field, SQLModel


class Customer(SQLModel, table=True):
    """A node of the customer tree: a wholesale customer, or a brand or the like below one."""

    __tablename__ = "dish_customer"

    id: str = Field(primary_key=True)
    name: str
    parent_id: str | None = Field(default=None, foreign_key="dish_customer.id")


class Client(SQLModel, table=True):
    """A client id with its secret, and the customer that it stands for."""

    __tablename__ = "dish_client"

    client_id: str = Field(primary_key=True)
    secret: str
    customer: str = Field(foreign_key="dish_customer.id")
