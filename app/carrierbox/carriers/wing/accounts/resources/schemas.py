"""What the calls about resources are sent."""

from typing import Annotated, Any, Literal

from pydantic import Field

from carrierbox.carriers.wing.bodies import MOST, Body, Flag, Moment, Number, Text

Type = Literal["APN", "IP-POOL", "RATE-PLAN", "SERVICE-PROFILE", "ROAMING-PROFILE", "SIM", "MSISDN-POOL"]
Ids = Annotated[list[Number], Field(min_length=1, max_length=MOST)]


class Assignment(Body):
    """Things of the catalogue for an account, all at once, by way of a workflow."""

    account_id: Number
    tenant_id: Text | None = None
    resource_type: str
    effective_date: Moment | None = None
    expiration_date: Moment | None = None
    ids: Ids

    def input(self) -> dict[str, Any]:
        """The request as its workflow shows it, and as it is read from there again."""
        return self.model_dump(mode="json", by_alias=True, exclude_none=True)


class ApnAssignment(Assignment):
    """What 4.8 is sent."""

    resource_type: Literal["APN"]
    ids: Ids = Field(alias="apns")


class NetworkProfileAssignment(Assignment):
    """What 4.10 is sent; network profiles are called service profiles here."""

    resource_type: Literal["SERVICE-PROFILE"]
    ids: Ids = Field(alias="serviceProfiles")


class RoamingProfileAssignment(Assignment):
    """What 4.16 is sent."""

    resource_type: Literal["ROAMING-PROFILE"]
    ids: Ids = Field(alias="roamingProfiles")


class MsisdnPoolAssignment(Assignment):
    """What 4.32 is sent."""

    resource_type: Literal["MSISDN-POOL"]
    ids: Ids = Field(alias="msisdnPools")


class NewResource(Body):
    """One thing for an account, at once, as 4.13 sends it."""

    resource_type: Type
    resource_id: Number
    account_master_id: Number | None = None
    effective_date: Moment | None = None
    expiration_date: Moment | None = None
    is_default: Flag = False


class WholeResource(NewResource):
    """The same as 4.28 and 4.29 send it: five members are mandatory, and an id may name the row."""

    id: Number | None = None
    effective_date: Moment
    expiration_date: Moment
    is_default: Flag


class DefaultChange(Body):
    """What 4.11, 4.14 and 4.17 are sent: the row, and whether it is the default of its type."""

    id: Number
    is_default: Flag
    resource_type: Type | None = None
    resource_id: Number | None = None
    effective_date: Moment | None = None
    expiration_date: Moment | None = None
