"""What the store keeps of realms: clients, users, their sessions, and what waits to be exchanged or was revoked.

Times of sessions, codes and revocations are whole epoch seconds of world time, as in the tokens that they stand for.
"""

from datetime import datetime

from sqlalchemy import JSON, UniqueConstraint
from sqlmodel import Field, SQLModel

from carrierbox.kernel.store import Moment


class Realm(SQLModel, table=True):
    """A tenant's own world of clients and users; its name is the tenant code."""

    __tablename__ = "keycloak_realm"

    name: str = Field(primary_key=True)
    enabled: bool = True


class Client(SQLModel, table=True):
    """An application that asks for tokens; public when it has no secret."""

    __tablename__ = "keycloak_client"

    realm: str = Field(primary_key=True)
    client_id: str = Field(primary_key=True)
    secret: str | None = None
    enabled: bool = True
    direct_access_grants: bool = False
    standard_flow: bool = False


class User(SQLModel, table=True):
    """A person of a realm, or a client's service account, as chapter 3 of the WING guide manages them."""

    __tablename__ = "keycloak_user"
    __table_args__ = (UniqueConstraint("realm", "username"),)

    id: str = Field(primary_key=True)  # a UUID
    realm: str
    username: str  # in lower case
    first_name: str | None = None
    last_name: str | None = None
    email: str | None = None
    email_verified: bool = True
    enabled: bool = True
    password_hash: str | None = None
    password_temporary: bool = False
    required_actions: list[str] = Field(default_factory=list, sa_type=JSON)
    user_category: str = "ACCOUNT"
    default_language: str = "English"
    account_id: int | None = None  # works in this account's subtree; without one, in the realm's whole tree
    roles: list[str] = Field(default_factory=list, sa_type=JSON)
    service_account_of: str | None = None  # a client's id; such users are in no list of people
    created_at: datetime = Field(sa_type=Moment)


class UserSession(SQLModel, table=True):
    """One login. It lasts as long as its last access token, and ends early by logout; then its row is gone."""

    __tablename__ = "keycloak_session"

    id: str = Field(primary_key=True)
    realm: str
    client_id: str
    user_id: str
    scope: str
    nonce: str | None = None
    refresh_id: str  # `jti` of the one refresh token that works
    started_at: int
    ends_at: int = Field(index=True)


class AuthorizationCode(SQLModel, table=True):
    """What the login form sends back to the client; good once, for a minute."""

    __tablename__ = "keycloak_code"

    code: str = Field(primary_key=True)
    session_id: str
    redirect_uri: str
    code_challenge: str | None = None
    code_challenge_method: str | None = None
    used: bool = False
    ends_at: int = Field(index=True)


class RevokedToken(SQLModel, table=True):
    """An access token that was taken back, until it would have expired by itself."""

    __tablename__ = "keycloak_revoked"

    jti: str = Field(primary_key=True)
    ends_at: int = Field(index=True)
