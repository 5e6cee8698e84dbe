"""7.1 to 7.3: which reports an account has, and switching them on and off.

Every account has every canned report, off at first; a call is about the reports of its account, which cover the SIMs of
the accounts below as well. Whoever is let in is a user of the enterprise, and who may write canned reports is its admin
too; a report that none of somebody's roles may see does not exist for him.
Source: WING guide 7; contract `wing-services.yaml`, key `reports`.
"""

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any, cast

from carrierbox.carriers.wing.accounts import reach
from carrierbox.carriers.wing.door import Caller
from carrierbox.carriers.wing.errors import BadField, NotFound
from carrierbox.carriers.wing.lists import Row
from carrierbox.carriers.wing.ordering import wire
from carrierbox.carriers.wing.reports import schedule
from carrierbox.carriers.wing.reports.canned import CANNED
from carrierbox.carriers.wing.reports.files import CONTENT_TYPES, Format
from carrierbox.carriers.wing.reports.schedule import Period
from carrierbox.carriers.wing.reports.schemas import ReportChange
from carrierbox.carriers.wing.reports.tables import Report
from carrierbox.carriers.wing.users import services
from carrierbox.kernel import clock, workflow
from carrierbox.kernel.world import Box

SCHEDULE = "report_schedule"

#: A schedule's id follows from its report's.
_SCHEDULES = 100
_CANNED = services.covering("/api/{version}/cannedReport")
#: Who made the reports, by the number of a user; others are known by UUIDs.
_OPERATOR = 1


def listed(box: Box, caller: Caller) -> list[dict[str, Any]]:
    """The reports of the call's account that the caller's role may see, by id.

    Source: WING guide 7.1.
    """
    reports = (find(box, caller.reach.account, report_id) for report_id in sorted(CANNED))
    return [_shown(box, caller, report) for report in reports if _is_seen(caller, report)]


def enable(box: Box, caller: Caller, report_id: int, change: ReportChange) -> dict[str, Any]:
    """Switch a report on for the call's account, and set what was sent of it.

    Raises: NotFound, BadField.
    Source: WING guide 7.2.
    """
    report = named(box, caller, report_id)
    _check(box, caller, change)
    on = {} if report["is_active"] else {"is_active": True, "enabled_on": clock.text(box.now)}
    plan(box, {**report, **on, **_changes(change)})
    return _shown(box, caller, named(box, caller, report_id))


def disable(box: Box, caller: Caller, report_id: int) -> dict[str, Any]:
    """Switch a report off for the call's account; its planned run is dropped, its file can be had until it expires.

    Raises: NotFound.
    Source: WING guide 7.3, whose body says nothing that counts.
    """
    report = named(box, caller, report_id)
    if report["is_active"]:
        _put(box, {**report, "is_active": False, "enabled_on": None, "next_run_at": None})
    return _shown(box, caller, find(box, report["account_id"], report_id))


def named(box: Box, caller: Caller, report_id: int) -> Row:
    """The report of that id of the call's account.

    Raises: NotFound, also for one that the caller's role may not see.
    """
    report = find(box, caller.reach.account, report_id)
    if report_id not in CANNED or not _is_seen(caller, report):
        raise NotFound(what="Report", id=report_id)
    return report


def find(box: Box, account_id: int, report_id: int) -> Row:
    """What an account has set about a report, by column; or how every report is at first."""
    row = box.sql(
        "SELECT * FROM wing_report WHERE account_id = :account AND report_id = :report",
        account=account_id,
        report=report_id,
    ).fetchone()
    return dict(row) if row else Report(account_id=account_id, report_id=report_id).model_dump()


def plan(box: Box, report: Row) -> datetime:
    """Write a report that is on, and let it run by itself when its schedule says next; answers when that is."""
    next_run_at = schedule.following(box.now, cast("Period", report["period"]), report["at_time"])
    _put(box, {**report, "next_run_at": clock.text(next_run_at)})
    key = f"{report['account_id']}-{report['report_id']}"
    workflow.keep_due(box, carrier="wing", kind=SCHEDULE, at=next_run_at, key=key)
    return next_run_at


def _put(box: Box, report: Row) -> None:
    columns = ", ".join(report)
    values = ", ".join(f":{column}" for column in report)
    box.sql(f"INSERT OR REPLACE INTO wing_report ({columns}) VALUES ({values})", **report)


def _is_seen(caller: Caller, report: Row) -> bool:
    roles = json.loads(report["roles"])
    return "ENTERPRISE_USER" in roles or ("ENTERPRISE_ADMIN" in roles and caller.rights.allow(_CANNED, "WRITE"))


def _check(box: Box, caller: Caller, change: ReportChange) -> None:
    """Let a change pass that names the account that the call is about, and one form of file."""
    account_id = caller.reach.account
    tenant_id = _tenant(box, caller)
    if change.account_id not in (None, str(account_id)):
        raise BadField(field="accountId", problem=f"must be {account_id}, as in Account-Context-Id")
    if change.tenant_id not in (None, str(tenant_id)):
        raise BadField(field="tenantId", problem=f"must be {tenant_id}, as the account's")
    written = change.response_format
    if written is not None and change.content_type not in (None, CONTENT_TYPES[written]):
        raise BadField(
            field="contentType", problem=f"must be {CONTENT_TYPES[written]} where responseFormat is {written}"
        )


def _changes(change: ReportChange) -> Mapping[str, Any]:
    """What a change sets, by column."""
    sent = change.report_schedule
    formats: Mapping[str | None, Format] = {content: written for written, content in CONTENT_TYPES.items()}
    wanted = {
        "period": sent and sent.schedule_period,
        "at_time": sent and sent.schedule_time,
        "folder_path": sent and sent.folder_path,
        "format": change.response_format or formats.get(change.content_type),
        "expiry_days": change.report_expiry_days,
        "roles": change.role_name and json.dumps(change.role_name),
        "is_encrypted": change.encrypted,
    }
    return {column: value for column, value in wanted.items() if value is not None}


def _tenant(box: Box, caller: Caller) -> int | str:
    """The tenant of the call's account; a number in this chapter."""
    return wire.number(reach.tree(box, caller.user.realm)[caller.reach.account].tenant_id)


def _shown(box: Box, caller: Caller, report: Row) -> dict[str, Any]:
    canned = CANNED[report["report_id"]]
    enabled_on = report["enabled_on"]
    return {
        "accountId": str(report["account_id"]),
        "active": bool(report["is_active"]),
        "contentType": CONTENT_TYPES[report["format"]],
        "createdBy": _OPERATOR,
        "encrypted": bool(report["is_encrypted"]),
        "id": canned.id,
        "lastUpdatedBy": _OPERATOR,
        "query": canned.query,
        "reportExpiryDays": str(report["expiry_days"]),
        "reportLevel": "ACCOUNT",
        "reportSchedule": {
            "active": bool(report["is_active"]),
            "folderPath": report["folder_path"] or f"/reports/{report['account_id']}",
            "id": canned.id + _SCHEDULES,
            "reportEnabledOn": enabled_on and f"{enabled_on[:19]}Z",
            "reportMetaDataID": canned.id,
            "schedulePeriod": report["period"],
            "scheduleTime": report["at_time"],
        },
        "reportTemplateName": canned.name,
        "responseFormat": report["format"],
        "roleName": json.loads(report["roles"]),
        "template": True,
        "tenantId": _tenant(box, caller),
    }
