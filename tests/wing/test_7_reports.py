"""WING 7, canned reports: switched on for an account, run on demand, and downloaded as a file."""

import re
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from tests.wing import inside
from tests.wing.answers import wrong_fields
from tests.wing.reports import (
    ACCOUNT,
    API,
    CHANGES,
    DATA,
    INVENTORY,
    INVOICES,
    ORDERS,
    PRINTED,
    REPORTS,
    SIM,
    SMS,
    disable,
    download,
    enable,
    event,
    listed,
    made,
    rows,
    run,
)
from tests.wing.rows import rows as everything

from carrierbox.carriers.wing.rating.invoices import rules as invoices
from carrierbox.carriers.wing.reports import rules, runs
from carrierbox.carriers.wing.reports.schemas import ReportChange


@pytest.fixture
def admin(world: Any) -> httpx.Client:
    """Who may do everything in account 3438."""
    client: httpx.Client = world.wing_as("sandbox-admin", account=ACCOUNT)
    return client


# 7.1 to 7.3 ------------------------------------------------------------------------------------------------------


def test_every_account_has_every_report_off_at_first(world: Any, admin: httpx.Client) -> None:
    reports = listed(admin)
    assert [DATA, SMS, INVENTORY, CHANGES, ORDERS, INVOICES] == [*reports]
    acme = listed(world.wing_as("acme-admin", realm="acme-iot"))
    assert {"3438"} == {report["accountId"] for report in reports.values()}
    assert {("9001", 30)} == {(report["accountId"], report["tenantId"]) for report in acme.values()}
    for report in (*reports.values(), *acme.values()):
        assert (False, False) == (report["active"], report["reportSchedule"]["active"])


def test_switching_on_and_off_shows_in_the_list_of_that_account_only(world: Any, admin: httpx.Client) -> None:
    before = listed(admin)
    on = enable(admin, SMS)
    now = f"{world.clock()['now'][:19]}Z"
    expected = {**before[SMS], "active": True}
    expected["reportSchedule"] = {**before[SMS]["reportSchedule"], "active": True, "reportEnabledOn": now}
    assert expected == on
    assert {**before, SMS: on} == listed(admin)
    assert not any(report["active"] for report in listed(world.wing).values())
    world.advance(by="1h")
    assert on == enable(admin, SMS)  # it is on since then
    assert before[SMS] == disable(admin, SMS)
    assert before[SMS] == disable(admin, SMS)
    assert before == listed(admin)


def test_a_report_as_7_1_shows_it_can_be_sent_back(admin: httpx.Client) -> None:
    shown = listed(admin)[DATA]
    wanted = {
        **shown, "reportExpiryDays": "7", "responseFormat": "JSON", "contentType": "application/json",
        "encrypted": True, "roleName": ["ENTERPRISE_ADMIN"],
    }  # fmt: skip
    wanted["reportSchedule"] = {
        **shown["reportSchedule"], "schedulePeriod": "MONTHLY", "scheduleTime": "23:59", "folderPath": "/there",
    }  # fmt: skip
    enabled = enable(admin, DATA, **wanted)
    expected = {**wanted, "active": True}
    expected["reportSchedule"] = {
        **wanted["reportSchedule"], "active": True, "reportEnabledOn": enabled["reportSchedule"]["reportEnabledOn"],
    }  # fmt: skip
    assert expected == enabled
    # and the printed fillers leave all that as it is
    assert expected == enable(admin, DATA, **PRINTED)


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"accountId": "3439"}, "accountId"),
        ({"accountId": 3438}, "accountId"),
        ({"tenantId": 30}, "tenantId"),
        ({"tenantId": "x"}, "tenantId"),
        ({"active": "perhaps"}, "active"),
        ({"contentType": "application/pdf"}, "contentType"),
        ({"contentType": "text/csv", "responseFormat": "JSON"}, "contentType"),
        ({"responseFormat": "XLSX"}, "responseFormat"),
        ({"encrypted": 1}, "encrypted"),
        ({"id": "x"}, "id"),
        ({"reportExpiryDays": "soon"}, "reportExpiryDays"),
        ({"reportExpiryDays": "0"}, "reportExpiryDays"),
        ({"reportExpiryDays": "4000"}, "reportExpiryDays"),
        ({"reportExpiryDays": ""}, "reportExpiryDays"),
        ({"reportLevel": "TENANT"}, "reportLevel"),
        ({"roleName": []}, "roleName"),
        ({"roleName": ["KING"]}, "roleName.0"),
        ({"roleName": "ENTERPRISE_ADMIN"}, "roleName"),
        ({"reportSchedule": "DAILY"}, "reportSchedule"),
        ({"reportSchedule": {"schedulePeriod": "HOURLY"}}, "reportSchedule.schedulePeriod"),
        ({"reportSchedule": {"scheduleTime": "24:00"}}, "reportSchedule.scheduleTime"),
        ({"reportSchedule": {"scheduleTime": "7:00"}}, "reportSchedule.scheduleTime"),
        ({"reportSchedule": {"scheduleTime": "00:30\n"}}, "reportSchedule.scheduleTime"),
        ({"reportSchedule": {"folderPath": "x" * 256}}, "reportSchedule.folderPath"),
        ({"reportSchedule": {"reportMetaDataID": -1}}, "reportSchedule.reportMetaDataID"),
    ],
)
def test_what_cannot_be_set_is_refused_by_field(
    change: dict[str, Any], field: str, world: Any, admin: httpx.Client
) -> None:
    before = everything(world)
    assert {field} == wrong_fields(admin.put(f"{REPORTS}/enableReportById/{DATA}", json=change))
    assert before == everything(world)


