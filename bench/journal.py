"""What the journal costs a request: `python -m bench.journal [--rounds N] [--seconds S]`.

Two boxes, one that keeps a journal and one that keeps none, take turns under the same load. What counts is the time on
the processor that a request takes, which other work on the machine blurs less than requests a second.
"""

import argparse
import json
import statistics
import sys
from pathlib import Path

import httpx

from bench.__main__ import PASSWORD, REALM, SIMS, box, load, request

WANTED = 0.95


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
        "POST update_state": [request("POST", "/wing/api/v1/sim/update_state", headers, body) for body in posts],
    }


def cost(url: str, pid: int, lines: list[str], seconds: float) -> float:
    """Microseconds on the processor that the box's loop takes for a request."""
    spent = Path(f"/proc/{pid}/schedstat")
    before = int(spent.read_text().split()[0])
    done = load(url, lines, seconds)
    return (int(spent.read_text().split()[0]) - before) / 1000 / (done["per_second"] * seconds)


def main() -> int:
    """Measure and report."""
    parser = argparse.ArgumentParser(prog="python -m bench.journal", description=__doc__)
    parser.add_argument("--rounds", type=int, default=9)
    parser.add_argument("--seconds", type=float, default=1.5)
    options = parser.parse_args()
    print("| what | with a journal | without | speed with one | wanted |")
    print("|---|--:|--:|--:|--:|")
    holds = True
    with box("--data", "memory") as kept, box("--data", "memory", "--journal", "0") as bare:
        loads = {url: requests_of(url) for url, _ in (kept, bare)}
        for what in loads[kept[0]]:
            costs: dict[str, list[float]] = {kept[0]: [], bare[0]: []}
            for i in range(options.rounds):
                for url, process in (kept, bare) if i % 2 else (bare, kept):
                    costs[url].append(cost(url, process.pid, loads[url][what], options.seconds))
            with_one, without = (statistics.median(costs[url]) for url, _ in (kept, bare))
            holds = holds and without / with_one >= WANTED
            print(
                f"| {what} | {with_one:.1f} us | {without:.1f} us | {without / with_one:.3f} | {WANTED} |", flush=True
            )
    return 0 if holds else 1


if __name__ == "__main__":
    sys.exit(main())
