"""4.2 of the WING guide; under another service's path."""

from fastapi import APIRouter, Response

from carrierbox.carriers.wing.accounts.billing import rules
from carrierbox.carriers.wing.accounts.billing.schemas import NewBillingProfile
from carrierbox.carriers.wing.door import Caller, WingDoor
from carrierbox.carriers.wing.wire import json_response
from carrierbox.kernel.world import Box

router = APIRouter(route_class=WingDoor)


@router.post("/api/{version}/rating/account-billing-profiles", operation_id="wing-4.2")
def create_billing_profile(new: NewBillingProfile, caller: Caller, box: Box) -> Response:
    """Make a billing profile; its id is an account's ``billingAccountId``."""
    return json_response(rules.create(box, caller, new))
