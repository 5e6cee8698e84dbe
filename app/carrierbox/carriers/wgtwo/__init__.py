"""Working Group Two's subscription and provisioning API. The carrier to read first: every room is small.

`access` says who may call, `subscriptions` shows, `provisioning` changes, `services` knows what can be had, `sims`
imports cards, and `v1` is the former edition over the same rules.
"""

from functools import partial

from fastapi import FastAPI

from carrierbox import edge
from carrierbox.carriers.wgtwo import door, errors, fixtures, identities
from carrierbox.carriers.wgtwo.access import routes as access
from carrierbox.carriers.wgtwo.door import in_sandbox
from carrierbox.carriers.wgtwo.fleet import FLEET
from carrierbox.carriers.wgtwo.network import NETWORK
from carrierbox.carriers.wgtwo.provisioning import routes as provisioning
from carrierbox.carriers.wgtwo.sims import routes as sims
from carrierbox.carriers.wgtwo.subscriptions import routes as subscriptions
from carrierbox.carriers.wgtwo.v1 import routes as v1
from carrierbox.kernel import opaque
from carrierbox.kernel.parts import Part
from carrierbox.reference import publish

__all__ = ["build", "in_sandbox", "part"]

part = Part(
    name="wgtwo",
    load=fixtures.load,
    references=fixtures.REFERENCES,
    grow=fixtures.grow,
    make_own=partial(opaque.make_own, carrier="wgtwo"),
    count=fixtures.count,
    free=fixtures.free,
    sims=FLEET,
    lifecycles=FLEET.lifecycles,
    names=identities.names,
    state=identities.state,
    network=NETWORK,
    token_path="/wgtwo/oauth2/token",  # noqa: S106 - a path
    credentials={
        "client_id": "sandbox-client",
        "client_secret": "sandbox-secret",
        "scope": "subscription.read subscription.write sim.import.write",
        "bssid": "operator_name",
        "reader": {"client_id": "sandbox-reader", "client_secret": "sandbox-secret"},
        "other_tenant": {"client_id": "other-client", "client_secret": "sandbox-secret", "bssid": "other_operator"},
    },
    mint=partial(
        opaque.mint,
        carrier="wgtwo",
        client_id="sandbox-client",
        scopes=("subscription.read", "subscription.write", "sim.import.write"),
    ),
)


def build() -> FastAPI:
    """The API's application: its documented operations, and their answers when something is wrong."""
    app = FastAPI(title="Working Group Two API", version="v2", redirect_slashes=False, openapi_url=None)
    edge.furnish(app, subscriptions.router, provisioning.router, sims.router, v1.reading, v1.router, access.router)
    errors.install(app)
    publish(app, errors.DESCRIBED, schemes={"token": door.TOKEN_SCHEME, "key": {"type": "http", "scheme": "basic"}})
    return app
