"""A world's rooms: what can be asked about its clock, SIMs, faults, and so on. Each call is written once."""

from collections.abc import Mapping
from typing import Any, Literal, Unpack

from carrierbox.testing.answers import (
    Advanced,
    Callback,
    ClockState,
    Coverage,
    Criteria,
    Device,
    Entry,
    Explained,
    Fault,
    Happened,
    Minted,
    Outgoing,
    Received,
    Rotated,
    Rule,
    Sim,
    TokenKind,
    Verdict,
    WholeSim,
    Workflow,
    WorldSettings,
    WorldState,
)
from carrierbox.testing.calls import Ask, Awaited, Waiting, call, segment

Duration = str | float
Rules = list[Rule]  # where a room has a call named list


class _Clock:
    @call
    def show(self) -> Ask[ClockState]:
        """World time, how it runs, and what is pending."""
        return Ask("GET", "/clock")

    @call
    def freeze(self) -> Ask[ClockState]:
        """Let time stand still."""
        return Ask("PATCH", "/clock", {"mode": "frozen"})

    @call
    def unfreeze(self) -> Ask[ClockState]:
        """Let time run on."""
        return Ask("PATCH", "/clock", {"mode": "running"})

    @call
    def run_at(self, rate: float) -> Ask[ClockState]:
        """Let so many world seconds go by in a real one."""
        return Ask("PATCH", "/clock", {"rate": rate})

    @call
    def set(self, when: str) -> Ask[ClockState]:
        """Jump ahead to a time, ISO 8601; what falls due on the way is run."""
        return Ask("PATCH", "/clock", {"now": when})

    @call
    def advance(self, by: Duration) -> Ask[Advanced]:
        """Move time on (``90s``, ``15m``, ``36h``, ``35d``, ``PT90S``, seconds) and run what falls due on the way."""
        return Ask("POST", "/clock/advance", {"by": by})

    @call
    def advance_to(self, when: str) -> Ask[Advanced]:
        """The same up to a time, ISO 8601."""
        return Ask("POST", "/clock/advance", {"to": when})

    @call
    def advance_until_idle(self) -> Ask[Advanced]:
        """Move time on until no work is pending."""
        return Ask("POST", "/clock/advance", {"until": "idle"})


class _Sims:
    @call
    def list(
        self,
        *,
        carrier: str | None = None,
        state: str | None = None,
        q: str | None = None,
        limit: int | None = None,
    ) -> Ask[list[Sim]]:
        """SIMs of any carrier; *q* finds parts of their identities."""
        return Ask("GET", "/sims", query={"carrier": carrier, "state": state, "q": q, "limit": limit})

    @call
    def show(self, iccid: str) -> Ask[WholeSim]:
        """One SIM with its timeline, and the steps that it can take next."""
        return Ask("GET", f"/sims/{segment(iccid)}")

    @call
    def force(self, iccid: str, state: str) -> Ask[WholeSim]:
        """Put a SIM into any state, whether its lifecycle allows it or not."""
        return Ask("POST", f"/sims/{segment(iccid)}/force", {"state": state})

    @call
    def explain(self, iccid: str) -> Ask[Explained]:
        """Why a SIM is in its state, and what can come next."""
        return Ask("GET", f"/sims/{segment(iccid)}/explain")

    @call
    def happen(self, /, iccid: str, kind: str, **facts: Any) -> Ask[Happened]:
        """Let its device do something: ``attach``, ``data`` with up_bytes and down_bytes, ``sms-mo``, ``voice``, ..."""
        return Ask("POST", f"/sims/{segment(iccid)}/events", {"kind": kind, **facts})

    @call
    def give_device(self, iccid: str, profile: Literal["phone", "meter", "tracker", "camera", "idle"]) -> Ask[Device]:
        """Put a device into it that lives by a profile."""
        return Ask("PUT", f"/sims/{segment(iccid)}/device", {"profile": profile})

    @call
    def remove_device(self, iccid: str) -> Ask[None]:
        """Take its device out; what it did stays."""
        return Ask("DELETE", f"/sims/{segment(iccid)}/device")


class _Faults:
    @call
    def add(
        self,
        do: Mapping[str, Any],
        *,
        match: Mapping[str, Any] | None = None,
        when: Mapping[str, Any] | None = None,
    ) -> Ask[Fault]:
        """Let requests go wrong: ``add({"status": 503}, match={"operation": "wing-5.7"}, when={"times": 1})``."""
        return Ask("POST", "/faults", {"match": match, "when": when, "do": do})

    @call
    def list(self) -> Ask[list[Fault]]:
        """All fault rules, in the order in which they are tried."""
        return Ask("GET", "/faults")

    @call
    def show(self, fault_id: str) -> Ask[Fault]:
        """One rule, and how often it applied."""
        return Ask("GET", f"/faults/{segment(fault_id)}")

    @call
    def remove(self, fault_id: str) -> Ask[None]:
        """Take a rule away."""
        return Ask("DELETE", f"/faults/{segment(fault_id)}")

    @call
    def clear(self) -> Ask[None]:
        """Take all rules away."""
        return Ask("DELETE", "/faults")


