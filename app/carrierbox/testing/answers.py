"""What the control API answers, member by member."""

from typing import Any, Literal, NotRequired, TypedDict

Carrier = Literal["wing", "wgtwo", "dish", "stn"]

TokenKind = Literal["valid", "expired", "not-yet-valid", "unknown-key", "wrong-audience", "no-roles", "alg-none"]


Cause = Literal["request", "workflow", "rule", "device", "forced"]
Pace = Literal["instant", "brisk", "realistic"]
Auth = Literal["strict", "open"]


class Wanted(TypedDict, total=False):
    """How a world is to be made; ``from_`` names the world that it is forked from."""

    name: str | None
    from_: str | None
    fixture: str | None
    sims: int | None
    seed: int | None
    now: str | None
    pace: Pace | None
    auth: Auth | None


class Criteria(TypedDict, total=False):
    """Which entries of a journal are wanted; None says nothing."""

    carrier: str | None
    operation: str | None
    iccid: str | None
    status: int | str | None
    since: str | None
    direction: Literal["in", "out"] | None
    limit: int | None


class Health(TypedDict):
    """Whether a box is well."""

    status: Literal["ok"]
    version: str
    uptime_seconds: float
    worlds: int


class WorldSettings(TypedDict):
    """What a world is told about itself."""

    seed: int
    pace: Pace
    auth: Auth
    callback_url: dict[str, Any]
    allowed_callback_hosts: list[str]
    rate_limit_per_second: int | None


class Minted(TypedDict):
    """A token made to order, and the headers that a request carries it in."""

    carrier: Carrier
    kind: TokenKind
    token: str
    headers: dict[str, str]


class ClockState(TypedDict):
    """World time, how it runs, and what is pending."""

    now: str
    mode: Literal["running", "frozen"]
    rate: float
    pending: int
    next_due: str | None


class Ran(TypedDict):
    """Work that ended while the clock was moved."""

    at: str
    kind: str
    id: str
    outcome: str


class Advanced(TypedDict):
    """Where the clock came to, and what ran on the way."""

    now: str
    ran: list[Ran]


class WorldState(TypedDict):
    """A world, described."""

    name: str
    base_url: str
    urls: dict[str, str]
    token_urls: dict[str, str]
    credentials: dict[str, dict[str, Any]]
    free: dict[str, dict[str, list[str]]]
    catalogue: dict[str, Any]
    webhook_secret: str
    settings: dict[str, Any]
    created_at: str
    clock: ClockState
    sims: dict[str, dict[str, int]]
    open_work: int
    next_due: str | None


class _FromTo(TypedDict("_FromTo", {"from": str, "to": str})):  # a class cannot say `from`
    pass


class Change(_FromTo):
    """One entry of a SIM's timeline."""

    at: str
    cause: Cause
    ref: str
    operation: NotRequired[str]
    section: NotRequired[str]
    actor: NotRequired[str]


class Step(_FromTo):
    """A step that a lifecycle allows; what the carrier's document says of it beside."""


class OpenWork(TypedDict):
    """Work under way on a SIM."""

    id: str
    workflow: str
    operation: str | None
    due_at: str | None


class Sim(TypedDict):
    """A SIM of any carrier."""

    iccid: str
    carrier: Carrier
    state: str
    subscription_state: NotRequired[str]
    imsi: NotRequired[str]
    msisdn: NotRequired[str]


class WholeSim(Sim):
    """A SIM with its history, the steps allowed next, and the work under way."""

    timeline: list[Change]
    next: list[Step]
    work: list[OpenWork]


class Explained(Sim):
    """Why a SIM is in its state; *text* says the same in words."""

    because: list[dict[str, Any]]
    failed: list[dict[str, Any]]
    next: list[Step]
    work: list[OpenWork]
    text: list[str]


class Transition(_FromTo):
    """How often a step was taken, or refused."""

    times: int


