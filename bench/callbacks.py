"""What callbacks cost, with a DISH partner's activations: `python -m bench.callbacks [--rate N] [--seconds S]`.

Box on one core, load and receiver on another. Two questions: do so many activations a second, acknowledged, end and
reach a receiver? And does anybody notice ten thousand notifications that wait for a receiver that is dead?
"""

import argparse
import asyncio
import contextlib
import itertools
import json
import os
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from typing import Any

import httpx

from bench.__main__ import ROOT, box, load, on_core, request

SIMS = 120_000
PENDING = 10_000
SAMPLE = "11986621644523024501"


async def receive() -> None:
    """A receiver: prints its port, then a line with the time for each notification, and its event's id."""

    class Receiver(asyncio.Protocol):
        def connection_made(self, transport: asyncio.BaseTransport) -> None:
            self._transport, self._got = transport, b""

        def data_received(self, data: bytes) -> None:
            self._got += data
            head, end, body = self._got.partition(b"\r\n\r\n")
            length = int(head.lower().partition(b"content-length:")[2].partition(b"\r\n")[0] or 0)
            if end and len(body) >= length:
                print(time.time(), json.loads(body)["partnerTransactionId"], flush=True)
                self._got = b""
                self._transport.write(b"HTTP/1.1 204 No Content\r\n\r\n")

    server = await asyncio.get_running_loop().create_server(Receiver, "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


@contextlib.contextmanager
def receiving() -> Iterator[tuple[int, Path]]:
    """A receiver in a process of its own: its port, and the file that it writes."""
    with tempfile.TemporaryDirectory() as folder:
        written = Path(folder) / "received"
        with written.open("w") as out:
            process = subprocess.Popen(
                [*on_core(1), sys.executable, "-m", "bench.callbacks", "--receive"], stdout=out, cwd=ROOT
            )
        while not (lines := written.read_text().splitlines()):
            time.sleep(0.01)
        try:
            yield int(lines[0]), written
        finally:
            process.kill()
            process.wait()


class Partner:
    """A DISH partner with a stock of cards."""

    def __init__(self, url: str, data: Path) -> None:
        self.url = url
        self._client = httpx.Client(base_url=url, timeout=120)
        form = {"grant_type": "client_credentials"}
        token = self._client.post("/dish/oauth2/token", data=form, auth=("sandbox-partner", "sandbox-secret")).json()
        self.headers = {"Authorization": f"Bearer {token['access_token']}"}
        with contextlib.closing(sqlite3.connect(f"file:{data}/worlds/default.db?mode=ro", uri=True)) as world:
            stock = "SELECT iccid FROM dish_sim WHERE state = 'Available' AND customer = '920000108464'"
            self._stock = [row[0] for row in world.execute(stock)]
        self._serial = itertools.count()

    def set(self, **settings: Any) -> None:
        """Change the world's settings."""
        self._client.patch("/_box/worlds/default/settings", json=settings).raise_for_status()

    def order(self) -> dict[str, Any]:
        """One more activation, by the time of its making."""
        return {
            "partnerTransactionId": f"B{next(self._serial)}",
            "subscriberId": "Bench",
            "wholesalePlanId": "Plan001",
            "bucketRefId": ["1000001"],
            "location": {"address": {"city": "Littleton"}},
            "iccid": self._stock.pop(),
        }

    async def activate(self, count: int, rate: float | None) -> dict[str, float]:
        """Activate so many SIMs, so many a second or as fast as it goes; answers when each was acknowledged."""
        acknowledged: dict[str, float] = {}
        latencies: list[float] = []
        limits = httpx.Limits(max_connections=8)
        async with httpx.AsyncClient(base_url=self.url, headers=self.headers, timeout=120, limits=limits) as client:

            async def one() -> None:
                order, begun = self.order(), time.perf_counter()
                answer = await client.post("/dish/sps/v5/subscription/activate", json=order)
                answer.raise_for_status()
                latencies.append(time.perf_counter() - begun)
                acknowledged[order["partnerTransactionId"]] = time.time()

            await (_paced if rate else _in_turns)(one, count, rate or 8)
        self.latencies = sorted(latencies)
        return acknowledged

    def read(self, seconds: float) -> dict[str, Any]:
        """Read a subscription as fast as it goes."""
        path = f"/dish/sps/v5/subscription-profile/subscriptionDetails?iccid={SAMPLE}"
        return load(self.url, [request("GET", path, self.headers)], seconds)


async def _paced(one: Callable[[], Awaitable[None]], count: int, rate: float) -> None:
    begun = time.perf_counter()
    tasks = []
    for i in range(count):
        await asyncio.sleep(max(0.0, begun + i / rate - time.perf_counter()))
        tasks.append(asyncio.ensure_future(one()))
    await asyncio.gather(*tasks)


async def _in_turns(one: Callable[[], Awaitable[None]], count: int, workers: float) -> None:
    async def work() -> None:
        for _ in range(count // int(workers)):
            await one()

    await asyncio.gather(*(work() for _ in range(int(workers))))


def delivered(written: Path, acknowledged: dict[str, float], patience: float = 120) -> dict[str, float]:
    """When each acknowledged activation's notification came in."""
    end = time.time() + patience
    while True:
        rows = [line.split() for line in written.read_text().splitlines()[1:]]
        came = {row[1]: float(row[0]) for row in rows if len(row) == 2}
        if came.keys() >= acknowledged.keys():
            return came
        if time.time() > end:
            sys.exit(f"{len(acknowledged.keys() - came.keys())} notifications did not come in")
        time.sleep(0.05)


def live(partner: Partner, process: subprocess.Popen[str], rate: float, seconds: float) -> None:
    """Activations with a receiver that takes what it gets."""
    with receiving() as (port, written):
        partner.set(pace="instant", callback_url={"dish": f"http://127.0.0.1:{port}/hook"})
        acknowledged = asyncio.run(partner.activate(int(rate * seconds), rate))
        came = delivered(written, acknowledged)
        lags = sorted(came[each] - at for each, at in acknowledged.items())
        spent = max(acknowledged.values()) - min(acknowledged.values())
        print(f"{len(acknowledged)} activations at {rate:g} a second: {len(acknowledged) / spent:.0f} a second taken,")
        print(f"  answered in {partner.latencies[len(lags) // 2] * 1000:.1f} ms (p50),", end=" ")
        print(f"{partner.latencies[int(len(lags) * 0.99)] * 1000:.1f} ms (p99)")
        p50, p99 = lags[len(lags) // 2] * 1000, lags[int(len(lags) * 0.99)] * 1000
        print(f"  notified after {p50:.0f} ms (p50), {p99:.0f} ms (p99)")
        begun, taken = time.time(), processor_ms(process)
        acknowledged = asyncio.run(partner.activate(2000, None))
        spent, all_in = time.time() - begun, max(delivered(written, acknowledged).values()) - begun
        taken = (processor_ms(process) - taken) / 2000
        print(f"2000 as fast as it goes: {2000 / spent:.0f} a second acknowledged,", end=" ")
        print(f"{2000 / all_in:.0f} a second acknowledged, done and delivered,", end=" ")
        print(f"{taken:.1f} ms of the box's core each: {1000 / taken:.0f} a second if it has one to itself")


def processor_ms(process: subprocess.Popen[str]) -> float:
    """How many milliseconds of processor time the box has taken so far; on a busy machine the figure that holds."""
    ticks = Path(f"/proc/{process.pid}/stat").read_text().rpartition(")")[2].split()[11:13]
    return sum(map(int, ticks)) / os.sysconf("SC_CLK_TCK") * 1000


def at_rest(process: subprocess.Popen[str], seconds: float = 5) -> float:
    """How many milliseconds of processor time the box takes in a second when nobody asks it anything."""
    before = processor_ms(process)
    time.sleep(seconds)
    return (processor_ms(process) - before) / seconds


def dead(partner: Partner, process: subprocess.Popen[str], seconds: float) -> None:
    """Reading while ten thousand notifications wait for nobody."""
    partner.set(pace="instant", callback_url={"dish": "inbox"})
    idle = [at_rest(process)]
    before = [partner.read(seconds) for _ in range(3)]
    partner.set(callback_url={"dish": "http://127.0.0.1:1/hook"})
    asyncio.run(partner.activate(PENDING, None))
    idle.append(at_rest(process))
    after = [partner.read(seconds) for _ in range(3)]
    for name, cost, runs in (("nothing pending", idle[0], before), (f"{PENDING} pending for nobody", idle[1], after)):
        middle = [statistics.median(run[each] for run in runs) for each in ("per_second", "p50_ms", "p99_ms")]
        per_second, p50, p99 = middle
        print(f"{name}: {cost:.0f} ms of its core a second at rest;", end=" ")
        print(f"reads {per_second:.0f} a second, p50 {p50:.2f} ms, p99 {p99:.2f} ms")


def main() -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rate", type=float, default=200.0)
    parser.add_argument("--seconds", type=float, default=10.0)
    parser.add_argument("--receive", action="store_true", help=argparse.SUPPRESS)
    wanted = parser.parse_args()
    if wanted.receive:
        asyncio.run(receive())
        return
    with tempfile.TemporaryDirectory() as data, box("--data", data, "--sims", str(SIMS)) as (url, process):
        partner = Partner(url, Path(data))
        live(partner, process, wanted.rate, wanted.seconds)
        dead(partner, process, wanted.seconds / 2)


if __name__ == "__main__":
    with contextlib.suppress(KeyboardInterrupt):
        main()
