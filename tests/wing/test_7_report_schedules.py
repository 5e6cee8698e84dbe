"""WING 7, canned reports run by themselves: daily, weekly, monthly, on the world's clock."""

import re
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.wing.reports import (
    ACCOUNT,
    INVENTORY,
    INVOICES,
    SIM,
    SMS,
    disable,
    download,
    enable,
    event,
    rows,
    run,
)

from carrierbox.carriers.wing.reports import schedule


def made_at(client: httpx.Client, report: int = INVENTORY) -> str | None:
    """When the file that can be had was made, by its name."""
    answer = download(client, report)
    if answer.status_code == 404:
        return None
    found = re.search(r"\d{8}T\d{6}Z", answer.headers["content-disposition"])
    return found[0][:13] if found else None


@pytest.mark.parametrize(
    ("period", "runs"),
    [
        ("DAILY", ["20270127T0715", "20270128T0715", "20270129T0715"]),
        ("WEEKLY", ["20270201T0715", "20270208T0715"]),  # Mondays
        ("MONTHLY", ["20270201T0715", "20270301T0715"]),
    ],
)
def test_a_report_runs_by_itself_when_its_schedule_says(period: str, runs: list[str], world: Any) -> None:
    world.clock(now="2027-01-27T06:00:00Z")  # a Wednesday
    client = world.wing_as("sandbox-admin", account=ACCOUNT)
    enable(client, INVENTORY, reportSchedule={"schedulePeriod": period, "scheduleTime": "07:15"})
    for expected in runs:
        world.advance(to=f"{expected[:4]}-{expected[4:6]}-{expected[6:8]}T07:14:59Z")
        client = world.wing_as("sandbox-admin", account=ACCOUNT)
        assert expected != made_at(client)
        world.advance(by="1m")
        assert expected == made_at(client)


def test_a_report_that_is_off_does_not_run_by_itself(world: Any) -> None:
    world.clock(now="2027-01-27T06:00:00Z")
    client = world.wing_as("sandbox-admin", account=ACCOUNT)
    enable(client, INVENTORY)
    disable(client, INVENTORY)
    world.advance(by="48h")
    client = world.wing_as("sandbox-admin", account=ACCOUNT)
    assert made_at(client) is None
    enable(client, INVENTORY)
    world.advance(by="24h")
    assert "20270130T0030" == made_at(world.wing_as("sandbox-admin", account=ACCOUNT))


def test_another_schedule_holds_from_when_it_is_set(world: Any) -> None:
    world.clock(now="2027-01-27T06:00:00Z")
    client = world.wing_as("sandbox-admin", account=ACCOUNT)
    enable(client, INVENTORY, reportSchedule={"schedulePeriod": "DAILY"})
    enable(client, INVENTORY, reportSchedule={"schedulePeriod": "MONTHLY", "scheduleTime": "12:00"})
    world.advance(to="2027-02-01T11:59:00Z")
    assert made_at(world.wing_as("sandbox-admin", account=ACCOUNT)) is None
    world.advance(by="2m")
    assert "20270201T1200" == made_at(world.wing_as("sandbox-admin", account=ACCOUNT))


def test_the_months_first_run_by_itself_closes_the_month_before(world: Any) -> None:
    world.clock(now="2027-01-31T12:00:00Z")
    enable(world.wing_as("sandbox-admin", account=ACCOUNT), SMS)
    event(world, "sms-mo", text="x")
    world.advance(to="2027-02-01T00:31:00Z")
    client = world.wing_as("sandbox-admin", account=ACCOUNT)
    assert ["1"] == [row["smsMo"] for row in rows(client, SMS)]
    assert "sms_usage_summary_3438_2027-01_" in download(client, SMS).headers["content-disposition"]
    run(world, client, SMS)
    assert ["0"] == [row["smsMo"] for row in rows(client, SMS)]
    assert "sms_usage_summary_3438_2027-02_" in download(client, SMS).headers["content-disposition"]


