"""What the control API is sent."""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

Name = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9-]{0,62}$")]
Seed = Annotated[int, Field(ge=0, lt=2**63)]
Duration = Annotated[str | float, Field(description="90s, 15m, 36h, 35d, PT90S, or a number of seconds")]
Moment = Annotated[str, Field(description="ISO 8601; UTC where it names no offset", max_length=64)]


class _Sent(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, validate_by_name=False, validate_by_alias=True)


class NewWorld(_Sent):
    """A world to be made: from a fixture, or as a fork of another world."""

    name: Name | None = None
    source: Name | None = Field(default=None, alias="from")
    fixture: str | None = Field(default=None, description="a file of `serve --world`, by its name without folder")
    sims: Annotated[int, Field(ge=0, le=5_000_000)] | None = None
    seed: Seed | None = None
    now: Moment | None = None
    pace: Literal["instant", "brisk", "realistic"] | None = None
    auth: Literal["strict", "open"] | None = None


class ClockChange(_Sent):
    """Another mode, rate or time."""

    mode: Literal["running", "frozen"] | None = None
    rate: float | None = None
    now: Moment | None = None


class Advance(_Sent):
    """How far: by a duration, to a time, or until nothing is pending. Exactly one of them."""

    by: Duration | None = None
    to: Moment | None = None
    until: Literal["idle"] | None = None


class SettingsChange(_Sent):
    """Other settings."""

    pace: Literal["instant", "brisk", "realistic"] | None = None
    auth: Literal["strict", "open"] | None = None
    seed: Seed | None = None
