"""What devices cost, with WING's SIMs: `python -m bench.devices [--devices N] [--days N] [--profile NAME] [--rule R]`.

Box on one core, the asking on another. Two questions: how long does it take until so many devices have lived so many
days, when somebody asks for figures that need them all? And do others get their turn meanwhile?
"""

import argparse
import asyncio
import contextlib
import sqlite3
import statistics
import subprocess
import tempfile
import time
from pathlib import Path
from typing import Any

import httpx

from bench.__main__ import PASSWORD, REALM, box
from bench.callbacks import processor_ms

RULES = "/wing/api/v1/automation-rules/automation-rule/v1/monitored-rules"
#: A rule of the account above the fleet's.
RULE: dict[str, Any] = {"ruleName": "Bench", "accountId": 3122, "notifications": [], "actions": [{"name": "None"}]}
OF_SIMS = {"resourceId": 3, "resourceMode": "All_Subscription"}


def trigger(number: int, value: str = "", unit: str = "") -> dict[str, Any]:
    """What a rule is triggered by."""
    return {"triggerId": number, "condition": {"value": value, "unit": unit}}


#: Rules that hear of whatever a meter does, and are seldom triggered, if ever.
RULES_OF = {
    "cycle": {**OF_SIMS, "monitoredTriggers": [trigger(6, "1", "GB")]},
    "day": {**OF_SIMS, "monitoredTriggers": [trigger(5, "1", "GB")]},
    "silence": {**OF_SIMS, "monitoredTriggers": [trigger(10, "3", "Days")]},
    "country": {**OF_SIMS, "monitoredTriggers": [trigger(14)]},
    "start": {**OF_SIMS, "monitoredTriggers": [trigger(1)]},
    "plan": {"resourceId": 2, "resourceDetail1": "IoT 1 GB", "monitoredTriggers": [trigger(24, "900", "GB")]},
}
PLAN = "/wing/api/v1/channel-manager/usages"
SIM = "/wing/api/v1/subscription/sims/1169"
AT_ONCE = 8


def active(data: Path, most: int) -> list[str]:
    """ICCIDs of ACTIVE SIMs of the fleet."""
    with contextlib.closing(sqlite3.connect(f"file:{data}/worlds/default.db?mode=ro", uri=True)) as world:
        query = "SELECT iccid FROM wing_sim WHERE state = 'ACTIVE' AND id BETWEEN 10000001 AND 89999999 LIMIT ?"
        return [row[0] for row in world.execute(query, (most,))]


async def put(url: str, iccids: list[str], profile: str) -> None:
    """Put a device into each of these SIMs."""
    waiting = list(iccids)
    limits = httpx.Limits(max_connections=AT_ONCE)
    async with httpx.AsyncClient(base_url=url, timeout=120, limits=limits) as client:

        async def some() -> None:
            while waiting:
                path = f"/_box/worlds/default/sims/{waiting.pop()}/device"
                (await client.put(path, json={"profile": profile})).raise_for_status()

        await asyncio.gather(*(some() for _ in range(AT_ONCE)))


async def live(url: str, process: subprocess.Popen[str], days: int, rule: str) -> None:
    """Let time pass, ask for what needs every device, and read a SIM over and over meanwhile."""
    async with httpx.AsyncClient(base_url=url, timeout=3600) as client:
        clock = "/_box/worlds/default/clock"
        (await client.patch(clock, json={"mode": "frozen"})).raise_for_status()
        if rule != "none":
            (await client.post(RULES, json=RULE | RULES_OF[rule], headers=await logged_in(client))).raise_for_status()
        began, took = time.perf_counter(), processor_ms(process)
        (await client.post(f"{clock}/advance", json={"by": f"{days}d"})).raise_for_status()
        took = (processor_ms(process) - took) / 1000
        print(f"  the clock moves: {time.perf_counter() - began:.1f} s, {took:.1f} s of a core", flush=True)
        headers = await logged_in(client)
        params = {"usageType": "Online", "ratePlanName": "IoT 1 GB", "accountName": "Fleet Metering North"}
        begun, taken = time.perf_counter(), processor_ms(process)
        asking = asyncio.ensure_future(client.get(PLAN, params=params, headers=headers))
        latencies = []
        while not asking.done():
            asked = time.perf_counter()
            (await client.get(SIM, headers=headers)).raise_for_status()
            latencies.append((time.perf_counter() - asked) * 1000)
            await asyncio.sleep(0.05)
        (await asking).raise_for_status()
        spent, taken = time.perf_counter() - begun, (processor_ms(process) - taken) / 1000
        latencies.sort()
        print(f"  {spent:.1f} s, {taken:.1f} s of a core; reading a SIM meanwhile takes", end=" ")
        print(f"{statistics.median(latencies):.1f} ms (p50), {latencies[int(len(latencies) * 0.99)]:.1f} ms (p99)")


async def logged_in(client: httpx.AsyncClient) -> dict[str, str]:
    """The headers of a call in the whole fleet's name."""
    token = (await client.post(REALM, data=PASSWORD)).json()["access_token"]
    return {"Authorization": f"Bearer {token}", "Account-Context-Id": "*"}


def left(data: Path) -> None:
    """What is in the store now."""
    path = data / "worlds" / "default.db"
    with contextlib.closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as world:
        tables = {"wing_session": "sessions", "wing_cdr": "records", "wing_usage": "counters",
                  "wing_rule_firing": "firings"}  # fmt: skip
        counts = (f"{world.execute(f'SELECT count(*) FROM {table}').fetchone()[0]:,} {name}"
                  for table, name in tables.items())  # fmt: skip
        print(f"  {', '.join(counts)}; {path.stat().st_size / 1e6:.0f} MB")


def main() -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--devices", type=int, default=10_000)
    parser.add_argument("--days", type=int, default=30)
    parser.add_argument("--profile", default="meter")
    parser.add_argument("--rule", choices=["none", *RULES_OF], default="none", help="a rule about all of them")
    wanted = parser.parse_args()
    sims = str(wanted.devices * 2)
    with tempfile.TemporaryDirectory() as data, box("--data", data, "--sims", sims) as (url, process):
        iccids = active(Path(data), wanted.devices)
        asyncio.run(put(url, iccids, wanted.profile))
        print(f"{len(iccids)} devices of profile {wanted.profile} live {wanted.days} days:", flush=True)
        asyncio.run(live(url, process, wanted.days, wanted.rule))
        left(Path(data))


if __name__ == "__main__":
    with contextlib.suppress(KeyboardInterrupt):
        main()
