"""What the calls about products are sent; times in it are the server's, and not read."""

from typing import Literal

from carrierbox.carriers.wing.bodies import Body, Number, Text
from carrierbox.carriers.wing.ordering.wire import TenantId


class NewProduct(Body):
    """A product as 8.3.2 makes it."""

    tenant_id: TenantId | None = None
    product_type: Text | None = None
    product_number: Text | None = None
    product_name: Text | None = None
    form_factor: Text | None = None
    branding: Text | None = None
    hardware: Text | None = None
    software: Text | None = None
    product_price: Text | None = None
    status: Literal["DRAFT", "UNDER_REVIEW", "APPROVED", "LOCKED", "ARCHIVED"] = "DRAFT"


class ProductChange(NewProduct):
    """A product as 8.3.1 writes it anew; without a status it keeps the one that it has."""

    id: Number | None = None
    status: Literal["DRAFT", "UNDER_REVIEW", "APPROVED", "LOCKED", "ARCHIVED", "DELETE"] = "DRAFT"  # type: ignore[assignment]
