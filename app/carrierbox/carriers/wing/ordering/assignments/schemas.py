"""What the calls about assignments of products are sent."""

from typing import Annotated

from pydantic import Field

from carrierbox.carriers.wing.bodies import LARGEST, Body, Flag, Number
from carrierbox.carriers.wing.ordering.wire import TenantId


class Assignment(Body):
    """What a product is to an account, as 8.5.1 and 8.5.2 have it."""

    id: Number | None = None
    tenant_id: TenantId | None = None
    account_id: Number
    default_price: Flag = True
    customer_price: Annotated[int, Field(ge=0, le=LARGEST)] | None = None
    moq: Number | None = None
    product_id: Number
