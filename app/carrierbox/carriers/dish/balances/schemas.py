"""What operations on buckets are sent."""

from typing import Annotated, Any

from pydantic import BeforeValidator, Field

from carrierbox.carriers.dish.wire import BucketRef, Gpsi, Sent

MOST = 10**15


def _one_or_many(given: Any) -> Any:
    if isinstance(given, str):
        return [given]
    if not isinstance(given, list):
        raise ValueError("must be an array or a string")
    return given


def _number(given: Any) -> Any:
    if isinstance(given, bool) or not isinstance(given, int | float):
        raise ValueError("must be a number")
    return given


class NewBuckets(Sent):
    """Buckets to be added."""

    gpsi: Gpsi
    bucket_ref_id: list[BucketRef]


class CancelledBuckets(Sent):
    """Buckets to be taken off; a single one may stand by itself."""

    gpsi: Gpsi
    bucket_ref_id: Annotated[
        list[BucketRef], BeforeValidator(_one_or_many, json_schema_input_type=list[BucketRef] | BucketRef)
    ]


class PrimaryBucket(Sent):
    """The bucket that shall be the primary one."""

    gpsi: Gpsi
    bucket_ref_id: BucketRef


class Balance(Sent):
    """What shall be in a bucket."""

    bucket_ref_id: BucketRef
    balance: Annotated[int | float, Field(ge=-MOST, le=MOST), BeforeValidator(_number)]


class Balances(Sent):
    """What shall be in a subscription's buckets."""

    gpsi: Gpsi
    balances: list[Balance]
