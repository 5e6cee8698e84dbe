"""14.1 of the WING guide."""

from fastapi import APIRouter, Response

from carrierbox.carriers.wing.door import Caller, WingDoor
from carrierbox.carriers.wing.rating.invoices import rules
from carrierbox.carriers.wing.wire import json_response, number
from carrierbox.kernel.world import Box

router = APIRouter(route_class=WingDoor)


@router.get(
    "/api/{version}/invoice-data/invoice-data/{invoiceVersion}/getInvoiceDetails/{accountId}",
    operation_id="wing-14.1",
)
async def invoice_details(
    accountId: str,  # noqa: N803 - the document's name
    invoiceVersion: str,  # noqa: N803
    caller: Caller,
    box: Box,
) -> Response:
    """An account's latest invoice: the draft of the running cycle, or the one that was drawn up."""
    return json_response(await rules.latest(box, caller, number("accountId", accountId), invoiceVersion))
