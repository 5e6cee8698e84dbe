"""What an order's SIMs are to have from their account: an APN group, two profiles and a rate plan, given by name."""

from collections.abc import Mapping
from typing import Any

from pydantic.alias_generators import to_camel

from carrierbox.carriers.wing.errors import BadField
from carrierbox.carriers.wing.subscriptions import profiles
from carrierbox.carriers.wing.subscriptions.profiles import Profile
from carrierbox.kernel.world import Box

#: Columns of an order, and what they name.
NAMES: Mapping[str, Profile] = {
    "order_apn_group": profiles.APN_GROUP,
    "order_network_profile": profiles.NETWORK_PROFILE,
    "order_roaming_profile": profiles.ROAMING_PROFILE,
    "order_rate_plan": profiles.RATE_PLAN,
}


def chosen(box: Box, realm: str, order: Mapping[str, Any]) -> dict[str, int]:
    """The columns of a SIM that an order settles; where it names nothing, the account's default, else none.

    Raises: BadField for a name that the account has nothing of.
    """
    account_id = order["account_master_id"]
    found = {}
    for column, profile in NAMES.items():
        name = order[column]
        if name:
            number = profiles.named(box, realm, account_id, profile, name)
            if number is None:
                raise BadField(field=to_camel(column), problem=f"names nothing that account {account_id} has: {name}")
        else:
            number = profiles.usable(box, account_id, profile)[1]
        found[profile.column] = number
    return found
