"""What the control API answers, member by member."""

from typing import Any, Literal, NotRequired, TypedDict

Carrier = Literal["wing", "wgtwo", "dish", "stn"]

TokenKind = Literal["valid", "expired", "not-yet-valid", "unknown-key", "wrong-audience", "no-roles", "alg-none"]


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


class Change(TypedDict):
    """One entry of a SIM's timeline."""

    at: str
    cause: Literal["request", "workflow", "rule", "device", "forced"]
    ref: str
    operation: NotRequired[str]
    section: NotRequired[str]


class Sim(TypedDict):
    """A SIM of any carrier; its timeline and next steps are there when one is asked for."""

    iccid: str
    carrier: Carrier
    state: str
    timeline: NotRequired[list[Change]]
    next: NotRequired[list[str]]


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
    """A fault, an outcome or a callback plan, as it was asked for, and its id."""

    id: str
    match: dict[str, Any]
    do: dict[str, Any]


class Callback(TypedDict):
    """A notification and its attempts."""

    id: str
    carrier: Carrier
    event: str
    iccid: str | None
    url: str
    state: Literal["pending", "delivered", "lost", "given-up"]
    created_at: str
    attempts: list[dict[str, Any]]


class Verdict(TypedDict):
    """Whether an expectation of the journal holds, and how it differs where not."""

    holds: bool
    differences: NotRequired[list[dict[str, Any]]]


class Outgoing(TypedDict):
    """A mail or message that a rule sent."""

    at: str
    kind: Literal["email", "sms"]
    to: str
    subject: NotRequired[str]
    text: str
    cause: str
