"""What 4.2 is sent."""

from typing import Annotated, Literal

from pydantic import Field

from carrierbox.carriers.wing.bodies import AnyNumber, Body, Number


class NewBillingProfile(Body):
    """A billing profile; which cycles, currencies and addresses there are is not said: any number will do."""

    rating_type: Literal["PRORATED", "RETROACTIVE"]
    mrc_charge_type: Literal["IN ADVANCE", "IN ARREAR"]
    mrc_rating_type: Literal["FULL", "PRORATED"]
    billcycle_id: Number
    billaddress_id: Number | None = None
    currency_id: Number
    credit_limit: Annotated[float, Field(ge=0, le=1e15)] | None = None
    tenant_id: AnyNumber | None = None
