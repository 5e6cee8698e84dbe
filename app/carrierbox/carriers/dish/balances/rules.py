"""A subscription's buckets, the primary one first, and what is in them. All of it happens at once."""

import json
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from carrierbox.carriers.dish.access.rules import Caller
from carrierbox.carriers.dish.balances.schemas import Balance
from carrierbox.carriers.dish.errors import UnknownBucket
from carrierbox.carriers.dish.subscriptions import facts
from carrierbox.kernel.world import Box

#: What is in each bucket, in order.
Contents = dict[str, int | float]


def add(box: Box, caller: Caller, gpsi: str, buckets: Iterable[str]) -> None:
    """Add buckets; one that is there stays as it is.

    Raises: UnknownSubscription, UnderWay, NotActive.
    """
    _change(box, caller, gpsi, lambda present: present | {ref: 0 for ref in buckets if ref not in present})


def swap(box: Box, caller: Caller, gpsi: str, primary: str) -> None:
    """Make a bucket the primary one, whether it was there or not.

    Raises: UnknownSubscription, UnderWay, NotActive.
    """
    _change(box, caller, gpsi, lambda present: {primary: present.get(primary, 0), **_without(present, [primary])})


def cancel(box: Box, caller: Caller, gpsi: str, buckets: Sequence[str]) -> None:
    """Take buckets off.

    Raises: UnknownSubscription, UnderWay, NotActive, UnknownBucket.
    """
    _change(box, caller, gpsi, lambda present: _without(_all_there(present, buckets), buckets))


def update(box: Box, caller: Caller, gpsi: str, balances: Sequence[Balance]) -> None:
    """Set what is in buckets.

    Raises: UnknownSubscription, UnderWay, NotActive, UnknownBucket.
    """
    wanted = {each.bucket_ref_id: each.balance for each in balances}
    _change(box, caller, gpsi, lambda present: _all_there(present, wanted) | wanted)


def show(box: Box, caller: Caller, gpsi: str) -> dict[str, Any]:
    """What is in a subscription's buckets.

    Raises: UnknownSubscription.
    """
    buckets = json.loads(facts.named(box, caller, None, gpsi)["buckets"])
    return {
        "gpsi": gpsi,
        "balances": [
            {"bucketRefId": bucket["bucketRefId"], "primary": i == 0, "balance": bucket["balance"]}
            for i, bucket in enumerate(buckets)
        ],
    }


def _change(box: Box, caller: Caller, gpsi: str, change: Callable[[Contents], Contents]) -> None:
    found = facts.changeable(box, caller, None, gpsi)
    present = {bucket["bucketRefId"]: bucket["balance"] for bucket in json.loads(found["buckets"])}
    buckets = [{"bucketRefId": ref, "balance": balance} for ref, balance in change(present).items()]
    facts.write(box, found, buckets=buckets)


def _all_there(present: Contents, wanted: Iterable[str]) -> Contents:
    for ref in wanted:
        if ref not in present:
            raise UnknownBucket(bucket=ref)
    return present


def _without(present: Contents, unwanted: Sequence[str]) -> Contents:
    return {ref: balance for ref, balance in present.items() if ref not in unwanted}