@pytest.mark.parametrize(("report", "status"), [("x", 400), ("-1", 400), ("9" * 30, 400), ("0", 404), ("999", 404)])
def test_a_report_that_is_not_there_is_refused_by_each(report: str, status: int, admin: httpx.Client) -> None:
    for verb in ("enable", "disable"):
        assert status == admin.put(f"{REPORTS}/{verb}ReportById/{report}", json={}).status_code
    for verb in ("downloadReport", "runReport"):
        assert status == admin.get(f"{API}/{verb}/{report}").status_code


def test_who_may_only_read_runs_and_downloads_and_does_not_switch(world: Any, admin: httpx.Client) -> None:
    reader = world.wing_as("sandbox-reader", account=ACCOUNT)
    enable(admin, INVENTORY)
    for verb in ("enable", "disable"):
        assert 403 == reader.put(f"{REPORTS}/{verb}ReportById/{INVENTORY}", json={}).status_code
    assert listed(admin) == listed(reader)
    run(world, reader, INVENTORY)
    assert rows(admin, INVENTORY) == rows(reader, INVENTORY)


def test_a_report_that_is_not_for_ones_role_does_not_exist(world: Any, admin: httpx.Client) -> None:
    reader = world.wing_as("sandbox-reader", account=ACCOUNT)
    enable(admin, INVENTORY, roleName=["ENTERPRISE_ADMIN"])
    run(world, admin, INVENTORY)
    assert INVENTORY not in listed(reader)
    assert INVENTORY in listed(admin)
    for verb in ("runReport", "downloadReport"):
        assert 404 == reader.get(f"{API}/{verb}/{INVENTORY}").status_code
    enable(admin, INVENTORY, roleName=["ENTERPRISE_USER"])  # which an admin is as well
    assert (True, True) == (INVENTORY in listed(reader), INVENTORY in listed(admin))


# 7.4 and 7.5 -----------------------------------------------------------------------------------------------------


def test_a_report_that_is_off_is_not_run(world: Any, admin: httpx.Client) -> None:
    answer = admin.get(f"{API}/runReport/{DATA}")
    assert (400, "Report 101 is not enabled") == (answer.status_code, answer.json()["title"])
    enable(world.wing, DATA)  # of another account
    assert 400 == admin.get(f"{API}/runReport/{DATA}").status_code
    world.advance(until="idle")
    assert 404 == download(admin, DATA).status_code


def test_there_is_a_file_when_the_run_has_ended_and_not_before(world: Any, admin: httpx.Client) -> None:
    enable(admin, INVENTORY)
    run_id = admin.get(f"{API}/runReport/{INVENTORY}").text
    assert "RUNNING" == world.workflow(run_id)["status"]
    assert 404 == download(admin, INVENTORY).status_code
    world.advance(until="idle")
    assert "COMPLETED" == world.workflow(run_id)["status"]
    answer = download(admin, INVENTORY)
    named = answer.headers["content-disposition"]
    assert re.fullmatch(r'attachment; filename="sim_inventory_3438_\d{8}T\d{6}Z\.csv"', named), named
    assert (
        b'"iccid","imsi","msisdn","accountId","stateName","ratePlan","apnGroup"\r\n'
        b'"8955644099880343801","234500000343801","882362000343801",3438,"ACTIVE","IoT 1 GB","Default"\r\n'
    ) == answer.content


