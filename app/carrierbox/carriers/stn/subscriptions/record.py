"""The subscription as QuerySubscription shows it.

Source: contract, stn-querysubscription.
"""

import json
from typing import Any

from carrierbox.carriers.stn.query import Field, Record
from carrierbox.carriers.stn.subscriptions.services import DEFAULTS


def _services(differing: str) -> dict[str, Any]:
    """All services, on or off, not only those that were set."""
    return {**DEFAULTS, **json.loads(differing)}


SUBSCRIPTION = Record(
    fields=(
        Field("id", "s.id"),
        Field("state", "s.state"),
        Field("phoneNumber", "s.phone_number", "phone"),
        Field("simCardNumber", "s.iccid"),
        Field("pin", "c.pin"),
        Field("puk", "c.puk"),
        Field("providerGroup", "'KPNMOBIEL'"),
        Field("isDataSim", "s.is_data_sim", "boolean"),
        Field("isEsim", "s.is_esim", "boolean"),
        Field("activationDate", "s.activation_date", "date"),
        Field("fixedIpAddress", "s.fixed_ip_address"),
        Field("providerEnvironment", "s.environment"),
        Field("services", "s.services", "json", _services),
    ),
    source="stn_subscription s LEFT JOIN stn_simcard c ON c.iccid = s.iccid",
    partner="s.partner",
    order="s.seq",
)
