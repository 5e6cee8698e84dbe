"""Numbers that are kept for somebody."""

from sqlmodel import Field, SQLModel


class Number(SQLModel, table=True):
    """A number that a transaction under way keeps, or that a reservation is for, which keeps nobody else from it."""

    __tablename__ = "dish_number"

    gpsi: str = Field(primary_key=True)
    reservation_id: str | None = Field(default=None, index=True)
    job: str | None = None
