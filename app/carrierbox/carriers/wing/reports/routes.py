"""7 of the WING guide. All of it answers 202."""

from fastapi import APIRouter, Response
from fastapi.responses import PlainTextResponse

from carrierbox.carriers.wing.door import Caller, WingDoor
from carrierbox.carriers.wing.reports import rules, runs
from carrierbox.carriers.wing.reports.schemas import ReportChange
from carrierbox.carriers.wing.wire import json_response, number
from carrierbox.kernel.world import Box

router = APIRouter(route_class=WingDoor)


@router.get("/api/{version}/cannedReport", operation_id="wing-7.1", status_code=202)
def list_reports(caller: Caller, box: Box) -> Response:
    """The reports of the call's account that the caller's role may see."""
    return json_response(rules.listed(box, caller), 202)


@router.put("/api/{version}/cannedReport/enableReportById/{id}", operation_id="wing-7.2", status_code=202)
def enable_report(id: str, change: ReportChange, caller: Caller, box: Box) -> Response:
    """Switch a report on, and say how often it runs by itself."""
    return json_response(rules.enable(box, caller, number("id", id), change), 202)


@router.put("/api/{version}/cannedReport/disableReportById/{id}", operation_id="wing-7.3", status_code=202)
def disable_report(id: str, change: ReportChange, caller: Caller, box: Box) -> Response:  # noqa: ARG001 - it is read, no more
    """Switch a report off."""
    return json_response(rules.disable(box, caller, number("id", id)), 202)


@router.get("/api/{version}/downloadReport/{id}", operation_id="wing-7.4", status_code=202)
async def download_report(id: str, caller: Caller, box: Box) -> Response:
    """The file of the latest finished run."""
    file = await runs.download(box, caller, number("id", id))
    headers = {"Content-Disposition": f'attachment; filename="{file.name}"'}
    return Response(file.content, 202, headers, file.content_type)


@router.get("/api/{version}/runReport/{id}", operation_id="wing-7.5", status_code=202)
def run_report(id: str, caller: Caller, box: Box) -> Response:
    """Run a report now; the answered run id is followed with 5.8."""
    with box.transaction():  # a GET that writes
        return PlainTextResponse(runs.run(box, caller, number("id", id)), 202)
