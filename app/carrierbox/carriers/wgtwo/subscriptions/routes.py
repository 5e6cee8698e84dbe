"""Reading a subscription, v2."""

from fastapi import APIRouter, Request, Response

from carrierbox import edge
from carrierbox.carriers.wgtwo.door import Caller, ReadDoor
from carrierbox.carriers.wgtwo.subscriptions import record, rules
from carrierbox.kernel.world import Box

router = APIRouter(route_class=ReadDoor)


@router.get("/subscription/v2/msisdn/{msisdn}", operation_id="wgtwo-get-subscription")
def by_msisdn(msisdn: str, request: Request, caller: Caller, box: Box) -> Response:
    """A subscription, by its number."""
    found = rules.one(box, caller, "msisdn", msisdn)
    rules.mark_working(edge.visit(request), found)
    return Response(record.v2(found), media_type="application/json")


@router.get("/subscription/v2/imsi/{imsi}", operation_id="wgtwo-get-subscription-imsi")
def by_imsi(imsi: str, request: Request, caller: Caller, box: Box) -> Response:
    """A subscription, by any IMSI of its SIMs."""
    found = rules.one(box, caller, "imsi", imsi)
    rules.mark_working(edge.visit(request), found)
    return Response(record.v2(found), media_type="application/json")
