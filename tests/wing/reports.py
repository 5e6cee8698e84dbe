"""What a client of WING's canned reports does."""

import csv
import io
from typing import Any
from uuid import UUID

import httpx

from carrierbox import contracts

API = "/api/v1"
REPORTS = f"{API}/cannedReport"
ACCOUNT = "3438"
SIM = "8955644099880343801"  # the only one of account 3438
DATA, SMS, INVENTORY, CHANGES, ORDERS, INVOICES = 101, 102, 103, 104, 105, 106
PRINTED = contracts.operation("wing-7.2").request.example  # type: ignore[union-attr]


def enable(client: httpx.Client, report: int, **change: Any) -> dict[str, Any]:
    answer = client.put(f"{REPORTS}/enableReportById/{report}", json=change)
    assert 202 == answer.status_code, answer.text
    return dict(answer.json())


def disable(client: httpx.Client, report: int) -> dict[str, Any]:
    answer = client.put(f"{REPORTS}/disableReportById/{report}", json=PRINTED)
    assert 202 == answer.status_code, answer.text
    return dict(answer.json())


def listed(client: httpx.Client) -> dict[int, dict[str, Any]]:
    answer = client.get(REPORTS)
    assert 202 == answer.status_code, answer.text
    return {report["id"]: report for report in answer.json()}


def run(world: Any, client: httpx.Client, report: int) -> str:
    """Run a report to its end; answers the run's id."""
    answer = client.get(f"{API}/runReport/{report}")
    assert 202 == answer.status_code, answer.text
    assert answer.text == str(UUID(answer.text))
    world.advance(until="idle")
    return str(answer.text)


def download(client: httpx.Client, report: int) -> httpx.Response:
    answer: httpx.Response = client.get(f"{API}/downloadReport/{report}")
    return answer


def rows(client: httpx.Client, report: int) -> list[dict[str, str]]:
    """The rows of a CSV file, as a spreadsheet reads it."""
    answer = download(client, report)
    assert 202 == answer.status_code, answer.text
    assert "text/csv" == answer.headers["content-type"].partition(";")[0]
    return list(csv.DictReader(io.StringIO(answer.content.decode(), newline="")))


def made(world: Any, client: httpx.Client, report: int) -> list[dict[str, str]]:
    """The rows of a report that is switched on and run now."""
    enable(client, report)
    run(world, client, report)
    return rows(client, report)


def event(world: Any, kind: str, iccid: str = SIM, **facts: Any) -> None:
    path = f"/_box/worlds/{world.name}/sims/{iccid}/events"
    answer = world.control.post(path, json={"kind": kind, **facts})
    assert 201 == answer.status_code, answer.text