class LifecycleCoverage(TypedDict):
    """How much of one lifecycle was exercised."""

    lifecycle: str
    carrier: Carrier
    percent: float
    taken: int
    steps: int
    transitions: list[Transition]
    refusals: list[Transition]


class Coverage(TypedDict):
    """How much of all lifecycles was exercised."""

    percent: float
    taken: int
    steps: int
    lifecycles: list[LifecycleCoverage]


class Happened(TypedDict):
    """What a device did, and what followed from it."""

    event: dict[str, Any]
    followed: list[dict[str, Any]]


class Device(TypedDict):
    """The device in a SIM."""

    iccid: str
    carrier: Carrier
    profile: str
    attached: bool
    imei: str | None
    country: str | None
    next_at: str | None


class Rule(TypedDict):
    """An outcome or a callback plan, as it was asked for, and its id; *times* is how often it still applies."""

    id: str
    match: dict[str, Any]
    times: int | None
    do: dict[str, Any]


class Fault(TypedDict):
    """A fault, as it was asked for, its id, and how often it applied."""

    id: str
    match: dict[str, Any]
    when: dict[str, Any]
    do: dict[str, Any]
    applied: int


class Task(TypedDict):
    """A part of work."""

    name: str
    starts_at: str
    ends_at: str


class Workflow(TypedDict):
    """A piece of work, pending or done."""

    id: str
    carrier: Carrier
    workflow: str
    iccid: str | None
    status: Literal["running", "completed", "partly", "failed", "withdrawn"]
    reason: str | None
    created_at: str
    updated_at: str
    due_at: str | None
    ended_at: str | None
    operation: str | None
    actor: str | None
    request_id: str
    ending: dict[str, Any]
    tasks: list[Task]
    input: Any
    output: Any


class Received(TypedDict):
    """What a world's inbox got; a body of JSON as what it says."""

    at: str
    name: str
    method: str
    query: str
    headers: dict[str, str]
    body: Any


class Half(TypedDict):
    """A request or an answer; *bytes* is how large the body was, of which a part may be kept only."""

    headers: dict[str, str]
    body: Any
    bytes: int


class Entry(TypedDict):
    """A line of the journal: a request in, or a notification out."""

    id: str
    at: str
    direction: Literal["in", "out"]
    carrier: str
    operation: NotRequired[str]
    section: NotRequired[str]
    iccids: list[str]
    method: str
    path: str
    query: str
    url: str
    duration_ms: float
    world: str
    actor: NotRequired[str]
    request_id: NotRequired[str]
    fault: NotRequired[str]
    error: NotRequired[str]
    status: int | None
    request: Half
    response: Half | None


class Sent(TypedDict):
    """A request as it went out."""

    method: str
    url: str
    headers: dict[str, str]
    body: str


class Answered(TypedDict):
    """What a receiver answered."""

    headers: dict[str, str]
    body: str


class Attempt(TypedDict):
    """One attempt at delivering a notification: a status, or why there was none."""

    at: str
    status: NotRequired[int]
    error: NotRequired[str]
    duration_ms: int
    request: Sent
    answer: NotRequired[Answered]


class Callback(TypedDict):
    """A notification and its attempts."""

    id: str
    carrier: Carrier
    event: str
    operation: str
    iccid: str | None
    url: str
    state: Literal["pending", "delivered", "lost", "given-up"]
    created_at: str
    due_at: str | None
    body: Any
    attempts: list[Attempt]


class Verdict(TypedDict):
    """Whether an expectation of the journal holds, and how it differs where not."""

    holds: bool
    differences: NotRequired[list[dict[str, Any]]]


class Rotated(TypedDict):
    """The key that signs from now on, and all that verify."""

    kid: str
    published: list[str]


class Outgoing(TypedDict):
    """A mail or message that a rule sent."""

    at: str
    kind: Literal["email", "sms"]
    to: str
    subject: NotRequired[str]
    text: str
    cause: str
