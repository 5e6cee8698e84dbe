"""What the calls about account defaults are sent; times in it are the server's, and not read."""

from carrierbox.carriers.wing.bodies import Body, Number, Text
from carrierbox.carriers.wing.ordering.wire import TenantId


class NewDefault(Body):
    """Who orders for an account, and where to deliver, as 8.2.1 has it."""

    tenant_id: TenantId | None = None
    account_id: Number
    owner_name: Text | None = None
    owner_email: Text | None = None
    owner_phone: Text | None = None
    contact_name: Text | None = None
    contact_phone_number: Text | None = None
    business_name: Text | None = None
    contact_email: Text | None = None
    address_one: Text | None = None
    address_two: Text | None = None
    zipcode: Text | None = None
    city: Text | None = None
    state: Text | None = None
    country: Text | None = None
    recipient_email: Text | None = None


class DefaultChange(NewDefault):
    """The same, written anew by 8.2.2."""

    id: Number | None = None
