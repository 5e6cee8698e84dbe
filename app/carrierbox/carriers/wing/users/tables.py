"""User groups and roles; users are the Keycloak's. Source: WING guide 3.5 to 3.14."""

from datetime import datetime

from sqlalchemy import UniqueConstraint
from sqlmodel import Field, SQLModel

from carrierbox.kernel.store import Moment


class Role(SQLModel, table=True):
    """A named set of permissions, made for an account."""

    __tablename__ = "wing_role"
    __table_args__ = (UniqueConstraint("realm", "name"),)

    id: str = Field(primary_key=True)  # a UUID
    realm: str
    name: str
    description: str
    role_category: str = "ACCOUNT"
    account_id: int
    permission_scope: str = "[]"  # JSON, as 3.13 takes it
    date_created: datetime = Field(sa_type=Moment)


class UserGroup(SQLModel, table=True):
    """People who have a role on some accounts, or on all that lie below the group's own."""

    __tablename__ = "wing_user_group"

    id: str = Field(primary_key=True)  # a UUID
    realm: str
    name: str
    description: str
    user_group_category: str = "ACCOUNT"
    all_accounts: bool = False
    role_id: str = Field(foreign_key="wing_role.id")
    account_id: int  # whose group it is
    date_created: datetime = Field(sa_type=Moment)


class GroupAccount(SQLModel, table=True):
    """An account that a group is for."""

    __tablename__ = "wing_user_group_account"

    group_id: str = Field(primary_key=True)
    account_id: int = Field(primary_key=True)


class GroupUser(SQLModel, table=True):
    """A user who is in a group."""

    __tablename__ = "wing_user_group_user"

    group_id: str = Field(primary_key=True)
    user_id: str = Field(primary_key=True, index=True)
