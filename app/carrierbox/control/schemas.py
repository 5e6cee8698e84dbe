"""What the control API is sent."""

from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from carrierbox.kernel import outcomes

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


Word = Annotated[str, Field(max_length=100)]
Reason = Annotated[str, Field(min_length=1, max_length=1000)]


class WorkMatch(_Sent):
    """Which work an outcome is for; what is not said fits all."""

    carrier: Word | None = None
    workflow: Word | None = Field(default=None, description="the kind of work, as the list of workflows names it")
    operation: Word | None = Field(default=None, description="the contract's id of the request that asked for it")
    iccid: Word | None = None


class Failure(_Sent):
    """Why work fails."""

    reason: Reason = outcomes.REASON
    code: Annotated[int, Field(ge=100, le=599, description="where the carrier's way of failing has one")] = (
        outcomes.CODE
    )


class PartFailure(_Sent):
    """Which SIMs of work over many fail, and why."""

    iccids: Annotated[list[Word], Field(min_length=1, max_length=10_000)]
    reason: Reason = outcomes.REASON


def _failure(given: Any) -> Any:
    return {} if given is True else {"reason": given} if isinstance(given, str) else given


def _part_failure(given: Any) -> Any:
    return {"iccids": given} if isinstance(given, list) else given


class Ending(_Sent):
    """How work ends. Exactly one of them. *fail* may be true or the reason alone, *partly* the list of ICCIDs alone."""

    complete: Literal[True] | None = None
    fail: Annotated[Failure, BeforeValidator(_failure)] | None = None
    partly: Annotated[PartFailure, BeforeValidator(_part_failure)] | None = None
    stick: Literal[True] | None = Field(default=None, description="it never ends by itself")
    take: Duration | None = None

    @model_validator(mode="after")
    def _one(self) -> Self:
        if len(self.model_dump(exclude_none=True)) != 1:
            raise ValueError("say one of complete, fail, partly, stick and take")
        return self


class NewOutcome(_Sent):
    """How coming work is to end."""

    match: WorkMatch = Field(default_factory=WorkMatch)
    times: Annotated[int, Field(ge=1, lt=2**63)] | None = None
    do: Ending


class Force(_Sent):
    """The state that a SIM is brought into."""

    state: Word


class NewPlan(_Sent):
    """Something that is to go wrong with notifications to come."""

    match: Match = Field(default_factory=Match)
    times: Annotated[int, Field(ge=1, lt=2**63)] | None = None
    do: Misfortune
