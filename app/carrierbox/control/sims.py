"""A SIM's device: what it does, by single events or by a profile."""

from collections.abc import Mapping
from typing import Annotated, Any, Literal, Self

from fastapi import APIRouter, Request, Response
from pydantic import BaseModel, ConfigDict, Field, model_validator

from carrierbox import edge
from carrierbox.control.schemas import Moment
from carrierbox.control.wiring import Box, Control, Named
from carrierbox.kernel import clock, devices, workflow
from carrierbox.kernel.devices import Network
from carrierbox.kernel.world import Box as KernelBox
from carrierbox.kernel.world import Cause

router = APIRouter()

Bytes = Annotated[int, Field(ge=0, le=2**50)]
Country = Annotated[str, Field(pattern=r"^[A-Z]{2}$", description="ISO 3166, two letters")]
Plmn = Annotated[str, Field(pattern=r"^[0-9]{5,6}$", description="MCC and MNC")]
Imei = Annotated[str, Field(pattern=r"^[0-9]{15}$")]
Peer = Annotated[str, Field(pattern=r"^[1-9][0-9]{2,14}$", description="international form, digits only")]
Name = Annotated[str, Field(pattern=r"^[\w .-]{1,64}$")]


class _Event(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)

    at: Moment | None = Field(default=None, description="not later than now; left out: now")


class Attach(_Event):
    """The device finds a network."""

    kind: Literal["attach"]
    plmn: Plmn | None = None
    rat: Name | None = None
    imei: Imei | None = None


class Detach(_Event):
    """The device goes off the network."""

    kind: Literal["detach"]


class Data(_Event):
    """The device sends and receives data."""

    kind: Literal["data"]
    up_bytes: Bytes
    down_bytes: Bytes
    zone: Name | None = None
    country: Country | None = None
    plmn: Plmn | None = None


class Sms(_Event):
    """The device sends or receives a message."""

    kind: Literal["sms-mo", "sms-mt"]
    text: Annotated[str, Field(max_length=1600)] | None = None
    peer: Peer | None = None


class Voice(_Event):
    """The device calls or is called."""

    kind: Literal["voice"]
    direction: Literal["mo", "mt"]
    seconds: Annotated[int, Field(ge=0, le=1_000_000)]
    peer: Peer | None = None


class ImeiChange(_Event):
    """The SIM is in another device."""

    kind: Literal["imei-change"]
    imei: Imei


class Location(_Event):
    """The device is somewhere else from now on."""

    kind: Literal["location"]
    country: Country | None = None
    plmn: Plmn | None = None

    @model_validator(mode="after")
    def _somewhere(self) -> Self:
        if self.country is None and self.plmn is None:
            raise ValueError("a location has a country or a plmn")
        return self


class Policy(_Event):
    """The network keeps the device from something that a policy forbids: nothing is used, and rules hear of it."""

    kind: Literal["policy"]
    service: Literal["data", "sms"]


DeviceEvent = Annotated[
    Attach | Detach | Data | Sms | Voice | ImeiChange | Location | Policy,
    Field(discriminator="kind"),
]


class DeviceProfile(BaseModel):
    """How a device lives."""

    model_config = ConfigDict(extra="forbid", strict=True)

    profile: Literal["phone", "meter", "tracker", "camera", "idle"]


@router.post("/worlds/{w}/sims/{iccid}/events", status_code=201, operation_id="box-device-event")
async def device_event(control: Box, world: Named, iccid: str, event: DeviceEvent, request: Request) -> Any:
    """Let a device do something; answers the event and what followed from it. 409 where the SIM may not.

    What follows is what the carrier's API shows of it: of WING sessions, CDRs, SMS and what its rules do; of sTN CDRs.
    Working Group Two and DISH show nothing of what devices do: there it is taken or refused, and nothing follows.
    """
    facts = event.model_dump(exclude_none=True, exclude={"kind", "at"})
    at = clock.moment(event.at) if event.at is not None else None
    await workflow.settle(world)
    with world.transaction(_cause(request)) as box:
        happened, followed = devices.happen(box, _network(control, box, iccid), iccid, event.kind, at, **facts)
    shown = {name: value for name, value in happened._asdict().items() if name in facts or name in {"iccid", "kind"}}
    return {"event": shown | {"at": clock.text(happened.at)}, "followed": followed}


@router.put("/worlds/{w}/sims/{iccid}/device", operation_id="box-put-device")
async def put_device(control: Box, world: Named, iccid: str, wanted: DeviceProfile, request: Request) -> Any:
    """Put a device into a SIM that lives by a profile from now on."""
    await workflow.settle(world)
    with world.transaction(_cause(request)) as box:
        return _shown(devices.give(box, _network(control, box, iccid), iccid, wanted.profile))


@router.delete("/worlds/{w}/sims/{iccid}/device", status_code=204, operation_id="box-remove-device")
async def remove_device(control: Box, world: Named, iccid: str, request: Request) -> Response:
    """Take the device out; what it did stays."""
    await workflow.settle(world)
    with world.transaction(_cause(request)) as box:
        devices.take_away(box, _network(control, box, iccid), iccid)
    return Response(status_code=204)


def _network(control: Control, box: KernelBox, iccid: str) -> Network:
    """The carrier that a SIM belongs to. Raises: devices.UnknownSim."""
    for part in control.worlds.parts:
        if part.network is not None and part.network.admits(box, iccid) is not None:
            return part.network
    raise devices.UnknownSim(iccid)


def _cause(request: Request) -> Cause:
    return Cause("device", edge.visit(request).request_id)


def _shown(device: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "iccid": device["iccid"],
        "carrier": device["carrier"],
        "profile": device["profile"],
        "attached": bool(device["is_attached"]),
        "imei": device["imei"],
        "country": device["country"],
        "next_at": device["next_at"],
    }
