"""What chapter d is sent.

Source: contract `stn.yaml`, the operations' `request`.
"""

from typing import Any, Literal

from carrierbox.carriers.stn.subscriptions.schemas import WithCard
from carrierbox.carriers.stn.wire import Environment, Note, Reference, Required, Sent, WishDate


class InPort(WithCard):
    """A subscription with a number of another provider's."""

    phone_number: Required
    donor_customer_number: Required
    donor_customer_name: str | None = None
    porting_wish_date: WishDate = None
    provider_environment: Environment | None = None
    sim_card_number: str | None = None
    subscription_type: Literal["VOICEDATA", "DATAONLY"] | None = None
    reference_number: Reference = None
    stn_customer_id: str | None = None
    access_type: Literal["INTERNETACCESS", "MOBILEPAY"] | None = None
    note: Note = None
    services: dict[str, Any] | None = None


class InPortChange(Sent):
    """Another date or another customer number for a port-in under way."""

    activation_id: Required
    donor_customer_number: str | None = None
    porting_wish_date: WishDate = None
