"""Accounts, the tenants that they belong to, and what belongs to them.

Ids are never given twice, so that what was deleted is not found again as something else.
"""

from datetime import datetime
from typing import Any

from sqlalchemy import Index, UniqueConstraint
from sqlmodel import Field, SQLModel

from carrierbox.kernel.store import Moment

_NEVER_TWICE: dict[str, Any] = {"sqlite_autoincrement": True}


class Tenant(SQLModel, table=True):
    """A customer of the operator: number ``21`` beside its realm, whose people act in it."""

    __tablename__ = "wing_tenant"

    id: str = Field(primary_key=True)
    realm: str
    name: str
    network_interface_id: int | None = None  # shown on what is assigned in the network


class Account(SQLModel, table=True):
    """An account of a tenant, at the top of its tree or below another. Source: WING guide 4.1, 4.3."""

    __tablename__ = "wing_account"
    __table_args__ = _NEVER_TWICE

    id: int | None = Field(default=None, primary_key=True)
    tenant_id: str = Field(foreign_key="wing_tenant.id")
    ext_id: str | None = None
    name: str
    account_type: str = "ENTERPRISE"
    account_state: str = "ACTIVE"
    billing_account_id: int | None = None
    parent_account_id: int | None = Field(default=None, foreign_key="wing_account.id", index=True)
    cust_fields: str = "{}"  # JSON: free names and values
    time_zone: str = "UTC"  # in which 9.1 counts days; no call shows or sets it


class Address(SQLModel, table=True):
    """Where an account is at home; it has one at most."""

    __tablename__ = "wing_address"
    __table_args__ = _NEVER_TWICE

    id: int | None = Field(default=None, primary_key=True)
    account_id: int = Field(unique=True)
    ext_id: str | None = None
    address_line1: str | None = None
    address_line2: str | None = None
    state: str | None = None
    city: str | None = None
    postcode: str | None = None
    country: str | None = None
    is_default: bool = True


class Contact(SQLModel, table=True):
    """Who speaks for an account; it has one at most."""

    __tablename__ = "wing_contact"
    __table_args__ = _NEVER_TWICE

    id: int | None = Field(default=None, primary_key=True)
    account_id: int = Field(unique=True)
    ext_id: str | None = None
    first_name: str | None = None
    last_name: str | None = None
    email: str | None = None
    phone: str | None = None
    is_default: bool = True


class BillingProfile(SQLModel, table=True):
    """How accounts are billed that name it; made before them. Source: WING guide 4.2."""

    __tablename__ = "wing_billing_profile"
    __table_args__ = _NEVER_TWICE

    id: int | None = Field(default=None, primary_key=True)
    tenant_id: str
    mrc_charge_type: str
    rating_type: str
    credit_limit: float | None = None
    mrc_rating_type: str
    billcycle_id: int
    billaddress_id: int | None = None
    currency_id: int


class CustomField(SQLModel, table=True):
    """A field that an account defines for itself or, propagated, for those below too. Source: WING guide 4.4."""

    __tablename__ = "wing_custom_field"
    __table_args__ = _NEVER_TWICE

    id: int | None = Field(default=None, primary_key=True)
    tenant_id: str
    account_id: int = Field(index=True)
    user_id: str
    name: str
    description: str | None = None
    type: str
    is_propagated: bool = False
    created_at: datetime = Field(sa_type=Moment)
    modified_at: datetime = Field(sa_type=Moment)


class CustomFieldValue(SQLModel, table=True):
    """What a custom field says of an account."""

    __tablename__ = "wing_custom_field_value"

    account_id: int = Field(primary_key=True)
    custom_field_id: int = Field(primary_key=True)
    value: str


class CatalogueItem(SQLModel, table=True):
    """Something that can be assigned to a realm's accounts: an APN, a profile, a rate plan, a pool."""

    __tablename__ = "wing_catalogue"

    realm: str = Field(primary_key=True)
    resource_type: str = Field(primary_key=True)
    id: int = Field(primary_key=True)
    name: str
    # facts that one type alone has
    plan_type: str | None = None  # RATE-PLAN: Individual, Fixed-Pool Bundle, ...
    subscription_type: str | None = None  # RATE-PLAN: Prepaid, Pay Monthly
    rat_type: str | None = None  # SERVICE-PROFILE: what the SIM may use
    ip_pool_id: int | None = None  # APN: where its static addresses come from, if it has some
    cidr: str | None = None  # IP-POOL: its addresses


class Resource(SQLModel, table=True):
    """An assignment: a thing of the catalogue, or a SIM, that an account may use. Source: WING guide 4.9, 4.28."""

    __tablename__ = "wing_resource"
    __table_args__ = (UniqueConstraint("account_id", "resource_type", "resource_id"), _NEVER_TWICE)

    id: int | None = Field(default=None, primary_key=True)
    account_id: int = Field(foreign_key="wing_account.id")
    resource_type: str
    resource_id: int
    effective_date: datetime = Field(sa_type=Moment)
    expiration_date: datetime = Field(sa_type=Moment)
    is_default: bool = False
    network_interface_id: int | None = None


class ApnGroup(SQLModel, table=True):
    """Some of an account's APNs under a name. Source: WING guide 4.19 to 4.25."""

    __tablename__ = "wing_apn_group"
    __table_args__ = (Index("wing_apn_group_account", "account_id"), _NEVER_TWICE)

    id: int | None = Field(default=None, primary_key=True)
    account_id: int
    name: str
    is_default: bool = False


class ApnGroupMember(SQLModel, table=True):
    """One APN of a group: the id of its assignment to the account, not the APN's own."""

    __tablename__ = "wing_apn_group_member"
    __table_args__ = (
        UniqueConstraint("group_id", "apn_id"),
        Index("wing_apn_group_member_apn", "apn_id"),
        _NEVER_TWICE,
    )

    id: int | None = Field(default=None, primary_key=True)
    group_id: int
    apn_id: int
    effective_date: datetime = Field(sa_type=Moment)


class Group(SQLModel, table=True):
    """A group of SIMs in an account. Source: WING guide 4.33."""

    __tablename__ = "wing_group"
    __table_args__ = (UniqueConstraint("account_id", "name"), _NEVER_TWICE)

    id: int | None = Field(default=None, primary_key=True)
    account_id: int
    name: str
    description: str | None = None
