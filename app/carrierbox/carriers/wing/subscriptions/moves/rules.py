"""5.14: checking a range, and moving its SIMs, some at a time, so that others get their turn meanwhile.

Those SIMs of the range move that are in the account when their turn comes; numbers of no SIM and SIMs of other accounts
are passed over. One whose state is being changed stays, and the workflow says so. A move holds no lock itself.

A SIM leaves behind what belongs to the account: its group, and each profile that the new account does not have, for
which it gets the one that was given, else the account's default, else none. A static address stays if the new APN group
has a pool for it. Tags, custom fields and the audit trail are the SIM's own and go along; the new account's custom
fields come to them.
Source: WING guide 5.14; contract `wing-subscription.yaml`, wing-5.14.1.
"""

import json
import sqlite3
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import timedelta
from typing import Any, Literal, cast

from carrierbox.carriers.wing import happenings, workflows
from carrierbox.carriers.wing.accounts.account import rules as accounts
from carrierbox.carriers.wing.door import Caller
from carrierbox.carriers.wing.errors import BadField
from carrierbox.carriers.wing.happenings import Happening
from carrierbox.carriers.wing.lists import Row
from carrierbox.carriers.wing.subscriptions import audit, profiles
from carrierbox.carriers.wing.subscriptions.custom_fields import spread as custom_fields
from carrierbox.carriers.wing.subscriptions.moves.schemas import Move
from carrierbox.carriers.wing.subscriptions.profiles import Profile
from carrierbox.carriers.wing.subscriptions.sims.rules import PAGES
from carrierbox.carriers.wing.subscriptions.state.rules import UNDER_WAY
from carrierbox.carriers.wing.subscriptions.static_ip.rules import free_strays
from carrierbox.carriers.wing.usage.network import NETWORK
from carrierbox.carriers.wing.workflows import REACHED, Tally
from carrierbox.kernel import clock, devices, workflow
from carrierbox.kernel.identifiers import looks_like_iccid, looks_like_imsi
from carrierbox.kernel.workflow import Outcome, Refusal
from carrierbox.kernel.world import Box, Pace

MOVE = "move_sims_wf"
MOST_SIMS = 100_000

#: So many SIMs move in one part, and so many are looked at: some milliseconds of work.
PART = 250
LOOKED_AT = 5_000
#: World time from part to part; longer than a part takes, so that requests do not have to wait for more than one.
PAUSES: Mapping[Pace, timedelta] = {
    "instant": timedelta(0),
    "brisk": timedelta(milliseconds=40),
    "realistic": timedelta(milliseconds=100),
}


@dataclass(frozen=True, slots=True)
class Numbers:
    """A range of ICCIDs or IMSIs: texts of so many digits, so that they sort as numbers do."""

    column: Literal["iccid", "imsi"]
    first: str
    last: str

    @property
    def condition(self) -> str:
        """The SQL that a SIM lies within; wants ``first``, ``last`` and ``digits``."""
        return f"{self.column} >= :first AND {self.column} <= :last AND length({self.column}) = :digits"


def numbers(wanted: Move) -> Numbers:
    """The numbers that a range holds. ICCIDs are counted without their check digit, so both ends take any.

    Raises: BadField.
    """
    first, last = wanted.range.first, wanted.range.last
    looks_right, what = (looks_like_imsi, "an IMSI") if wanted.use_imsi else (looks_like_iccid, "an ICCID")
    for field, number in (("range.from", first), ("range.to", last)):
        if not looks_right(number):
            raise BadField(field=field, problem=f"must be {what}")
    if len(first) != len(last):
        raise BadField(field="range.to", problem="must have as many digits as range.from")
    if not wanted.use_imsi:
        first, last = f"{first[:-1]}0", f"{last[:-1]}9"
    if last < first:
        raise BadField(field="range.to", problem="must not be before range.from")
    return Numbers("imsi" if wanted.use_imsi else "iccid", first, last)


