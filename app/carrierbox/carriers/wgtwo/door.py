"""Who is let in to the Working Group Two API, and for which tenants.

Source: contract `wgtwo.yaml`, keys `authentication` and `hosts`.
"""

from dataclasses import dataclass
from typing import ClassVar
from urllib.parse import parse_qsl

from fastapi import Request
from starlette.types import ASGIApp, Receive, Scope, Send

from carrierbox import edge
from carrierbox.carriers.wgtwo.access import rules as access
from carrierbox.carriers.wgtwo.errors import ForeignTenant, NoScope, NotAuthenticated, TokenRefused

#: Whom the box takes a call without credentials for, when it asks for none.
ADMIN = "sandbox-client"
SANDBOX = "wgtwo.sandbox"
FORM = "application/x-www-form-urlencoded"

#: How the API's reference says that one logs in.
TOKEN_SCHEME = {
    "type": "oauth2",
    "flows": {
        "clientCredentials": {
            "tokenUrl": "oauth2/token",
            "scopes": {
                "subscription.read": "read subscriptions",
                "subscription.write": "change subscriptions",
                "sim.import.write": "import SIMs",
            },
        }
    },
}


@dataclass(frozen=True, slots=True)
class Caller:
    """Who calls: a client with its tenants; or anybody on the sandbox host, who has a tenant apart for any bssid."""

    tenants: frozenset[str] | None
    sandbox: bool = False

    def check(self, bssid: str | None) -> None:
        """Let a tenant pass that the caller may act for.

        Raises: ForeignTenant.
        """
        if self.tenants is not None and bssid is not None and bssid not in self.tenants:
            raise ForeignTenant(bssid=bssid)

    def sees(self, bss: str, bssid: str | None = None) -> bool:
        """Whether what belongs to *bss* is the caller's and, where a request names its tenant, that tenant's."""
        return self.tenants is None or (bss in self.tenants and bssid in (None, bss))


class _Door(edge.Door):
    """A documented operation; its kind says which scope it needs."""

    reads = frozenset({"GET"})
    scope: ClassVar[str]

    def admit(self, request: Request) -> None:
        """Let in a token or operator key with the scope; on the sandbox host nobody need show one.

        Raises: NotAuthenticated, NoScope.
        """
        visit = edge.visit(request)
        box = visit.box()
        header = request.headers.get("Authorization")
        if header is None and SANDBOX in request.scope:
            visit.caller = Caller(tenants=None, sandbox=True)
            return
        if header is not None:
            client, scopes = access.authenticate(box, header)
        elif box.world.settings.auth == "open":
            client = access.clients(box)[ADMIN]
            scopes = client.scopes
        else:
            raise NotAuthenticated(why="there is no Authorization header")
        if self.scope not in scopes:
            raise NoScope(scope=self.scope)
        visit.actor = client.client_id
        visit.caller = Caller(client.tenants)


class ReadDoor(_Door):
    """An operation that reads subscriptions."""

    scope = "subscription.read"


class WriteDoor(_Door):
    """An operation that changes subscriptions."""

    scope = "subscription.write"


class ImportDoor(_Door):
    """An operation that imports SIMs."""

    scope = "sim.import.write"


class TokenDoor(edge.Door):
    """The token endpoint: takes client id and secret in HTTP Basic only, and hands the form on as it came."""

    def admit(self, request: Request) -> None:
        """Let in a client with its secret.

        Raises: TokenRefused.
        """
        visit = edge.visit(request)
        scheme, _, credentials = request.headers.get("Authorization", "").partition(" ")
        try:
            visit.caller = access.by_basic(visit.box(), credentials if scheme.lower() == "basic" else "")
        except NotAuthenticated as wrong:
            raise TokenRefused("invalid_client", "client authentication failed", 401) from wrong
        visit.actor = visit.caller.client_id

    async def receive(self, request: Request) -> None:
        """Read the form; whatever else comes reads as a form without fields.

        Raises: TokenRefused.
        """
        is_form = request.headers.get("Content-Type", "").partition(";")[0].strip().lower() == FORM
        body = (await request.body()).decode(errors="replace") if is_form else ""
        try:
            sent = parse_qsl(body, max_num_fields=100)
        except ValueError as overflow:
            raise TokenRefused("invalid_request", "there are too many parameters") from overflow
        call = edge.visit(request).call = dict(sent)
        if len(call) < len(sent):
            raise TokenRefused("invalid_request", "a parameter stands twice")


def in_sandbox(app: ASGIApp) -> ASGIApp:
    """The application as the vendor's sandbox host has it."""

    async def sandbox(scope: Scope, receive: Receive, send: Send) -> None:
        await app({**scope, SANDBOX: True}, receive, send)

    return sandbox
