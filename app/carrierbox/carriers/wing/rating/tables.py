"""What rate plans cost and include, and invoices that were drawn up. Source: WING guide 14, 15."""

from datetime import date

from sqlmodel import Field, SQLModel


class Tariff(SQLModel, table=True):
    """A rate plan's fees, bands, included counters and overage rates; the catalogue has its name and types."""

    __tablename__ = "wing_tariff"

    id: int = Field(primary_key=True)  # the rate plan's
    tenant_id: str
    detail: str  # JSON, as 15.2 shows it


class Invoice(SQLModel, table=True):
    """An invoice that was drawn up elsewhere and is kept as it is."""

    __tablename__ = "wing_invoice"

    account_id: int = Field(primary_key=True)
    billing_period: date = Field(primary_key=True)
    figures: str  # JSON, as 14.1 shows them