def check(box: Box, caller: Caller, wanted: Move) -> Numbers:
    """Let a request pass whose accounts and range hold; answers the range.

    Raises: NotFound, BadField.
    """
    target, source = (
        accounts.find(box, caller, account_id) for account_id in (wanted.account_id, wanted.from_account_id)
    )
    if target["id"] == source["id"]:
        raise BadField(field="accountId", problem="must be another account than fromAccountId")
    if target["tenant_id"] != source["tenant_id"]:
        raise BadField(field="accountId", problem="must be an account of the same tenant")
    if wanted.tenant_id not in (None, target["tenant_id"]):
        raise BadField(field="tenantId", problem=f"must be {target['tenant_id']}, as the account's")
    return numbers(wanted)


async def check_size(box: Box, wanted: Move, numbers: Numbers) -> None:
    """Let a range pass that holds no more SIMs of the account than one move takes. Counts aside where it must.

    Raises: BadField.
    """
    if int(numbers.last) - int(numbers.first) < MOST_SIMS:
        return
    statement = (
        f"SELECT count(*) FROM (SELECT 1 FROM wing_sim WHERE {numbers.condition} AND account_id = :account LIMIT :most)"
    )
    values = _values(numbers) | {"account": wanted.from_account_id, "most": MOST_SIMS + 1}

    def count(reader: sqlite3.Connection) -> int:
        return cast("int", reader.execute(statement, values).fetchone()[0])

    if await box.world.store.aside(count) > MOST_SIMS:
        raise BadField(field="range", problem=f"must not hold more than {MOST_SIMS} SIMs")


def _values(numbers: Numbers) -> dict[str, Any]:
    return {"first": numbers.first, "last": numbers.last, "digits": len(numbers.last)}


def request(box: Box, caller: Caller, wanted: Move) -> str:
    """Ask for a move that `check` let pass; answers the workflow's id."""
    return workflows.start(box, caller, MOVE, wanted.whole, refusal=_refuse(box, caller.user.realm, wanted))


def _refuse(box: Box, realm: str, wanted: Move) -> Refusal | None:
    """Say why no SIM can move so, if none can."""
    if box.sql("SELECT 1 FROM wing_account WHERE id = :id", id=wanted.account_id).fetchone() is None:
        return Refusal(f"Account {wanted.account_id} not found", workflows.UNKNOWN)  # it was deleted meanwhile
    given = [(profile, number) for profile, number in _given(wanted) if number is not None]
    given += [(profiles.APN, number) for number in wanted.apn_ids or ()]
    refusals = (profiles.refuse(box, realm, wanted.account_id, *each) for each in given)
    return next(filter(None, refusals), None)


def _given(wanted: Move) -> Sequence[tuple[Profile, int | None]]:
    return (
        (profiles.APN_GROUP, wanted.apn_group_id),
        (profiles.NETWORK_PROFILE, wanted.service_profile_id),
        (profiles.RATE_PLAN, wanted.rateplan_id),
        (profiles.ROAMING_PROFILE, wanted.roaming_profile_id),
    )


@workflow.handles(MOVE)
def _move(box: Box, job: Mapping[str, Any], refusal: Refusal | None) -> Outcome:
    """Move the next SIMs of the range; what has been done so far stands in the job's output, where 5.8 shows it."""
    wanted = Move.model_validate(json.loads(job["input"]))
    so_far = json.loads(job["output"])
    reached, tally = so_far.pop(REACHED, None), Tally(**so_far)
    # each part asks anew: what was assigned to the account may have been taken away meanwhile
    refusal = refusal or _refuse(box, job["owner"], wanted)
    sims, reached = _next(box, wanted, reached)
    reasons = _reasons(box, job, sims, refusal)
    moving = [sim for sim in sims if sim["iccid"] not in reasons]
    _audit(box, wanted, moving, "COMPLETED")
    _audit(box, wanted, [sim for sim in sims if sim["iccid"] in reasons], "FAILED")
    if moving:
        devices.catch_up_all(box, NETWORK, [sim["iccid"] for sim in moving])
        _carry_out(box, wanted, moving)
    tally = tally.plus(len(moving), reasons)
    if reached is not None:
        next_at = box.now + PAUSES[box.world.settings.pace]
        return Outcome("running", {**asdict(tally), REACHED: reached}, next_at=next_at)
    if refusal and not tally.succeeded:
        return workflows.failed(refusal)
    if tally == Tally():
        return workflows.failed(
            Refusal(f"No SIM of account {wanted.from_account_id} lies in the range", workflows.UNKNOWN)
        )
    return workflows.ended(tally, workflows.CONFLICT)


