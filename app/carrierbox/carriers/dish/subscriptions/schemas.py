"""What activation, port-in and status update are sent."""

from typing import Annotated, Any, Literal, Self

from pydantic import BeforeValidator, Field, model_validator

from carrierbox.carriers.dish.errors import BadField
from carrierbox.carriers.dish.wire import BucketRef, Day, Eid, Gpsi, Iccid, Name, Pei, Sent, TransactionId

Action = Literal["Suspend", "Resume", "Cease", "Reactivate"]


class Address(Sent):
    """Where the subscription is used; nothing of it is demanded."""

    address_line1: str | None = None
    address_line2: str | None = None
    city: str | None = None
    state: str | None = None
    zip: str | None = None


class Location(Sent):
    """What stands around the address."""

    address: Address | None = None


class Characteristic(Sent):
    """One property of a product."""

    key: str
    value: str


class Product(Sent):
    """A change on top of the plan's benefits."""

    product_id: str
    action: Literal["Add", "Remove", "Update"]
    characteristics: list[Characteristic] | None = None


class Activatable(Sent):
    """What activation and port-in have in common."""

    partner_transaction_id: TransactionId
    subscriber_id: Name
    wholesale_plan_id: Name
    bucket_ref_id: list[BucketRef] | None = None
    iccid: Iccid | None = None
    pei: Pei | None = None
    eid: Eid | None = None
    esim_delivery_method: Literal["QR"] | None = Field(default=None, alias="eSIMDeliveryMethod")
    products: list[Product] | None = None

    @model_validator(mode="after")
    def _a_sim(self) -> Self:
        # open: no SIM field is marked required; read as one of the two
        if self.iccid is None and self.eid is None:
            raise BadField("iccid", "or eid is required")
        return self


class Activation(Activatable):
    """A SIM to be put on a plan."""

    location: Location
    bill_cycle_frequency: Literal["MONTHLY"] | None = None
    bill_cycle_start_day: Day | None = None
    gpsi: Gpsi | None = None
    gpsi_reservation_id: TransactionId | None = None


def _digits(given: Any) -> Any:
    """The document's own example sends the number as a number."""
    if given is None or isinstance(given, str):
        return given
    if isinstance(given, bool) or not isinstance(given, int):
        raise ValueError("must be a string or a whole number")
    return str(given)


#: A number as its digits, in a string or not.
LooseGpsi = Annotated[
    Gpsi | None,
    BeforeValidator(_digits, json_schema_input_type=Gpsi | Annotated[int, Field(ge=10**10, lt=10**15)] | None),
]


class StatusUpdate(Sent):
    """An action to be taken on a subscription."""

    partner_transaction_id: TransactionId
    iccid: Iccid | None = None
    gpsi: LooseGpsi = None
    action: Action

    @model_validator(mode="after")
    def _a_subscription(self) -> Self:
        # open: the table requires iccid and knows no gpsi, the example has gpsi alone; both are taken
        if self.iccid is None and self.gpsi is None:
            raise BadField("iccid", "or gpsi is required")
        return self
