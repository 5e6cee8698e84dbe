"""Any carrier's SIMs, as a tester sees them: found, listed, forced into a state, and with the history of their states.

A carrier says by its `Fleet` where its SIMs are, and how one is brought into a state that no step leads to.
"""

import sqlite3
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from carrierbox.kernel.devices import UnknownSim
from carrierbox.kernel.lifecycle import Lifecycle, StateName
from carrierbox.kernel.world import Box


class UnknownState(ValueError):
    """A state that no lifecycle of the SIM's carrier knows."""

    def __init__(self, state: str, known: Iterable[str]) -> None:
        super().__init__(f"there is no state {state!r}; there are {', '.join(known)}")


@dataclass(frozen=True, slots=True)
class Fleet:
    """A carrier's SIMs."""

    carrier: str
    #: The lifecycles that a SIM is in: its own, then its subscription's where that has one of its own.
    lifecycles: tuple[Lifecycle, ...]
    #: A SELECT of all SIMs with these columns: iccid, imsi, msisdn, state, subscription_state.
    rows: str
    #: Brings a SIM into a state of one of the lifecycles, with all that goes with it: ``force(box, iccid, state)``.
    force: Callable[[Box, str, StateName], None]


@dataclass(frozen=True, slots=True)
class Sim:
    """A SIM as it stands, and whose it is."""

    fleet: Fleet
    iccid: str
    imsi: str | None
    msisdn: str | None
    state: str
    subscription_state: str | None

    @property
    def states(self) -> list[tuple[Lifecycle, StateName]]:
        """The state that it has in each of its lifecycles."""
        states = (self.state, self.subscription_state)
        return [(model, StateName(state)) for model, state in zip(self.fleet.lifecycles, states, strict=False) if state]

    def shown(self) -> dict[str, Any]:
        """What is worth knowing of it at a glance."""
        facts = {
            "iccid": self.iccid,
            "carrier": self.fleet.carrier,
            "state": self.state,
            "subscription_state": self.subscription_state,
            "imsi": self.imsi,
            "msisdn": self.msisdn,
        }
        return {name: fact for name, fact in facts.items() if fact is not None}


def listed(
    reader: sqlite3.Connection, fleets: Iterable[Fleet], state: str | None, part: str | None, most: int
) -> list[Sim]:
    """SIMs in that state whose ICCID, IMSI or number has that part, carrier by carrier."""
    conditions = []
    if state is not None:
        conditions.append(":state IN (state, subscription_state)")
    if part is not None:
        numbers = "iccid || ' ' || ifnull(imsi, '') || ' ' || ifnull(msisdn, '')"
        conditions.append(f"instr({numbers}, :part)")
    where = " AND ".join(conditions) or "1"
    found: list[Sim] = []
    for fleet in fleets:
        rows = reader.execute(
            f"SELECT * FROM ({fleet.rows}) WHERE {where} LIMIT :most",
            {"state": state, "part": part, "most": most - len(found)},
        )
        found += (Sim(fleet, *row) for row in rows)
    return found


def find(box: Box, fleets: Iterable[Fleet], iccid: str) -> Sim:
    """The SIM of that ICCID, of the first carrier that has one.

    Raises: UnknownSim.
    """
    for fleet in fleets:
        if row := box.sql(f"SELECT * FROM ({fleet.rows}) WHERE iccid = :iccid", iccid=iccid).fetchone():
            return Sim(fleet, *row)
    raise UnknownSim(iccid)


def force(box: Box, sim: Sim, state: str) -> None:
    """Bring a SIM into a state, lifecycle or not; work that is pending on it ends as it can.

    Raises: UnknownState.
    """
    known = [name for model in sim.fleet.lifecycles for name in model.states]
    if state not in known:
        raise UnknownState(state, known)
    if state not in {present for _, present in sim.states}:
        sim.fleet.force(box, sim.iccid, StateName(state))


def timeline(box: Box, sim: Sim) -> list[Mapping[str, Any]]:
    """Every change of the SIM's states, in order."""
    changes = box.sql(
        "SELECT at, before AS 'from', after AS 'to', cause, ref, operation, actor FROM box_timeline"
        " WHERE iccid = :iccid AND carrier = :carrier ORDER BY id",
        iccid=sim.iccid,
        carrier=sim.fleet.carrier,
    )
    return [{name: value for name, value in dict(change).items() if value is not None} for change in changes]


def next_steps(sim: Sim) -> list[dict[str, Any]]:
    """The steps that its lifecycles allow next, with what the carrier's document says of each."""
    return [
        {"from": present, "to": wanted, **step.facts}
        for model, present in sim.states
        for (before, wanted), step in model.steps.items()
        if before == present
    ]


def work(box: Box, sim: Sim) -> list[Mapping[str, Any]]:
    """The jobs under way that are about the SIM, oldest first."""
    jobs = box.sql(
        "SELECT id, kind AS workflow, operation, due_at FROM box_job"
        " WHERE subject = :iccid AND status = 'running' AND carrier = :carrier ORDER BY seq",
        iccid=sim.iccid,
        carrier=sim.fleet.carrier,
    )
    return [dict(job) for job in jobs]


def failed(box: Box, sim: Sim, since: str, most: int = 10) -> list[Mapping[str, Any]]:
    """The jobs about the SIM that ended in failure since that moment, oldest first: the latest *most*."""
    jobs = box.sql(
        "SELECT id, kind AS workflow, operation, ended_at, reason FROM box_job WHERE subject = :iccid"
        " AND status = 'failed' AND carrier = :carrier AND ended_at >= :since ORDER BY seq DESC LIMIT :most",
        iccid=sim.iccid,
        carrier=sim.fleet.carrier,
        since=since,
        most=most,
    ).fetchall()
    return [dict(job) for job in reversed(jobs)]


def origin(box: Box, job_id: str) -> list[Mapping[str, Any]]:
    """A job, and those that led to it one by one: the last was started by a request."""
    found: dict[str, Mapping[str, Any]] = {}
    while job_id not in found and (job := box.sql("SELECT * FROM box_job WHERE id = :id", id=job_id).fetchone()):
        found[job_id] = job
        job_id = job["request_id"]
    return [*found.values()]
