"""5.17 of the WING guide."""

from fastapi import APIRouter, Response

from carrierbox.carriers.wing.door import Caller, WingDoor
from carrierbox.carriers.wing.usage import asking
from carrierbox.carriers.wing.usage.cdrs import rules
from carrierbox.carriers.wing.wire import json_response
from carrierbox.kernel.world import Box

router = APIRouter(route_class=WingDoor)


@router.get("/api/{version}/cdr-hdlr-service/cdr-data", operation_id="wing-5.17")
async def data_cdrs(  # noqa: PLR0913 - the document's parameters
    caller: Caller,
    box: Box,
    msisdn: str,
    startDateTime: str,  # noqa: N803 - the document's name
    endDateTime: str,  # noqa: N803
    page: str = "0",
    size: str = "50",
) -> Response:
    """The records of a SIM's data sessions in a period; ``page`` counts from 0."""
    period = rules.period(startDateTime, endDateTime)
    return json_response(await rules.records(box, caller, msisdn, period, asking.page(page, size)))
