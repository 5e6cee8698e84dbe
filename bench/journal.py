"""What the journal costs a request: `python -m bench.journal [--rounds N] [--seconds S]`.

One world under steady load keeps a journal and keeps none, by turns: two boxes, or two worlds, would differ by more
than a journal costs, by where things happen to lie in memory. What counts is the time on the processor that a request
takes, which other work on the machine blurs less than requests a second, and of that the median of neighbouring turns.
"""

import argparse
import asyncio
import gc
import json
import os
import statistics
import sys
import tempfile
import time
from pathlib import Path

import httpx
import uvicorn
import uvloop
from starlette.types import ASGIApp, Receive, Scope, Send

from bench.__main__ import PASSWORD, REALM, SIMS, load, request
from carrierbox import main as box
from carrierbox.cli.box import configured
from carrierbox.cli.port import listen, url_of
from carrierbox.kernel.journal import MOST_ENTRIES
from carrierbox.kernel.world import Settings, World
from carrierbox.kernel.worlds import DEFAULT, Origin, Worlds

WANTED = 0.95
WARM_UP = 2  # seconds
UPDATE = "/wing/api/v1/sim/update_state"


def requests_of(url: str) -> dict[str, list[str]]:
    """The load: SIMs by ICCID, and wishes for a state that SIMs have already, which are taken all the same."""
    with httpx.Client(base_url=url, timeout=60) as client:
        token = client.post(REALM, data=PASSWORD).json()["access_token"]
        caller = {"Authorization": f"Bearer {token}", "Account-Context-Id": "*"}
        fleet = client.get(SIMS, params={"page": 1, "size": 100}, headers=caller).json()
    posts = [
        json.dumps({"iccid": sim["iccid"], "imsi": sim["imsi"], "newState": "ACTIVE", "newStateId": 3}) for sim in fleet
    ]
    headers = {**caller, "Content-Type": "application/json"}
    return {
        "GET a SIM by ICCID": [request("GET", f"{SIMS}/iccid/{sim['iccid']}", caller) for sim in fleet],
        "POST update_state": [request("POST", UPDATE, headers, body) for body in posts],
    }


class Counted:
    """An application, and how many requests came to it."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app
        self.requests = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Hand an ASGI event on."""
        self.requests += 1
        await self._app(scope, receive, send)


async def cost(counted: Counted, seconds: float) -> float:
    """Microseconds on the processor that the box's loop, which is this one, takes for a request just now."""
    requests, spent = counted.requests, time.thread_time()
    await asyncio.sleep(seconds)
    return (time.thread_time() - spent) * 1_000_000 / (counted.requests - requests)


async def measure(url: str, world: World, counted: Counted, rounds: int, seconds: float) -> bool:
    """Print a line for each kind of request; whether all are as cheap as they are to be."""
    holds = True
    for what, lines in (await asyncio.to_thread(requests_of, url)).items():
        loading = asyncio.create_task(asyncio.to_thread(load, url, lines, WARM_UP + rounds * 2 * seconds * 1.1 + 1))
        await asyncio.sleep(WARM_UP)
        costs: dict[int, list[float]] = {MOST_ENTRIES: [], 0: []}
        for i in range(rounds):
            for most in (MOST_ENTRIES, 0) if i % 2 else (0, MOST_ENTRIES):
                world.journal.most = most
                costs[most].append(await cost(counted, seconds))
        await loading
        with_one, without = (statistics.median(each) for each in costs.values())
        speed = statistics.median(bare / kept for kept, bare in zip(*costs.values(), strict=True))
        holds = holds and speed >= WANTED
        print(f"| {what} | {with_one:.1f} us | {without:.1f} us | {speed:.3f} | {WANTED} |", flush=True)
    return holds


async def run(worlds: Worlds, rounds: int, seconds: float) -> bool:
    """Serve the worlds, and measure what requests to the default one cost."""
    with listen("127.0.0.1", 0) as listener:
        counted = Counted(box.build(worlds))
        server = uvicorn.Server(configured(counted))
        serving = asyncio.create_task(server.serve([listener]))
        await asyncio.sleep(1)  # until it has started
        gc.freeze()
        url = url_of("127.0.0.1", listener.getsockname()[1])
        holds = await measure(url, worlds.get(DEFAULT), counted, rounds, seconds)
        server.should_exit = True
        await serving
    return holds


def main() -> int:
    """Measure and report."""
    parser = argparse.ArgumentParser(prog="python -m bench.journal", description=__doc__)
    parser.add_argument("--rounds", type=int, default=100)
    parser.add_argument("--seconds", type=float, default=0.15)
    options = parser.parse_args()
    print("| what | with a journal | without | speed with one | wanted |")
    print("|---|--:|--:|--:|--:|")
    os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
    with tempfile.TemporaryDirectory() as data:
        worlds = Worlds(Path(data), box.PARTS)
        worlds.start(Origin(sims=200), Settings(pace="instant"))  # so that work is done while its request is measured
        holds = uvloop.run(run(worlds, options.rounds, options.seconds))
    return 0 if holds else 1


if __name__ == "__main__":
    sys.exit(main())