def _next(box: Box, wanted: Move, reached: str | None) -> tuple[Sequence[Row], str | None]:
    """The range's next SIMs of the account, and up to which number that was; None when the range is at its end."""
    within = numbers(wanted)
    # numbers have the same length: the next one after 123 comes after 1230 too
    values = _values(within) | ({"first": f"{reached}0"} if reached else {})
    column = within.column
    window = f"FROM wing_sim WHERE {within.condition} ORDER BY {column} LIMIT {LOOKED_AT}"
    sims = box.sql(
        f"SELECT * FROM (SELECT id, iccid, {column} AS number, state_change_lock, rate_plan_id, account_id {window})"
        f" WHERE account_id = :account LIMIT {PART}",
        **values,
        account=wanted.from_account_id,
    ).fetchall()
    if len(sims) == PART:
        return sims, sims[-1]["number"]
    seen = box.sql(
        f"SELECT count(*) AS count, max({column}) AS last FROM (SELECT {column} {window})", **values
    ).fetchone()
    return sims, seen["last"] if seen["count"] == LOOKED_AT else None


def _reasons(box: Box, job: Mapping[str, Any], sims: Sequence[Row], refusal: Refusal | None) -> dict[str, str]:
    """Which of these SIMs stay, by ICCID, and why."""
    if refusal:
        return {sim["iccid"]: refusal.reason for sim in sims}
    reasons = {sim["iccid"]: UNDER_WAY.reason for sim in sims if sim["state_change_lock"]}
    reasons |= workflow.failing(box, job, [sim["iccid"] for sim in sims if sim["iccid"] not in reasons])
    return {sim["iccid"]: reasons[sim["iccid"]] for sim in sims if sim["iccid"] in reasons}


def _audit(box: Box, wanted: Move, sims: Sequence[Row], ending: audit.Ending) -> None:
    """Write down how the move of these SIMs ended; to be called before they move."""
    target = box.sql("SELECT name FROM wing_account WHERE id = :id", id=wanted.account_id).fetchone()
    name = target["name"] if target else str(wanted.account_id)
    audit.record_all(box, (sim["id"] for sim in sims), "SIM_ACCOUNT_CHANGE", "a.name", name, ending)


def _carry_out(box: Box, wanted: Move, moving: Sequence[Row]) -> None:
    """Move these SIMs."""
    before = {sim["id"]: sim["rate_plan_id"] for sim in moving}
    ids = json.dumps([*before])
    settings = ", ".join(
        profiles.setting(profile, _choice(box, wanted.account_id, profile, given)) for profile, given in _given(wanted)
    )
    box.sql(
        f"UPDATE wing_sim SET {settings}, account_id = :account, group_id = NULL, modification_timestamp = :now"
        " WHERE id IN (SELECT value FROM json_each(:ids))",
        account=wanted.account_id,
        now=clock.text(box.now),
        ids=ids,
    )
    # 4.28 assigns single SIMs too
    box.sql(
        "UPDATE OR REPLACE wing_resource SET account_id = :account, is_default = 0 WHERE account_id = :source"
        " AND resource_type = 'SIM' AND resource_id IN (SELECT value FROM json_each(:ids))",
        account=wanted.account_id,
        source=wanted.from_account_id,
        ids=ids,
    )
    free_strays(box, [*before])
    custom_fields.arrive(box, [*before], wanted.account_id)
    box.world.forget(PAGES)
    after = box.sql("SELECT id, rate_plan_id FROM wing_sim WHERE id IN (SELECT value FROM json_each(:ids))", ids=ids)
    profiles.tell_of_plans(box, [(row["id"], before[row["id"]], row["rate_plan_id"]) for row in after])
    source, target = str(wanted.from_account_id), str(wanted.account_id)
    happenings.tell(box, [Happening("account", sim, box.now, before=source, after=target) for sim in before])


def _choice(box: Box, account_id: int, profile: Profile, given: int | None) -> str:
    """The SQL of what a SIM has in its new account: what was given, else what it had, else the default."""
    if given is not None:
        return str(given)
    usable, default = profiles.usable(box, account_id, profile)
    return f"iif({profile.column} IN ({', '.join(map(str, usable))}), {profile.column}, {default})"