def test_the_file_is_that_of_the_latest_run_and_a_change_shows_in_the_next(world: Any, admin: httpx.Client) -> None:
    [before] = made(world, admin, INVENTORY)
    world.change(world.sim(SIM), "SUSPENDED", 4)
    world.advance(until="idle")
    assert [before] == rows(admin, INVENTORY)
    run(world, admin, INVENTORY)
    assert [{**before, "stateName": "SUSPENDED"}] == rows(admin, INVENTORY)


def test_the_inventory_is_what_5_3_lists_of_the_account_and_those_below(world: Any) -> None:
    sims = world.wing.get(f"{API}/subscription/sims", params={"accountId.in": "3503,3504"}).json()
    assert {3503, 3504} == {sim["accountId"] for sim in sims}
    wanted = ("iccid", "imsi", "msisdn", "accountId", "stateName")
    found = made(world, world.wing_as("sandbox-admin", account="3503"), INVENTORY)
    assert [[str(sim[name]) for name in wanted] for sim in sims] == [[row[name] for name in wanted] for row in found]


def test_usage_is_summed_by_rate_plan_and_zone(world: Any, admin: httpx.Client) -> None:
    [nothing] = made(world, admin, DATA)
    assert ("", "0") == (nothing["zone"], nothing["dataBytes"])
    for up, down in ((1_000, 9_000), (500, 500)):
        event(world, "data", up_bytes=up, down_bytes=down)
    event(world, "data", up_bytes=7, down_bytes=0, zone="Far away")
    world.wing.post(
        f"{API}/sim/change/rateplan",
        json={"iccid": SIM, "imsi": nothing["imsi"], "ratePlanId": 103752, "accountId": 3438},
    )
    run(world, admin, DATA)
    found = {row["zone"]: row for row in rows(admin, DATA)}
    assert "7" == found.pop("Far away")["dataBytes"]
    [home] = found.values()
    assert {**nothing, "zone": home["zone"], "dataBytes": "11000"} == home


def test_messages_are_counted_in_both_directions(world: Any, admin: httpx.Client) -> None:
    sim = world.sim(SIM)
    for _ in range(2):
        event(world, "sms-mo", text="x")
    event(world, "sms-mt", text="x")
    world.wing.post(f"{API}/notification/sms/sendsms", json={"to": sim["msisdn"], "message": "x"})
    [row] = made(world, admin, SMS)
    assert {
        "iccid": SIM, "imsi": sim["imsi"], "msisdn": sim["msisdn"], "smsMo": "2", "smsMt": "2",
    } == row  # fmt: skip


def test_usage_stays_with_the_account_in_which_it_was_used(world: Any, admin: httpx.Client) -> None:
    event(world, "sms-mo", text="x")
    sim = world.sim(SIM)
    body = {
        "accountId": 3992, "fromAccountId": 3438, "useImsi": True, "range": {"from": sim["imsi"], "to": sim["imsi"]},
    }  # fmt: skip
    assert 202 == world.wing.post(f"{API}/resources/batch/sims/assign", json=body).status_code
    world.advance(until="idle")
    event(world, "sms-mt", text="x")
    assert [("1", "0")] == [(row["smsMo"], row["smsMt"]) for row in made(world, admin, SMS)]
    now = made(world, world.wing_as("sandbox-admin", account="3992"), SMS)
    assert [("0", "1")] == [(row["smsMo"], row["smsMt"]) for row in now if row["iccid"] == SIM]
    assert [] == made(world, admin, INVENTORY)


def test_devices_have_lived_until_the_run(world: Any, admin: httpx.Client) -> None:
    put = world.control.put(f"/_box/worlds/{world.name}/sims/{SIM}/device", json={"profile": "meter"})
    assert 200 == put.status_code, put.text
    enable(admin, DATA)
    world.clock(now=f"{datetime.fromisoformat(world.clock()['now']) + timedelta(days=70):%Y-%m}-15T12:00:00Z")
    run(world, world.wing_as("sandbox-admin", account=ACCOUNT), DATA)
    used = sum(int(row["dataBytes"]) for row in rows(world.wing_as("sandbox-admin", account=ACCOUNT), DATA))
    assert used > 14 * 4 * 600


