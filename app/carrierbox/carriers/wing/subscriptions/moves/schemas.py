"""What 5.14 is sent. Names of accounts come along and are not read."""

from typing import Annotated

from pydantic import AliasChoices, Field

from carrierbox.carriers.wing.bodies import MOST, Body, Digits, Flag, Number, Text, Wish


class Range(Body):
    """The first and the last number, both of them within; what they are called is lost in the document."""

    first: Digits = Field(validation_alias=AliasChoices("from", "start"))
    last: Digits = Field(validation_alias=AliasChoices("to", "end"))


class Move(Wish):
    """Which SIMs move from where to where, and what they have there."""

    account_id: Number
    from_account_id: Number
    tenant_id: Text | None = None
    apn_group_id: Number | None = None
    apn_ids: Annotated[list[Number], Field(max_length=MOST)] | None = None
    service_profile_id: Number | None = None
    roaming_profile_id: Number | None = None
    rateplan_id: Number | None = None  # the vendor's spelling; 5.11 says ratePlanId
    use_imsi: Flag
    range: Range
