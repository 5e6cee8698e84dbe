"""Nokia WING Digital Hub API, one package a chapter of the guide."""

from functools import partial

from fastapi import FastAPI, Request

import carrierbox.carriers.wing.automation.hearing
import carrierbox.carriers.wing.automation.watch
import carrierbox.carriers.wing.usage.tables  # noqa: F401 - known to every world, also where nothing names them
from carrierbox import edge, keycloak
from carrierbox.carriers.wing import errors, fixtures, identities
from carrierbox.carriers.wing.accounts.account import routes as accounts
from carrierbox.carriers.wing.accounts.apn_groups import routes as apn_groups
from carrierbox.carriers.wing.accounts.billing import routes as billing
from carrierbox.carriers.wing.accounts.custom_fields import routes as custom_fields
from carrierbox.carriers.wing.accounts.groups import routes as groups
from carrierbox.carriers.wing.accounts.resources import routes as resources
from carrierbox.carriers.wing.automation import routes as automation
from carrierbox.carriers.wing.echo import routes as echo
from carrierbox.carriers.wing.fleet import FLEET
from carrierbox.carriers.wing.graphql import routes as graphql
from carrierbox.carriers.wing.ordering import chapter as ordering
from carrierbox.carriers.wing.ordering.orders.progress import STATUSES as ORDERS
from carrierbox.carriers.wing.ordering.products.rules import STATUSES as PRODUCTS
from carrierbox.carriers.wing.rating.invoices import routes as invoices
from carrierbox.carriers.wing.rating.plans import routes as rate_plans
from carrierbox.carriers.wing.reports import routes as reports
from carrierbox.carriers.wing.sms import routes as sms
from carrierbox.carriers.wing.subscriptions.assignments import routes as assignments
from carrierbox.carriers.wing.subscriptions.audit import routes as audit
from carrierbox.carriers.wing.subscriptions.cancel_location import routes as cancel_location
from carrierbox.carriers.wing.subscriptions.custom_fields import routes as sim_fields
from carrierbox.carriers.wing.subscriptions.groups import routes as sim_groups
from carrierbox.carriers.wing.subscriptions.moves import routes as moves
from carrierbox.carriers.wing.subscriptions.sims import routes as sims
from carrierbox.carriers.wing.subscriptions.state import routes as state
from carrierbox.carriers.wing.subscriptions.static_ip import routes as static_ip
from carrierbox.carriers.wing.subscriptions.tags import routes as tags
from carrierbox.carriers.wing.usage.cdrs import routes as cdrs
from carrierbox.carriers.wing.usage.devices import routes as device_usage
from carrierbox.carriers.wing.usage.network import NETWORK
from carrierbox.carriers.wing.usage.plans import routes as plan_usage
from carrierbox.carriers.wing.usage.probes import routes as probes
from carrierbox.carriers.wing.usage.sessions import routes as sessions
from carrierbox.carriers.wing.users.groups import routes as user_groups
from carrierbox.carriers.wing.users.roles import routes as roles
from carrierbox.carriers.wing.users.users import routes as users
from carrierbox.kernel.parts import Part
from carrierbox.reference import publish

#: Routes that no document has.
UNDOCUMENTED = frozenset(automation.ADDITIONS)

part = Part(
    name="wing",
    load=fixtures.load,
    references=fixtures.REFERENCES,
    grow=fixtures.grow,
    make_own=fixtures.begin,
    count=fixtures.count,
    free=fixtures.free,
    names=identities.names,
    state=identities.state,
    catalogue=fixtures.catalogue,
    network=NETWORK,
    sims=FLEET,
    lifecycles=(*FLEET.lifecycles, ORDERS, PRODUCTS),
    token_path="/uam/auth/realms/wdh-sitstg2/protocol/openid-connect/token",  # noqa: S106 - a path
    credentials={
        "realm": "wdh-sitstg2",
        "client_id": "web-app",
        "username": "sandbox-admin",
        "password": "sandbox-pass",
        "account_context_id": "3122",
        "reader": {"username": "sandbox-reader", "password": "sandbox-pass"},
        "confidential_client": {"client_id": "api-gateway", "client_secret": "sandbox-secret"},
        "other_realm": {"realm": "acme-iot", "username": "acme-admin", "password": "sandbox-pass"},
    },
    mint=partial(keycloak.mint, realm="wdh-sitstg2", username="sandbox-admin", client_id="web-app"),
    headers=lambda token: {"Authorization": f"Bearer {token}", "Account-Context-Id": "*"},
)


def build() -> FastAPI:
    """The API's application: its documented operations, in the document's order."""
    app = FastAPI(title="Nokia WING Digital Hub API", version="v1", redirect_slashes=False, openapi_url=None)
    chapters = (
        *(users.router, user_groups.router, roles.router, users.later),
        *(accounts.queries, billing.router, accounts.router, custom_fields.router, accounts.changes),
        *(resources.router, apn_groups.router, resources.later, groups.router, graphql.router),
        *(sims.router, state.router),
        *(assignments.router, moves.router, tags.router, sim_fields.router, cdrs.router),
        *(cancel_location.router, sim_groups.router, audit.router),
        *(automation.router, reports.router, *ordering.routers, sms.router),
        *(probes.router, device_usage.router, plan_usage.router, sessions.router),
        *(echo.router, invoices.router, rate_plans.router),
        static_ip.router,
    )
    edge.furnish(app, *chapters)
    errors.install(app, _path)
    account = {"name": "Account-Context-Id", "in": "header", "required": True}
    publish(
        app,
        errors.DESCRIBED,
        parameters=[account | {"schema": {"type": "string", "default": "3122"}}],
        schemes={"bearer": {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"}},
    )
    return app


def _path(request: Request) -> str:
    """The path as the vendor knows it: without a world's or a carrier's prefix."""
    path = str(request.scope["path"]).removeprefix(request.scope.get("root_path", ""))
    return path.encode(errors="replace").decode()
