"""Twelve SIM cards are ordered, approved, delivered, activated, and found wherever SIMs are shown."""

import csv
import io
from typing import Any

import pytest
from tests.wing.ordering import Shop, done

from carrierbox.main import implemented_operations

SIMS = "/api/v1/subscription/sims"
REPORTS = {"wing-7.1", "wing-7.2", "wing-7.4", "wing-7.5"}


@pytest.fixture
def delivered(world: Any) -> list[dict[str, Any]]:
    """The SIMs of an order that a buyer placed, was told of, and saw delivered."""
    shop = Shop(world)
    entries = [
        {"email": "buyer@example.com", "type": f"order{step}"} for step in ("Submitted", "Approved", "Completed")
    ]
    done(shop.call("POST", "/simProducts/addUserGroup", json=entries))
    order = shop.order(productQty=12, orderOwnerEmail="buyer@example.com")
    rows = b"iccid,label\r\n,meter 1\r\n"
    done(shop.call("POST", f"/uploadAttachment/{order['id']}", files={"file": ("labels.csv", rows, "text/csv")}))
    assert rows == shop.call("GET", f"/downloadAttachment/{order['id']}").content
    order = shop.take(shop.read(order), "ONHOLD", "APPROVED", "COMPLETED")
    done(shop.call("PUT", f"/orderTrackingDetails/{order['id']}", params={"trackingInfo": "Parcel 12"}))
    assert ["SUBMITTED", "APPROVED", "COMPLETED"] == [mail["subject"].split()[-1] for mail in shop.mails()]
    return shop.sims(order)


def test_they_are_activated_and_found_in_every_list(world: Any, delivered: list[dict[str, Any]]) -> None:
    assert {(12, "ENTERPRISE-INVENTORY")} == {(len(delivered), sim["stateName"]) for sim in delivered}
    batches = [world.change(sim, "ACTIVE", 3) for sim in delivered]
    assert {202} == {batch.status_code for batch in batches}
    world.advance(until="idle")
    assert {"COMPLETED"} == {world.workflow(batch.text)["status"] for batch in batches}
    numbers = {sim["iccid"] for sim in delivered}
    active = done(world.wing.get(SIMS, params={"stateName.equals": "ACTIVE", "accountId.equals": 26}))
    assert numbers <= {sim["iccid"] for sim in active}
    here = done(world.wing.get(SIMS, headers={"Account-Context-Id": "26"}))
    assert numbers <= {sim["iccid"] for sim in here}
    for sim in delivered:
        now = world.sim(sim["iccid"])
        assert ("ACTIVE", True) == (now["stateName"], now["initialActivationDate"] is not None)
        trail = done(world.wing.get(f"/api/v1/getAuditTrail/{sim['imsi']}/1"))
        assert ['"ACTIVE"', '"ENTERPRISE-INVENTORY"'] == [row["newValue"] for row in trail]
    other = world.wing_as("acme-admin", "acme-iot")
    assert [] == done(other.get(SIMS, params={"iccid.in": ",".join(numbers)}))


@pytest.mark.skipif(not implemented_operations() >= REPORTS, reason="chapter 7 is not there")
def test_the_inventory_report_has_them(world: Any, delivered: list[dict[str, Any]]) -> None:
    here = {"Account-Context-Id": "26"}
    listed = world.wing.get("/api/v1/cannedReport", headers=here).json()
    [number] = {report["id"] for report in listed if report["reportTemplateName"] == "SIM Inventory"}
    body = {"reportSchedule": {"schedulePeriod": "DAILY", "scheduleTime": "00:30"}}
    for answer in (
        world.wing.put(f"/api/v1/cannedReport/enableReportById/{number}", json=body, headers=here),
        world.wing.get(f"/api/v1/runReport/{number}", headers=here),
    ):
        assert 202 == answer.status_code, answer.text
    world.advance(until="idle")
    report = world.wing.get(f"/api/v1/downloadReport/{number}", headers=here)
    assert 202 == report.status_code, report.text
    rows = {row["iccid"]: row for row in csv.DictReader(io.StringIO(report.text))}
    for sim in delivered:
        assert ("26", "ENTERPRISE-INVENTORY") == (rows[sim["iccid"]]["accountId"], rows[sim["iccid"]]["stateName"])