def test_state_changes_are_listed_oldest_first_with_their_reason(world: Any, admin: httpx.Client) -> None:
    sim = world.sim(SIM)
    times = []
    for state, number in (("SUSPENDED", 4), ("ACTIVE", 3)):
        world.change(sim, state, number)
        world.advance(until="idle")
        times.append(f"{world.sim(SIM)['lastStateChangeDate'][:23]}Z")
    forced = world.control.post(f"/_box/worlds/{world.name}/sims/{SIM}/force", json={"state": "TRIAL"})
    assert 200 == forced.status_code, forced.text
    world.change(world.sim("8955644099890130870"), "SUSPENDED", 4)  # of another account
    found = made(world, admin, CHANGES)
    assert [
        ("ACTIVE", "SUSPENDED", "USER_ACTION", times[0]),
        ("SUSPENDED", "ACTIVE", "USER_ACTION", times[1]),
        ("ACTIVE", "TRIAL", "FORCED", found[-1]["at"]),
    ] == [(row["fromState"], row["toState"], row["reason"], row["at"]) for row in found]
    assert {SIM} == {row["iccid"] for row in found}


def test_orders_are_listed_as_8_1_7_shows_them(world: Any) -> None:
    client = world.wing_as("sandbox-admin", account="26")
    [before] = made(world, client, ORDERS)
    shown = client.get(f"{API}/sim-ordering/orderDetails/5651", headers={"X-Tenant-Id": "7"}).json()
    names = ("accountMasterId", "productQty", "orderStatus", "orderSubmittedDate")
    assert {"orderId": "5651", **{name: str(shown[name]) for name in names}} == before
    assert [] == made(world, world.wing_as("acme-admin", realm="acme-iot"), ORDERS)


def test_invoices_are_those_of_14_1(world: Any) -> None:
    event(world, "data", up_bytes=0, down_bytes=2**31)
    event(world, "sms-mo", text="x")
    event(world, "voice", direction="mo", seconds=600)
    top = world.wing_as("sandbox-admin", account="3122")
    found = {int(row["accountId"]): row for row in made(world, top, INVOICES)}
    accounts = [account["id"] for account in top.get(f"{API}/accounts/account", params={"size": 2000}).json()]
    assert {3122, 3438, 3503, 7633} <= {*found}
    for account in accounts:
        answer = top.get(f"{API}/invoice-data/invoice-data/v1/getInvoiceDetails/{account}")
        assert (200 if account in found else 404) == answer.status_code
        if account in found:
            invoice = {name: "" if value is None else value for name, value in answer.json().items()}
            row = {name: value for name, value in found[account].items() if name != "accountId"}
            assert {name: type(value)(row[name]) for name, value in invoice.items()} == invoice
            assert list(invoice) == list(row)
    assert "2048.0" == found[3438]["dataUsage"]


def test_json_has_the_same_rows_as_csv(world: Any) -> None:
    client = world.wing_as("sandbox-admin", account="3122")
    for report in (INVENTORY, SMS, CHANGES):
        expected = made(world, client, report)
        enable(client, report, responseFormat="JSON")
        run(world, client, report)
        answer = download(client, report)
        assert "application/json" == answer.headers["content-type"]
        assert answer.headers["content-disposition"].endswith('.json"')
        assert expected == [{name: str(value) for name, value in row.items()} for row in answer.json()]
        enable(client, report, contentType="text/csv")
        run(world, client, report)
        assert expected == rows(client, report)


def test_a_name_is_no_formula_in_a_spreadsheet_and_itself_in_json(world: Any, admin: httpx.Client) -> None:
    name = '=1+1,"ä"'
    assert 200 == world.wing.put(f"{API}/accounts/account", json={"id": 3438, "name": name}).status_code
    assert [f"'{name}"] == [row["accountName"] for row in made(world, admin, INVOICES)]
    enable(admin, INVOICES, responseFormat="JSON")
    run(world, admin, INVOICES)
    assert [name] == [row["accountName"] for row in download(admin, INVOICES).json()]


def test_a_run_that_fails_leaves_the_file_before_it(world: Any, admin: httpx.Client) -> None:
    before = made(world, admin, INVENTORY)
    body = {"match": {"workflow": "run_report_wf"}, "do": {"fail": {"reason": "No space left", "code": 507}}}
    assert 201 == world.control.post(f"/_box/worlds/{world.name}/outcomes", json=body).status_code
    failed = world.workflow(run(world, admin, INVENTORY))
    assert ("FAILED", "No space left") == (failed["status"], failed["reasonForIncompletion"])
    assert before == rows(admin, INVENTORY)


