"""What a world a test costs: `python -m bench.worlds [--sims N] [--worlds N] [--tests N] [--workers N]`.

One box. First worlds are forked, used and dropped one after the other: how long a fork takes over HTTP, and whether
files or memory stay behind. Then a suite of pytest runs on many workers of pytest-xdist, each test in a world of its
own: it fails if a test sees what another one did.
"""

import argparse
import contextlib
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import httpx

from bench.__main__ import box

SUITE = """
import httpx
import pytest

SIM = "8955644099890700001"


@pytest.mark.parametrize("number", range({tests}))
def test_nobody_sees_what_another_test_did(carrierbox_world, number):
    world = carrierbox_world
    assert "ENTERPRISE-INVENTORY" == world.sims.show(SIM)["state"]
    assert [] == world.journal.list()
    with httpx.Client(headers=world.headers("wing"), base_url=world.urls["wing"], timeout=120) as wing:
        body = {{"iccid": SIM, "imsi": "234500001087001", "newState": "ACTIVE", "newStateId": 3}}
        assert 202 == wing.post("/api/v1/sim/update_state", json=body).status_code
    world.clock.advance("10s")
    assert "ACTIVE" == world.sims.show(SIM)["state"]
    assert 1 == len(world.journal.list())
"""


def resident_mb(process: int) -> float:
    """What a process keeps in memory of its own: files that are mapped are the system's."""
    with Path(f"/proc/{process}/smaps_rollup").open() as rollup:
        return next(int(line.split()[1]) for line in rollup if line.startswith("Anonymous:")) / 1024


def open_files(process: int) -> int:
    """How many files and connections a process has open."""
    return len([*Path(f"/proc/{process}/fd").iterdir()])


def fork_and_drop(client: httpx.Client) -> float:
    """Fork a world, ask something of it, drop it; answers how many milliseconds the fork took."""
    begun = time.perf_counter()
    made = client.post("/_box/worlds", json={"from": "default"})
    took = (time.perf_counter() - begun) * 1000
    path = f"/_box/worlds/{made.raise_for_status().json()['name']}"
    client.get(f"{path}/sims", params={"carrier": "wing", "limit": 1}).raise_for_status()
    client.delete(path).raise_for_status()
    return took


def one_after_the_other(url: str, process: subprocess.Popen[str], data: Path, worlds: int) -> None:
    """Print what forks take, and what stays behind of worlds that are gone."""
    with httpx.Client(base_url=url, timeout=120) as client:
        for _ in range(min(200, worlds)):  # until caches are as full as they get
            fork_and_drop(client)
        files, memory = sum(1 for _ in data.rglob("*")), resident_mb(process.pid)
        handles = open_files(process.pid)
        took = sorted(fork_and_drop(client) for _ in range(worlds))
        left = sum(1 for _ in data.rglob("*")) - files
        more = open_files(process.pid) - handles
    print(
        f"fork over HTTP: median {statistics.median(took):.1f} ms, p99 {took[int(len(took) * 0.99)]:.1f} ms\n"
        f"{worlds} worlds forked and dropped leave {left} files, {more} open files"
        f" and {resident_mb(process.pid) - memory:+.1f} MB of {memory:.0f}",
        flush=True,
    )


def suite(url: str, tests: int, workers: int) -> int:
    """Run a suite against the box; answers pytest's exit code."""
    with tempfile.TemporaryDirectory() as folder:
        Path(folder, "test_suite.py").write_text(SUITE.format(tests=tests))
        begun = time.perf_counter()
        command = [sys.executable, "-m", "pytest", "-q", "-n", str(workers), "-p", "no:cacheprovider", folder]
        done = subprocess.run(command, env=os.environ | {"CARRIERBOX_URL": url}, cwd=folder, check=False)
        print(f"{tests} tests on {workers} workers: {time.perf_counter() - begun:.1f} s", flush=True)
    return done.returncode


def main() -> int:
    """Print the figures; answers whether all held."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sims", type=int, default=10_000, help="in each carrier's fleet of the world that is forked")
    parser.add_argument("--worlds", type=int, default=2_000, help="how many are forked and dropped in turn")
    parser.add_argument("--tests", type=int, default=500)
    parser.add_argument("--workers", type=int, default=8)
    wanted = parser.parse_args()
    with tempfile.TemporaryDirectory() as data, box("--data", data, "--sims", str(wanted.sims)) as (url, process):
        one_after_the_other(url, process, Path(data), wanted.worlds)
        return suite(url, wanted.tests, wanted.workers)


if __name__ == "__main__":
    with contextlib.suppress(KeyboardInterrupt):
        sys.exit(main())
