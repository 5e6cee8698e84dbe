"""5.24 of the WING guide."""

from fastapi import APIRouter, Response

from carrierbox.carriers.wing.door import Caller, WingDoor
from carrierbox.carriers.wing.errors import BadParameter
from carrierbox.carriers.wing.subscriptions.audit import rules
from carrierbox.carriers.wing.wire import json_response
from carrierbox.kernel.world import Box

router = APIRouter(route_class=WingDoor)


@router.get("/api/{version}/getAuditTrail/{imsi}/{days}", operation_id="wing-5.24")
def audit_trail(imsi: str, days: str, caller: Caller, box: Box) -> Response:
    """What was changed about a SIM in the last so many days, newest first."""
    given = days.lstrip("0")
    if not (given.isascii() and given.isdigit()):
        raise BadParameter(name="days", problem=f"'{days}' is not a number of days above 0")
    return json_response(rules.trail(box, caller.reach, imsi, int(given[:9])))
