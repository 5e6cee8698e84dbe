"""What devices cost, with WING's SIMs: `python -m bench.devices [--devices N] [--days N] [--profile NAME]`.

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

import httpx

from bench.__main__ import PASSWORD, REALM, box
from bench.callbacks import processor_ms

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


async def live(url: str, process: subprocess.Popen[str], days: int) -> None:
    """Let time pass, ask for what needs every device, and read a SIM over and over meanwhile."""
    async with httpx.AsyncClient(base_url=url, timeout=3600) as client:
        clock = "/_box/worlds/default/clock"
        (await client.patch(clock, json={"mode": "frozen"})).raise_for_status()
        (await client.post(f"{clock}/advance", json={"by": f"{days}d"})).raise_for_status()
        token = (await client.post(REALM, data=PASSWORD)).json()["access_token"]
        headers = {"Authorization": f"Bearer {token}", "Account-Context-Id": "*"}
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


def left(data: Path) -> None:
    """What is in the store now."""
    path = data / "worlds" / "default.db"
    with contextlib.closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as world:
        tables = {"wing_session": "sessions", "wing_cdr": "records", "wing_usage": "counters"}
        counts = (f"{world.execute(f'SELECT count(*) FROM {table}').fetchone()[0]:,} {name}"
                  for table, name in tables.items())  # fmt: skip
        print(f"  {', '.join(counts)}; {path.stat().st_size / 1e6:.0f} MB")


def main() -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--devices", type=int, default=10_000)
    parser.add_argument("--days", type=int, default=30)
    parser.add_argument("--profile", default="meter")
    wanted = parser.parse_args()
    sims = str(wanted.devices * 2)
    with tempfile.TemporaryDirectory() as data, box("--data", data, "--sims", sims) as (url, process):
        iccids = active(Path(data), wanted.devices)
        asyncio.run(put(url, iccids, wanted.profile))
        print(f"{len(iccids)} devices of profile {wanted.profile} live {wanted.days} days:", flush=True)
        asyncio.run(live(url, process, wanted.days))
        left(Path(data))


if __name__ == "__main__":
    with contextlib.suppress(KeyboardInterrupt):
        main()