def figures(row: dict[str, str]) -> tuple[str, ...]:
    return tuple(row[name] for name in ("status", "billingPeriod", "activeSubscribers", "simChargesTotal", "dataUsage"))


def test_the_invoices_of_the_month_before_are_final(world: Any) -> None:
    world.clock(now="2027-01-31T23:59:50Z")
    client = world.wing_as("sandbox-admin", account="3502")
    params = {"accountId.equals": 3502, "stateName.equals": "ENTERPRISE-INVENTORY", "size": 3}
    sims = world.wing_as("sandbox-admin").get("/api/v1/subscription/sims", params=params).json()
    enable(client, INVOICES, reportSchedule={"schedulePeriod": "MONTHLY", "scheduleTime": "23:00"})
    run(world, client, INVOICES)
    [draft] = [figures(row) for row in rows(client, INVOICES)]
    world.advance(to="2027-02-01T10:00:00Z")
    world.wing.headers["Authorization"] = f"Bearer {world.token()}"
    for sim in sims:
        world.change(sim, "ACTIVE", 3)
    world.advance(to="2027-02-01T23:01:00Z")
    client = world.wing_as("sandbox-admin", account="3502")
    assert "invoices_3502_2027-01_" in download(client, INVOICES).headers["content-disposition"]
    assert [("Final", *draft[1:])] == [figures(row) for row in rows(client, INVOICES)]
    run(world, client, INVOICES)
    [running] = [figures(row) for row in rows(client, INVOICES)]
    assert ("Draft", "2027-02-01", str(int(draft[2]) + 3)) == running[:3]


def test_devices_that_are_behind_add_to_the_invoice_of_the_month_in_which_they_lived(world: Any) -> None:
    put = world.control.put(f"/_box/worlds/{world.name}/sims/{SIM}/device", json={"profile": "meter"})
    assert 200 == put.status_code, put.text
    world.clock(now="2027-01-27T06:00:00Z")
    client = world.wing_as("sandbox-admin", account=ACCOUNT)
    enable(client, INVOICES, reportSchedule={"schedulePeriod": "MONTHLY", "scheduleTime": "23:00"})
    made = world.control.post("/_box/worlds", json={"from": world.name}).json()
    fork = type(world)(made["name"], made["base_url"], world.control)
    fork.advance(to="2027-01-31T23:59:59Z")
    draft = fork.wing.get(f"/api/v1/invoice-data/invoice-data/v1/getInvoiceDetails/{ACCOUNT}").json()
    fork.close()
    world.control.delete(f"/_box/worlds/{fork.name}")
    world.advance(to="2027-02-01T23:01:00Z")
    [final] = rows(world.wing_as("sandbox-admin", account=ACCOUNT), INVOICES)
    assert draft["dataUsage"] > 0
    assert {name: str(value) for name, value in draft.items()} | {"externalAccountId": "", "status": "Final"} == {
        name: value for name, value in final.items() if name != "accountId"
    }


def test_a_schedule_is_nothing_to_wait_for(world: Any) -> None:
    enable(world.wing_as("sandbox-admin", account=ACCOUNT), INVENTORY)
    before = world.clock()["now"]
    world.advance(until="idle")
    assert before == world.clock()["now"]


MOMENTS = st.datetimes(datetime(2000, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001
TIMES = st.times().map(lambda time: f"{time:%H:%M}")


@given(MOMENTS, st.sampled_from(["DAILY", "WEEKLY", "MONTHLY"]), TIMES)
def test_the_next_time_is_the_first_that_fits(after: datetime, period: schedule.Period, at_time: str) -> None:
    found = schedule.following(after, period, at_time)
    longest = {"DAILY": 1, "WEEKLY": 7, "MONTHLY": 31}[period]
    assert after < found <= after + timedelta(days=longest)
    assert at_time == f"{found:%H:%M}"
    assert {"DAILY": True, "WEEKLY": found.isoweekday() == 1, "MONTHLY": found.day == 1}[period]
    earlier = schedule.following(found - timedelta(microseconds=1), period, at_time)
    assert found == earlier
