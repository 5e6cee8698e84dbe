"""What the control API is sent."""

from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, BeforeValidator, ConfigDict, Discriminator, Field, Tag, model_validator

from carrierbox.control.keepable import check
from carrierbox.kernel import callbacks, faults, outcomes

Name = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9-]{0,62}$")]
Seed = Annotated[int, Field(ge=0, lt=2**63)]
Duration = Annotated[str | float, Field(description="90s, 15m, 36h, 35d, PT90S, or a number of seconds")]
Moment = Annotated[str, Field(description="ISO 8601; UTC where it names no offset", max_length=64)]

Address = Annotated[str, Field(max_length=2000)]

#: A status, or all of a kind: ``404``, ``4xx``.
STATUS = r"^[1-5](xx|[0-9]{2})$"


class _Sent(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, validate_by_name=False, validate_by_alias=True)

    @model_validator(mode="before")
    @classmethod
    def _can_be_kept(cls, given: Any) -> Any:
        """Refuse what could be read, and neither be kept nor be shown."""
        check(given)
        return given


class NewWorld(_Sent):
    """A world to be made: from a fixture, or as a fork of another world."""

    name: Name | None = None
    source: Name | None = Field(default=None, alias="from")
    fixture: str | None = Field(default=None, description="a file of `serve --world`, by its name without folder")
    sims: Annotated[int, Field(ge=0, le=5_000_000)] | None = None
    seed: Seed | None = None
    now: Moment | None = Field(
        default=None, description="ISO 8601 of the years 1970 to 8999; UTC where it names no offset"
    )
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
    rate_limit_per_second: Annotated[int, Field(ge=0, le=1_000_000, description="of each carrier; 0: none")] | None = (
        None
    )


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
        if len(self.model_dump(exclude_none=True)) != 1:
            raise ValueError("say one of lose, delay, duplicate and reorder")
        return self


Word = Annotated[str, Field(max_length=100)]
Reason = Annotated[str, Field(min_length=1, max_length=1000)]


class WorkMatch(_Sent):
    """Which work an outcome is for; what is not said fits all."""

    carrier: Word | None = None
    workflow: Word | None = Field(default=None, description="the kind of work, as the list of workflows names it")
    operation: Word | None = Field(default=None, description="the contract's id of the request that asked for it")
    iccid: Word | None = Field(
        default=None, description="the SIM that it is about; in work over many, whether that one fails"
    )


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


Method = Annotated[str, Field(pattern=r"^[A-Za-z]{1,20}$")]
Path = Annotated[str, Field(max_length=2000, description="the carrier's own, without prefixes; * stands for anything")]


class RequestMatch(_Sent):
    """Which requests a fault is for; what is not said fits all. A SIM may be named by any of its identities."""

    carrier: Word | None = None
    operation: Word | None = Field(default=None, description="the contract's id, or one that shares its address")
    method: Method | None = None
    path: Path | None = None
    iccid: Word | None = None
    msisdn: Word | None = None


class Occasion(_Sent):
    """When a fault is in force: the first so many times, for a share of the requests, within a span of world time."""

    times: Annotated[int, Field(ge=1, lt=2**63)] | None = None
    share: Annotated[float, Field(gt=0, le=1, description="drawn from the world's seed")] | None = None
    after: Moment | None = None
    until: Moment | None = None


