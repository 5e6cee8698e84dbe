"""Chapter h."""

from fastapi import APIRouter, Request, Response

from carrierbox.carriers.stn import asking
from carrierbox.carriers.stn.billing import rules
from carrierbox.carriers.stn.billing.record import CDR, INVOICE, MONTH, USAGE
from carrierbox.carriers.stn.door import Caller, StnDoor
from carrierbox.carriers.stn.errors import BadParameter
from carrierbox.carriers.stn.query import Record
from carrierbox.kernel.world import Box

router = APIRouter(route_class=StnDoor)


@router.get("/api/QueryInvoice", operation_id="stn-queryinvoice", openapi_extra=asking.parameters(INVOICE))
async def query_invoice(request: Request, caller: Caller, box: Box) -> Response:
    """List invoices, with their lines."""
    return await _answer(request, INVOICE, caller, box)


@router.get("/api/QueryCdrMonth", operation_id="stn-querycdrmonth", openapi_extra=asking.parameters(MONTH))
async def query_cdr_month(request: Request, caller: Caller, box: Box) -> Response:
    """List the billing months that have CDRs, newest first."""
    return await _answer(request, MONTH, caller, box)


@router.get("/api/QueryCdr", operation_id="stn-querycdr", openapi_extra=asking.parameters(CDR, "yearMonth"))
async def query_cdr(request: Request, caller: Caller, box: Box) -> Response:
    """List the CDRs of a billing month, which has to be named."""
    if not any(name.lower() == "yearmonth" and value for name, value in request.query_params.multi_items()):
        raise BadParameter(name="yearMonth", problem="is required")
    return await _answer(request, CDR, caller, box)


@router.get(
    "/api/QueryUsageSubscription",
    operation_id="stn-queryusagesubscription",
    openapi_extra=asking.parameters(USAGE),
)
async def query_usage_subscription(request: Request, caller: Caller, box: Box) -> Response:
    """List what each subscription used in each billing month."""
    return await _answer(request, USAGE, caller, box)


async def _answer(request: Request, record: Record, caller: Caller, box: Box) -> Response:
    await rules.bring_up_to_date(box.world)
    return await asking.answer(request, record, caller, box)
