"""What the operations of /provision/v1 are sent: each names tenant, number and user; numbers may be JSON numbers."""

from typing import Annotated, Any, Literal

from pydantic import (
    AfterValidator,
    AliasChoices,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    ValidationInfo,
    field_validator,
)

from carrierbox.carriers.wgtwo import wire
from carrierbox.carriers.wgtwo.provisioning.schemas import Activation, Asked, Wanted
from carrierbox.carriers.wgtwo.services import rules as services
from carrierbox.carriers.wgtwo.services.catalogue import DEFAULT_V1
from carrierbox.carriers.wgtwo.services.rules import Config


def _text(given: Any) -> Any:
    """The specification's own examples write a number as a number."""
    if isinstance(given, str):
        return given
    if isinstance(given, bool) or not isinstance(given, int):
        raise ValueError("is neither a text nor a whole number")
    return str(given)


_AsText = BeforeValidator(_text, json_schema_input_type=str | int)
Text = Annotated[wire.Text, _AsText]
Iccid = Annotated[wire.Iccid, _AsText]
Msisdn = Annotated[wire.Msisdn, _AsText]


class Refresh(Asked):
    """A tenant's number."""

    bssid: Text
    msisdn: Msisdn


class Named(Refresh):
    """A tenant's number and the user who has it."""

    userid: Text


class Activate(Named):
    """A new subscription."""

    iccid: Iccid

    @property
    def activation(self) -> Activation:
        """What is to be made."""
        return Activation(self.bssid, self.userid, self.iccid, self.msisdn, defaults=DEFAULT_V1)


class ChangeSim(Named):
    """A SIM, and the one that takes its place."""

    iccid: Iccid = Field(alias="oldIccid")
    new_iccid: Iccid = Field(alias="newIccid")


class ChangeMsisdn(Named):
    """The number that the subscription is to have."""

    new_msisdn: Msisdn = Field(alias="newMsisdn")


class DisengageSim(Named):
    """A SIM to be taken off."""

    iccid: Iccid


class Service(BaseModel):
    """One service to be added or removed; its config goes by either name that the vendor's documents give it."""

    model_config = ConfigDict(strict=True)

    name: Annotated[str, AfterValidator(lambda name: services.check_name(name, "v1"))]
    action: Literal["ADD", "REMOVE"]
    configuration: Any = Field(default=None, validation_alias=AliasChoices("configuration", "config"))

    @field_validator("configuration")
    @classmethod
    def _fits(cls, given: Any, read: ValidationInfo) -> Config | None:
        return services.read_config(read.data["name"], given) if "name" in read.data else None


class Update(Named):
    """A service to add or to remove."""

    service: Service

    @property
    def wanted(self) -> Wanted:
        """What the subscription is to have."""
        if self.service.action == "REMOVE":
            return Wanted(delete=(self.service.name,))
        return Wanted(add=((self.service.name, self.service.configuration),))
