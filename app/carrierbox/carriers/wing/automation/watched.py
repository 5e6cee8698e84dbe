"""The rules that are Active, read once and remembered: which happenings they are about, and which SIMs.

A world without active rules pays one look into a dictionary for whatever happens in it.
"""

import json
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from carrierbox.carriers.wing.automation import conditions
from carrierbox.carriers.wing.automation.checks import subtree
from carrierbox.carriers.wing.automation.conditions import Meaning
from carrierbox.carriers.wing.automation.schemas import Condition, first
from carrierbox.carriers.wing.automation.triggers import ACCOUNT, RATE_PLAN, SUBSCRIPTION, TRIGGERS, Trigger
from carrierbox.carriers.wing.happenings import Happening, Kind
from carrierbox.carriers.wing.lists import Row
from carrierbox.kernel import clock
from carrierbox.kernel.world import Box

MEMO = "wing.automation"
#: What happens by calls of the API; all else is done by devices.
_OF_CALLS: frozenset[Kind] = frozenset({"state", "rate-plan", "account"})


@dataclass(frozen=True, slots=True)
class Rule:
    """An active rule."""

    id: int
    edition: int
    name: str
    realm: str
    resource_id: int
    mode: str | None  # of a rule about SIMs: how they are chosen
    watched_id: int | None
    accounts: frozenset[int] = field(repr=False)
    notifications: tuple[Mapping[str, Any], ...]
    actions: tuple[Mapping[str, Any], ...]
    since: datetime
    until: datetime | None

    @property
    def ref(self) -> str:
        """What the audit trail, the timeline and the outbox call it."""
        return called(self.id, self.name)

    @property
    def sim_id(self) -> int | None:
        """The one SIM that it is about; none: it may be about several."""
        return self.watched_id if self.mode in {"ICCID", "IMSI"} else None

    @property
    def by_account(self) -> str:
        """The SQL that SIM `s` is one of its accounts'."""
        return f"s.account_id IN ({', '.join(map(str, sorted(self.accounts))) or 'NULL'})"

    @property
    def condition(self) -> str:
        """The SQL that it is about SIM `s`."""
        accounts = self.by_account
        if self.resource_id == RATE_PLAN or self.mode == "Rate Plan":
            return f"{accounts} AND s.rate_plan_id = {self.watched_id}"
        if self.mode == "Tag":
            bearers = f"SELECT sim_id FROM wing_tag_association WHERE tag_id = {self.watched_id}"
            return f"{accounts} AND s.id IN ({bearers})"
        return accounts if self.sim_id is None else f"{accounts} AND s.id = {self.sim_id}"

    def lasts(self, at: datetime) -> bool:
        """Whether it was active then."""
        return self.since <= at and (self.until is None or at <= self.until)

    def covers(self, sim: Row, bearers: Mapping[int, set[int]]) -> bool:
        """Whether it is about that SIM; *bearers* are the SIMs that bear a tag, by its id."""
        if sim["account_id"] not in self.accounts:
            return False
        if self.resource_id == RATE_PLAN or self.mode == "Rate Plan":
            return bool(sim["rate_plan_id"] == self.watched_id)
        if self.mode == "Tag":
            return sim["id"] in bearers.get(self.watched_id or 0, ())
        return self.sim_id is None or bool(sim["id"] == self.sim_id)


def one_of(rules: Iterable[Rule]) -> str:
    """The SQL that one of these rules is about SIM `s`, or may be: who bears a tag changes without being told."""
    conditions = {rule.by_account if rule.mode == "Tag" else rule.condition for rule in rules}
    return f"({' OR '.join(f'({condition})' for condition in sorted(conditions)) or '0'})"


def called(rule_id: int, name: str) -> str:
    """What a rule is called wherever it leaves a trace."""
    return f"Automation rule {rule_id} {name}"


@dataclass(frozen=True, slots=True, eq=False)
class Watch:
    """One trigger of an active rule."""

    rule: Rule
    id: int
    trigger: Trigger
    name: str
    value: str  # as it was sent
    unit: str
    meaning: Meaning

    @property
    def needs_devices(self) -> bool:
        """Whether it is about what only devices do."""
        return not self.trigger.hears <= _OF_CALLS

    def is_where(self, country: str | None, zone: str | None) -> bool:
        """Whether that place is one that the condition is about."""
        meaning = self.meaning
        return meaning.country in (None, country) and meaning.zone in (None, zone)


