"""What 5.9 to 5.12 are sent: the SIM, and what it is to have. Not all of them ask for IMSI and account."""

from pydantic import Field

from carrierbox.carriers.wing.bodies import Digits, Number, Text, Wish


class Assignment(Wish):
    """Something that a SIM is to have."""

    iccid: Digits
    wanted: Number


class ApnGroupAssignment(Assignment):
    """What 5.9 is sent."""

    imsi: Digits
    wanted: Number = Field(alias="apnGroupId")
    account_id: Number
    tenant_id: Text


class ServiceProfileAssignment(Assignment):
    """What 5.10 is sent."""

    imsi: Digits
    wanted: Number = Field(alias="serviceProfileId")


class RatePlanChange(Assignment):
    """What 5.11 is sent; the row that the portal sends along is not read."""

    wanted: Number = Field(alias="ratePlanId")
    account_id: Number


class RoamingProfileAssignment(Assignment):
    """What 5.12 is sent."""

    wanted: Number = Field(alias="roamingProfileId")
