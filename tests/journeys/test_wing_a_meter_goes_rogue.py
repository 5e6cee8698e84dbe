"""A meter begins to use more than it should: a rule suspends its SIM and tells people, and next month it is back."""

from datetime import datetime, timedelta
from typing import Any

METER = {"iccid": "8955644500001090062", "imsi": "234500001090062"}
RULES = "/api/v1/automation-rules/automation-rule/v1/monitored-rules"


def rule(**more: Any) -> dict[str, Any]:
    text = "The Subscription (IMSI : {imsi}) has reached the configured threshold ({value} {unit}) for Data Usage."
    return {
        "ruleName": "Rogue meters", "endDate": "2099-12-31T00:00:00.000Z", "tenantId": "21",
        "resourceId": 3, "resourceName": "Subscription", "resourceMode": "All_Subscription", "resourceModeId": None,
        "resourceModeName": None, "resourceDetail1": None, "allItemEnabled": True,
        "monitoredTriggers": [{
            "triggerTypeId": 2, "triggerTypeName": "Counter", "triggerId": 6,
            "triggerName": "Data Usage - Billing Cycle",
            "condition": {"value": "100", "unit": "MB", "location": "ALL", "locationId": "", "locationValue": "",
                          "country": "", "zone": ""},
        }],
        "notifications": [
            {"id": "6", "name": "Send Email", "subject": "Data Usage (IMSI: {imsi})",
             "receipient": "ops@example.com, fraud@example.com", "message": text},
            {"id": "6", "name": "Send SMS", "subject": "", "receipient": "+46700000001", "message": text},
        ],
        "actions": [{"id": "1", "name": "Suspend", "reset": "true", "selectedId": "", "selectedValue": ""}],
        "accountId": 6501, **more,
    }  # fmt: skip


def put_device(world: Any, profile: str) -> None:
    path = f"/_box/worlds/{world.name}/sims/{METER['iccid']}/device"
    assert world.control.put(path, json={"profile": profile}).status_code in {200, 201}


def log_in(world: Any) -> None:
    world.wing.headers["authorization"] = f"Bearer {world.token()}"


def state(world: Any) -> str:
    return str(world.sim(METER["iccid"])["stateName"])


def test_a_rogue_meter_is_suspended_until_the_month_is_over(world: Any) -> None:
    outbox = f"/_box/worlds/{world.name}/outbox"
    world.advance(to="2027-03-10T08:00:00Z")
    log_in(world)
    made = world.wing.post(RULES, json=rule())
    assert (201, "wing-6.4.1") == (made.status_code, made.headers["x-carrierbox-operation"])
    name = f"Automation rule {made.json()['id']} Rogue meters"

    # it behaves for five days
    put_device(world, "meter")
    world.advance(by="5d")
    log_in(world)
    assert ("ACTIVE", []) == (state(world), world.control.get(outbox).json())

    # then it is a camera, so to speak: a megabyte and more, every hour
    put_device(world, "camera")
    world.advance(by="3d")
    log_in(world)
    assert "SUSPENDED" == state(world)
    sent = world.control.get(outbox).json()
    assert [("email", "ops@example.com"), ("email", "fraud@example.com"), ("sms", "+46700000001")] == [
        (each["kind"], each["to"]) for each in sent
    ]
    assert {name} == {each["cause"] for each in sent}
    assert {
        f"The Subscription (IMSI : {METER['imsi']}) has reached the configured threshold (100 MB) for Data Usage."
    } == {each["text"] for each in sent}
    assert f"Data Usage (IMSI: {METER['imsi']})" == sent[0]["subject"]

    # who did it, and when
    [suspended] = world.wing.get(f"/api/v1/getAuditTrail/{METER['imsi']}/30").json()
    assert (name, "SIM_STATE_CHANGE", '"SUSPENDED"', "COMPLETED") == (
        suspended["userId"], suspended["action"], suspended["newValue"], suspended["status"],
    )  # fmt: skip
    [entry] = world.control.get(f"/_box/worlds/{world.name}/sims/{METER['iccid']}").json()["timeline"]
    assert ("rule", name) == (entry["cause"], entry["ref"])
    told_at, done_at = (datetime.fromisoformat(at) for at in (sent[0]["at"], entry["at"]))
    assert told_at < done_at < told_at + timedelta(seconds=5)
    [record] = world.wing.get("/api/v1/subscription/sims", params={"iccid.equals": METER["iccid"]}).json()
    assert (True, "AUTOMATION_RULE", name) == (record["resetState"], record["stateChangeReason"], record["reason"])

    # suspended it uses nothing, and so it stays until the month is over
    world.advance(to="2027-03-31T23:59:59Z")
    log_in(world)
    assert "SUSPENDED" == state(world)
    world.advance(by="5s")
    assert "ACTIVE" == state(world)
    newest = world.wing.get(f"/api/v1/getAuditTrail/{METER['imsi']}/30").json()[0]
    assert (name, '"SUSPENDED"', '"ACTIVE"') == (newest["userId"], newest["preValue"], newest["newValue"])

    # and if it goes on like that, all of it again
    world.advance(by="5d")
    log_in(world)
    assert "SUSPENDED" == state(world)
    assert 6 == len(world.control.get(outbox).json())


def test_with_a_running_clock_nobody_has_to_move_it(world: Any) -> None:
    world.control.patch(f"/_box/worlds/{world.name}/settings", json={"pace": "instant"})
    world.clock(mode="running")
    assert 201 == world.wing.post(RULES, json=rule()).status_code
    event = {"kind": "data", "up_bytes": 0, "down_bytes": 100 * 1024**2}
    path = f"/_box/worlds/{world.name}/sims/{METER['iccid']}/events"
    assert 201 == world.control.post(path, json=event).status_code
    assert "SUSPENDED" == state(world)
    assert 3 == len(world.control.get(f"/_box/worlds/{world.name}/outbox").json())
