"""What the calls about orders are sent. Dates in it and the path of the attachment are the server's, and not read."""

from typing import Annotated, Literal

from pydantic import AfterValidator, Field

from carrierbox.carriers.wing.bodies import LARGEST, Body, Flag, Number, Text
from carrierbox.carriers.wing.ordering.wire import TenantId

#: An order of more cards than this is a slip of the pen. open: the document names no limit.
MOST_SIMS = 100_000

#: Kept of a new order: nothing of what belongs to later steps, but an empty text stays one.
NotYet = Annotated[Text | None, AfterValidator(lambda given: None if given else given)]


class NewOrder(Body):
    """An order as 8.1.1 makes it."""

    tenant_id: TenantId
    account_master_id: Number
    order_type: Literal["SIM"]
    product_catalogue_id: Number
    product_qty: Annotated[int, Field(ge=1, le=MOST_SIMS)]
    po_number: Text | None = None
    order_owner_name: Text | None = None
    order_owner_email: Text | None = None
    order_owner_phone: Text | None = None
    order_shipping_comments: Text | None = None
    contact_person_name: Text | None = None
    contact_person_email: Text | None = None
    contact_person_phone: Text | None = None
    delivery_address_line1: Text | None = None
    delivery_address_line2: Text | None = None
    delivery_address_city: Text | None = None
    delivery_address_state: Text | None = None
    delivery_address_country: Text | None = None
    order_comments: Text | None = None
    order_apn_group: Text | None = None
    order_network_profile: Text | None = None
    order_roaming_profile: Text | None = None
    order_rate_plan: Text | None = None
    linked_order_id: Annotated[int, Field(ge=0, le=LARGEST)] | None = None
    linked_order_comments: Text | None = None
    order_status: Literal["SUBMITTED"]
    order_onhold_reason: NotYet = None
    order_approved_comments: NotYet = None
    order_completed_comments: NotYet = None
    order_cancelled_reason: NotYet = None
    post_code: Text | None = None
    business_name: Text | None = None
    note: Text | None = None
    default_owner_details: Flag = False
    default_shipping_details: Flag = False


class OrderChange(NewOrder):
    """An order as 8.1.2 writes it anew, in the status that it is to have then."""

    id: Number | None = None
    order_status: Literal["SUBMITTED", "ONHOLD", "APPROVED", "COMPLETED", "CANCELLED"]  # type: ignore[assignment]
    order_onhold_reason: Text | None = None
    order_approved_comments: Text | None = None
    order_completed_comments: Text | None = None
    order_cancelled_reason: Text | None = None
    tracking_details: Text | None = None
