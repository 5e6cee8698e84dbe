"""What the calls about APN groups are sent."""

from typing import Annotated

from pydantic import Field

from carrierbox.carriers.wing.bodies import MOST, Body, Flag, Name, Number

Apns = Annotated[list[Number], Field(max_length=MOST)]


class NewApnGroup(Body):
    """An APN group as 4.19 and 4.23 make it; the ids are those of the account's rows, not the APNs' own."""

    apn_group_name: Name
    apn_ids: Annotated[Apns, Field(min_length=1)]
    is_default: Flag = Field(default=False, alias="default")


class ApnGroupChange(Body):
    """What 4.20 and 4.24 write anew; a default stands for what was left out."""

    id: Number
    apn_group_name: Name = ""
    is_default: Flag = Field(default=False, alias="default")


class ApnChange(Body):
    """What 4.25 adds to a group, and takes out of it."""

    add: Apns = Field(default_factory=list, alias="addAPN")
    remove: Apns = Field(default_factory=list, alias="removeAPN")
