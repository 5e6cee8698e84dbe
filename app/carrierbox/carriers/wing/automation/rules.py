"""6.1 to 6.7: rules are made, written anew and deleted.

What is made or written anew is Inactive; the engine takes it up at once, unless its end is past (`lifetimes`).
Source: WING guide 6; contract `wing-services.yaml`, key `automation`.
"""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from carrierbox.carriers.wing.accounts.account import rules as accounts
from carrierbox.carriers.wing.automation import checks, families, firing, lifetimes
from carrierbox.carriers.wing.automation.schemas import MonitoredTrigger, NewRule, RuleChange
from carrierbox.carriers.wing.automation.triggers import (
    RESOURCES,
    TRIGGERS,
)
from carrierbox.carriers.wing.door import Caller
from carrierbox.carriers.wing.errors import BadField, NotFound
from carrierbox.carriers.wing.lists import Row
from carrierbox.carriers.wing.wire import spelled
from carrierbox.kernel import clock
from carrierbox.kernel.world import Box

#: A rule's first trigger has its number and so much more in every example.
TRIGGER_AHEAD = 50


def create(box: Box, caller: Caller, new: NewRule) -> tuple[dict[str, Any], str]:
    """Make a rule; answers it, and the part of chapter 6 that it belongs to.

    Raises: BadField, also for an account that is not within reach.
    """
    columns = _columns(box, caller, new)
    family = families.of_rule(new)
    latest = box.sql("SELECT max(last_trigger_id) FROM wing_rule").fetchone()[0] or 0
    rule_id = box.sql(
        "INSERT INTO wing_rule (family, realm, triggers, last_trigger_id, edition, state, is_waiting, created_on,"
        f" updated_on, {', '.join(columns)}) VALUES (:family, :realm, '[]', 0, 1, 'Inactive', 0, :now, :now,"
        f" {', '.join(f':{column}' for column in columns)})",
        family=family,
        realm=caller.user.realm,
        now=clock.text(box.now),
        **columns,
    ).lastrowid
    first = max(rule_id + TRIGGER_AHEAD, latest + 1)
    ids = range(first, first + len(new.monitored_triggers))
    _put_triggers(box, rule_id, new.monitored_triggers, ids)
    lifetimes.wait(box, rule_id)
    return show(_row(box, rule_id)), family


def edit(box: Box, caller: Caller, change: RuleChange) -> tuple[dict[str, Any], str]:
    """Write a rule anew as a whole; its id, those of its triggers, and the time of its making stay.

    Raises: NotFound, also for a rule that was deleted; BadField.
    """
    present = _find(box, caller, change.id)
    columns = _columns(box, caller, change)
    ids = _trigger_ids(box, present, change.monitored_triggers)
    family = families.of_rule(change, present["family"])
    box.sql(
        f"UPDATE wing_rule SET {', '.join(f'{column} = :{column}' for column in columns)}, family = :family,"
        " state = 'Inactive', active_since = NULL, edition = edition + 1, updated_on = :now WHERE id = :id",
        family=family,
        now=clock.text(box.now),
        id=change.id,
        **columns,
    )
    _put_triggers(box, change.id, change.monitored_triggers, ids)
    lifetimes.wait(box, change.id)
    return show(_row(box, change.id)), family


def delete(box: Box, caller: Caller, rule_id: int) -> tuple[dict[str, Any], str]:
    """Delete a rule: it is kept, and nothing brings it back. What its actions are to undo is undone all the same.

    Raises: NotFound, also for a rule that was deleted.
    """
    present = _find(box, caller, rule_id)
    # open: six of seven examples keep the time of the last edit
    box.sql("UPDATE wing_rule SET state = 'Deleted' WHERE id = :id", id=rule_id)
    lifetimes.drop(box, rule_id)
    firing.forget(box, rule_id)
    return show(_row(box, rule_id)), present["family"]


def listed(box: Box, caller: Caller) -> list[dict[str, Any]]:
    """The rules that a call sees."""
    seen = caller.reach.covers("account_id")
    rows = box.sql(
        f"SELECT * FROM wing_rule WHERE realm = :realm AND {seen} AND state <> 'Deleted' ORDER BY id",
        realm=caller.user.realm,
    )
    return [show(row) for row in rows]


def one(box: Box, caller: Caller, rule_id: int) -> dict[str, Any]:
    """One rule.

    Raises: NotFound, also for a rule that was deleted.
    """
    return show(_find(box, caller, rule_id))


def _find(box: Box, caller: Caller, rule_id: int) -> Row:
    row: Row | None = box.sql("SELECT * FROM wing_rule WHERE id = :id", id=rule_id).fetchone()
    if row is None or row["account_id"] not in caller.reach.accounts or row["state"] == "Deleted":
        raise NotFound(what="Automation rule", id=rule_id)
    return row