class Mishap(_Sent):
    """What goes wrong with a request. All times are real ones."""

    status: Annotated[int, Field(ge=400, le=599)] | None = Field(
        default=None, description="answered in place of the carrier, with the vendor's own body"
    )
    retry_after: Annotated[int, Field(ge=0, le=1_000_000)] | None = Field(
        default=None, description="seconds, for the header of that name; with a status or a hang"
    )
    latency_ms: Annotated[int, Field(ge=1, le=faults.LONGEST_WAIT_SECONDS * 1000)] | None = Field(
        default=None, description="before anything else happens"
    )
    hang: Literal[True] | Duration | None = Field(
        default=None, description="wait, true being half a minute, then answer 504 or the status"
    )
    reset: Literal[True, "after"] | None = Field(
        default=None, description="cut the connection without an answer: at once, or after the carrier's work is done"
    )
    truncate: Literal[True] | Annotated[int, Field(ge=0, le=2**31)] | None = Field(
        default=None, description="cut the connection after so many bytes of the body, true being half of it"
    )

    @model_validator(mode="after")
    def _together(self) -> Self:
        said = self.model_dump(exclude_none=True).keys()
        if not said - {"retry_after"}:
            raise ValueError("say one or more of status, latency_ms, hang, reset and truncate")
        if self.reset is not None and said & {"status", "truncate"}:
            raise ValueError("what is reset gets no answer: leave out status and truncate")
        if self.reset == "after" and self.hang is not None:
            raise ValueError("what hangs is not done: leave out hang, or say latency_ms")
        if self.retry_after is not None and not said & {"status", "hang"}:
            raise ValueError("retry_after goes with a status or a hang")
        return self


class NewFault(_Sent):
    """What goes wrong with requests to come; the first rule that fits one applies."""

    match: RequestMatch = Field(default_factory=RequestMatch)
    when: Occasion = Field(default_factory=Occasion)
    do: Mishap


Times = Annotated[int, Field(ge=0, le=1_000_000)]


class Where(_Sent):
    """What an entry is like that counts; what is not said fits all. Of query, headers and bodies, a part will do."""

    carrier: Word | None = None
    direction: Literal["in", "out"] | None = None
    method: Method | None = None
    path: Path | None = None
    status: Annotated[int, Field(ge=100, le=599)] | Annotated[str, Field(pattern=STATUS)] | None = Field(
        default=None, description="404, or 4xx"
    )
    iccid: Word | None = None
    actor: Word | None = None
    fault: Word | None = Field(default=None, description="the rule that applied; * for any")
    query: dict[str, str] | None = None
    headers: dict[str, str] | None = None
    body: Any = None
    response: Any = Field(default=None, description="the answer's body")


class Expectation(_Sent):
    """How often something is to be there: at least once where nothing is said."""

    operation: Word | None = None
    where: Where = Field(default_factory=Where)
    times: Times | None = None
    at_least: Times | None = None
    at_most: Times | None = None

    @model_validator(mode="after")
    def _either(self) -> Self:
        if self.times is not None and (self.at_least is not None or self.at_most is not None):
            raise ValueError("say either times, or at_least and at_most")
        return self


class Expectations(_Sent):
    """All that is to hold of a journal."""

    expect: Annotated[list[Expectation], Field(min_length=1, max_length=100)]
    in_order: bool | None = Field(default=None, description="one behind the other, as they stand here")


class WorkEnd(_Sent):
    """Work that is to end, however it does."""

    workflow: Annotated[Word, Field(description="its id")]


class SimState(_Sent):
    """A SIM that is to be in a state."""

    sim: Annotated[Word, Field(description="its ICCID")]
    state: Word
    carrier: Word | None = None


class Arrival(_Sent):
    """A notification that is to have come as far as a state."""

    callback: Annotated[Word, Field(description="its id, ICCID or event; * for any")]
    state: callbacks.State = "delivered"
    carrier: Word | None = None
    iccid: Word | None = None
    event: Word | None = None
    since: Moment | None = Field(default=None, description="world time: those from before do not count")


def _kind(given: Any) -> str | None:
    members = given if isinstance(given, dict) else {}
    return next((kind for kind in ("workflow", "sim", "callback") if kind in members), None)


Awaited = Annotated[
    Annotated[WorkEnd, Tag("workflow")] | Annotated[SimState, Tag("sim")] | Annotated[Arrival, Tag("callback")],
    Discriminator(_kind, custom_error_type="kind", custom_error_message="say one of workflow, sim and callback"),
]


class Wait(_Sent):
    """What to wait for, and how long, in real time."""

    what: Awaited = Field(alias="for")
    timeout: Duration | None = Field(default=None, description="at most ten minutes; left out: 30 s")
