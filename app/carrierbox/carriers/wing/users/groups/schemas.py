"""What the calls about user groups are sent."""

from typing import Annotated, Literal

from pydantic import Field, ValidationInfo, field_validator

from carrierbox.carriers.wing.bodies import MOST, AnyNumber, Body, Flag, Name, Text

Uuid = Annotated[str, Field(pattern=r"^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$")]

Accounts = Annotated[list[AnyNumber], Field(max_length=MOST)]


class NewGroup(Body):
    """A user group as 3.8 makes it: all mandatory, but the id that is still to be given."""

    id: Uuid | None = None
    name: Name
    description: Text
    user_group_category: Literal["ACCOUNT"]
    select_all_account: Flag
    role_id: Name
    account_ids: Accounts
    user_ids: Annotated[list[Name], Field(max_length=MOST)]

    @field_validator("id", mode="before", json_schema_input_type=Uuid | Literal[""] | None)
    @classmethod
    def _none_yet(cls, given: object) -> object:
        return None if given == "" else given

    @field_validator("account_ids")
    @classmethod
    def _all_or_some(cls, given: list[int], read: ValidationInfo) -> list[int]:
        if given and read.data.get("select_all_account"):
            raise ValueError("must be empty when selectAllAccount is true")
        return given


class GroupChange(NewGroup):
    """A user group as 3.9 writes it anew: the id names it."""

    id: Name

    @field_validator("id", mode="before")
    @classmethod
    def _none_yet(cls, given: object) -> object:
        return given


class MoreAccounts(Body):
    """What 3.10 adds to a group."""

    account_ids: Accounts
