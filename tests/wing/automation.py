"""Chapter 6 as its tests speak of it: rules in short, and what a world made of them."""

from collections.abc import Mapping
from typing import Any

from tests.wing.rows import rows

RULES = "/api/v1/automation-rules/automation-rule/v1/monitored-rules"

#: 3241 has one SIM, ACTIVE, and two of everything that can be given to it; 6501 has five, and no account is below them.
ACCOUNT, FIVE = 3241, 6501
SIM = {"iccid": "8955644099890089041", "imsi": "234500001179041"}


def trigger(number: int, value: str = "", unit: str = "", **condition: Any) -> dict[str, Any]:
    """A trigger with its condition."""
    return {
        "triggerId": number,
        "triggerName": f"Trigger {number}",
        "condition": {"value": value, "unit": unit, **condition},
    }


def mail(to: str = "ops@example.com", text: str = "{imsi} {value} {unit}", subject: str = "Rule") -> dict[str, Any]:
    return {"id": "1", "name": "Send Email", "subject": subject, "receipient": to, "message": text}


def action(name: str, selected: str | int = "", *, reset: bool = False) -> dict[str, Any]:
    return {"id": "1", "name": name, "reset": str(reset).lower(), "selectedId": str(selected), "selectedValue": ""}


def rule(*triggers: dict[str, Any], **more: Any) -> dict[str, Any]:
    """A rule about all SIMs of an account that sends a mail."""
    return {
        "ruleName": "Watchdog",
        "accountId": ACCOUNT,
        "resourceId": 3,
        "resourceMode": "All_Subscription",
        "monitoredTriggers": list(triggers),
        "notifications": [mail()],
        "actions": [{"name": "None"}],
        **more,
    }


def made(world: Any, body: Mapping[str, Any]) -> dict[str, Any]:
    """A rule that is made."""
    answer = world.wing.post(RULES, json=body)
    assert 201 == answer.status_code, answer.text
    return dict(answer.json())


def active(world: Any, body: Mapping[str, Any]) -> dict[str, Any]:
    """A rule that is made, and taken up."""
    shown = made(world, body)
    world.advance(by=0)
    assert "Active" == kept(world, shown["id"])["state"]
    return shown


def kept(world: Any, rule_id: int) -> dict[str, Any]:
    """What the store has of a rule."""
    return next(row for row in rows(world)["wing_rule"] if row["id"] == rule_id)


def passes(world: Any, **how_far: Any) -> None:
    """Let time pass; tokens last ten hours."""
    world.advance(**how_far)
    world.wing.headers["authorization"] = f"Bearer {world.token()}"


def happens(world: Any, kind: str, iccid: str = SIM["iccid"], **facts: Any) -> dict[str, Any]:
    """Something that the device in a SIM does."""
    path = f"/_box/worlds/{world.name}/sims/{iccid}/events"
    answer = world.control.post(path, json={"kind": kind, **facts})
    assert 201 == answer.status_code, answer.text
    return dict(answer.json())


def uses(world: Any, megabytes: float, iccid: str = SIM["iccid"], **facts: Any) -> None:
    """A SIM uses data."""
    happens(world, "data", iccid, up_bytes=0, down_bytes=round(megabytes * 1024**2), **facts)


def sent(world: Any, kind: str | None = None) -> list[dict[str, Any]]:
    """What a world sent to people, oldest first."""
    answer = world.control.get(f"/_box/worlds/{world.name}/outbox", params={"kind": kind} if kind else None)
    assert 200 == answer.status_code, answer.text
    return list(answer.json())


def texts(world: Any) -> list[str]:
    """The texts of what a world sent to people."""
    return [each["text"] for each in sent(world)]


def firings(world: Any) -> list[dict[str, Any]]:
    """What the store has of rules that were triggered."""
    return rows(world)["wing_rule_firing"]


def record(world: Any, iccid: str = SIM["iccid"]) -> dict[str, Any]:
    """The long record of a SIM."""
    answer = world.wing.get("/api/v1/subscription/sims", params={"iccid.equals": iccid})
    return dict(answer.json()[0])


def trail(world: Any, imsi: str = SIM["imsi"]) -> list[dict[str, Any]]:
    """A SIM's audit trail of a year, newest first."""
    return list(world.wing.get(f"/api/v1/getAuditTrail/{imsi}/366").json())
