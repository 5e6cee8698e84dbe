"""Tenants and the clients that act for them."""

from sqlmodel import Field, SQLModel


class Tenant(SQLModel, table=True):
    """An operator on the platform, by the name that requests call bssid and answers bss."""

    __tablename__ = "wgtwo_tenant"

    bssid: str = Field(primary_key=True)
    imports_sims: bool = True
    default_services: str | None = None  # JSON: ["DATA", ...]; the API's own where there are none
    network_services: str | None = None  # JSON: those of the network's services that are enabled; else all


class Client(SQLModel, table=True):
    """A client id with its secret, for OAuth2 and, as an operator key, for HTTP Basic."""

    __tablename__ = "wgtwo_client"

    client_id: str = Field(primary_key=True)
    secret: str
    scopes: str  # JSON
    tenants: str  # JSON: the bssids that it may act for
