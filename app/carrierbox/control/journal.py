"""The journal: what was asked and answered, as a list, as a HAR file, and held against what a test expects."""

import asyncio
import json
from collections.abc import Callable
from itertools import islice
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Request, Response

from carrierbox import edge
from carrierbox.control import entries, har, verify
from carrierbox.control.schemas import STATUS, Expectations
from carrierbox.control.wiring import Box, Named
from carrierbox.kernel import clock
from carrierbox.kernel.journal import LARGEST_JOURNAL, Direction, Entry

router = APIRouter()


async def _chosen(  # noqa: PLR0913 - criteria
    control: Box,
    world: Named,
    carrier: str | None = None,
    operation: Annotated[str | None, Query(description="the contract's id")] = None,
    iccid: Annotated[str | None, Query(description="of a SIM that it is about, whatever of it was named")] = None,
    status: Annotated[str | None, Query(pattern=STATUS, description="404, or 4xx")] = None,
    since: Annotated[str | None, Query(description="world time, ISO 8601")] = None,
    direction: Annotated[Direction | None, Query(description="requests in, or callbacks out")] = None,
    limit: Annotated[int, Query(ge=1, le=LARGEST_JOURNAL)] = 100,
) -> list[Entry]:
    """The latest entries that fit, newest first."""
    control.check_carrier(carrier)
    control.check_operation(operation)
    begin = clock.moment(since) if since is not None else None
    kept = world.journal.kept()

    def read() -> list[Entry]:
        fitting = entries.chosen(
            kept.newest_first(), carrier=carrier, operation=operation, status=status, since=begin, direction=direction
        )
        return list(islice(fitting, limit if iccid is None else None))

    found = await asyncio.to_thread(read)
    await entries.about(control, world, found)
    return [entry for entry in found if iccid is None or iccid in (entry.iccids or ())][:limit]


Chosen = Annotated[list[Entry], Depends(_chosen)]


@router.get("/worlds/{w}/journal", operation_id="box-show-journal", response_class=Response)
async def show_journal(world: Named, chosen: Chosen) -> Response:
    """Requests in and callbacks out, newest first, without secrets. Times are the world's, durations real."""
    sections = await entries.sections(chosen)
    return await _json(lambda: [entries.shown(world, entry, sections) for entry in chosen])


@router.delete("/worlds/{w}/journal", status_code=204, operation_id="box-empty-journal")
async def empty_journal(world: Named) -> Response:
    """Forget what is in the journal."""
    world.journal.clear()
    return Response(status_code=204)


@router.get("/worlds/{w}/journal.har", operation_id="box-export-journal", response_class=Response)
async def export_journal(world: Named, chosen: Chosen, request: Request) -> Response:
    """The same as an HTTP Archive (HAR 1.2), oldest first, which browsers' developer tools open."""
    box_url = edge.visit(request).origin_url
    answer = await _json(lambda: har.archive(reversed(chosen), box_url))
    answer.headers["Content-Disposition"] = f'attachment; filename="{world.name}.har"'
    return answer


@router.post("/worlds/{w}/journal/verify", operation_id="box-verify-journal")
async def verify_journal(control: Box, world: Named, wanted: Expectations) -> Any:
    """Say whether the journal holds what is expected, and how it differs where not, with the near misses."""
    for each in wanted.expect:
        control.check_operation(each.operation)
        control.check_carrier(each.where.carrier)
    kept = world.journal.kept()
    oldest_first = await asyncio.to_thread(lambda: [*kept.oldest_first()])
    if any(each.where.iccid is not None for each in wanted.expect):
        await entries.about(control, world, oldest_first)
    found = await asyncio.to_thread(verify.differences, [verify.Seen(entry) for entry in oldest_first], wanted)
    return {"holds": False, "differences": found} if found else {"holds": True}


async def _json(make: Callable[[], Any]) -> Response:
    """An answer that takes long to make, made while others go on; as ASCII, which spells any text."""
    content = await asyncio.to_thread(lambda: json.dumps(make()).encode())
    return Response(content, media_type="application/json")
