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
