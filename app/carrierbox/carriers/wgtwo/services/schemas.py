"""The shapes of services' config. Source: contract `wgtwo.yaml`, key `services`."""

from ipaddress import IPv4Address
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from carrierbox.carriers.wgtwo.wire import Msisdn, Text

Category = Literal[
    "PORN", "KID_SAFE", "SOCIAL_MEDIA", "VIOLENCE", "TORRENTS", "DRUGS", "GAMBLING", "GAMES", "DATING", "MEDIA",
    "ALCOHOL_AND_TOBACCO", "NUDITY", "OBSCENE_AND_TASTELESS", "FASHION_AND_BEAUTY", "HOMEWORK",
    "SEARCH_ENGINES_AND_PORTALS", "SEX_EDUCATION", "HATE_AND_SELF_HARM",
]  # fmt: skip


def _ipv4(text: str) -> str:
    return str(IPv4Address(text))


def _host(text: str) -> str:
    if text.endswith((".0", ".255")):
        raise ValueError("an address of a network, not of a host")
    return text


Ip = Annotated[str, AfterValidator(_ipv4)]


class Shape(BaseModel):
    """A config: every field may be left out, none may be added."""

    model_config = ConfigDict(strict=True, extra="forbid")


class Speed(Shape):
    """Of DATA: a cap on the download speed, in bit/s."""

    speed_bps: int = Field(default=0, ge=0, lt=2**53)


class Filtering(Shape):
    """Of DATA_CONTENT_FILTERING."""

    forbidden_content: list[Category] = []


class Bundling(Shape):
    """Of PRODUCT_BUNDLING: the marketplace products that have access to the subscription."""

    products: list[Text] = Field(min_length=1)


class Supplementary(Shape):
    """Of a service that the handset can switch."""

    active: bool = False


class Forwarding(Shape):
    """Of VOICE_CALLFORWARD: numbers to forward to, each with its switch, which counts as on where it is left out."""

    unconditional: Msisdn = ""
    unconditional_active: bool = True
    busy: Msisdn = ""
    busy_active: bool = True
    no_reply: Msisdn = ""
    no_reply_active: bool = True
    unreachable: Msisdn = ""
    unreachable_active: bool = True


class DnsServers(Shape):
    """Two name servers; one alone is refused."""

    primary: Ip
    secondary: Ip


class CustomDns(Shape):
    """Of DATA_CUSTOM_DNS."""

    IPv4: DnsServers


class FixedIp(Shape):
    """One address; whether another subscription has it is not checked."""

    ip: Annotated[Ip, AfterValidator(_host)]


class StaticIp(Shape):
    """Of DATA_STATIC_IP."""

    IPv4: FixedIp


class Streaming(Shape):
    """Of EVENT_STREAMING; a star stands for every type."""

    types: list[Text] = []
