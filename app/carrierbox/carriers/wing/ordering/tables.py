"""Orders and what belongs to them; columns are named as the wire names them, and stand in its order.

Ids are never given twice, so that what was deleted is not found again as something else.
"""

from datetime import datetime
from typing import Any

from sqlalchemy import UniqueConstraint
from sqlmodel import Field, SQLModel

from carrierbox.kernel.store import Moment

_NEVER_TWICE: dict[str, Any] = {"sqlite_autoincrement": True}


def _moment() -> Any:
    return Field(default=None, sa_type=Moment)


class Order(SQLModel, table=True):
    """An order of SIM cards for an account. Source: WING guide 8.1; contract, key `orders`."""

    __tablename__ = "wing_sim_order"
    __table_args__ = _NEVER_TWICE

    id: int | None = Field(default=None, primary_key=True)
    tenant_id: str
    account_master_id: int = Field(index=True)
    order_type: str
    product_catalogue_id: int
    product_qty: int
    po_number: str | None = None
    order_owner_name: str | None = None
    order_owner_email: str | None = None
    order_owner_phone: str | None = None
    order_shipping_comments: str | None = None
    contact_person_name: str | None = None
    contact_person_email: str | None = None
    contact_person_phone: str | None = None
    delivery_address_line1: str | None = None
    delivery_address_line2: str | None = None
    delivery_address_city: str | None = None
    delivery_address_state: str | None = None
    delivery_address_country: str | None = None
    order_comments: str | None = None
    order_apn_group: str | None = None  # a name, as the three that follow
    order_network_profile: str | None = None
    order_roaming_profile: str | None = None
    order_rate_plan: str | None = None
    linked_order_id: int | None = None
    linked_order_comments: str | None = None
    order_status: str
    order_submitted_date: datetime | None = _moment()
    order_onhold_date: datetime | None = _moment()
    order_onhold_reason: str | None = None
    order_approved_date: datetime | None = _moment()
    order_approved_comments: str | None = None
    order_completed_date: datetime | None = _moment()
    order_completed_comments: str | None = None
    order_cancelled_date: datetime | None = _moment()
    order_cancelled_reason: str | None = None
    tracking_details: str | None = None
    attachments: str | None = None  # the path of its file
    post_code: str | None = None
    business_name: str | None = None
    note: str | None = None
    default_owner_details: bool = False
    default_shipping_details: bool = False
    creation_timestamp: datetime | None = _moment()
    modification_timestamp: datetime | None = _moment()
    delivery: str | None = None  # the workflow that brings its SIMs, where they are many; not shown


class Attachment(SQLModel, table=True):
    """The file of an order, byte for byte; an order has one at most. Source: WING guide 8.1.5, 8.1.6."""

    __tablename__ = "wing_order_attachment"
    __table_args__ = _NEVER_TWICE

    id: int | None = Field(default=None, primary_key=True)  # the number behind the file's name in its path
    order_id: int = Field(unique=True)
    name: str
    content: bytes


class AccountDefault(SQLModel, table=True):
    """Who orders for an account, and where to deliver; an account has one at most. Source: WING guide 8.2."""

    __tablename__ = "wing_order_default"
    __table_args__ = _NEVER_TWICE

    id: int | None = Field(default=None, primary_key=True)
    tenant_id: str
    account_id: int = Field(unique=True)
    owner_name: str | None = None
    owner_email: str | None = None
    owner_phone: str | None = None
    contact_name: str | None = None
    contact_phone_number: str | None = None
    business_name: str | None = None
    contact_email: str | None = None
    address_one: str | None = None
    address_two: str | None = None
    zipcode: str | None = None
    city: str | None = None
    state: str | None = None
    country: str | None = None
    recipient_email: str | None = None
    creation_timestamp: datetime | None = _moment()
    modification_timestamp: datetime | None = _moment()


class Product(SQLModel, table=True):
    """Something that a tenant's accounts can order. Source: WING guide 8.3; contract, key `catalogue`."""

    __tablename__ = "wing_product"
    __table_args__ = _NEVER_TWICE

    id: int | None = Field(default=None, primary_key=True)
    tenant_id: str
    said_tenant: str | None = None  # what stood there instead of the tenant's number, and is shown
    product_type: str | None = None
    product_number: str | None = None
    product_name: str | None = None
    form_factor: str | None = None
    branding: str | None = None
    hardware: str | None = None
    software: str | None = None
    product_price: str | None = None
    status: str = "DRAFT"
    creation_timestamp: datetime | None = _moment()
    modification_timestamp: datetime | None = _moment()


class MailingEntry(SQLModel, table=True):
    """An address that is told when a tenant's orders reach a step. Source: WING guide 8.4."""

    __tablename__ = "wing_order_mailing"
    __table_args__ = _NEVER_TWICE

    id: int | None = Field(default=None, primary_key=True)
    tenant_id: str = Field(index=True)
    said_tenant: str | None = None  # as a product's
    email: str
    user_group_id: str | None = None
    type: str
    archived: bool = False
    creation_timestamp: datetime | None = _moment()
    modification_timestamp: datetime | None = _moment()


class ProductAssignment(SQLModel, table=True):
    """What a product is to one account: at which price, and from which quantity on. Source: WING guide 8.5."""

    __tablename__ = "wing_product_assignment"
    __table_args__ = (UniqueConstraint("product_id", "account_id"), _NEVER_TWICE)

    id: int | None = Field(default=None, primary_key=True)
    tenant_id: str
    account_id: int = Field(index=True)
    default_price: bool = True
    customer_price: int | None = None
    moq: int | None = None
    product_id: int


class SimStock(SQLModel, table=True):
    """How far the range of identities is used up that orders are served from: one row, once one was."""

    __tablename__ = "wing_sim_stock"

    id: int = Field(default=1, primary_key=True)
    used: int = 0
