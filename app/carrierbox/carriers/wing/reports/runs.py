"""7.4 and 7.5: running reports, on demand and by schedule, and handing out the files that come of it.

A run collects its rows some at a time, when all devices have lived until then. Of each report the file of its latest
finished run is kept, as long as the report says.
Source: WING guide 7; contract `wing-services.yaml`, key `reports`.
"""

import json
import sqlite3
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, cast

from carrierbox.carriers.wing import workflows
from carrierbox.carriers.wing.accounts import reach
from carrierbox.carriers.wing.door import Caller
from carrierbox.carriers.wing.errors import NotFound, RuleBroken
from carrierbox.carriers.wing.lists import Row
from carrierbox.carriers.wing.reports import files, rules, schedule
from carrierbox.carriers.wing.reports.canned import CANNED
from carrierbox.carriers.wing.reports.collect import Scope
from carrierbox.carriers.wing.reports.files import CONTENT_TYPES, Format
from carrierbox.carriers.wing.reports.tables import ReportPart, ReportRun
from carrierbox.carriers.wing.subscriptions.moves.rules import PAUSES
from carrierbox.carriers.wing.usage.network import NETWORK
from carrierbox.kernel import clock, devices, workflow
from carrierbox.kernel.workflow import Outcome, Refusal
from carrierbox.kernel.world import Box

RUN = "run_report_wf"
#: So many pieces of files that nobody can ask for any more are dropped in one turn: some milliseconds of work.
PIECES = 20
#: So many runs of a report are on record, beside those under way.
MOST_RUNS = 20


@dataclass(frozen=True, slots=True)
class File:
    """What a run has left."""

    name: str
    content_type: str
    content: bytes


def run(box: Box, caller: Caller, report_id: int) -> str:
    """Run a report of the call's account; answers the run's id, which 5.8 follows.

    Raises: NotFound, RuleBroken for a report that is off.
    Source: WING guide 7.5.
    """
    report = rules.named(box, caller, report_id)
    if not report["is_active"]:
        raise RuleBroken(rule=f"Report {report_id} is not enabled", key="reportdisabled", about="cannedReport")
    return _start(box, caller.user.realm, report, is_scheduled=False)


def _start(box: Box, realm: str, report: Row, *, is_scheduled: bool) -> str:
    run_id = workflow.start(
        box,
        carrier="wing",
        kind=RUN,
        owner=realm,
        subject=None,
        tasks=workflows.KINDS[RUN].tasks,
        sent=json.dumps({"reportId": report["report_id"], "accountId": str(report["account_id"])}),
    )
    box.session.add(
        ReportRun(
            id=run_id,
            account_id=report["account_id"],
            report_id=report["report_id"],
            cycle=schedule.cycle(box.now, is_scheduled=is_scheduled),
            format=report["format"],
            started_at=box.now,
        )
    )
    box.flush()
    _forget_old_runs(box, report)
    return run_id


def _forget_old_runs(box: Box, report: Row) -> None:
    box.sql(
        "DELETE FROM wing_report_run WHERE status <> 'RUNNING' AND id IN (SELECT id FROM wing_report_run"
        " WHERE account_id = :account AND report_id = :report ORDER BY started_at DESC, id LIMIT -1 OFFSET :most)"
        " AND id NOT IN (SELECT run_id FROM wing_report_part)",
        account=report["account_id"],
        report=report["report_id"],
        most=MOST_RUNS,
    )


@workflow.handles(rules.SCHEDULE, standing=True)
def _run_by_schedule(box: Box, job: Mapping[str, Any], _refusal: Refusal | None) -> Outcome:
    """Run a report when its time has come, and say when it comes again; rest when it was switched off."""
    account_id, report_id = map(int, json.loads(job["input"])["key"].split("-"))
    report = rules.find(box, account_id, report_id)
    if report["next_run_at"] is None:
        return Outcome("completed", {})
    next_run_at = clock.moment(report["next_run_at"])
    if next_run_at <= box.now:
        realm = box.sql(
            "SELECT t.realm FROM wing_account a JOIN wing_tenant t ON t.id = a.tenant_id WHERE a.id = :id",
            id=account_id,
        ).fetchone()["realm"]
        _start(box, realm, report, is_scheduled=True)
        next_run_at = rules.plan(box, report)
    return Outcome("running", {}, next_at=next_run_at)


