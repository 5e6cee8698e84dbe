"""Puts the realms' endpoints together; every error of theirs has the shape that Keycloak gives it."""

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
    if turned_away.status_code == 404:
        return wire.answer({"error": "Unable to find matching target resource method"}, 404)
    return wire.answer(
        {"error": f"HTTP {turned_away.status_code} {turned_away.detail}"}, turned_away.status_code, turned_away.headers
    )


async def _unforeseen(_: Request, __: Exception) -> Response:
    return wire.answer({"error": "unknown_error"}, 500)
