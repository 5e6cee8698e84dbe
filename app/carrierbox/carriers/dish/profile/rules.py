"""A subscription's profile: its bill cycle, and all that is known of it."""

import json
from typing import Any

from carrierbox.carriers.dish.access.rules import Caller
from carrierbox.carriers.dish.errors import BadField
from carrierbox.carriers.dish.profile.schemas import BillCycle
from carrierbox.carriers.dish.subscriptions import facts
from carrierbox.carriers.dish.wire import us_number
from carrierbox.kernel.world import Box


def change_bill_cycle(box: Box, caller: Caller, asked: BillCycle) -> None:
    """Let the bill cycle of an active subscription start on another day.

    Raises: UnknownSubscription, UnderWay, NotActive.
    """
    found = facts.changeable(box, caller, None, asked.gpsi)
    facts.write(box, found, bill_day=asked.bill_cycle_start_day)


def details(box: Box, caller: Caller, iccid: str | None, gpsi: str | None, subscriber_id: str | None) -> dict[str, Any]:
    """All that is known of the subscription that these identifiers fit; of several the newest that is not Ceased.

    Raises: BadField, UnknownSubscription.
    """
    if iccid is None and gpsi is None and subscriber_id is None:
        raise BadField("gpsi", "or iccid or subscriberId is required")
    number = us_number(gpsi) if gpsi is not None else None
    row = facts.queried(box, caller, iccid=iccid, gpsi=number, subscriber_id=subscriber_id)
    found = {
        "subscriberId": row["subscriber_id"],
        "status": row["state"],
        "wholesalePlanId": row["plan_id"],
        "gpsi": row["gpsi"],
        "iccid": row["iccid"],
        "pei": row["pei"],
        "eid": row["eid"],
        "billCycleFrequency": "MONTHLY",
        "billCycleStartDay": row["bill_day"],
        "bucketRefId": [bucket["bucketRefId"] for bucket in json.loads(row["buckets"])],
        "products": json.loads(row["products"]),
    }
    return {name: value for name, value in found.items() if value is not None}
