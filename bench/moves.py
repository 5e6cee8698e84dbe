"""What a move of many SIMs costs, and what readers feel of it: `python -m bench.moves [--sims N] [--rate R]`.

Box on one core, readers on another. Readers ask at a steady rate for a SIM by its ICCID, by a filter, and for a page of
a hundred; each answer is timed from the moment at which its request was due, so that one that had to wait counts whole.
"""

import argparse
import asyncio
import contextlib
import itertools
import os
import sqlite3
import subprocess
import tempfile
import time
from collections.abc import Awaitable, Iterator
from pathlib import Path
from typing import Any

import httpx

from bench.__main__ import PASSWORD, REALM, SIMS, box
from bench.callbacks import processor_ms

SOURCE, TARGET = 3501, 3502
ACCOUNTS = 4  # that a fleet is spread over
MOVE = "/wing/api/v1/resources/batch/sims/assign"
STATUS = "/wing/api/v1/sim"
REST = 5.0  # seconds of reading while nothing moves


def fleet(data: Path, account: int, most: int) -> list[str]:
    """The first ICCIDs of an account."""
    with contextlib.closing(sqlite3.connect(f"file:{data}/worlds/default.db?mode=ro", uri=True)) as world:
        statement = "SELECT iccid FROM wing_sim WHERE account_id = ? AND id < 90000000 ORDER BY iccid LIMIT ?"
        return [row[0] for row in world.execute(statement, (account, most))]


def readings(iccids: list[str]) -> Iterator[tuple[str, dict[str, Any]]]:
    """What readers ask for, in turns: paths and queries."""
    for number, iccid in enumerate(itertools.cycle(iccids[:: max(1, len(iccids) // 1000)])):
        yield f"{SIMS}/iccid/{iccid}", {}
        yield SIMS, {"iccid.equals": iccid}
        yield SIMS, {"page": number % 500 + 1, "size": 100}


async def timed(client: httpx.AsyncClient, path: str, query: dict[str, Any], due: float) -> float:
    """Milliseconds from when a request was due until its answer is whole."""
    answer = await client.get(path, params=query)
    answer.raise_for_status()
    return (time.perf_counter() - due) * 1000


async def watch(client: httpx.AsyncClient, iccids: list[str], rate: float, over: Awaitable[None]) -> list[float]:
    """Read until something is over; answers the latencies, shortest first."""
    waiting = asyncio.ensure_future(over)
    begun, reads, wanted = time.perf_counter(), [], readings(iccids)
    for number in itertools.count():
        due = begun + number / rate
        await asyncio.sleep(max(0.0, due - time.perf_counter()))
        if waiting.done():
            break
        reads.append(asyncio.ensure_future(timed(client, *next(wanted), due)))
    await waiting
    return sorted(await asyncio.gather(*reads))


async def ended(client: httpx.AsyncClient, batch: str) -> None:
    """Wait until a workflow has ended."""
    status = "RUNNING"
    while status == "RUNNING":
        await asyncio.sleep(0.1)
        status = (await client.get(f"{STATUS}/{batch}", params={"includeTasks": "false"})).json()["status"]
    if status != "COMPLETED":
        raise SystemExit(f"the move ended {status}")


async def measure(url: str, process: subprocess.Popen[str], data: Path, sims: int, rate: float) -> None:
    """Print what readers feel before and during a move, and how long it takes, at each pace."""
    client = httpx.AsyncClient(base_url=url, timeout=120)
    token = (await client.post(REALM, data=PASSWORD)).json()["access_token"]
    client.headers.update({"Authorization": f"Bearer {token}", "Account-Context-Id": "*"})
    iccids = fleet(data, SOURCE, sims)
    report("nothing moves", rate, await watch(client, iccids, rate, asyncio.sleep(REST)), REST)
    os.sync()  # what the disk still has to write of the load is not the moves' doing
    for pace, source, target in (("brisk", SOURCE, TARGET), ("instant", TARGET, SOURCE)):
        (await client.patch("/_box/worlds/default/settings", json={"pace": pace})).raise_for_status()
        moving = fleet(data, source, sims)
        body = {"accountId": target, "fromAccountId": source, "useImsi": False}
        body["range"] = {"from": moving[0], "to": moving[-1]}
        taken, begun = processor_ms(process), time.perf_counter()
        answer = await client.post(MOVE, params={"reassign": "true"}, json=body)
        answer.raise_for_status()
        reads = await watch(client, moving, rate, ended(client, answer.text))
        spent = time.perf_counter() - begun
        assert {*moving} <= {*fleet(data, target, 10 * sims)}
        report(f"{pace}: a move of {len(moving):,} SIMs", rate, reads, spent)
        print(f"  {(processor_ms(process) - taken) / 1000:.1f} s of the box's core, reads included")
    await client.aclose()


def report(what: str, rate: float, reads: list[float], spent: float) -> None:
    """Print one line."""
    print(f"{what}: {spent:.1f} s; {len(reads)} reads at {rate:g} a second:", end=" ")
    middle, late = reads[len(reads) // 2], reads[int(len(reads) * 0.99)]
    print(f"p50 {middle:.1f} ms, p99 {late:.1f} ms, longest {reads[-1]:.1f} ms", flush=True)


def main() -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sims", type=int, default=100_000, help="how many move")
    parser.add_argument("--rate", type=float, default=100.0, help="reads a second")
    wanted = parser.parse_args()
    world = str(int(wanted.sims * ACCOUNTS * 1.02))
    with tempfile.TemporaryDirectory() as data, box("--data", data, "--sims", world) as (url, process):
        asyncio.run(measure(url, process, Path(data), wanted.sims, wanted.rate))


if __name__ == "__main__":
    with contextlib.suppress(KeyboardInterrupt):
        main()
