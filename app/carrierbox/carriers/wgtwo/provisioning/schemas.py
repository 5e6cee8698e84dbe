"""What the operations of /provision/v2 are sent. Unknown fields are ignored, as the document's own requests need."""

from dataclasses import dataclass
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, ValidationInfo, field_validator

from carrierbox.carriers.wgtwo.services import rules as services
from carrierbox.carriers.wgtwo.services.rules import Config
from carrierbox.carriers.wgtwo.wire import Iccid, Imsi, Msisdn, Text


@dataclass(frozen=True, slots=True)
class Who:
    """Whom a request is about: the identifiers that it names."""

    bssid: str | None = None
    msisdn: str | None = None
    iccid: str | None = None
    imsi: str | None = None
    userid: str | None = None


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a request wants a subscription to have; None leaves as it is."""

    add: tuple[tuple[str, Config | None], ...] = ()
    delete: tuple[str, ...] = ()
    roamingprofile: str | None = None
    apnprofile: str | None = None


@dataclass(frozen=True, slots=True)
class Activation:
    """A SIM and a number that are to be a user's subscription; without services it gets the *defaults*."""

    bssid: str
    userid: str
    iccid: str
    msisdn: str
    wanted: Wanted = Wanted()
    defaults: tuple[str, ...] | None = None  # None: the tenant's


class Asked(BaseModel):
    """Any request; which identifiers it may name is in the fields of its kind."""

    model_config = ConfigDict(strict=True)

    @property
    def who(self) -> Who:
        """The identifiers that it names."""
        return Who(**{name: getattr(self, name, None) for name in Who.__slots__})


class Named(Asked):
    """A request that is about a subscription, by any of its identifiers."""

    bssid: Text | None = None
    msisdn: Msisdn | None = None
    iccid: Iccid | None = None
    imsi: Imsi | None = None


class ChangeSim(Asked):
    """A SIM, and the one that takes its place."""

    bssid: Text | None = None
    iccid: Iccid
    new_iccid: Iccid = Field(alias="newIccid")


class ChangeMsisdn(Named):
    """A subscription and the number that it is to have."""

    new_msisdn: Msisdn = Field(alias="newMsisdn")


class DisengageSim(Asked):
    """A SIM to be taken off; without ICCID the only one."""

    bssid: Text | None = None
    msisdn: Msisdn
    iccid: Iccid | None = None
    userid: Text | None = None


class Service(BaseModel):
    """A service to be added, or added with another config."""

    model_config = ConfigDict(strict=True)

    servicename: Annotated[str, AfterValidator(lambda name: services.check_name(name, "v2"))]
    config: Any = None

    @field_validator("config")
    @classmethod
    def _fits(cls, given: Any, read: ValidationInfo) -> Config | None:
        return services.read_config(read.data["servicename"], given) if "servicename" in read.data else None


def _bare(given: Any) -> Any:
    """Release 1.2.1 of the vendor's client sends objects to delete: they are taken like bare names."""
    return given.get("servicename") if isinstance(given, dict) else given


BareName = Annotated[str, BeforeValidator(_bare), AfterValidator(lambda name: services.check_name(name, "v2"))]


class Services(BaseModel):
    """Services to be added, as objects, and to be deleted, as bare names."""

    model_config = ConfigDict(strict=True)

    add: list[Service] = []
    delete: list[BareName] = []


class _Profiled(Asked):
    bssid: Text | None = None
    roamingprofile: Text | None = None
    apnprofile: Text | None = None
    services: Services | None = None

    @property
    def wanted(self) -> Wanted:
        """What the subscription is to have."""
        asked = self.services or Services()
        add = tuple((service.servicename, service.config) for service in asked.add)
        return Wanted(add, tuple(asked.delete), self.roamingprofile, self.apnprofile)


class Activate(_Profiled):
    """A new subscription, or a SIM for one that has none."""

    bssid: Text
    userid: Text
    iccid: Iccid
    msisdn: Msisdn

    @property
    def activation(self) -> Activation:
        """What is to be made."""
        return Activation(self.bssid, self.userid, self.iccid, self.msisdn, self.wanted)


class Update(_Profiled):
    """Services to add and to delete, and profiles."""

    msisdn: Msisdn
