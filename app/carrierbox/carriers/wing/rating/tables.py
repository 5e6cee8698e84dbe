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
    """An invoice that came from elsewhere and is kept as it is, or what that of a closed cycle is drawn up from."""

    __tablename__ = "wing_invoice"

    account_id: int = Field(primary_key=True)
    billing_period: date = Field(primary_key=True)
    figures: str  # JSON: what 14.1 shows, and `kept`, what `invoices.closing` keeps of the end of a cycle