def test_a_file_outlasts_its_report_and_ends_with_its_days(world: Any, admin: httpx.Client) -> None:
    enable(admin, INVENTORY, reportExpiryDays="2")
    run(world, admin, INVENTORY)
    disable(admin, INVENTORY)
    for days, status in ((1, 202), (2, 404)):
        world.advance(by="24h")
        client = world.wing_as("sandbox-admin", account=ACCOUNT)  # a token lasts ten hours
        assert status == download(client, INVENTORY).status_code, days


def test_another_account_and_another_realm_have_files_of_their_own(world: Any, admin: httpx.Client) -> None:
    made(world, admin, INVENTORY)
    acme = world.wing_as("acme-admin", realm="acme-iot")
    elsewhere = world.wing_as("sandbox-admin", account="3034")
    for client in (acme, elsewhere):
        assert 404 == download(client, INVENTORY).status_code
    own = {sim["iccid"] for sim in acme.get(f"{API}/subscription/sims").json()}
    assert own == {row["iccid"] for row in made(world, acme, INVENTORY)}
    assert {SIM} == {row["iccid"] for row in rows(admin, INVENTORY)}


def test_an_accounts_reports_go_with_it(world: Any) -> None:
    client = world.wing_as("sandbox-admin", account="4906")
    made(world, client, INVENTORY)
    client.get(f"{API}/runReport/{INVENTORY}")
    assert 204 == world.wing.delete(f"{API}/accounts/account/4906").status_code
    world.advance(by="48h")  # what was under way, and what was planned, ends quietly
    assert 200 == world.control.get(f"/_box/worlds/{world.name}").status_code


def test_a_large_fleet_is_reported_whole_while_the_box_answers(control: httpx.Client) -> None:
    from tests.conftest import World

    made_world = control.post("/_box/worlds", json={"sims": 12_000, "seed": 7}).json()
    world = World(made_world["name"], made_world["base_url"], control)
    enable(world.wing, INVENTORY)
    assert 202 == world.wing.get(f"{API}/runReport/{INVENTORY}").status_code
    slowest = 0.0
    with ThreadPoolExecutor(1) as other:
        running = other.submit(world.advance, until="idle")
        while not running.done():
            answer = control.get("/_box/health")
            assert 200 == answer.status_code
            slowest = max(slowest, answer.elapsed.total_seconds())
        running.result()
    found = rows(world.wing, INVENTORY)
    assert len(found) > 12_000
    assert len(found) == len({row["iccid"] for row in found})
    assert slowest < 1
    world.close()
    control.delete(f"/_box/worlds/{world.name}")


def test_the_file_before_is_dropped_some_pieces_at_a_time_and_the_new_one_can_be_had_meanwhile(tmp_path: Path) -> None:
    with inside.started(tmp_path, pace="instant") as world:
        run_ids = []
        for pieces in (2 * runs.PIECES + 5, 0):
            with inside.asking(world, ACCOUNT) as (box, caller):
                rules.enable(box, caller, INVENTORY, ReportChange())
                run_ids.append(runs.run(box, caller, INVENTORY))
            if pieces:
                inside.advance(world)
            for number in range(1, pieces):
                world.store.sql("INSERT INTO wing_report_part VALUES (?, ?, x'00')", (run_ids[0], number))
        left = []
        while (job := inside.job(world, run_ids[1]))["status"] == "running":
            with inside.asking(world) as (box, _):
                outcome = runs._collect(box, job, None)
                box.sql("UPDATE box_job SET status = :status WHERE id = :id", status=outcome.status, id=run_ids[1])
                finished = box.sql("SELECT id FROM wing_report_run WHERE status = 'FINISHED'").fetchall()
                left.append(box.sql("SELECT count(*) FROM wing_report_part").fetchone()[0])
            assert {*run_ids} == {row["id"] for row in finished}
    assert [1 + runs.PIECES + 5, 1 + 5, 1] == left


def test_invoices_of_some_sims_are_looked_up_by_these(tmp_path: Path) -> None:
    plans: list[str] = []
    with inside.started(tmp_path) as world:

        def ask(query: str, values: Sequence[Any]) -> list[Any]:
            plans.extend(row["detail"] for row in world.store.sql(f"EXPLAIN QUERY PLAN {query}", values))
            return []

        invoices.rows(ask, [3122, 3438], datetime(2026, 11, 1, tzinfo=UTC), (1, 1000))
    searches = [plan for plan in plans if plan.startswith(("SEARCH", "SCAN"))]
    assert ["rowid>? AND rowid<?", "sim_id>? AND sim_id<?"] == [
        re.search(r"\((.*)\)", plan)[1] if "(" in plan else plan  # type: ignore[index]
        for plan in searches
    ]