@workflow.handles(RUN)
def _collect(box: Box, job: Mapping[str, Any], refusal: Refusal | None) -> Outcome:
    """Collect the next rows of a run, and write them down."""
    found = box.session.get(ReportRun, job["id"])
    if found is not None and found.status == "FINISHED":
        return _clear_up(box, found)
    if found is None or refusal:
        return _fail(box, job["id"], refusal or Refusal("The report's account was deleted", workflows.UNKNOWN))
    if found.progress == "{}" and devices.live(box, NETWORK):
        return Outcome("running", {}, next_at=box.now)
    below = reach.below(reach.tree(box, job["owner"]), [found.account_id])
    scope = Scope(job["owner"], found.account_id, frozenset(below), found.cycle)
    rows, progress = CANNED[found.report_id].collect(box, scope, json.loads(found.progress))
    _write(box, found, rows, is_last=progress is None)
    if progress is not None:
        found.progress = json.dumps(progress)
        return Outcome("running", {}, next_at=box.now + PAUSES[box.world.settings.pace])
    found.status, found.finished_at, found.progress = "FINISHED", box.now, "{}"
    box.flush()
    return _clear_up(box, found)


def _fail(box: Box, run_id: str, refusal: Refusal) -> Outcome:
    """Let a run leave nothing."""
    box.sql("DELETE FROM wing_report_part WHERE run_id = :id", id=run_id)
    box.sql(
        "UPDATE wing_report_run SET status = 'FAILED', finished_at = :now WHERE id = :id",
        now=clock.text(box.now),
        id=run_id,
    )
    return workflows.failed(refusal)


def _write(box: Box, found: ReportRun, rows: Sequence[Sequence[Any]], *, is_last: bool) -> None:
    """Write the next piece of a run's file, if there is anything to write."""
    if not rows and not is_last:
        return
    columns = CANNED[found.report_id].columns
    content = files.piece(cast("Format", found.format), columns, rows, is_first=not found.parts, is_last=is_last)
    box.session.add(ReportPart(run_id=found.id, number=found.parts, content=content))
    found.parts += 1


def _clear_up(box: Box, finished: ReportRun) -> Outcome:
    """Drop the files of the runs before, some pieces of them: nobody can ask for any file but the latest."""
    dropped = box.sql(
        "DELETE FROM wing_report_part WHERE rowid IN (SELECT p.rowid FROM wing_report_run r"
        " JOIN wing_report_part p ON p.run_id = r.id WHERE r.account_id = :account AND r.report_id = :report"
        " AND r.status = 'FINISHED' AND r.id <> :id LIMIT :some)",
        account=finished.account_id,
        report=finished.report_id,
        id=finished.id,
        some=PIECES,
    ).rowcount
    if dropped == PIECES:
        return Outcome("running", {}, next_at=box.now)
    return Outcome("completed", workflows.SUCCESS)


async def download(box: Box, caller: Caller, report_id: int) -> File:
    """The file of a report's latest finished run. Reads aside, since it may be large.

    Raises: NotFound, also where there is none, or its time is over.
    Source: WING guide 7.4.
    """
    report = rules.named(box, caller, report_id)
    latest = box.sql(
        "SELECT * FROM wing_report_run WHERE account_id = :account AND report_id = :report AND status = 'FINISHED'"
        " AND finished_at > :since ORDER BY finished_at DESC, started_at DESC LIMIT 1",
        account=report["account_id"],
        report=report_id,
        since=clock.text(box.now - timedelta(days=report["expiry_days"])),
    ).fetchone()
    if latest is None:
        raise NotFound(what="File of report", id=report_id)

    def read(reader: sqlite3.Connection) -> bytes:
        parts = reader.execute("SELECT content FROM wing_report_part WHERE run_id = ? ORDER BY number", (latest["id"],))
        return b"".join(part["content"] for part in parts)

    return File(_name(latest), CONTENT_TYPES[latest["format"]], await box.world.aside(read))


def _name(run: Mapping[str, Any]) -> str:
    """What the file is called: by report, account, the cycle that it is about, and when it was made."""
    canned = CANNED[run["report_id"]]
    made = f"{clock.moment(run['finished_at']):%Y%m%dT%H%M%SZ}"
    parts = (canned.query, run["account_id"], *([run["cycle"][:7]] if canned.is_of_cycle else []), made)
    return f"{'_'.join(map(str, parts))}.{run['format'].lower()}"
