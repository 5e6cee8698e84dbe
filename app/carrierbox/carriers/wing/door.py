"""Who is let in to the WING API: the token, the account context, and what the caller may do.

Source: contract `wing-accounts.yaml`, keys `authentication` and `headers`; WING guide, chapters 1 and 2.
"""

from dataclasses import dataclass

from fastapi import Request

from carrierbox import edge, keycloak
from carrierbox.carriers.wing import errors
from carrierbox.carriers.wing.accounts import reach
from carrierbox.carriers.wing.accounts.reach import Reach
from carrierbox.kernel.tokens import BadToken
from carrierbox.kernel.worlds import Box

#: Whom the box takes a call without a token for, when it asks for none.
ADMIN = ("wdh-sitstg2", "sandbox-admin")
WRITERS = frozenset({"wing-admin"})

#: Marks a POST that changes nothing, so that those who may only read may send it.
READS = {"x-carrierbox-reads": True}


@dataclass(frozen=True, slots=True)
class Caller:
    """Who calls, and which part of the account tree the call is about."""

    user: keycloak.Caller
    reach: Reach


class WingDoor(edge.Door):
    """A documented operation of the WING API."""

    reads = frozenset({"GET"})

    def admit(self, request: Request) -> None:
        """Let in who has a token of this world and realm and an account context within reach.

        Raises: NotAuthenticated, UnknownVersion, NoAccountContext, BadAccountContext, AccountOutOfReach, NotPermitted,
        BodyMediaType.
        """
        visit = edge.visit(request)
        box = visit.box()
        user = _authenticate(box, request.headers.get("Authorization"))
        visit.actor = user.user_id
        if request.path_params.get("version", "v1") != "v1":
            raise errors.UnknownVersion(version=request.path_params["version"])
        visit.caller = Caller(user, reach.of(box, user, request.headers.get("Account-Context-Id")))
        if request.method != "GET":
            self._admit_write(request, user)

    def _admit_write(self, request: Request, user: keycloak.Caller) -> None:
        if (self.openapi_extra or {}).get("x-carrierbox-reads"):
            return
        if not user.roles & WRITERS:
            raise errors.NotPermitted
        if self.body_field is not None:
            given = request.headers.get("Content-Type", "")
            if given.partition(";")[0].strip().lower() != "application/json":
                raise errors.BodyMediaType(given=given)


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
