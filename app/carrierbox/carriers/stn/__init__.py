"""sTN Partner API, one package a chapter of the vendor's site. The smallest carrier: read it first."""

from fastapi import FastAPI
from fastapi.routing import APIRoute
from starlette.types import ASGIApp, Receive, Scope, Send

from carrierbox import edge
from carrierbox.carriers.stn import errors, fixtures, identities, states
from carrierbox.carriers.stn.activations.routes import router as activations_router
from carrierbox.carriers.stn.billing.routes import router as billing_router
from carrierbox.carriers.stn.billing.rules import NETWORK
from carrierbox.carriers.stn.fleet import FLEET
from carrierbox.carriers.stn.porting.routes import router as porting_router
from carrierbox.carriers.stn.simcards.routes import router as simcards_router
from carrierbox.carriers.stn.subscriptions.routes import router as subscriptions_router
from carrierbox.kernel.parts import Part
from carrierbox.reference import publish

part = Part(
    name="stn",
    load=fixtures.load,
    references=fixtures.REFERENCES,
    grow=fixtures.grow,
    count=fixtures.count,
    free=fixtures.free,
    sims=FLEET,
    lifecycles=(*FLEET.lifecycles, states.ACTIVATION, states.PORTING),
    names=identities.names,
    state=identities.state,
    network=NETWORK,
    credentials={
        "stn-api-key": "sandbox-api-key",
        "reader": {"stn-api-key": "sandbox-reader-key"},
        "other_partner": {"stn-api-key": "acme-api-key"},
    },
    mint=fixtures.mint,
    headers=lambda key: {"stn-api-key": key},
)

CHAPTERS = (simcards_router, activations_router, subscriptions_router, porting_router, billing_router)


def build() -> FastAPI:
    """The API's application: its documented operations, in the order of the vendor's menu."""
    app = FastAPI(title="sTN Partner API", version="1", redirect_slashes=False, openapi_url=None)
    edge.furnish(app, *CHAPTERS)
    errors.install(app)
    names = {route.path.lower(): route.path for route in app.routes if isinstance(route, APIRoute)}
    app.add_middleware(_AnyCase, names=names)
    find = app.state.find
    app.state.find = lambda method, path: find(method, names.get(path.lower(), path))
    publish(app, errors.DESCRIBED, schemes={"key": {"type": "apiKey", "in": "header", "name": "stn-api-key"}})
    return app


class _AnyCase:
    """Lets operations be found by their names without regard to case, as ServiceStack does."""

    def __init__(self, app: ASGIApp, names: dict[str, str]) -> None:
        self._app = app
        self._names = names

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Hand an ASGI request on under the operation's own name."""
        if scope["type"] == "http":
            root = scope.get("root_path", "")
            path = scope["path"].removeprefix(root)
            scope = {**scope, "path": root + self._names.get(path.lower(), path)}
        await self._app(scope, receive, send)
