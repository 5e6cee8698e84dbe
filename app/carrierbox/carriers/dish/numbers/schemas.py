"""What changes of number are sent."""

from typing import Self

from pydantic import model_validator

from carrierbox.carriers.dish.errors import BadField
from carrierbox.carriers.dish.wire import Gpsi, Iccid, Sent, TransactionId


class NumberChange(Sent):
    """A subscription, by number or ICCID, and its new number; without one it gets one that is free."""

    partner_transaction_id: TransactionId
    gpsi: Gpsi | None = None
    iccid: Iccid | None = None
    new_gpsi: Gpsi | None = None
    gpsi_reservation_id: TransactionId | None = None

    @model_validator(mode="after")
    def _a_subscription(self) -> Self:
        if self.gpsi is None and self.iccid is None:
            raise BadField("gpsi", "or iccid is required")
        return self


class PortedNumberChange(Sent):
    """A subscription, and the number that comes to it from another carrier."""

    partner_transaction_id: TransactionId
    gpsi: Gpsi
    new_gpsi: Gpsi
