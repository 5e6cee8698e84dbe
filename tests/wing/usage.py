"""Devices in WING's SIMs, and what the operations show of their usage, in short words."""

from typing import Any

import httpx

#: ACTIVE, at home in GB, in an account and under a rate plan with three zones; no device is in it.
SIM = {"iccid": "8955644099890137106", "imsi": "234500001317106", "msisdn": "882362001037106"}
KB = 1024

_CHANNEL = "/api/v1/channel-manager"
_EVER = ("1970-01-01T00:00:00Z", "8999-12-31T23:59:59Z")


def send(world: Any, iccid: str, **event: Any) -> httpx.Response:
    """Let a device do something."""
    answer: httpx.Response = world.control.post(f"/_box/worlds/{world.name}/sims/{iccid}/events", json=event)
    return answer


def event(world: Any, iccid: str = SIM["iccid"], **event: Any) -> list[dict[str, Any]]:
    """Let a device do something that its SIM may do; answers what followed."""
    answer = send(world, iccid, **event)
    assert 201 == answer.status_code, answer.text
    return list(answer.json()["followed"])


def data(world: Any, iccid: str = SIM["iccid"], up: int = KB, down: int = 3 * KB, **more: Any) -> list[dict[str, Any]]:
    """Let a device send and receive some data."""
    return event(world, iccid, kind="data", up_bytes=up, down_bytes=down, **more)


def put_device(world: Any, iccid: str, profile: str) -> None:
    """Put a device into a SIM."""
    answer = world.control.put(f"/_box/worlds/{world.name}/sims/{iccid}/device", json={"profile": profile})
    assert 200 == answer.status_code, answer.text


def force(world: Any, state: str, iccid: str = SIM["iccid"]) -> None:
    """Bring a SIM into a state."""
    answer = world.control.post(f"/_box/worlds/{world.name}/sims/{iccid}/force", json={"state": state})
    assert answer.is_success, answer.text


def later(world: Any, **how_far: Any) -> None:
    """Move the clock, and log in again: a token lasts ten hours."""
    world.advance(**how_far)
    world.wing.headers["authorization"] = f"Bearer {world.token()}"


def start_of_cycle(world: Any) -> None:
    """Go to the first noon of a month, so that what follows falls into one billing cycle."""
    later(world, to="2031-02-01T12:00:00Z")


def ask(world: Any, path: str, **params: Any) -> Any:
    """What a GET answers."""
    answer = world.wing.get(path, params=params)
    assert 200 == answer.status_code, answer.text
    return answer.json()


def totals(world: Any, iccid: str = SIM["iccid"]) -> dict[str, Any]:
    """11.1."""
    return dict(ask(world, f"{_CHANNEL}/subscription/{iccid}/usages", usageType="Online"))


def in_zones(world: Any, iccid: str = SIM["iccid"]) -> dict[str, list[dict[str, Any]]]:
    """What 11.2 shows by plan."""
    return dict(ask(world, f"{_CHANNEL}/subscription/{iccid}/usageInZone", usageType="Online")["billCycleUsageInZones"])


def session(world: Any, iccid: str = SIM["iccid"]) -> dict[str, Any]:
    """11.3."""
    return dict(ask(world, f"{_CHANNEL}/subscription/{iccid}/sessionInfo", usageType="Online"))


def of_plan(world: Any, plan: str, account: str, **more: Any) -> dict[str, Any]:
    """11.4."""
    names = {"usageType": "Online", "ratePlanName": plan, "accountName": account}
    return dict(ask(world, f"{_CHANNEL}/usages", **names, **more))


def cdrs(world: Any, msisdn: str = SIM["msisdn"], period: tuple[str, str] = _EVER, **more: Any) -> list[dict[str, Any]]:
    """5.17."""
    period_of = {"startDateTime": period[0], "endDateTime": period[1], "size": 2000}
    return list(ask(world, "/api/v1/cdr-hdlr-service/cdr-data", msisdn=msisdn, **period_of | more))


def registration(world: Any, imsi: str = SIM["imsi"]) -> dict[str, Any]:
    """10.1."""
    return dict(ask(world, f"/api/v1/probes/network-registration/{imsi}"))


def kinds(records: list[dict[str, Any]]) -> list[str]:
    """What CDRs are, in short: I, U and T."""
    return [record["recordType"][0] for record in records]


def problem(answer: httpx.Response, status: int) -> dict[str, Any]:
    """The problem that an answer is, which has to have that status."""
    assert status == answer.status_code, answer.text
    assert "application/problem+json" == answer.headers["content-type"]
    body: dict[str, Any] = answer.json()
    assert status == body["status"]
    return body
