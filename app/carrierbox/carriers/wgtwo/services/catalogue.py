"""Every service by name. Source: contract `wgtwo.yaml`, key `services`; a test holds the two equal."""

from collections.abc import Mapping
from dataclasses import dataclass

from carrierbox.carriers.wgtwo.services.schemas import (
    Bundling,
    CustomDns,
    Filtering,
    Forwarding,
    Shape,
    Speed,
    StaticIp,
    Streaming,
    Supplementary,
)


@dataclass(frozen=True, slots=True)
class Service:
    """What the platform knows of a service."""

    requires: tuple[str, ...] = ()  # must be there for it to work, not for it to be stored
    config: type[Shape] | None = None
    v1: bool = True  # which edition takes the name
    v2: bool = True
    network: bool = False  # has an effect only where the vendor has enabled it for the tenant


CATALOGUE: Mapping[str, Service] = {
    "DATA": Service(config=Speed),
    "DATA_2G_3G": Service(("DATA",), v1=False),
    "DATA_2G_3G_ROAM": Service(("DATA", "DATA_2G_3G", "ROAMING"), v1=False, network=True),
    "DATA_4G": Service(("DATA",), v1=False),
    "DATA_4G_ROAM": Service(("DATA", "DATA_4G", "ROAMING"), v1=False, network=True),
    "DATA_5G": Service(("DATA",), v1=False),
    "DATA_5G_ROAM": Service(("DATA", "DATA_5G", "ROAMING"), v1=False, network=True),
    "DATA_CONTENT_FILTERING": Service(("DATA",), Filtering, v1=False),
    "DATA_HIGHSPEED": Service(),  # of v1, but the document deletes it through v2
    "DATA_TETHERING": Service(("DATA",)),
    "MMS_IN": Service(),
    "MMS_IN_ROAM": Service(("MMS_IN", "ROAMING"), v1=False, network=True),
    "MMS_OUT": Service(),
    "MMS_OUT_ROAM": Service(("MMS_OUT", "ROAMING"), v1=False, network=True),
    "MMS_OUT_INTER": Service(("MMS_OUT",)),
    "MMS_OUT_INTER_ROAM": Service(("MMS_OUT", "MMS_OUT_ROAM", "MMS_OUT_INTER", "ROAMING"), v1=False, network=True),
    "PRODUCT_BUNDLING": Service(config=Bundling),
    "ROAMING": Service(),
    "ROAMING_DATA": Service(),
    "SMS_IN": Service(),
    "SMS_IN_ROAM": Service(("SMS_IN", "ROAMING"), v1=False, network=True),
    "SMS_OUT": Service(),
    "SMS_OUT_ROAM": Service(("SMS_OUT", "ROAMING"), v1=False, network=True),
    "SMS_OUT_INTER": Service(("SMS_OUT",)),
    "SMS_OUT_INTER_ROAM": Service(("SMS_OUT", "SMS_OUT_ROAM", "SMS_OUT_INTER", "ROAMING"), v1=False, network=True),
    "SMS_PREMIUM": Service(),
    "USER_CS_BLOCK_IN": Service(config=Supplementary, v1=False, network=True),
    "USER_CS_BLOCK_OUT": Service(config=Supplementary, v1=False, network=True),
    "USER_CS_BLOCK_OUT_INTER": Service(config=Supplementary, v1=False, network=True),
    "USER_CS_BLOCK_OUT_INTER_EXC_HOME": Service(config=Supplementary, v1=False, network=True),
    "VOICE_CALLER_ID_PRESENTATION": Service(config=Supplementary, v1=False),
    "VOICE_CALLER_ID_RESTRICTION": Service(config=Supplementary, v1=False),
    "VOICE_CALLFORWARD": Service(config=Forwarding),
    "VOICE_CALLWAITING": Service(config=Supplementary),  # the specification of 2022 has it in v1 too
    "VOICE_CALL_PARALLEL": Service(),
    "VOICE_CONFERENCE": Service(v1=False),
    "VOICE_IN": Service(),
    "VOICE_IN_ROAM": Service(("VOICE_IN", "ROAMING"), v1=False, network=True),
    "VOICE_MISSED_CALL_ALERT": Service(),
    "VOICE_OUT": Service(),
    "VOICE_OUT_ROAM": Service(("VOICE_OUT", "ROAMING"), v1=False, network=True),
    "VOICE_OUT_INTER": Service(("VOICE_OUT",)),
    "VOICE_OUT_INTER_ROAM": Service(
        ("VOICE_OUT", "VOICE_OUT_ROAM", "VOICE_OUT_INTER", "ROAMING"), v1=False, network=True
    ),
    "VOICE_PREMIUM": Service(),
    "VOICE_PREMIUM_ENTERTAINMENT": Service(v1=False, network=True),
    "VOICE_PREMIUM_INFO": Service(v1=False, network=True),
    "VOICE_VOICEMAIL": Service(),
    "VOICE_VOLTE": Service(),
    "VOICE_VOWIFI": Service(),
    "VOICEMAIL_DISABLE_NOTIFICATION": Service(),
    # of older editions of v1, which took them
    "DATA_CUSTOM_DNS": Service(config=CustomDns, v2=False),
    "DATA_STATIC_IP": Service(config=StaticIp, v2=False),
    "API_ACCESS_TO_OWN_SUBSCRIPTION": Service(v2=False),
    "EVENT_STREAMING": Service(config=Streaming, v2=False),
    "EXTERNAL_POLICY_CONTROL": Service(v2=False),
}

#: What an activation gives that names no services.
DEFAULT_V1 = (
    "DATA_HIGHSPEED", "MMS_IN", "MMS_OUT", "SMS_IN", "SMS_OUT", "SMS_OUT_INTER", "VOICE_IN", "VOICE_MISSED_CALL_ALERT",
    "VOICE_OUT", "VOICE_VOICEMAIL",
)  # fmt: skip
#: No list of v2's is public: v1's, with what came in place of DATA_HIGHSPEED.
DEFAULT_V2 = ("DATA", "DATA_2G_3G", "DATA_4G", *DEFAULT_V1[1:])
