"""What chapters c and e are sent.

Source: contract `stn.yaml`, the operations' `request`.
"""

from typing import Any, Literal

from carrierbox.carriers.stn.wire import (
    ConfirmationCode,
    Environment,
    Flag,
    Note,
    Reference,
    Required,
    RequiredEnvironment,
    Sent,
    WishDate,
)


class OfSubscription(Sent):
    """Which subscription: by id, by number, or by both when they belong together."""

    subscription_id: str | None = None
    phone_number: str | None = None
    reference_number: Reference = None


class SetServices(OfSubscription):
    """Services to be added or changed."""

    services: dict[str, Any]


class WithCard(Sent):
    """Which SIM card: one from stock, or an eSIM, which is mailed and asks its user for a code."""

    e_sim: Flag = None
    email: str | None = None
    confirmation_code: ConfirmationCode = None


class NewSubscription(WithCard):
    """A subscription with a number of the platform's."""

    wish_date: WishDate = None
    provider_environment: Environment | None = None
    sim_card_number: str | None = None
    subscription_type: Literal["VOICEDATA", "DATAONLY"] | None = None
    reference_number: Reference = None
    stn_customer_id: str | None = None
    access_type: Literal["INTERNETACCESS", "MOBILEPAY"] | None = None
    services: dict[str, Any] | None = None


class SimSwap(WithCard, OfSubscription):
    """Another SIM card for a subscription."""

    new_sim_card_number: str | None = None


class MoveEnvironment(OfSubscription):
    """The other environment of the operator."""

    new_provider_environment: RequiredEnvironment
    wish_date: WishDate = None


class Ending(OfSubscription):
    """The end of a subscription, now or at a date."""

    wish_date: WishDate = None


class OfActivation(Sent):
    """Which activation is not to happen; the note is taken in and shown nowhere."""

    activation_id: Required
    note: Note = None
