"""What comes in and what goes out: parameters by name, the realm that is asked, JSON that nobody may store."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse

from carrierbox.edge import Door, visit
from carrierbox.kernel.world import Box
from carrierbox.keycloak import realms
from carrierbox.keycloak.errors import Refusal, Refused
from carrierbox.keycloak.tables import Client

#: Between the address that was asked and a realm's name.
REALMS = "/uam/auth/realms/"

FORM = "application/x-www-form-urlencoded"
MOST_PARAMETERS = 1000


@dataclass(frozen=True, slots=True)
class Parameters:
    """A form or a query; what is not there reads as empty."""

    values: Mapping[str, str]
    duplicated: bool = False  # a key was sent twice; the first one counts

    def __getitem__(self, name: str) -> str:
        return self.values.get(name, "")

    @classmethod
    def read(cls, encoded: str) -> "Parameters":
        """Decode; bytes that are not UTF-8 become replacement characters, so what is read can always be written.

        Raises: Refused.
        """
        try:
            pairs = parse_qsl(encoded, keep_blank_values=True, max_num_fields=MOST_PARAMETERS)
        except ValueError as overflow:
            raise Refused(Refusal.TOO_MANY_PARAMETERS) from overflow
        values = dict(reversed(pairs))
        return cls(values, duplicated=len(values) < len(pairs))


@dataclass(frozen=True, slots=True)
class Call:
    """One request to a realm."""

    realm: str
    issuer: str  # the realm at the address at which it was asked
    form: Parameters
    query: Parameters
    authorization: str  # the header, or nothing

    def client(self, box: Box) -> Client:
        """The client that calls.

        Raises: Refused.
        """
        return realms.authenticate(
            box, self.realm, self.authorization, self.form["client_id"], self.form["client_secret"]
        )


class RealmDoor(Door):
    """An endpoint of a realm: reads form and query by its own, stricter rules."""

    async def receive(self, request: Request) -> None:
        """Read the call.

        Raises: Refused.
        """
        found = visit(request)
        realm = request.path_params["realm"]
        realms.check(found.box(), realm)
        # Anything but a form, JSON above all, reads as a form without fields.
        is_form = request.headers.get("content-type", "").partition(";")[0].strip().lower() == FORM
        form = (await request.body()).decode("utf-8", "replace") if is_form else ""
        found.call = Call(
            realm=realm,
            issuer=f"{found.base_url}{REALMS}{realm}",
            form=Parameters.read(form),
            query=Parameters.read(request.scope["query_string"].decode("utf-8", "replace")),
            authorization=request.headers.get("authorization", ""),
        )


def router() -> APIRouter:
    """Where an endpoint's routes are put, below the realm."""
    return APIRouter(prefix=f"{REALMS}{{realm}}", route_class=RealmDoor)


def answer(body: Mapping[str, Any], status: int = 200, headers: Mapping[str, str] | None = None) -> JSONResponse:
    """JSON that no cache keeps."""
    return JSONResponse(body, status, {"Cache-Control": "no-store", "Pragma": "no-cache", **(headers or {})})


def refusal(refused: Refused) -> JSONResponse:
    """A refusal on the wire."""
    return answer(refused.body, refused.status, refused.headers)
