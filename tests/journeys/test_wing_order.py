"""Twelve SIM cards are ordered, approved, delivered, activated, found wherever SIMs are shown, and invoiced."""

import csv
import io
from typing import Any

import pytest
from tests.wing.ordering import Shop, done

SIMS = "/api/v1/subscription/sims"


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


def report(world: Any, name: str) -> list[dict[str, str]]:
    """The rows of one of account 26's reports, switched on and run."""
    here = {"Account-Context-Id": "26"}
    listed = world.wing.get("/api/v1/cannedReport", headers=here).json()
    [number] = {each["id"] for each in listed if each["reportTemplateName"] == name}
    body = {"reportSchedule": {"schedulePeriod": "DAILY", "scheduleTime": "00:30"}}
    for answer in (
        world.wing.put(f"/api/v1/cannedReport/enableReportById/{number}", json=body, headers=here),
        world.wing.get(f"/api/v1/runReport/{number}", headers=here),
    ):
        assert 202 == answer.status_code, answer.text
    world.advance(until="idle")
    file = world.wing.get(f"/api/v1/downloadReport/{number}", headers=here)
    assert 202 == file.status_code, file.text
    return list(csv.DictReader(io.StringIO(file.text)))


def test_the_inventory_report_has_them(world: Any, delivered: list[dict[str, Any]]) -> None:
    rows = {row["iccid"]: row for row in report(world, "SIM Inventory")}
    for sim in delivered:
        expected = {
            "iccid": sim["iccid"], "imsi": sim["imsi"], "msisdn": sim["msisdn"], "accountId": "26",
            "stateName": "ENTERPRISE-INVENTORY", "ratePlan": "Nokia Rate plan for invoice testing",
            "apnGroup": "lab.B01wing",
        }  # fmt: skip
        assert expected == rows[sim["iccid"]]


def test_the_order_report_has_the_order(world: Any, delivered: list[dict[str, Any]]) -> None:
    order = Shop(world).read({"id": delivered[0]["batchId"]})
    rows = {row["orderId"]: row for row in report(world, "SIM Orders")}
    assert {"5651", str(order["id"])} == rows.keys()
    row = rows[str(order["id"])]
    assert ("26", "12", "COMPLETED") == (row["accountMasterId"], row["productQty"], row["orderStatus"])
    assert "2022-11-07T04:50:43.418Z" == rows["5651"]["orderSubmittedDate"]


def test_the_invoice_charges_those_that_are_active(world: Any, delivered: list[dict[str, Any]]) -> None:
    path = "/api/v1/invoice-data/invoice-data/v1/getInvoiceDetails/26"
    before = done(world.wing.get(path))
    for sim in delivered[:4]:
        world.change(sim, "ACTIVE", 3)
    world.advance(until="idle")
    after = done(world.wing.get(path))
    # the plan of the order: 1.0 for the activation and 2.0 a cycle
    assert (4, 12) == tuple(after[name] - before[name] for name in ("activeSubscribers", "simChargesTotal"))