class _Outcomes:
    @call
    def add(
        self, do: Mapping[str, Any], *, match: Mapping[str, Any] | None = None, times: int | None = None
    ) -> Ask[Rule]:
        """Say how coming work ends: ``add({"fail": "No network"}, match={"workflow": "update_state_sim_wf"})``."""
        return Ask("POST", "/outcomes", {"match": match, "times": times, "do": do})

    @call
    def list(self) -> Ask[list[Rule]]:
        """All of them, in the order in which they are tried."""
        return Ask("GET", "/outcomes")

    @call
    def show(self, outcome_id: str) -> Ask[Rule]:
        """One of them, and how often it still applies."""
        return Ask("GET", f"/outcomes/{segment(outcome_id)}")

    @call
    def remove(self, outcome_id: str) -> Ask[None]:
        """Take one away."""
        return Ask("DELETE", f"/outcomes/{segment(outcome_id)}")

    @call
    def clear(self) -> Ask[None]:
        """Take all away."""
        return Ask("DELETE", "/outcomes")


class _Callbacks:
    @call
    def list(
        self,
        *,
        carrier: str | None = None,
        iccid: str | None = None,
        event: str | None = None,
        state: Literal["pending", "delivered", "lost", "given-up"] | None = None,
        limit: int | None = None,
    ) -> Ask[list[Callback]]:
        """Notifications with their attempts, newest first."""
        criteria = {"carrier": carrier, "iccid": iccid, "event": event, "state": state, "limit": limit}
        return Ask("GET", "/callbacks", query=criteria)

    @call
    def show(self, callback_id: str) -> Ask[Callback]:
        """One notification."""
        return Ask("GET", f"/callbacks/{segment(callback_id)}")

    @call
    def resend(self, callback_id: str) -> Ask[Callback]:
        """Send it once more."""
        return Ask("POST", f"/callbacks/{segment(callback_id)}/resend")

    @call
    def plan(
        self, do: Mapping[str, Any], *, match: Mapping[str, Any] | None = None, times: int | None = None
    ) -> Ask[Rule]:
        """Lose, delay, duplicate or reorder notifications to come: ``plan({"lose": True}, times=1)``."""
        return Ask("POST", "/callback-plans", {"match": match, "times": times, "do": do})

    @call
    def plans(self) -> Ask[Rules]:
        """All plans, in the order in which they are tried."""
        return Ask("GET", "/callback-plans")

    @call
    def show_plan(self, plan_id: str) -> Ask[Rule]:
        """One plan, and how often it still applies."""
        return Ask("GET", f"/callback-plans/{segment(plan_id)}")

    @call
    def drop_plan(self, plan_id: str) -> Ask[None]:
        """Take a plan away."""
        return Ask("DELETE", f"/callback-plans/{segment(plan_id)}")

    @call
    def drop_plans(self) -> Ask[None]:
        """Let all notifications go their way again."""
        return Ask("DELETE", "/callback-plans")


class _Inbox:
    @call
    def list(self, *, name: str | None = None, limit: int | None = None) -> Ask[list[Received]]:
        """What the world's own receiver got, oldest first; *name* is what stands behind ``/inbox/``."""
        return Ask("GET", "/inbox", query={"name": name, "limit": limit})

    @call
    def clear(self) -> Ask[None]:
        """Forget it."""
        return Ask("DELETE", "/inbox")


class _Outbox:
    @call
    def list(
        self, *, kind: Literal["email", "sms"] | None = None, to: str | None = None, limit: int | None = None
    ) -> Ask[list[Outgoing]]:
        """Mails and messages that rules sent, oldest first."""
        return Ask("GET", "/outbox", query={"kind": kind, "to": to, "limit": limit})

    @call
    def clear(self) -> Ask[None]:
        """Forget them."""
        return Ask("DELETE", "/outbox")


class _Journal:
    @call
    def list(self, **criteria: Unpack[Criteria]) -> Ask[list[Entry]]:
        """Requests in and callbacks out, newest first; *status* is 404, or ``4xx``."""
        return Ask("GET", "/journal", query=criteria)

    @call
    def har(self, **criteria: Unpack[Criteria]) -> Ask[dict[str, Any]]:
        """The same as HAR 1.2, oldest first."""
        return Ask("GET", "/journal.har", query=criteria)

    @call
    def clear(self) -> Ask[None]:
        """Forget them."""
        return Ask("DELETE", "/journal")

    @call
    def verify(self, *expect: Mapping[str, Any], in_order: bool | None = None) -> Ask[Verdict]:
        """Say whether it holds: ``verify({"operation": "wing-5.7", "times": 1})``; the differences where not."""
        return Ask("POST", "/journal/verify", {"expect": [*expect], "in_order": in_order})


