"""The SIM card as QuerySimcard shows it.

Source: contract, stn-querysimcard.
"""

from carrierbox.carriers.stn.query import Field, Record

#: A FREE card comes with its first four fields only.
_UNLESS_FREE = "CASE WHEN c.status <> 'FREE' THEN c.{} END"

SIMCARD = Record(
    fields=(
        Field("id", "c.id"),
        Field("simCardNumber", "c.iccid"),
        Field("status", "c.status"),
        Field("simCardType", "c.type"),
        Field("pin", _UNLESS_FREE.format("pin")),
        Field("puk", _UNLESS_FREE.format("puk")),
        Field("subscriptionId", "s.id"),
        Field("phoneNumber", "s.phone_number", "phone"),
        Field("activatedDate", "c.activated_at", "second"),
    ),
    source="stn_simcard c LEFT JOIN stn_subscription s ON s.iccid = c.iccid AND s.state IN ('ACTIVE', 'SUSPENDED')",
    partner="c.partner",
    order="c.seq",
    ranges=("activatedDate",),
)
