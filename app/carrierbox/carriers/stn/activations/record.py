"""The activation as every POST answers it and QueryActivation shows it.

Source: contract `stn.yaml`, key `activation`.
"""

from carrierbox.carriers.stn.query import Field, Record

ACTIVATION = Record(
    fields=(
        Field("id", "a.id"),
        Field("createdAt", "a.created_at", "moment"),
        Field("modifiedAt", "a.modified_at", "moment"),
        Field("status", "a.status"),
        Field("activationType", "a.kind"),
        Field("providerEnvironment", "a.environment"),
        Field("referenceNumber", "a.reference"),
        Field("providerOrderNumber", "a.order_number"),
        Field("subscriptionId", "a.subscription_id"),
        Field("phoneNumber", "a.phone_number", "phone"),
        Field("activatedDate", "a.activated_at", "second"),
        Field("info", "a.info", "json"),
    ),
    source="stn_activation a",
    partner="a.partner",
    order="a.created_at DESC, a.seq DESC",
    ranges=("createdAt",),
)
