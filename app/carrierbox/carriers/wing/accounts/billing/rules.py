"""4.2: making billing profiles."""

from typing import Any

from carrierbox.carriers.wing.accounts import reach
from carrierbox.carriers.wing.accounts.billing.schemas import NewBillingProfile
from carrierbox.carriers.wing.accounts.tables import BillingProfile
from carrierbox.carriers.wing.door import Caller
from carrierbox.carriers.wing.errors import BadField
from carrierbox.kernel.world import Box


def create(box: Box, caller: Caller, new: NewBillingProfile) -> dict[str, Any]:
    """Make a billing profile for a tenant of the caller's; the number that names it comes back as a string.

    Raises: BadField.
    Source: WING guide 4.2.
    """
    tree = reach.tree(box, caller.user.realm)
    seen = {tree[account_id].tenant_id for account_id in caller.reach.accounts}
    tenant_id = tree[caller.reach.account].tenant_id if new.tenant_id is None else str(new.tenant_id)
    if tenant_id not in seen:
        raise BadField(field="tenantId", problem=f"names no tenant: {tenant_id}")
    profile = BillingProfile(**new.model_dump() | {"tenant_id": tenant_id})
    box.session.add(profile)
    box.flush()
    limit = profile.credit_limit
    return {
        "id": profile.id,
        "tenantId": profile.tenant_id,
        "mrcChargeType": profile.mrc_charge_type,
        "ratingType": profile.rating_type,
        "creditLimit": int(limit) if limit is not None and limit.is_integer() else limit,
        "mrcRatingType": profile.mrc_rating_type,
        "billcycleId": profile.billcycle_id,
        "billaddressId": profile.billaddress_id,
        "currencyId": profile.currency_id,
    }