@dataclass(frozen=True, slots=True)
class Watches:
    """Every trigger of every active rule, by what it is about."""

    all: tuple[Watch, ...] = ()
    #: Those that hear of a kind of happenings with any SIM, and those that do with one SIM, by its id.
    of_any: Mapping[Kind, tuple[Watch, ...]] = field(default_factory=dict)
    of_one: Mapping[Kind, Mapping[int, tuple[Watch, ...]]] = field(default_factory=dict)
    #: The tags that rules are about.
    tags: frozenset[int] = frozenset()
    #: The kinds of happenings that they are about.
    kinds: frozenset[Kind] = frozenset()
    #: Those that are about what devices do: each SIM's by itself, and those of a rate plan together.
    singly: tuple[Watch, ...] = ()
    together: tuple[Watch, ...] = ()

    def hear(self, happening: Happening) -> bool:
        """Whether a happening may be about one of them."""
        kind = happening.kind
        return kind in self.of_any or (kind in self.of_one and happening.sim_id in self.of_one[kind])

    def of(self, happening: Happening) -> tuple[Watch, ...]:
        """Those that a happening may be about."""
        kind = happening.kind
        some = self.of_one[kind].get(happening.sim_id, ()) if kind in self.of_one else ()
        return (*self.of_any.get(kind, ()), *some)


def with_devices(box: Box, sims: Collection[int], watches: Iterable[Watch]) -> list[int]:
    """Those of some SIMs that these are about, or may be, whose devices may do something, or have a session still."""
    rows = box.sql(
        "SELECT s.id FROM json_each(:sims) e CROSS JOIN wing_sim s ON s.id = e.value"
        f" WHERE {one_of(watch.rule for watch in watches)}"
        " AND (EXISTS (SELECT 1 FROM box_device d WHERE d.iccid = s.iccid AND d.next_at IS NOT NULL)"
        " OR EXISTS (SELECT 1 FROM wing_session x WHERE x.sim_id = s.id AND x.ended_at IS NULL))",
        sims=json.dumps([*sims]),
    )
    return [row["id"] for row in rows]


def active(box: Box) -> Watches:
    """What is watched in this world."""
    # whoever changes rules, or the account tree, lets the world forget
    return box.world.memo(MEMO, lambda: _arranged(_read(box)))


def _read(box: Box) -> list[Watch]:
    found = []
    for row in box.sql("SELECT * FROM wing_rule WHERE state = 'Active' ORDER BY id"):
        rule = _rule(box, row)
        for monitored in json.loads(row["triggers"]):
            trigger, condition = TRIGGERS[monitored["triggerId"]], Condition.model_validate(monitored["condition"])
            meaning = conditions.read(trigger, condition)
            name = monitored["triggerName"]
            found.append(Watch(rule, monitored["id"], trigger, name, condition.value, first(condition.unit), meaning))
    return found


def _rule(box: Box, row: Row) -> Rule:
    top = row["watched_id"] if row["resource_id"] == ACCOUNT else row["account_id"]
    return Rule(
        row["id"],
        row["edition"],
        row["name"],
        row["realm"],
        row["resource_id"],
        first(row["resource_mode"]) if row["resource_id"] == SUBSCRIPTION else None,
        row["watched_id"],
        subtree(box, row["realm"], top),
        tuple(json.loads(row["notifications"])),
        tuple(json.loads(row["actions"])),
        clock.moment(row["active_since"]),
        clock.moment(row["end_date"]) if row["end_date"] else None,
    )


def _arranged(watches: list[Watch]) -> Watches:
    of_any: dict[Kind, tuple[Watch, ...]] = {}
    of_one: dict[Kind, dict[int, tuple[Watch, ...]]] = {}
    for watch in watches:
        for kind in watch.trigger.hears:
            if watch.rule.sim_id is None:
                of_any[kind] = (*of_any.get(kind, ()), watch)
            else:
                sims = of_one.setdefault(kind, {})
                sims[watch.rule.sim_id] = (*sims.get(watch.rule.sim_id, ()), watch)
    tags = (watch.rule.watched_id for watch in watches if watch.rule.mode == "Tag")
    return Watches(
        tuple(watches),
        of_any,
        of_one,
        frozenset(tag for tag in tags if tag is not None),
        frozenset({*of_any, *of_one}),
        tuple(watch for watch in watches if watch.needs_devices and watch.rule.resource_id == SUBSCRIPTION),
        tuple(watch for watch in watches if watch.needs_devices and watch.rule.resource_id != SUBSCRIPTION),
    )
