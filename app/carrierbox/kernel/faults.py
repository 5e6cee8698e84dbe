"""What goes wrong with requests, where a tester says so: a rule may refuse them, hold them up, or cut them off.

Before a request reaches its carrier, the first rule applies that fits it, is open at the world's time, and whose chance
falls so. Rules are the world's, and outlast a restart. Chance comes from the world's seed and the rule's own words:
under one seed, a rule hits the same of the requests that it fits in any world.
"""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from hashlib import blake2b
from typing import Any, Literal

from sqlmodel import Field, SQLModel

from carrierbox.kernel import clock, said
from carrierbox.kernel.magic import OF_REQUESTS, magic
from carrierbox.kernel.world import Box, Cause, World

MOST_FAULTS = 1000
#: How long a request hangs that is to hang, in real time, unless a rule says for how long; and the longest.
HANG_SECONDS = 30.0
LONGEST_WAIT_SECONDS = 600
#: What a client is told to wait that is refused for its rate, where nobody says how long.
RETRY_AFTER_SECONDS = 1

_MEMO = "faults"


class UnknownFault(Exception):
    """There is no fault rule of that id."""


class TooManyFaults(Exception):
    """A world has as many fault rules as it takes."""


class FaultRow(SQLModel, table=True):
    """A rule by which requests go wrong."""

    __tablename__ = "box_fault"

    seq: int | None = Field(default=None, primary_key=True)
    id: str = Field(unique=True)
    match: str  # JSON: {"carrier"?, "operation"?, "method"?, "path"?, "iccid"?, "msisdn"?}
    when: str  # JSON: {"times"?, "share"?, "after"?, "until"?}
    do: str  # JSON: {"status"?, "retry_after"?, "latency_ms"?, "hang"?, "reset"?, "truncate"?}
    tried: int = 0  # requests that it fitted while it was open
    applied: int = 0


@dataclass(frozen=True, slots=True)
class Harm:
    """What goes wrong with one request."""

    by: str  # a rule's id; or ``magic-0429`` and its like, ``rate-limit``
    kind: str = "rule"
    operation: str | None = None  # which of those that share the request's address the rule is for
    #: Answered in place of the carrier, in the carrier's own shape.
    status: int | None = None
    retry_after: int | None = None
    #: In real time, before anything else happens.
    wait_seconds: float = 0
    #: The connection is cut without an answer: before the carrier has seen the request, or after it has done its work.
    reset: Literal["before", "after"] | None = None
    #: So many bytes of the answer's body get through; True: half of them.
    truncate: int | Literal[True] | None = None


class Asked:
    """A request, as rules look at it. What it is about is looked up only when a rule asks."""

    def __init__(  # noqa: PLR0913 - what a request is made of
        self,
        carrier: str,
        operations: Sequence[str],
        method: str,
        path: str,
        query: bytes,
        body: bytes,
        names: said.Names | None,
    ) -> None:
        self.carrier = carrier
        self.operations = operations  # all that its address may stand for
        self.method = method
        self.path = path
        self._query = query
        self._body = body
        self.names = names
        self._iccids: set[str] | None = None

    @cached_property
    def pairs(self) -> set[said.Pair]:
        """What it says."""
        return said.said(self.path, self._query, self._body)

    def is_about(self, box: Box, match: Mapping[str, str]) -> bool:
        """Whether it names the SIM that a rule is for, by whichever of its identities; rules for any SIM fit all."""
        wanted = {(name, match[name]) for name in ("iccid", "msisdn") if name in match}
        if not wanted:
            return True
        values = {value for _, value in self.pairs}
        if self._iccids is None:
            self._iccids = said.iccids(box, self.names, self.pairs)
        return all(
            value in values or not self._iccids.isdisjoint(said.iccids(box, self.names, {(name, value)}))
            for name, value in wanted
        )


@dataclass(frozen=True)
class _Rule:
    """A rule that may still apply."""

    seq: int
    id: str
    match: Mapping[str, str]
    when: Mapping[str, Any]
    do: Mapping[str, Any]
    words: str

    @cached_property
    def _window(self) -> tuple[datetime | None, datetime | None]:
        after, until = self.when.get("after"), self.when.get("until")
        return clock.moment(after) if after else None, clock.moment(until) if until else None

    def fits(self, asked: Asked) -> bool:
        """Whether it is for such a request, whichever SIM that is about."""
        match = self.match
        return (
            match.get("carrier", asked.carrier) == asked.carrier
            and match.get("method", asked.method) == asked.method
            and ("operation" not in match or match["operation"] in asked.operations)
            and ("path" not in match or path_fits(match["path"], asked.path))
        )

    def is_open(self, now: datetime) -> bool:
        """Whether it is in force at that moment of world time."""
        after, until = self._window
        return (after is None or now >= after) and (until is None or now < until)


def path_fits(wanted: str, path: str) -> bool:
    """Whether a path is one that is meant; ``*`` stands for anything.

    Each piece between two stars is looked for where the one before it ends. A regular expression would try all other
    places too, which takes for ever when there are many stars.
    """
    head, *pieces = wanted.split("*")
    if not pieces:
        return path == wanted
    tail = pieces.pop()
    at, end = len(head), len(path) - len(tail)
    if end < at or not (path.startswith(head) and path.endswith(tail)):
        return False
    for piece in pieces:
        at = path.find(piece, at, end)
        if at < 0:
            return False
        at += len(piece)
    return True


def falls(seed: int, words: str, trial: int, share: float) -> bool:
    """Whether chance hits the trial of that number: the same in every world of that seed."""
    drawn = blake2b(f"{seed}:{words}:{trial}".encode(), digest_size=8).digest()
    return int.from_bytes(drawn) < share * 2**64


