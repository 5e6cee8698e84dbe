"""The box in figures, as Prometheus reads them."""

import re

import httpx
import pytest
from tests.conftest import Box, World
from tests.control.conftest import KEY
from tests.shell.test_magic import ordinary
from tests.shell.ways import CARRIERS, READS, Way

LINE = re.compile(r'(?P<name>carrierbox_[a-z_]+)(\{(?P<labels>([a-z]+="[^"]*",?)*)\})? (?P<value>[0-9.e+-]+)')

Figures = dict[tuple[str, frozenset[tuple[str, str]]], float]


def figures(control: httpx.Client) -> Figures:
    """Every sample; the text holds to the format."""
    answer = control.get("/_box/metrics")
    assert "text/plain; version=0.0.4; charset=utf-8" == answer.headers["Content-Type"]
    assert answer.text.endswith("\n")
    found: Figures = {}
    kinds: dict[str, str] = {}
    for line in answer.text.splitlines():
        if line.startswith("# TYPE "):
            _, _, name, kind = line.split(" ")
            assert name not in kinds
            kinds[name] = kind
            assert ("counter" == kind) == name.endswith("_total")
        elif not line.startswith("# HELP "):
            sample = LINE.fullmatch(line)
            assert sample, line
            assert sample["name"] in kinds
            labels = frozenset(re.findall(r'([a-z]+)="([^"]*)"', sample["labels"] or ""))
            assert (sample["name"], labels) not in found
            found[sample["name"], labels] = float(sample["value"])
    return found


def figure(found: Figures, name: str, **labels: str) -> float:
    return found.get((f"carrierbox_{name}", frozenset(labels.items())), 0.0)


@pytest.mark.parametrize("carrier", CARRIERS)
def test_requests_are_counted_by_carrier_operation_and_status(
    world: World, control: httpx.Client, carrier: str
) -> None:
    sim = Way(carrier, world, ordinary(world, carrier))
    assert sim.api
    before = figures(control)
    for _ in range(3):
        sim.read()
    after = figures(control)
    labels = {"carrier": carrier, "operation": READS[carrier], "status": "200"}
    assert 3 == figure(after, "requests_total", **labels) - figure(before, "requests_total", **labels)
    took = figure(after, "request_seconds_total", **labels) - figure(before, "request_seconds_total", **labels)
    assert 0 < took < 60


def test_faults_are_counted_by_what_brought_them_about(world: World, control: httpx.Client) -> None:
    before = figures(control)
    path = f"/_box/worlds/{world.name}"
    control.post(f"{path}/faults", json={"do": {"status": 503}, "when": {"times": 2}})
    for _ in range(3):
        control.get(f"{world.url}/wing/api/v1/sim/1")
    control.patch(f"{path}/settings", json={"rate_limit_per_second": 1})
    for _ in range(2):
        control.get(f"{world.url}/stn/api/x")
    after = figures(control)
    for carrier, kind, count in (("wing", "rule", 2), ("stn", "rate-limit", 1)):
        labels = {"carrier": carrier, "kind": kind}
        assert count == figure(after, "faults_total", **labels) - figure(before, "faults_total", **labels)


def test_what_is_pending_is_told_for_each_world(world: World, control: httpx.Client) -> None:
    sim = Way("wing", world, ordinary(world, "wing"))
    sim.change()
    entries = len(control.get(f"/_box/worlds/{world.name}/journal").json())
    found = figures(control)
    assert (1, 0, entries) == tuple(
        figure(found, name, world=world.name) for name in ("jobs_pending", "callbacks_pending", "journal_entries")
    )
    assert 0 < figure(found, "journal_bytes", world=world.name)
    world.advance(by="10m")
    assert 0 == figure(figures(control), "jobs_pending", world=world.name)
    nowhere = {"callback_url": {"dish": "http://127.0.0.1:9/"}}
    control.patch(f"/_box/worlds/{world.name}/settings", json=nowhere)
    Way("dish", world, ordinary(world, "dish")).change()
    world.advance(by="3s")
    assert 1 == figure(figures(control), "callbacks_pending", world=world.name)


def test_the_box_is_told(control: httpx.Client) -> None:
    found, health = figures(control), control.get("/_box/health").json()
    assert 1 == figure(found, "build_info", version=health["version"])
    assert health["worlds"] == figure(found, "worlds")
    assert 0 < figure(found, "uptime_seconds") <= health["uptime_seconds"]


def test_they_ask_for_the_key(locked: Box, stranger: httpx.Client) -> None:
    assert 401 == stranger.get("/_box/metrics").status_code
    answer = httpx.get(f"{locked.url}/_box/metrics", headers={"Authorization": f"Bearer {KEY}"})
    assert 200 == answer.status_code
