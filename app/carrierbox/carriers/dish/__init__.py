"""DISH Wireless wholesale APIs (SPS), one package a page of the vendor's hub."""

from functools import partial

from fastapi import FastAPI
from starlette.types import ASGIApp

from carrierbox import edge
from carrierbox.carriers.dish import errors, fixtures, identities
from carrierbox.carriers.dish.access import routes as access
from carrierbox.carriers.dish.access.rules import knows
from carrierbox.carriers.dish.balances import routes as balances
from carrierbox.carriers.dish.devices import routes as devices
from carrierbox.carriers.dish.fleet import FLEET
from carrierbox.carriers.dish.network import NETWORK
from carrierbox.carriers.dish.numbers import routes as numbers
from carrierbox.carriers.dish.port_in import routes as port_in
from carrierbox.carriers.dish.profile import routes as profile
from carrierbox.carriers.dish.sims import routes as sims
from carrierbox.carriers.dish.subscriptions import routes as subscriptions
from carrierbox.carriers.dish.transactions import routes as transactions
from carrierbox.carriers.dish.wire import Correlated
from carrierbox.kernel import opaque
from carrierbox.kernel.parts import Part
from carrierbox.reference import publish

__all__ = ["OUTGOING", "UNDOCUMENTED", "build", "knows", "part", "refusal"]

#: What the box sends to clients.
OUTGOING = frozenset({"dish-notification"})
#: Routes that no document has.
UNDOCUMENTED = frozenset({access.TOKEN})

part = Part(
    name="dish",
    load=fixtures.load,
    references=fixtures.REFERENCES,
    grow=fixtures.grow,
    make_own=fixtures.make_own,
    count=fixtures.count,
    free=fixtures.free,
    sims=FLEET,
    lifecycles=FLEET.lifecycles,
    names=identities.names,
    state=identities.state,
    network=NETWORK,
    token_path="/dish/oauth2/token",  # noqa: S106 - a path
    credentials={
        "client_id": "sandbox-partner",
        "client_secret": "sandbox-secret",
        "wholesale_customer_id": fixtures.TOP,
        "other_customer": {"client_id": "other-partner", "client_secret": "sandbox-secret"},
    },
    mint=partial(opaque.mint, carrier="dish", client_id="sandbox-partner"),
)

#: What every operation takes beside what its route says.
HEADERS = [
    {
        "name": name,
        "in": "header",
        "required": False,
        "schema": {"type": "string"} | bounds,
        "description": about,
    }
    for name, bounds, about in (
        ("X-Correlation-Id", {}, "Echoed in the answer and in the notification."),
        ("wholesaleCustomerId", {"minLength": 1, "maxLength": 12}, "A node of the caller's customer tree."),
    )
]

_PAGES = (access, subscriptions, transactions, port_in, profile, devices, numbers, sims, balances)


def build() -> FastAPI:
    """The APIs' application: the documented operations, page by page."""
    app = FastAPI(title="DISH Wireless wholesale (SPS) API", version="v5", redirect_slashes=False, openapi_url=None)
    edge.furnish(app, *(page.router for page in _PAGES))
    errors.install(app)
    app.add_middleware(Correlated)
    publish(app, errors.DESCRIBED, HEADERS, {"token": {"type": "http", "scheme": "bearer"}})
    return app


def refusal(status: int, detail: str | None, path: str) -> ASGIApp:
    """What stands before the APIs and refuses a request; its answer is followed by its correlation id like all."""
    return Correlated(errors.at(path, status, detail))
