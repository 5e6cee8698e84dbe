"""A journal's entries as testers see them: decoded, without secrets, and with the SIMs that they are about."""

import asyncio
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from carrierbox.control.fleet import documented
from carrierbox.control.wiring import Control
from carrierbox.kernel import clock, redaction, said
from carrierbox.kernel.journal import Direction, Entry, Headers
from carrierbox.kernel.world import Cause, World

#: How long looking up whom entries are about holds up others.
SLICE_SECONDS = 0.005


def chosen(  # noqa: PLR0913 - criteria
    entries: Iterable[Entry],
    *,
    carrier: str | None = None,
    operation: str | None = None,
    status: str | None = None,
    since: datetime | None = None,
    direction: Direction | None = None,
) -> Iterator[Entry]:
    """Those that fit all that is said."""
    return (
        entry
        for entry in entries
        if carrier in (None, entry.carrier)
        and operation in (None, entry.operation)
        and (status is None or has_status(entry.status, status))
        and (since is None or entry.moment >= since)
        and direction in (None, entry.direction)
    )


def has_status(status: int | None, wanted: str) -> bool:
    """Whether a status is the one wanted, or of the kind."""
    return re.fullmatch(wanted.replace("x", "."), str(status)) is not None


async def about(control: Control, world: World, entries: Sequence[Entry]) -> None:
    """Look up which SIMs entries are about, as the world knows them now; once for each entry."""
    names = {part.name: part.names for part in control.worlds.parts}
    for entry in entries:
        entry.iccids = world.journal.about(entry)
    unknown = [entry for entry in entries if entry.iccids is None]
    while unknown:
        stop = clock.monotonic() + SLICE_SECONDS
        with world.transaction(Cause("rule", "journal")) as box:
            while unknown and clock.monotonic() < stop:
                entry = unknown.pop()
                pairs = said.said(entry.path, entry.query, entry.asked)
                entry.iccids = tuple(sorted(said.iccids(box, names.get(entry.carrier), pairs)))
                world.journal.remember(entry)
        await asyncio.sleep(0)


async def sections(entries: Iterable[Entry]) -> Mapping[str, str]:
    """The documents' sections of the operations that entries came to."""
    found = await documented([{"operation": entry.operation} for entry in entries])
    return {operation: str(facts["section"]) for operation, facts in found.items()}


def shown(world: World, entry: Entry, sections: Mapping[str, str]) -> dict[str, Any]:
    """An entry as JSON has it."""
    facts = {
        "id": str(entry.number),
        "at": clock.text(entry.moment),
        "direction": entry.direction,
        "carrier": entry.carrier,
        "operation": entry.operation,
        "section": sections.get(entry.operation or ""),
        "iccids": [*(entry.iccids or ())],
        "method": entry.method,
        "path": entry.path,
        "query": query(entry),
        "url": url(entry),
        "duration_ms": round(entry.seconds * 1000, 3),
        "world": world.name,
        "actor": entry.actor,
        "request_id": entry.request_id,
        "fault": entry.fault,
        "error": entry.error,
    }
    return {
        **{name: fact for name, fact in facts.items() if fact is not None},
        "status": entry.status,
        "request": _half(entry.asked_headers, entry.asked, entry.asked_bytes),
        "response": None if entry.status is None else _half(entry.answer_headers, entry.answer, entry.answer_bytes),
    }


def query(entry: Entry) -> str:
    """What stood behind the question mark."""
    return redaction.form(entry.query.decode("latin-1"))


def url(entry: Entry) -> str:
    """The address that was asked."""
    asked, address = query(entry), "/".join(entry.address.split("/")[:3])
    return f"{address}{entry.target.decode('latin-1')}{'?' if asked else ''}{asked}"


def _half(headers: Headers, content: bytes, size: int) -> dict[str, Any]:
    """A request or an answer; *bytes* is how large the body was, of which the journal may have kept a part only."""
    read = redaction.joined(headers)
    return {"headers": read, "body": redaction.body(content, read.get("content-type", "")), "bytes": size}
