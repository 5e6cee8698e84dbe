"""What /sim/v0/import is sent."""

from typing import Annotated, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from carrierbox.carriers.wgtwo.wire import Iccid, Imsi, Text

Key = Annotated[str, Field(pattern=r"^[0-9a-fA-F]{32}$")]


class Import(BaseModel):
    """A SIM card with its IMSIs, keys and codes."""

    model_config = ConfigDict(strict=True)

    bssid: Text
    iccid: Iccid
    imsis: list[Imsi] = Field(min_length=1)
    ki: Key
    opc: Key | None = None
    identifierkey: Text | None = None
    pin1: Text | None = None
    puk1: Text | None = None
    pin2: Text | None = None
    puk2: Text | None = None
    adm: Text | None = None

    @property
    def secrets(self) -> dict[str, str]:
        """Keys and codes, those that were given."""
        return self.model_dump(exclude={"bssid", "iccid", "imsis"}, exclude_none=True)

    @model_validator(mode="after")
    def _each_imsi_once(self) -> Self:
        if len(set(self.imsis)) < len(self.imsis):
            raise ValueError("an IMSI stands twice")
        return self
