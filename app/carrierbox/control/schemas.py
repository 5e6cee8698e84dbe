"""What the control API is sent."""

from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

Name = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9-]{0,62}$")]
Seed = Annotated[int, Field(ge=0, lt=2**63)]
Duration = Annotated[str | float, Field(description="90s, 15m, 36h, 35d, PT90S, or a number of seconds")]
Moment = Annotated[str, Field(description="ISO 8601; UTC where it names no offset", max_length=64)]

Address = Annotated[str, Field(max_length=2000)]


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
    """Other settings. A carrier's callback URL is an address, `inbox`, null for nowhere, or these by customer."""

    pace: Literal["instant", "brisk", "realistic"] | None = None
    auth: Literal["strict", "open"] | None = None
    seed: Seed | None = None
    callback_url: dict[str, Address | dict[str, Address | None] | None] | None = None
    allowed_callback_hosts: Annotated[list[Annotated[str, Field(max_length=255)]], Field(max_length=100)] | None = None


class Match(_Sent):
    """Which notifications a plan is for; what is not said fits all."""

    carrier: str | None = None
    iccid: str | None = None
    event: str | None = None


class Misfortune(_Sent):
    """What happens to a notification. Exactly one of them."""

    lose: Literal[True] | None = None
    delay: Duration | None = None
    duplicate: Annotated[int, Field(ge=2, le=100, description="how often it arrives")] | None = None
    reorder: Annotated[int, Field(ge=1, le=100, description="how many later ones overtake it")] | None = None

    @model_validator(mode="after")
    def _one(self) -> Self:
        if len(self.model_fields_set) != 1:
            raise ValueError("say one of lose, delay, duplicate and reorder")
        return self


class NewPlan(_Sent):
    """Something that is to go wrong with notifications to come."""

    match: Match = Field(default_factory=Match)
    times: Annotated[int, Field(ge=1)] | None = None
    do: Misfortune
