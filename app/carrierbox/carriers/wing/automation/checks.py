"""Whether a rule that was sent can be one: its triggers, what it watches, whom it tells and what it does.

open: what the document leaves to the portal is refused here, so that a rule that can never work is not kept silently.
Source: WING guide 6; contract `wing-services.yaml`, key `automation`.
"""

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from carrierbox.carriers.wing.accounts import reach
from carrierbox.carriers.wing.automation import conditions
from carrierbox.carriers.wing.automation.kinds import NOTHING, named
from carrierbox.carriers.wing.automation.schemas import Action, MonitoredTrigger, NewRule, Notification, first
from carrierbox.carriers.wing.automation.triggers import ACCOUNT, RESOURCES, SUBSCRIPTION, TRIGGERS
from carrierbox.carriers.wing.door import Caller
from carrierbox.carriers.wing.errors import BadField
from carrierbox.carriers.wing.subscriptions import profiles
from carrierbox.carriers.wing.subscriptions.tags import rules as tags
from carrierbox.kernel.world import Box

MODES = ("All_Subscription", "ICCID", "IMSI", "Rate Plan", "Tag")
NO_NOTIFICATION, EMAIL, SMS = "None", "Send Email", "Send SMS"

#: The guide's examples end before; what a client of today sends is another matter.
EXAMPLES_UNTIL = datetime(2023, 1, 1, tzinfo=UTC)

#: What the guide writes where a recipient is to stand.
FILLER = "string"
_ADDRESS = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s.]+")
_MSISDN = re.compile(r"\+?[0-9]{5,15}")


def check(box: Box, caller: Caller, account: Mapping[str, Any], rule: NewRule) -> int | None:
    """Let a rule of an account pass that can be one; answers the id of what it watches, if that is one thing.

    Raises: BadField.
    """
    if rule.tenant_id not in (None, account["tenant_id"]):
        raise BadField(field="tenantId", problem=f"must be {account['tenant_id']}, as the account's")
    if rule.end_date is not None and EXAMPLES_UNTIL <= rule.end_date <= box.now:
        raise BadField(field="endDate", problem="must not be past")
    resource = RESOURCES[rule.resource_id]
    if rule.resource_name not in (None, resource):
        raise BadField(field="resourceName", problem=f"must be {resource} for resource {rule.resource_id}")
    for position, monitored in enumerate(rule.monitored_triggers):
        _check_trigger(f"monitoredTriggers.{position}", rule.resource_id, monitored)
    watched = _watched(box, caller, account, rule)
    for position, notification in enumerate(rule.notifications):
        _check_notification(f"notifications.{position}", notification)
    for position, action in enumerate(rule.actions):
        _check_action(box, caller.user.realm, account["id"], f"actions.{position}", rule.resource_id, action)
    return watched


def _check_trigger(field: str, resource_id: int, monitored: MonitoredTrigger) -> None:
    trigger = TRIGGERS.get(monitored.trigger_id)
    if trigger is None:
        raise BadField(field=f"{field}.triggerId", problem=f"names no trigger: {monitored.trigger_id}")
    if trigger.resource_id != resource_id:
        problem = f"must be a trigger of resource {resource_id}; {trigger.id} is one of {trigger.resource_id}"
        raise BadField(field=f"{field}.triggerId", problem=problem)
    if monitored.trigger_type_id not in (None, trigger.type_id):
        raise BadField(field=f"{field}.triggerTypeId", problem=f"must be {trigger.type_id} for trigger {trigger.id}")
    if monitored.trigger_type_name not in (None, "", trigger.type_name):
        problem = f"must be {trigger.type_name} for trigger {trigger.id}"
        raise BadField(field=f"{field}.triggerTypeName", problem=problem)
    try:
        conditions.read(trigger, monitored.condition)
    except conditions.BadCondition as bad:
        raise BadField(field=f"{field}.condition.{bad.member}", problem=bad.problem) from bad


def _watched(box: Box, caller: Caller, account: Mapping[str, Any], rule: NewRule) -> int | None:
    """The id of the account, rate plan, SIM or tag that a rule is about; none: every SIM of its accounts."""
    realm = caller.user.realm
    accounts = subtree(box, realm, account["id"])
    if rule.resource_id != SUBSCRIPTION:
        if rule.resource_mode is not None:
            raise BadField(field="resourceMode", problem=f"must be null for resource {rule.resource_id}")
        wanted = rule.resource_detail1
        if rule.resource_id == ACCOUNT:
            return _found("resourceDetail1", "account", wanted, _account(wanted, accounts))
        return _found("resourceDetail1", "rate plan", wanted, _rate_plan(box, realm, wanted, accounts))
    mode = first(rule.resource_mode or "")
    if mode not in MODES:
        raise BadField(field="resourceMode", problem=f"must be one of {', '.join(MODES)}")
    if mode == "All_Subscription":
        return None
    field, wanted = _named(rule)
    if mode == "Rate Plan":
        return _found(field, "rate plan", wanted, _rate_plan(box, realm, wanted, accounts))
    if mode == "Tag":
        return _found(field, "tag", wanted, _tag(box, caller, account["tenant_id"], wanted))
    return _found(field, f"SIM of account {account['id']}", wanted, _sim(box, mode.lower(), wanted, accounts))


