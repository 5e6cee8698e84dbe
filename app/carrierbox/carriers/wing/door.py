"""Who is let in to the WING API: the token, the account context, and what the caller may do.

Source: contract `wing-accounts.yaml`, keys `authentication` and `headers`; WING guide, chapters 1 and 2.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from fastapi import Request

from carrierbox import edge, keycloak
from carrierbox.carriers.wing import errors
from carrierbox.carriers.wing.accounts.reach import Reach
from carrierbox.carriers.wing.users import permits, services
from carrierbox.carriers.wing.users.rights import Rights, Scope
from carrierbox.kernel.tokens import BadToken
from carrierbox.kernel.world import Box

#: Whom the box takes a call without a token for, when it asks for none.
ADMIN = ("wdh-sitstg2", "sandbox-admin")
#: Marks a POST that changes nothing, so that those who may only read may send it.
READS = {"x-carrierbox-reads": True}
#: Marks an operation that does without the account context: as with ``*``.
CONTEXT_OPTIONAL = {"x-carrierbox-context-optional": True}
#: Marks an operation whose address the document prints as ``/api/v{version}/`` as well, which makes ``vv1`` of v1.
VERSION_TWICE = {"x-carrierbox-versions": ["v1", "vv1"]}


@dataclass(frozen=True, slots=True)
class Caller:
    """Who calls, which part of the account tree the call is about, and what may be done everywhere in it."""

    user: keycloak.Caller
    reach: Reach
    rights: Rights


class WingDoor(edge.Door):
    """A documented operation of the WING API."""

    reads = frozenset({"GET"})

    def __init__(self, path: str, endpoint: Callable[..., Any], **route: Any) -> None:
        super().__init__(path, endpoint, **route)
        marks = self.openapi_extra or {}
        self._context_optional = marks.get("x-carrierbox-context-optional", False)
        self._reads = marks.get("x-carrierbox-reads", False)
        self._versions = marks.get("x-carrierbox-versions", ["v1"])
        self._services = services.covering(path)

    def admit(self, request: Request) -> None:
        """Let in who has a token of this world and realm, an account context within reach, and the permission.

        Raises: NotAuthenticated, UnknownVersion, NoAccountContext, BadAccountContext, AccountOutOfReach, NotPermitted,
        BodyMediaType.
        """
        visit = edge.visit(request)
        box = visit.box()
        user = _authenticate(box, request.headers.get("Authorization"))
        visit.actor = user.user_id
        if request.path_params.get("version", "v1") not in self._versions:
            raise errors.UnknownVersion(version=request.path_params["version"])
        context = request.headers.get("Account-Context-Id", "*" if self._context_optional else None)
        visit.caller = Caller(user, *permits.admit(box, user, context, self._services, self._scope(request.method)))
        if request.method != "GET" and not self._reads and self.body_field is not None:
            given = request.headers.get("Content-Type", "")
            if given.partition(";")[0].strip().lower() != "application/json":
                raise errors.BodyMediaType(given=given)

    def _scope(self, method: str) -> Scope:
        if method == "GET" or self._reads:
            return "READ"
        return "DELETE" if method == "DELETE" else "WRITE"


def _authenticate(box: Box, header: str | None) -> keycloak.Caller:
    if header is None and box.world.settings.auth == "open":
        return keycloak.without_token(box, *ADMIN)
    scheme, _, token = (header or "").partition(" ")
    if scheme.lower() != "bearer" or not token:
        raise errors.NotAuthenticated
    try:
        return keycloak.authenticate(box, token)
    except BadToken as bad:
        raise errors.NotAuthenticated from bad
