"""Measure the box against a bare FastAPI route, in one run: `python -m bench [--sims N] [--seconds S] [--write]`.

Server on one core, load on another. Absolute figures belong to the machine; the ratios to *raw* travel. `--write` puts
the table into docs/performance.md.
"""

import argparse
import json
import os
import platform
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import httpx

ROOT = Path(__file__).parent.parent
REALM = "/wing/uam/auth/realms/wdh-sitstg2/protocol/openid-connect/token"
SIMS = "/wing/api/v1/subscription/sims"
PASSWORD = {"grant_type": "password", "client_id": "web-app", "username": "sandbox-admin", "password": "sandbox-pass"}
CONNECTIONS = 16


@dataclass
class Row:
    """One line of the report."""

    what: str
    measured: str
    wanted: str
    holds: bool | None = None


def on_core(core: int) -> list[str]:
    """A command prefix that keeps a process on one core, where the machine can."""
    available = sorted(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else []
    return ["taskset", "-c", str(available[core % len(available)])] if len(available) > 1 else []


@contextmanager
def box(*arguments: str) -> Iterator[tuple[str, subprocess.Popen[str]]]:
    """A running box: its address and process."""
    command = [*on_core(0), sys.executable, "-m", "carrierbox", "serve", "--port", "0", "--quiet", *arguments]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    try:
        line = process.stdout.readline()  # type: ignore[union-attr]
        yield line.removeprefix("carrierbox ready on ").strip(), process
    finally:
        process.terminate()
        process.wait(30)


def load(url: str, requests: list[str], seconds: float) -> dict[str, Any]:
    """Load a server from another core."""
    port = url.rpartition(":")[2]
    command = [*on_core(1), sys.executable, "-m", "bench.load", port, str(seconds), str(CONNECTIONS)]
    lines = "\n".join(map(json.dumps, requests))
    done = subprocess.run(command, input=lines, capture_output=True, text=True, check=True, cwd=ROOT)
    return dict(json.loads(done.stdout))


def request(method: str, path: str, headers: dict[str, str], body: str = "") -> str:
    """One HTTP request as text."""
    head = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
    length = f"Content-Length: {len(body)}\r\n" if body else ""
    return f"{method} {path} HTTP/1.1\r\nHost: localhost\r\n{head}{length}\r\n{body}"


def raw(size: int, seconds: float) -> float:
    """Requests a second of a FastAPI route that answers so many constant bytes."""
    environment = {**os.environ, "BENCH_BODY": str(size)}
    command = [*on_core(0), sys.executable, "-m", "bench.raw", "7998"]
    process = subprocess.Popen(command, env=environment, cwd=ROOT)
    try:
        wait_for("http://127.0.0.1:7998/raw")
        return float(load("http://127.0.0.1:7998", [request("GET", "/raw", {})], seconds)["per_second"])
    finally:
        process.terminate()
        process.wait(10)


def wait_for(url: str) -> None:
    """Wait until something answers there."""
    for _ in range(200):
        try:
            httpx.get(url)
        except httpx.TransportError:
            time.sleep(0.05)
        else:
            return
    raise TimeoutError(url)


def measure(sims: int, seconds: float) -> Iterator[Row]:
    """Every figure, one after the other."""
    with tempfile.TemporaryDirectory() as data:
        started = time.perf_counter()
        with box("--data", data, "--sims", str(sims)) as (url, process):
            yield Row(f"a world of {sims:,} SIMs is loaded", f"{time.perf_counter() - started:.1f} s", "60 s")
            yield from requests(url, process, seconds, sims // 2000 - 1)
        started = time.perf_counter()
        with box("--data", data):
            yield Row("it starts again", f"{time.perf_counter() - started:.2f} s", "")
    yield from starts()
    yield from forks()


def requests(url: str, process: subprocess.Popen[str], seconds: float, last_page: int) -> Iterator[Row]:
    """What single requests cost in a large world."""
    client = httpx.Client(base_url=url, timeout=120)
    token = client.post(REALM, data=PASSWORD).json()["access_token"]
    caller = {"Authorization": f"Bearer {token}", "Account-Context-Id": "*"}
    fleet = client.get(SIMS, params={"page": last_page // 2, "size": 2000}, headers=caller).json()
    size = len(client.get(f"{SIMS}/iccid/{fleet[0]['iccid']}", headers=caller).content)

    base = raw(size, seconds)
    yield Row("raw: constant bytes", f"{base:.0f} /s", "")
    gets = [request("GET", f"{SIMS}/iccid/{sim['iccid']}", caller) for sim in fleet]
    got = load(url, gets, seconds)
    yield ratio("GET a SIM by ICCID", got, base, 0.5)

    posts = [update(sim, caller) for sim in fleet if sim["stateName"] in {"ACTIVE", "SUSPENDED"}]
    posted = load(url, posts, seconds)
    yield ratio("POST update_state, durable, its workflows running beside it", posted, base, 0.25)
    p99 = posted["p99_ms"]
    yield Row("... its p99", f"{p99:.1f} ms", "50 ms", p99 < 50)
    client.post("/_box/worlds/default/clock/advance", json={"until": "idle"})

    yield from pages(client, caller, base, last_page)
    yield beside_pages(client, url, caller, gets)

    for scope, label in (({}, "without id_token"), ({"scope": "openid"}, "with id_token")):
        form = urlencode(PASSWORD | scope)
        login = request("POST", REALM, {"Content-Type": "application/x-www-form-urlencoded"}, form)
        issued = load(url, [login], seconds)
        wanted = 600 * base / 3800
        yield Row(
            f"password-grant tokens, {label}",
            f"{issued['per_second']:.0f} /s",
            f"600 /s where raw is 3800: {wanted:.0f}",
            issued["per_second"] >= wanted,
        )
    memory = anonymous_mb(process)
    if memory is not None:
        yield Row("anonymous memory after all that", f"{memory:.0f} MB", "150 MB", memory < 150)


def update(sim: dict[str, Any], caller: dict[str, str]) -> str:
    """A 5.7 request that 5.6 allows at first; repeated, it is accepted all the same and its workflow fails."""
    state, number = ("SUSPENDED", 4) if sim["stateName"] == "ACTIVE" else ("ACTIVE", 3)
    body = {"iccid": sim["iccid"], "imsi": sim["imsi"], "newState": state, "newStateId": number}
    return request(
        "POST", "/wing/api/v1/sim/update_state", {**caller, "Content-Type": "application/json"}, json.dumps(body)
    )


def ratio(what: str, got: dict[str, Any], base: float, least: float) -> Row:
    """A rate as a share of raw; answers other than 2xx would make it worthless."""
    assert all(status.startswith("2") for status in got["statuses"]), got["statuses"]
    share = got["per_second"] / base
    return Row(what, f"{got['per_second']:.0f} /s = {share:.2f} raw", f"{least} raw", share >= least)


def pages(client: httpx.Client, caller: dict[str, str], base: float, last_page: int) -> Iterator[Row]:
    """Pages of 2000 SIMs, the last one first."""
    for page, at_3800 in ((last_page, 120), (1, 60)):
        times = [timed(client, page, caller) for _ in range(9)]
        wanted = at_3800 * 3800 / base
        for label, figure in (("first read", times[0]), ("median of the next 8", statistics.median(times[1:]))):
            yield Row(
                f"page {page} of 2000 SIMs, {label}",
                f"{figure:.1f} ms",
                f"{at_3800} ms where raw is 3800: {wanted:.0f} ms",
                figure < wanted,
            )


def beside_pages(client: httpx.Client, url: str, caller: dict[str, str], gets: list[str]) -> Row:
    """What others feel of somebody who reads page after page."""
    alone = load(url, gets, 2)
    over = threading.Event()

    def read() -> None:
        while not over.is_set():
            timed(client, 1, caller)

    reader = threading.Thread(target=read)
    reader.start()
    beside = load(url, gets, 2)
    over.set()
    reader.join()
    return Row(
        "p99 of GETs under full load: alone, and beside a client that reads page after page",
        f"{alone['p99_ms']:.1f} ms, {beside['p99_ms']:.1f} ms",
        "not held up",
    )


def timed(client: httpx.Client, page: int, caller: dict[str, str]) -> float:
    """Milliseconds until a page is there, whole."""
    started = time.perf_counter()
    answer = client.get(SIMS, params={"page": page, "size": 2000}, headers=caller)
    took = (time.perf_counter() - started) * 1000
    answer.raise_for_status()
    return took


def anonymous_mb(process: subprocess.Popen[str]) -> float | None:
    """Anonymous memory of a process, where the system tells."""
    smaps = Path(f"/proc/{process.pid}/smaps_rollup")
    if not smaps.exists():
        return None
    lines = dict(line.split(":", 1) for line in smaps.read_text().splitlines()[1:])
    return int(lines["Anonymous"].split()[0]) / 1024


def starts() -> Iterator[Row]:
    """From the process's start to its first answer, on a new and on a known data folder."""
    with tempfile.TemporaryDirectory() as data:
        for label in ("new", "known"):
            started = time.perf_counter()
            with box("--data", data) as (url, _):
                httpx.get(f"{url}/_box/health").raise_for_status()
                took = time.perf_counter() - started
            yield Row(f"start to first answer, {label} data folder", f"{took:.2f} s", "2.0 s", took < 2)


def forks() -> Iterator[Row]:
    """Forking the default world, as a client sees it."""
    with box("--data", "memory") as (url, _), httpx.Client(base_url=url, timeout=60) as client:
        times = []
        for _ in range(50):
            started = time.perf_counter()
            client.post("/_box/worlds", json={"from": "default"}).raise_for_status()
            times.append((time.perf_counter() - started) * 1000)
    took = statistics.median(times)
    yield Row("forking a world of 200 SIMs, over HTTP with its description", f"{took:.1f} ms", "20 ms", took < 20)


def machine() -> str:
    """What was measured on."""
    names = (
        "fastapi",
        "starlette",
        "uvicorn",
        "uvloop",
        "pydantic",
        "sqlmodel",
        "orjson",
        "python-jose",
        "cryptography",
    )
    versions = ", ".join(f"{name} {version(name)}" for name in names)
    return (
        f"{platform.machine()}, {os.cpu_count()} cores, CPython {platform.python_version()}, SQLite"
        f" {sqlite3.sqlite_version}; {versions}"
    )


def main() -> None:
    """Measure and report."""
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("--sims", type=int, default=1_000_000)
    parser.add_argument("--seconds", type=float, default=8)
    parser.add_argument("--write", action="store_true", help="write docs/performance.md's table")
    options = parser.parse_args()
    table = ["| what | measured | wanted | |", "|---|--:|--:|---|"]
    for row in measure(options.sims, options.seconds):
        verdict = "" if row.holds is None else "yes" if row.holds else "**no**"
        table.append(f"| {row.what} | {row.measured} | {row.wanted} | {verdict} |")
        print(table[-1], flush=True)
    if options.write:
        page = ROOT / "docs" / "performance.md"
        head, mark, tail = page.read_text(encoding="utf-8").partition("<!-- measured -->\n")
        _, end, tail = tail.partition("<!-- end -->")
        text = "\n".join([machine(), "", *table, ""])
        page.write_text(f"{head}{mark}{text}{end}{tail}", encoding="utf-8")


if __name__ == "__main__":
    main()
