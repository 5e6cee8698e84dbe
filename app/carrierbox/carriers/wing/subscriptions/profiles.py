"""What a SIM has from its account: an APN group, a network profile, a rate plan, a roaming profile.

An APN group belongs to the account; the others are the realm's, and assigned to it. Where requests say service profile,
records say network profile. Source: WING guide 5.9 to 5.12, 5.14; contract `wing-subscription.yaml`, key `rules`.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from carrierbox.carriers.wing import happenings, workflows
from carrierbox.carriers.wing.happenings import Happening
from carrierbox.carriers.wing.lists import Row
from carrierbox.kernel import clock
from carrierbox.kernel.workflow import Refusal
from carrierbox.kernel.world import Box


@dataclass(frozen=True, slots=True)
class Profile:
    """One of them: what it is called, and where it stands."""

    noun: str
    column: str  # of the SIM
    previous: str | None = None  # the SIM's column that keeps what was there before, where the record has one
    resource_type: str | None = None  # None: it belongs to the account
    reset: str | None = None  # the SIM's column that says that an automation rule will put back what was there before


APN_GROUP = Profile("APN group", "apn_group_id", "prev_apn_group_id", None, "reset_apn_group")
NETWORK_PROFILE = Profile(
    "Service profile", "network_profile_id", "prev_service_profile_id", "SERVICE-PROFILE", "reset_service_profile"
)
RATE_PLAN = Profile("Rate plan", "rate_plan_id", "prev_rate_plan_id", "RATE-PLAN", "reset_rateplan")
ROAMING_PROFILE = Profile("Roaming profile", "roaming_profile_id", None, "ROAMING-PROFILE")

#: Not a SIM's own; a move may name them for the account that it goes to.
APN = Profile("APN", "", None, "APN")

#: An assignment holds from its first to its last day.
_NOW = "r.effective_date <= :now AND r.expiration_date > :now"


def refuse(box: Box, realm: str, account_id: int, profile: Profile, wanted: int) -> Refusal | None:
    """Say why a SIM of an account cannot have that profile, if it cannot."""
    if _item(box, realm, profile, wanted) is None:
        return Refusal(f"{profile.noun} {wanted} not found", workflows.UNKNOWN)
    if wanted not in usable(box, account_id, profile)[0]:
        return Refusal(f"{profile.noun} {wanted} is not assigned to account {account_id}", workflows.NOT_ASSIGNED)
    return None


def usable(box: Box, account_id: int, profile: Profile) -> tuple[Collection[int], int]:
    """The profiles that the SIMs of an account can have, and the one that is its default; 0 stands for none."""
    if profile.resource_type is None:
        rows = box.sql("SELECT id, is_default FROM wing_apn_group WHERE account_id = :account", account=account_id)
        found = {row["id"]: row["is_default"] for row in rows}
    else:
        found = _assigned(box, account_id, profile)
    return found.keys(), next((number for number, is_default in found.items() if is_default), 0)


def named(box: Box, realm: str, account_id: int, profile: Profile, name: str) -> int | None:
    """The profile of that name that the SIMs of an account can have; where several have it, the default goes first."""
    numbers, default = usable(box, account_id, profile)
    if profile.resource_type is None:
        rows = box.sql(
            "SELECT id FROM wing_apn_group WHERE account_id = :id AND name = :name", id=account_id, name=name
        )
    else:
        rows = box.sql(
            "SELECT id FROM wing_catalogue WHERE realm = :realm AND resource_type = :type AND name = :name",
            realm=realm,
            type=profile.resource_type,
            name=name,
        )
    found = {row["id"] for row in rows} & {*numbers}
    return default if default in found else min(found, default=None)


def _assigned(box: Box, account_id: int, profile: Profile) -> dict[int, bool]:
    """What is assigned to an account by now, and whether it is the default."""
    rows = box.sql(
        "SELECT r.resource_id, r.is_default FROM wing_resource r"
        f" WHERE r.account_id = :account AND r.resource_type = :type AND {_NOW}",
        account=account_id,
        type=profile.resource_type,
        now=clock.text(box.now),
    )
    return {row[0]: bool(row[1]) for row in rows}


def name(box: Box, realm: str, profile: Profile, number: int, *, of_account: int | None = None) -> str:
    """What the audit trail calls it: by its name, one that has none by its number, none by nothing.

    *of_account*: only what that account may know; another one's APN group goes by its number.
    """
    row = _item(box, realm, profile, number)
    if row is None or (profile.resource_type is None and of_account not in (None, row["account_id"])):
        return str(number or "")
    return str(row["name"])


def tell_of_plans(box: Box, changes: Iterable[tuple[int, int, int]]) -> None:
    """Tell which SIMs have another rate plan now: the SIM's id, the plan's before and after, 0 being none."""
    happenings.tell(
        box,
        [
            Happening("rate-plan", sim_id, box.now, before=str(before or "") or None, after=str(after or "") or None)
            for sim_id, before, after in changes
            if before != after
        ],
    )


_APN_GROUP = (
    "SELECT g.name, g.account_id FROM wing_apn_group g JOIN wing_account a ON a.id = g.account_id"
    " JOIN wing_tenant t ON t.id = a.tenant_id WHERE g.id = :id AND t.realm = :realm"
)
_CATALOGUE_ITEM = "SELECT name FROM wing_catalogue WHERE realm = :realm AND resource_type = :type AND id = :id"


def _item(box: Box, realm: str, profile: Profile, number: int) -> Row | None:
    """A realm's profile of that number."""
    statement = _APN_GROUP if profile.resource_type is None else _CATALOGUE_ITEM
    found: Row | None = box.sql(statement, realm=realm, type=profile.resource_type, id=number).fetchone()
    return found


def setting(profile: Profile, wanted: str) -> str:
    """The SQL that gives SIMs a profile, SQL too, and keeps what they had; for the SET of an UPDATE of `wing_sim`.

    What an automation rule wanted to undo is not its to undo any more.
    The record's ratePlanType goes with the plan: it is null where the plan's type is not known, as in 5.2.1's example.
    """
    column, previous = profile.column, profile.previous
    settings = [f"{column} = {wanted}"]
    if previous:  # asked for twice, the same profile does not push out the one before it
        settings.append(f"{previous} = CASE {column} WHEN {wanted} THEN {previous} ELSE {column} END")
    if reset := profile.reset:
        settings.append(f"{reset} = iif({column} = {wanted} OR {reset} IS NULL, {reset}, 0)")
    if profile is RATE_PLAN:
        settings.append(
            "rate_plan_type = (SELECT c.plan_type FROM wing_catalogue c WHERE c.realm = wing_sim.realm"
            f" AND c.resource_type = 'RATE-PLAN' AND c.id = {wanted})"
        )
    return ", ".join(settings)
