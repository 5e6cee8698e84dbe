"""Nokia WING Digital Hub API, one package a chapter of the guide."""

from fastapi import FastAPI, Request

from carrierbox import edge
from carrierbox.carriers.wing import errors, fixtures
from carrierbox.carriers.wing.echo import routes as echo
from carrierbox.carriers.wing.subscriptions.audit import routes as audit
from carrierbox.carriers.wing.subscriptions.sims import routes as sims
from carrierbox.carriers.wing.subscriptions.state import routes as state
from carrierbox.kernel.worlds import Part
from carrierbox.reference import publish

part = Part(
    name="wing",
    load=fixtures.load,
    grow=fixtures.grow,
    count=fixtures.count,
    free=fixtures.free,
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
)


def build() -> FastAPI:
    """The API's application: its documented operations, in the document's order."""
    app = FastAPI(
        title="Nokia WING Digital Hub API", version="v1", redirect_slashes=False, docs_url=None, redoc_url=None
    )
    edge.furnish(app, *(chapter.router for chapter in (sims, state, audit, echo)))
    errors.install(app, _path)
    account = {"name": "Account-Context-Id", "in": "header", "required": True}
    publish(
        app,
        parameters=[account | {"schema": {"type": "string", "default": "3122"}}],
        schemes={"bearer": {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"}},
    )
    return app


def _path(request: Request) -> str:
    """The path as the vendor knows it: without a world's or a carrier's prefix."""
    path = str(request.scope["path"]).removeprefix(request.scope.get("root_path", ""))
    return path.encode(errors="replace").decode()
