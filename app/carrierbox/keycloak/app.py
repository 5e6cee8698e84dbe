"""Puts the realms' endpoints together; every error of theirs has the shape that Keycloak gives it."""

from collections.abc import Mapping
from http.client import responses

from fastapi import FastAPI, Request, Response
from starlette.exceptions import HTTPException

from carrierbox.edge import furnish
from carrierbox.keycloak import (
    authorization,
    discovery,
    introspection,
    logout,
    revocation,
    token,
    userinfo,
    wire,
)
from carrierbox.keycloak.errors import Refused
from carrierbox.keycloak.pages import Shown


def build() -> FastAPI:
    """The application; it stands at the root of a carrier's or a world's address."""
    app = FastAPI(
        title="Keycloak",
        docs_url=None,
        redoc_url=None,
        openapi_url=None,
        redirect_slashes=False,
        exception_handlers={Refused: _refused, Shown: _shown, HTTPException: _turned_away, Exception: _unforeseen},
    )
    endpoints = (discovery, token, authorization, userinfo, introspection, revocation, logout)
    furnish(app, *(endpoint.router for endpoint in endpoints))
    return app


async def _refused(_: Request, refused: Refused) -> Response:
    return wire.refusal(refused)


async def _shown(_: Request, shown: Shown) -> Response:
    return shown.response


async def _turned_away(_: Request, turned_away: HTTPException) -> Response:
    status = turned_away.status_code
    return of_status(status, None if status == 404 else f"HTTP {status} {turned_away.detail}", turned_away.headers)


async def _unforeseen(_: Request, __: Exception) -> Response:
    return of_status(500)


#: What Keycloak says where nobody says more.
ERRORS: Mapping[int, str] = {404: "Unable to find matching target resource method", 500: "unknown_error"}


def of_status(status: int, error: str | None = None, headers: Mapping[str, str] | None = None) -> Response:
    """What any status from 400 on gets that no endpoint answers itself, but the frame or what stands before it."""
    fallback = ERRORS.get(status, f"HTTP {status} {responses.get(status, 'Unknown Status')}")
    return wire.answer({"error": error or fallback}, status, headers)
