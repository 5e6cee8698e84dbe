"""The box in figures, for Prometheus."""

import asyncio
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from fastapi import APIRouter, Response

from carrierbox.control.wiring import Box, Control
from carrierbox.kernel import workflow
from carrierbox.kernel.clock import monotonic
from carrierbox.kernel.world import Cause

router = APIRouter()

MEDIA_TYPE = "text/plain; version=0.0.4; charset=utf-8"

Sample = tuple[Mapping[str, Any], float]


@router.get("/metrics", operation_id="box-metrics", response_class=Response)
async def metrics(control: Box) -> Response:
    """Requests by carrier, operation and status, faults, worlds, and what is pending, as Prometheus reads it."""
    lines = [*_counted(control), *await _pending(control)]
    return Response("\n".join([*lines, ""]), media_type=MEDIA_TYPE)


def _counted(control: Control) -> Iterator[str]:
    """What was counted since the box was started."""
    tally = control.tally
    answered = {
        key: {"carrier": key[0], "operation": key[1], "status": key[2] or "none"} for key in sorted(tally.requests)
    }
    yield from _metric("build_info", "gauge", "The version of the box.", [({"version": control.version}, 1)])
    yield from _metric("uptime_seconds", "gauge", "How long it runs.", [({}, round(monotonic() - control.started, 3))])
    yield from _metric("worlds", "gauge", "Worlds that there are.", [({}, len(control.worlds.names()))])
    yield from _metric(
        "requests_total",
        "counter",
        "Requests to carriers; the status is none where the connection was cut.",
        [(labels, tally.requests[key].count) for key, labels in answered.items()],
    )
    yield from _metric(
        "request_seconds_total",
        "counter",
        "How long they took, in real time.",
        [(labels, round(tally.requests[key].seconds, 6)) for key, labels in answered.items()],
    )
    yield from _metric(
        "faults_total",
        "counter",
        "Requests that went wrong by a rule, a magic ICCID or the rate limit.",
        [({"carrier": carrier, "kind": kind}, count) for (carrier, kind), count in sorted(tally.faults.items())],
    )


async def _pending(control: Control) -> list[str]:
    """What is pending in the worlds that are open, and how much their journals hold."""
    jobs, callbacks, entries, kept = [], [], [], []
    for world in control.worlds.open_worlds():
        await asyncio.sleep(0)
        if world.store.is_closed:  # it was dropped meanwhile
            continue
        labels = {"world": world.name}
        with world.transaction(Cause("rule", "metrics")) as box:
            jobs.append((labels, workflow.pending(box)[0]))
            waiting = box.sql("SELECT count(*) FROM box_callback WHERE state = 'pending'").fetchone()[0]
        callbacks.append((labels, waiting))
        entries.append((labels, len(world.journal)))
        kept.append((labels, world.journal.bytes))
    return [
        *_metric("jobs_pending", "gauge", "Work that has a due time.", jobs),
        *_metric("callbacks_pending", "gauge", "Notifications that have not arrived.", callbacks),
        *_metric("journal_entries", "gauge", "Entries of a world's journal.", entries),
        *_metric("journal_bytes", "gauge", "What they take.", kept),
    ]


def _metric(name: str, kind: str, about: str, samples: Iterable[Sample]) -> Iterator[str]:
    yield f"# HELP carrierbox_{name} {about}"
    yield f"# TYPE carrierbox_{name} {kind}"
    for labels, value in samples:
        told = ",".join(f'{label}="{_escaped(str(fact))}"' for label, fact in labels.items())
        yield f"carrierbox_{name}{{{told}}} {value}" if told else f"carrierbox_{name} {value}"


def _escaped(fact: str) -> str:
    return fact.replace("\\", r"\\").replace('"', r"\"").replace("\n", r"\n")
