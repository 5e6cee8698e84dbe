"""Accounts and the tenants that they belong to."""

from sqlmodel import Field, SQLModel


class Tenant(SQLModel, table=True):
    """A customer of the operator: number ``21`` beside its realm, whose people act in it."""

    __tablename__ = "wing_tenant"

    id: str = Field(primary_key=True)
    realm: str
    name: str


class Account(SQLModel, table=True):
    """An account of a tenant, at the top of its tree or below another. Source: WING guide 4.1, 4.3."""

    __tablename__ = "wing_account"

    id: int | None = Field(default=None, primary_key=True)
    tenant_id: str = Field(foreign_key="wing_tenant.id")
    name: str
    account_type: str = "ENTERPRISE"
    account_state: str = "ACTIVE"
    parent_account_id: int | None = Field(default=None, foreign_key="wing_account.id")
