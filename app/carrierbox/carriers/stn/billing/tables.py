"""What is used, and what it costs."""

from sqlmodel import Field, Index, SQLModel


class RateClass(SQLModel, table=True):
    """A kind of usage: what it is called on the invoice, and its price."""

    __tablename__ = "stn_rate_class"

    code: str = Field(primary_key=True)
    description: str
    product: str  # voice, data or sms
    price: float  # euro a second, a kilobyte or a message
    is_home: bool = False  # counts against the bundle
    is_international: bool = False
    is_premium: bool = False
    line_type: str = "7"
    sort_order: int
    ref_id: int
    rate_class_id: str


class Usage(SQLModel, table=True):
    """A subscription's billing month, under which its CDRs stand."""

    __tablename__ = "stn_usage"
    __table_args__ = (
        Index("stn_usage_month", "subscription_id", "year_month", unique=True),
        Index("stn_usage_partner", "partner", "year_month"),
    )

    seq: int | None = Field(default=None, primary_key=True)
    id: str
    partner: str
    subscription_id: str
    customer_id: str
    phone_number: str
    year_month: str
    bundle_voice: int = -1  # minutes; -1: without limit
    bundle_data: int = 12_000  # megabytes
    bundle_sms: int = -1


class Cdr(SQLModel, table=True):
    """One call, message or data session."""

    __tablename__ = "stn_cdr"

    seq: int | None = Field(default=None, primary_key=True)
    id: str
    usage_seq: int = Field(index=True)
    rate_class: str
    used_at: str  # UTC, whole seconds, as it is shown
    volume: int  # seconds, kilobytes, messages
    amount: float
    destination: str
    country_own: str
    country_destination: str | None = None


class Invoice(SQLModel, table=True):
    """A partner's invoice of a month; its lines are the sums of the CDRs."""

    __tablename__ = "stn_invoice"
    __table_args__ = (Index("stn_invoice_month", "partner", "year_month", unique=True),)

    seq: int | None = Field(default=None, primary_key=True)
    id: str
    partner: str
    year_month: str
    number: str
    invoice_date: str
    description: str