class _Settings:
    @call
    def show(self) -> Ask[WorldSettings]:
        """Pace, auth, seed, where notifications go, how many requests a second are taken."""
        return Ask("GET", "/settings")

    @call
    def change(self, /, **settings: Any) -> Ask[WorldSettings]:
        """Other settings from now on: ``change(pace="instant")``."""
        return Ask("PATCH", "/settings", settings)


class _Workflows:
    @call
    def list(
        self,
        *,
        carrier: str | None = None,
        workflow: str | None = None,
        status: str | None = None,
        iccid: str | None = None,
        limit: int | None = None,
    ) -> Ask[list[Workflow]]:
        """Work of every carrier, pending and done, newest first."""
        criteria = {"carrier": carrier, "workflow": workflow, "status": status, "iccid": iccid, "limit": limit}
        return Ask("GET", "/workflows", query=criteria)

    @call
    def show(self, workflow_id: str) -> Ask[Workflow]:
        """One piece of work."""
        return Ask("GET", f"/workflows/{segment(workflow_id)}")


class _Whole:
    """What concerns a world as a whole."""

    @call
    def show(self) -> Ask[WorldState]:
        """The world, described anew."""
        return Ask("GET", "")

    @call
    def reset(self) -> Ask[WorldState]:
        """Put it back to what it was created from."""
        return Ask("POST", "/reset")

    @call
    def drop(self) -> Ask[None]:
        """Take it away."""
        return Ask("DELETE", "")

    @call
    def mint(self, carrier: str, kind: TokenKind = "valid") -> Ask[Minted]:
        """A token of this world made to order, and the headers that carry it."""
        return Ask("POST", "/tokens", {"carrier": carrier, "kind": kind})

    @call
    def rotate_keys(self) -> Ask[Rotated]:
        """Sign tokens with a new key from now on; the old ones stay good."""
        return Ask("POST", "/keys/rotate")

    @call
    def wait(self, what: Mapping[str, Any], timeout: Duration | None = None) -> Ask[dict[str, Any]]:
        """Answer when it has happened: ``{"workflow": id}``, ``{"sim": iccid, "state": ...}``, ``{"callback": "*"}``.

        *timeout* is real time. Raises: Refused with 408 when not in time.
        """
        return Ask("POST", "/wait", {"for": what, "timeout": timeout})

    @call
    def snapshot(self) -> Ask[bytes]:
        """The whole world as one file."""
        return Ask("GET", "/snapshot")

    @call
    def restore(self, snapshot: bytes) -> Ask[WorldState]:
        """Be what a snapshot holds."""
        return Ask("PUT", "/snapshot", content=snapshot)

    @call
    def lifecycle_coverage(self, carrier: str | None = None) -> Ask[Coverage]:
        """Which steps of each carrier's lifecycles were taken here, and which were refused."""
        return Ask("GET", "/lifecycle-coverage", query={"carrier": carrier})


class Clock(_Clock, Waiting):
    """A world's time."""


class AsyncClock(_Clock, Awaited):
    """A world's time."""


class Sims(_Sims, Waiting):
    """SIMs of any carrier, and their devices."""


class AsyncSims(_Sims, Awaited):
    """SIMs of any carrier, and their devices."""


class Faults(_Faults, Waiting):
    """What goes wrong with requests."""


class AsyncFaults(_Faults, Awaited):
    """What goes wrong with requests."""


class Outcomes(_Outcomes, Waiting):
    """How coming work ends."""


class AsyncOutcomes(_Outcomes, Awaited):
    """How coming work ends."""


class Callbacks(_Callbacks, Waiting):
    """Notifications, and what goes wrong with them."""


class AsyncCallbacks(_Callbacks, Awaited):
    """Notifications, and what goes wrong with them."""


class Inbox(_Inbox, Waiting):
    """The receiver in the box."""


class AsyncInbox(_Inbox, Awaited):
    """The receiver in the box."""


class Outbox(_Outbox, Waiting):
    """What rules send."""


class AsyncOutbox(_Outbox, Awaited):
    """What rules send."""


class Journal(_Journal, Waiting):
    """What was asked and answered."""


class AsyncJournal(_Journal, Awaited):
    """What was asked and answered."""


class Settings(_Settings, Waiting):
    """What a world is told about itself."""


class AsyncSettings(_Settings, Awaited):
    """What a world is told about itself."""


class Workflows(_Workflows, Waiting):
    """Work that resolves over time."""


class AsyncWorkflows(_Workflows, Awaited):
    """Work that resolves over time."""


class Whole(_Whole, Waiting):
    """A world as a whole."""


class AsyncWhole(_Whole, Awaited):
    """A world as a whole."""
