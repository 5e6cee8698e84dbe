"""Add, swap and cancel buckets; query and update what is in them."""

from fastapi import APIRouter, Response

from carrierbox.carriers.dish.balances import rules
from carrierbox.carriers.dish.balances.schemas import Balances, CancelledBuckets, NewBuckets, PrimaryBucket
from carrierbox.carriers.dish.door import Caller, DishDoor
from carrierbox.carriers.dish.wire import Gpsi, answer, success
from carrierbox.kernel.world import Box

router = APIRouter(route_class=DishDoor)

ADD = "dish-add-buckets"
SWAP = "dish-swap-bucket"
CANCEL = "dish-cancel-buckets"
QUERY = "dish-query-balances"
UPDATE = "dish-update-balances"


@router.post("/sps/v5/subscription-balance/addBuckets", operation_id=ADD)
@router.post("/sps/v5/subscription-balance/buckets", operation_id=ADD, include_in_schema=False)
@router.post("/sps/v5/subscription-balance/bucket", operation_id=ADD, include_in_schema=False)
def add_buckets(asked: NewBuckets, caller: Caller, box: Box) -> Response:
    """Add buckets to a subscription."""
    rules.add(box, caller, asked.gpsi, asked.bucket_ref_id)
    return success()


@router.post("/sps/v5/subscription-balance/swapBucket", operation_id=SWAP)
@router.put("/sps/v5/subscription-balance/swapBucket", operation_id=SWAP, include_in_schema=False)
@router.post("/sps/v5/subscription-balance/bucket/swap", operation_id=SWAP, include_in_schema=False)
def swap_primary_bucket(asked: PrimaryBucket, caller: Caller, box: Box) -> Response:
    """Make a bucket the primary one."""
    rules.swap(box, caller, asked.gpsi, asked.bucket_ref_id)
    return success()


@router.post("/sps/v5/subscription-balance/cancelBuckets", operation_id=CANCEL)
@router.delete("/sps/v5/subscription-balance/buckets", operation_id=CANCEL, include_in_schema=False)
@router.post("/sps/v5/subscription-balance/bucket/cancel", operation_id=CANCEL, include_in_schema=False)
def cancel_buckets(asked: CancelledBuckets, caller: Caller, box: Box) -> Response:
    """Take buckets off a subscription."""
    rules.cancel(box, caller, asked.gpsi, asked.bucket_ref_id)
    return success()


@router.get("/sps/v5/subscription-balance/balances", operation_id=QUERY)
@router.get("/sps/v5/subscription-balance/queryBalances", operation_id=QUERY, include_in_schema=False)
@router.get("/sps/v5/subscription-balance", operation_id=QUERY, include_in_schema=False)
def query_balances(gpsi: Gpsi, caller: Caller, box: Box) -> Response:
    """What is in a subscription's buckets."""
    return answer(rules.show(box, caller, gpsi))


@router.post("/sps/v5/subscription-balance/balances", operation_id=UPDATE)
@router.put("/sps/v5/subscription-balance/balances", operation_id=UPDATE, include_in_schema=False)
@router.post("/sps/v5/subscription-balance/updateBalances", operation_id=UPDATE, include_in_schema=False)
def update_balances(asked: Balances, caller: Caller, box: Box) -> Response:
    """Set what is in a subscription's buckets."""
    rules.update(box, caller, asked.gpsi, asked.balances)
    return success()
