"""Who is let in to the sTN API: the key decides whose SIM cards, subscriptions and invoices a call is about.

Source: contract `stn.yaml`, key `authentication`.
"""

from dataclasses import dataclass

from fastapi import Request

from carrierbox import edge
from carrierbox.carriers.stn import errors

#: Whom the box takes a call without a key for, when it asks for none.
SANDBOX = "sandbox"


@dataclass(frozen=True, slots=True)
class Caller:
    """Who calls."""

    partner: str


class StnDoor(edge.Door):
    """A documented operation of the sTN API."""

    reads = frozenset({"GET"})

    def admit(self, request: Request) -> None:
        """Let in who has a key that holds for this operation.

        Raises: NotAuthenticated, NotPermitted.
        """
        visit = edge.visit(request)
        box = visit.box()
        key = request.headers.get("stn-api-key")
        if key is None and box.world.settings.auth == "open":
            visit.actor, visit.caller = SANDBOX, Caller(SANDBOX)
            return
        found = box.sql("SELECT partner, may_write FROM stn_key WHERE key = :key", key=key).fetchone()
        if found is None:
            raise errors.NotAuthenticated
        if request.method != "GET" and not found["may_write"]:
            raise errors.NotPermitted
        visit.actor, visit.caller = found["partner"], Caller(found["partner"])
