"""The status of a transaction, of whichever of these APIs."""

from typing import Annotated

from fastapi import APIRouter, Query, Response

from carrierbox.carriers.dish.door import Caller, DishDoor
from carrierbox.carriers.dish.transactions import rules
from carrierbox.carriers.dish.wire import answer
from carrierbox.kernel.world import Box

router = APIRouter(route_class=DishDoor)

STATUS = "dish-query-transaction-status"

# an id may be any text of 36 characters, and so hold slashes: it is all that is left of the path


@router.get("/sps/v5/subscription/transactionStatus/{partnerTransactionId:path}", operation_id=STATUS)
@router.get(
    "/sps/v5/subscription/transaction/{partnerTransactionId:path}", operation_id=STATUS, include_in_schema=False
)
@router.get(
    "/sps/v5/subscriptions/transactions/{partnerTransactionId:path}", operation_id=STATUS, include_in_schema=False
)
def query_transaction_status(partnerTransactionId: str, caller: Caller, box: Box) -> Response:  # noqa: N803 - the document's name
    """How an earlier request stands, by the client's own transaction id."""
    return answer(rules.status(box, caller, partnerTransactionId))


@router.get("/sps/v5/subscription/transactionStatus", operation_id=STATUS, include_in_schema=False)
def query_transaction_status_by_parameter(
    transaction_id: Annotated[str, Query(alias="partnerTransactionId")], caller: Caller, box: Box
) -> Response:
    """The same, with the transaction id in the query."""
    return answer(rules.status(box, caller, transaction_id))
