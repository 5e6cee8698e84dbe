"""What the change of device or SIM is sent."""

from typing import Literal, Self

from pydantic import Field, model_validator

from carrierbox.carriers.dish.errors import BadField
from carrierbox.carriers.dish.wire import Eid, Gpsi, Iccid, Pei, Sent, TransactionId


class DeviceChange(Sent):
    """A subscription, by number or ICCID, and what shall be new of it."""

    partner_transaction_id: TransactionId
    gpsi: Gpsi | None = None
    iccid: Iccid | None = None
    new_pei: Pei | None = None
    new_iccid: Iccid | None = None
    new_eid: Eid | None = None
    esim_delivery_method: Literal["QR"] | None = Field(default=None, alias="eSIMDeliveryMethod")

    @model_validator(mode="after")
    def _something(self) -> Self:
        if self.gpsi is None and self.iccid is None:
            raise BadField("gpsi", "or iccid is required")
        if self.new_pei is None and self.new_iccid is None and self.new_eid is None:
            raise BadField("newPei", "or newIccid or newEid is required")
        return self
