"""The operations of chapter 8, in the document's order."""

from carrierbox.carriers.wing.ordering.account_defaults import routes as account_defaults
from carrierbox.carriers.wing.ordering.assignments import routes as assignments
from carrierbox.carriers.wing.ordering.attachments import routes as attachments
from carrierbox.carriers.wing.ordering.orders import routes as orders
from carrierbox.carriers.wing.ordering.products import routes as products
from carrierbox.carriers.wing.ordering.user_groups import routes as user_groups

routers = (
    *(orders.router, orders.details, attachments.router, attachments.downloads, orders.later),
    *(account_defaults.router, products.router, user_groups.router, assignments.router),
)