def rules(world: World) -> list[_Rule]:
    """The rules that may still apply, in the order in which they are looked at. Free when asked again."""
    return world.memo(_MEMO, lambda: _read(world))


def apply(world: World, asked: Asked) -> Harm | None:
    """What the first rule does that applies to a request; and count that it did."""
    fitting = [rule for rule in rules(world) if rule.fits(asked)]
    if not fitting:
        return None
    with world.transaction(Cause("rule", "faults")) as box:
        for rule in fitting:
            if rule.is_open(box.now) and asked.is_about(box, rule.match) and _is_hit(box, rule):
                return harm(rule.id, rule.do, rule.match.get("operation"))
    return None


def _is_hit(box: Box, rule: _Rule) -> bool:
    """Count a request that a rule fits; whether it applies."""
    tried = box.sql("UPDATE box_fault SET tried = tried + 1 WHERE seq = :seq RETURNING tried", seq=rule.seq).fetchall()
    share = rule.when.get("share")
    if share is not None and not falls(box.world.settings.seed, rule.words, tried[0]["tried"], share):
        return False
    box.sql("UPDATE box_fault SET applied = applied + 1 WHERE seq = :seq", seq=rule.seq)
    if "times" in rule.when:
        box.world.forget(_MEMO)  # it may have been the last time
    return True


def harm(rule_id: str, do: Mapping[str, Any], operation: str | None = None) -> Harm:
    """What a rule's words do to a request."""
    wait_seconds, status = do.get("latency_ms", 0) / 1000, do.get("status")
    if "hang" in do:
        wait_seconds += HANG_SECONDS if do["hang"] is True else clock.duration(do["hang"]).total_seconds()
        status = status if status is not None or "reset" in do else 504
    reset = do.get("reset")
    return Harm(
        by=rule_id,
        operation=operation,
        status=status,
        retry_after=do.get("retry_after"),
        wait_seconds=wait_seconds,
        reset="before" if reset is True else reset,
        truncate=do.get("truncate"),
    )


#: What a request says when it may name a magic SIM: all identities of those end in the same digits.
_MAGIC = re.compile(rf"(?:{'|'.join(OF_REQUESTS)})(?![0-9])")
_MAGIC_BYTES = re.compile(_MAGIC.pattern.encode())


def may_be_magic(path: str, query: bytes, body: bytes) -> bool:
    """Whether a request may be about a SIM whose ICCID is magic for requests; costs next to nothing."""
    return bool(
        _MAGIC.search(path)
        or (query and _MAGIC_BYTES.search(query))
        or (body and _MAGIC_BYTES.search(body))
    )  # fmt: skip


def by_magic(box: Box, asked: Asked) -> Harm | None:
    """What goes wrong with a request because of a magic ICCID that it is about."""
    suspects = {(name, value) for name, value in asked.pairs if value[-4:] in OF_REQUESTS}
    for iccid in sorted(said.iccids(box, asked.names, suspects)):
        by = f"magic-{iccid[-4:]}"
        match magic(iccid):
            case "rate-limited":
                return Harm(by, by, status=429, retry_after=RETRY_AFTER_SECONDS)
            case "unavailable":
                return Harm(by, by, status=503)
            case "hangs":
                return Harm(by, by, status=504, wait_seconds=HANG_SECONDS)
    return None


def _read(world: World) -> list[_Rule]:
    rows = world.store.sql("SELECT * FROM box_fault ORDER BY seq").fetchall()
    return [_rule(row) for row in rows if row["applied"] < json.loads(row["when"]).get("times", row["applied"] + 1)]


def _rule(row: Mapping[str, Any]) -> _Rule:
    match, when, do = (json.loads(row[name]) for name in ("match", "when", "do"))
    return _Rule(row["seq"], row["id"], match, when, do, f"{row['match']}{row['when']}{row['do']}")


def add(box: Box, match: Mapping[str, str], when: Mapping[str, Any], do: Mapping[str, Any]) -> str:
    """Let requests go wrong from now on; answers the rule's id.

    Raises: TooManyFaults.
    """
    if box.sql("SELECT count(*) FROM box_fault").fetchone()[0] >= MOST_FAULTS:
        raise TooManyFaults(f"there are {MOST_FAULTS} fault rules already; remove some")
    fault_id = box.uuid()
    box.sql(
        'INSERT INTO box_fault (id, match, "when", do, tried, applied) VALUES (:id, :match, :when, :do, 0, 0)',
        id=fault_id,
        match=json.dumps(match, sort_keys=True),
        when=json.dumps(when, sort_keys=True),
        do=json.dumps(do, sort_keys=True),
    )
    box.world.forget(_MEMO)
    return fault_id


def listed(box: Box, fault_id: str | None = None) -> list[dict[str, Any]]:
    """The rules in the order in which they are looked at, and how often each applied; or the one of that id.

    Raises: UnknownFault.
    """
    rows = box.sql("SELECT * FROM box_fault WHERE :id IS NULL OR id = :id ORDER BY seq", id=fault_id).fetchall()
    if fault_id is not None and not rows:
        raise UnknownFault(f"there is no fault rule {fault_id!r}")
    return [
        {
            "id": row["id"],
            **{name: json.loads(row[name]) for name in ("match", "when", "do")},
            "applied": row["applied"],
        }
        for row in rows
    ]


def drop(box: Box, fault_id: str | None = None) -> None:
    """Forget one rule, or all.

    Raises: UnknownFault.
    """
    if fault_id is not None:
        listed(box, fault_id)
    box.sql("DELETE FROM box_fault WHERE :id IS NULL OR id = :id", id=fault_id)
    box.world.forget(_MEMO)
