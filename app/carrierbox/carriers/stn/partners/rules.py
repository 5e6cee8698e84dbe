"""Which customer number something new runs under."""

from collections.abc import Mapping
from typing import Any

from carrierbox.carriers.stn.errors import NoCustomerNamed, UnknownCustomer
from carrierbox.kernel.world import Box


def customer(box: Box, partner: str, wanted: str | None) -> Mapping[str, Any]:
    """The customer number that a request names, or the only one that its partner has.

    Raises: NoCustomerNamed, UnknownCustomer.
    Source: contract `stn.yaml`, key `authentication`.
    """
    found = box.sql("SELECT * FROM stn_customer WHERE partner = :partner ORDER BY id", partner=partner).fetchall()
    if not wanted and len(found) != 1:
        raise NoCustomerNamed
    for each in found:
        if not wanted or each["id"] == wanted:
            return each  # type: ignore[no-any-return]
    raise UnknownCustomer(id=wanted)