def _row(box: Box, rule_id: int) -> Row:
    row: Row = box.sql("SELECT * FROM wing_rule WHERE id = :id", id=rule_id).fetchone()
    return row


def _columns(box: Box, caller: Caller, rule: NewRule) -> dict[str, Any]:
    """What was sent of a rule, as its table has it, once it has passed."""
    account = _account(box, caller, rule.account_id)
    watched = checks.check(box, caller, account, rule)
    return {
        "tenant_id": account["tenant_id"],
        "account_id": account["id"],
        "name": rule.rule_name,
        "description": rule.description,
        "resource_id": rule.resource_id,
        "resource_mode": rule.resource_mode,
        "resource_mode_id": json.dumps(rule.resource_mode_id),
        "resource_mode_name": json.dumps(rule.resource_mode_name),
        "resource_detail1": None if rule.resource_detail1 is None else str(rule.resource_detail1),
        "all_items": rule.all_item_enabled,
        "watched_id": watched,
        "end_date": clock.text(rule.end_date) if rule.end_date else None,
        "notifications": json.dumps([_sent(each) for each in rule.notifications]),
        "actions": json.dumps([_sent(each) for each in rule.actions]),
    }


def _account(box: Box, caller: Caller, account_id: int) -> Row:
    try:
        return accounts.find(box, caller, account_id)
    except NotFound as unknown:
        raise BadField(field="accountId", problem=f"names no account: {account_id}") from unknown


def _sent(part: Any) -> dict[str, Any]:
    """The members that came with the request, in the document's order."""
    shown: dict[str, Any] = part.model_dump(by_alias=True, exclude_unset=True)
    return shown


def _trigger_ids(box: Box, present: Row, triggers: Sequence[MonitoredTrigger]) -> list[int]:
    """The ids of the triggers of a rule that is written anew: those that it had, and new ones for the others.

    Raises: BadField for an id that is none of the rule's.
    """
    had = {monitored["id"]: monitored["triggerId"] for monitored in json.loads(present["triggers"])}
    taken = [monitored.id for monitored in triggers if monitored.id is not None]
    for position, monitored in enumerate(triggers):
        if monitored.id is not None and (monitored.id not in had or taken.count(monitored.id) > 1):
            raise BadField(
                field=f"monitoredTriggers.{position}.id", problem=f"names no trigger of this rule: {monitored.id}"
            )
    free = [number for number in had if number not in taken]
    latest = box.sql("SELECT max(last_trigger_id) FROM wing_rule").fetchone()[0]
    fresh = iter(range(latest + 1, latest + 1 + len(triggers)))
    return [monitored.id or (free.pop(0) if free else next(fresh)) for monitored in triggers]


def _put_triggers(box: Box, rule_id: int, triggers: Sequence[MonitoredTrigger], ids: Sequence[int]) -> None:
    shown = [_trigger(monitored, number) for monitored, number in zip(triggers, ids, strict=True)]
    box.sql(
        "UPDATE wing_rule SET triggers = :triggers, last_trigger_id = max(last_trigger_id, :latest) WHERE id = :id",
        triggers=json.dumps(shown),
        latest=max(ids),
        id=rule_id,
    )


def _trigger(monitored: MonitoredTrigger, number: int) -> dict[str, Any]:
    trigger = TRIGGERS[monitored.trigger_id]
    return {
        "id": number,
        "triggerId": trigger.id,
        "triggerName": monitored.trigger_name or trigger.name,
        "triggerTypeId": trigger.type_id,
        "triggerTypeName": trigger.type_name,
        "condition": monitored.condition.model_dump(by_alias=True),
    }


def show(row: Mapping[str, Any]) -> dict[str, Any]:
    """A rule as every answer shows it."""
    return {
        "id": row["id"],
        "ruleName": row["name"],
        "description": row["description"],
        "tenantId": row["tenant_id"],
        "accountId": str(row["account_id"]),
        "resourceId": row["resource_id"],
        "resourceName": RESOURCES[row["resource_id"]],
        "resourceMode": row["resource_mode"],
        "resourceModeId": json.loads(row["resource_mode_id"]),
        "resourceModeName": json.loads(row["resource_mode_name"]),
        "resourceDetail1": row["resource_detail1"],
        "allItemEnabled": False,  # whatever was sent, as every answer of the document has it
        "state": row["state"],
        "endDate": spelled(row["end_date"]) if row["end_date"] else None,
        "monitoredTriggers": json.loads(row["triggers"]),
        "notifications": json.loads(row["notifications"]),
        "actions": json.loads(row["actions"]),
        "createdOn": spelled(row["created_on"]),
        "updatedOn": spelled(row["updated_on"]),
    }
