"""Puts the building together: the shell around the carriers, the Keycloak and the control API."""

import re
from collections.abc import Iterator
from pathlib import Path

from fastapi import FastAPI, Response
from fastapi.routing import APIRoute

from carrierbox import __version__, control, keycloak
from carrierbox.carriers import wgtwo, wing
from carrierbox.carriers.wgtwo import errors as wgtwo_errors
from carrierbox.carriers.wing import errors as wing_errors
from carrierbox.control.wiring import Control
from carrierbox.kernel.worlds import Part, Worlds
from carrierbox.shell import Shell, Site

#: What every world holds, in the order in which fixtures are loaded.
PARTS: tuple[Part, ...] = (keycloak.part, wing.part, wgtwo.part)


def build(
    worlds: Worlds,
    *,
    control_key: str | None = None,
    fixtures: dict[str, Path] | None = None,
    plain_headers: bool = False,
) -> Shell:
    """The whole box as one ASGI application over these worlds."""
    room = control.build(Control(worlds, __version__, control_key, fixtures or {}))
    return Shell(worlds, _sites(room), plain_headers=plain_headers)


def _sites(room: FastAPI) -> tuple[Site, ...]:
    nokia = re.compile(r"([a-z0-9-]+\.)?nokiawing\.com")
    return (
        Site("control", room, "/_box"),
        Site("keycloak", keycloak.build(), "/wing", re.compile(r"/uam/auth(/|$)"), nokia, whole=False),
        Site(
            "wing",
            wing.build(),
            "/wing",
            re.compile(r"/api/v[0-9][^/]*/|/gateway/"),
            nokia,
            refuse=lambda status, detail, path: wing_errors.problem(path, status, detail),
        ),
        *_wgtwo_sites(),
    )


def _wgtwo_sites() -> tuple[Site, ...]:
    api = wgtwo.build()
    ours = re.compile(r"/(subscription|provision)/v[0-9]+/|/sim/v0/|/oauth2/token$")
    hosts = re.compile(r"(id|api(\.(shamrock|oak|sakura))?)\.wgtwo\.com")
    sandbox_hosts = re.compile(r"sandbox\.api(\.shamrock)?\.wgtwo\.com")

    def refuse(status: int, _detail: str, _path: str) -> Response:
        return wgtwo_errors.bare(status)

    return (  # the sandbox host has the same paths, and so goes first
        Site("wgtwo-sandbox", wgtwo.in_sandbox(api), "/wgtwo-sandbox", hosts=sandbox_hosts, refuse=refuse),
        Site("wgtwo", api, "/wgtwo", ours, hosts, refuse=refuse),
    )


def vendor_routes() -> Iterator[APIRoute]:
    """Every route that stands for documented operations."""
    for app in (wing.build(), keycloak.build(), wgtwo.build()):
        for route in app.routes:
            if isinstance(route, APIRoute):
                yield route


def sections(route: APIRoute) -> list[str]:
    """The contract ids that a route answers for: its own, or all that share it."""
    shared: list[str] = (route.openapi_extra or {}).get("x-carrierbox-sections", [])
    return shared or [str(route.operation_id)]


def implemented_operations() -> set[str]:
    """The contract ids of all operations that the box answers."""
    answered = {section for route in vendor_routes() for section in sections(route)}
    return {section for section in answered if not section.startswith("keycloak-")}
