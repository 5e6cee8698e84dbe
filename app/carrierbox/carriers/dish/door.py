"""Who is let in to the DISH API, and for which node of the customer tree.

Source: contract `dish.yaml`, keys `authentication` and `common`.
"""

import re
from urllib.parse import parse_qsl

from fastapi import Request

from carrierbox import edge
from carrierbox.carriers.dish.access import rules
from carrierbox.carriers.dish.access.rules import Caller
from carrierbox.carriers.dish.errors import BadField, BodyMediaType, TokenRefused
from carrierbox.carriers.dish.wire import CORRELATION

__all__ = ["Caller", "DishDoor", "TokenDoor"]

FORM = "application/x-www-form-urlencoded"
CUSTOMER = re.compile(r".{1,12}")


class DishDoor(edge.Door):
    """A documented operation of the DISH API."""

    reads = frozenset({"GET"})

    def admit(self, request: Request) -> None:
        """Let in a token of this world, for its customer or the node below it that the call names.

        Raises: NotAuthenticated, BadField, UnknownCustomer, BodyMediaType.
        """
        visit = edge.visit(request)
        box = visit.box()
        visit.actor = rules.authenticate(box, request.headers.get("Authorization"))
        node = request.headers.get("wholesaleCustomerId")
        if node is not None and not CUSTOMER.fullmatch(node):
            raise BadField("wholesaleCustomerId", "must have 1 to 12 characters")
        visit.caller = rules.caller(box, visit.actor, node, request.scope[CORRELATION])
        if self.body_field is not None:
            given = request.headers.get("Content-Type", "")
            if given.partition(";")[0].strip().lower() != "application/json":
                raise BodyMediaType(given=given)


class TokenDoor(edge.Door):
    """The token endpoint: takes client id and secret in HTTP Basic or in the form."""

    async def receive(self, request: Request) -> None:
        """Read the form, whose client has to be known; whatever else comes reads as a form without fields.

        Raises: TokenRefused.
        """
        visit = edge.visit(request)
        is_form = request.headers.get("Content-Type", "").partition(";")[0].strip().lower() == FORM
        body = (await request.body()).decode(errors="replace") if is_form else ""
        try:
            sent = parse_qsl(body, max_num_fields=100)
        except ValueError as overflow:
            raise TokenRefused("invalid_request", "there are too many parameters") from overflow
        visit.call = dict(sent)
        if len(visit.call) < len(sent):
            raise TokenRefused("invalid_request", "a parameter stands twice")
        visit.actor = visit.caller = rules.by_secret(visit.box(), request.headers.get("Authorization"), visit.call)
