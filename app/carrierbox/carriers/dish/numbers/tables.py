"""Numbers that are kept for somebody."""

from sqlmodel import Field, SQLModel


class Number(SQLModel, table=True):
    """A number that a reservation or a transaction under way keeps. All others are free, or on a subscription."""

    __tablename__ = "dish_number"

    gpsi: str = Field(primary_key=True)
    reservation_id: str | None = Field(default=None, index=True)
    job: str | None = None
