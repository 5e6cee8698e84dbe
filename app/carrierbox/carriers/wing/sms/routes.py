"""9.1 to 9.3 of the WING guide; 5.13 is 9.3."""

from fastapi import APIRouter, Response

from carrierbox.carriers.wing.door import READS, VERSION_TWICE, Caller, WingDoor
from carrierbox.carriers.wing.sms import delivery, rules
from carrierbox.carriers.wing.sms.schemas import Search, Sending
from carrierbox.carriers.wing.wire import json_response, number
from carrierbox.kernel.world import Box

router = APIRouter(route_class=WingDoor)

#: 5.13 documents 202 and 9.3 documents 200 for one and the same call: this is the switch.
ACCEPTED = 202


@router.post("/api/{version}/notification/sms/searchsms", operation_id="wing-9.1", openapi_extra=READS)
async def search_sms(wanted: Search, caller: Caller, box: Box) -> Response:
    """Messages of a SIM, of an account, or of all within reach, newest first."""
    return json_response(await rules.search(box, caller, wanted))


@router.get("/api/{version}/notification/sms/getsmsdetails/{id}", operation_id="wing-9.2")
def sms_details(id: str, caller: Caller, box: Box) -> Response:
    """One message."""
    return json_response(rules.one(box, caller, number("id", id)))


@router.post(
    "/api/{version}/notification/sms/sendsms",
    operation_id="wing-5.13",
    status_code=ACCEPTED,
    openapi_extra={"x-carrierbox-sections": ["wing-5.13", "wing-9.3"]} | VERSION_TWICE,
)
def send_sms(wanted: Sending, caller: Caller, box: Box) -> Response:
    """Send a message to SIMs, by their MSISDNs."""
    delivery.send(box, caller, wanted)
    return Response(status_code=ACCEPTED)