def subtree(box: Box, realm: str, account_id: int) -> frozenset[int]:
    """An account and all below it."""
    return frozenset(reach.below(reach.tree(box, realm), [account_id]))


def _named(rule: NewRule) -> tuple[str, int | str | None]:
    """Where a rule says what it watches: the first of three members that is not null."""
    members = {
        "resourceDetail1": rule.resource_detail1,
        "resourceModeName": rule.resource_mode_name,
        "resourceModeId": rule.resource_mode_id,
    }
    given = ((field, value) for field, value in members.items() if value not in (None, ""))
    return next(given, ("resourceDetail1", None))


def _found(field: str, what: str, wanted: int | str | None, found: int | None) -> int:
    if wanted in (None, ""):
        raise BadField(field=field, problem="must not be null")
    if found is None:
        raise BadField(field=field, problem=f"names no {what}: {wanted}")
    return found


def _number(wanted: int | str | None) -> int | None:
    """An id, which may be spelled as text."""
    if isinstance(wanted, str):
        return int(wanted) if wanted.isascii() and wanted.isdigit() and len(wanted) < 19 else None
    return wanted


def _account(wanted: int | str | None, accounts: frozenset[int]) -> int | None:
    number = _number(wanted)
    return number if number is not None and number in accounts else None


def _rate_plan(box: Box, realm: str, wanted: int | str | None, accounts: frozenset[int]) -> int | None:
    """A rate plan by its id or name that is assigned to one of these accounts."""
    row = box.sql(
        "SELECT c.id FROM wing_catalogue c WHERE c.realm = :realm AND c.resource_type = 'RATE-PLAN'"
        " AND (c.id = :number OR c.name = :name) AND EXISTS (SELECT 1 FROM wing_resource r WHERE r.resource_id = c.id"
        " AND r.resource_type = 'RATE-PLAN'"
        f" AND r.account_id IN ({', '.join(map(str, sorted(accounts)))})) ORDER BY c.id <> :number LIMIT 1",
        realm=realm,
        number=_number(wanted),
        name=str(wanted),
    ).fetchone()
    return row["id"] if row else None


def _tag(box: Box, caller: Caller, tenant_id: str, wanted: int | str | None) -> int | None:
    """A tag of the tenant, by its id or name, that the caller sees."""
    condition, bound = tags.seen(caller, "t")
    number = _number(wanted)
    row = box.world.store.sql(
        f"SELECT t.id FROM wing_tag t WHERE {condition} AND t.tenant_id = ? AND (t.id = ? OR t.name = ?)"
        " ORDER BY ifnull(t.id <> ?, 1), t.id LIMIT 1",
        (*bound, tenant_id, number, str(wanted), number),
    ).fetchone()
    return row["id"] if row else None


def _sim(box: Box, column: str, wanted: int | str | None, accounts: frozenset[int]) -> int | None:
    row = box.sql(f"SELECT id, account_id FROM wing_sim WHERE {column} = :value", value=str(wanted)).fetchone()
    return row["id"] if row and row["account_id"] in accounts else None


def _check_notification(field: str, notification: Notification) -> None:
    kind = first(notification.name)
    if kind not in (NO_NOTIFICATION, EMAIL, SMS):
        raise BadField(field=f"{field}.name", problem=f"must be {NO_NOTIFICATION}, {EMAIL} or {SMS}")
    if kind == NO_NOTIFICATION:
        return
    pattern, what = (_ADDRESS, "mail addresses") if kind == EMAIL else (_MSISDN, "numbers of 5 to 15 digits")
    for each in recipients(notification.receipient or ""):
        if each != FILLER and not pattern.fullmatch(each):
            raise BadField(field=f"{field}.receipient", problem=f"must be {what} with commas between")


def recipients(listed: str) -> list[str]:
    """Whom a notification goes to."""
    return [each.strip() for each in listed.split(",")]


def _check_action(box: Box, realm: str, account_id: int, field: str, resource_id: int, action: Action) -> None:  # noqa: PLR0913 - what it is checked against
    kind = named(action.name, action.id)
    if kind is None:
        raise BadField(field=f"{field}.name", problem=f"names no action: {action.name or action.id or ''}")
    if kind is not NOTHING and resource_id != SUBSCRIPTION:
        raise BadField(field=f"{field}.name", problem=f"must be None for resource {resource_id}")
    if kind.profile is None:
        return
    wanted = _number(action.selected_id)
    if wanted is None:
        raise BadField(field=f"{field}.selectedId", problem=f"must be an id for {kind.name}")
    if refusal := profiles.refuse(box, realm, account_id, kind.profile, wanted):
        raise BadField(field=f"{field}.selectedId", problem=f"cannot be given: {refusal.reason}")
