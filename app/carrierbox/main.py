"""Puts the building together: the shell around the carriers, the Keycloak and the control API."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from fastapi import FastAPI, Response
from fastapi.routing import APIRoute

from carrierbox import __version__, control, keycloak
from carrierbox.carriers import dish, stn, wgtwo, wing
from carrierbox.carriers.dish import errors as dish_errors
from carrierbox.carriers.stn import errors as stn_errors
from carrierbox.carriers.wgtwo import errors as wgtwo_errors
from carrierbox.carriers.wing import errors as wing_errors
from carrierbox.carriers.wing.ordering.attachments import uploads
from carrierbox.control.wiring import Control
from carrierbox.kernel import callbacks
from carrierbox.kernel.snapshots import MOST_PACKED_BYTES
from carrierbox.kernel.worlds import Part, Worlds
from carrierbox.shell import Shell, Site
from carrierbox.shell.clients import by_client

if TYPE_CHECKING:
    from carrierbox.paths import Paths

#: What every world holds, in the order in which fixtures are loaded.
PARTS: tuple[Part, ...] = (keycloak.part, wing.part, wgtwo.part, dish.part, stn.part, callbacks.part)


def build(
    worlds: Worlds,
    *,
    control_key: str | None = None,
    fixtures: dict[str, Path] | None = None,
    plain_headers: bool = False,
    paths: "Paths | None" = None,
) -> Shell:
    """The whole box as one ASGI application over these worlds."""
    room = control.build(Control(worlds, __version__, control_key, fixtures or {}))
    return Shell(worlds, _sites(room), plain_headers=plain_headers, translate=paths.translate if paths else None)


def _sites(room: FastAPI) -> tuple[Site, ...]:
    nokia = re.compile(r"([a-z0-9-]+\.)?nokiawing\.com")
    return (
        Site("control", room, "/_box", uploads=re.compile(r"/worlds/[^/]+/snapshot"), most_upload=MOST_PACKED_BYTES),
        Site("keycloak", keycloak.build(), "/wing", re.compile(r"/uam/auth(/|$)"), nokia, whole=False),
        Site(
            "wing",
            wing.build(),
            "/wing",
            re.compile(r"/api/v(v?[0-9][^/]*|ersion)/|/gateway/"),
            nokia,
            uploads=re.compile(r"/api/[^/]+/sim-ordering/uploadAttachment/[^/]+"),
            most_upload=uploads.MOST_BODY,
            refuse=lambda status, detail, path: wing_errors.problem(path, status, detail),
        ),
        *_wgtwo_and_dish_sites(),
        Site(
            "stn",
            stn.build(),
            "/stn",
            re.compile(r"/api/[A-Za-z]+$"),
            refuse=lambda status, detail, _path: stn_errors.plain(status, detail),
        ),
    )


def _wgtwo_and_dish_sites() -> tuple[Site, ...]:
    api = wgtwo.build()
    dish_api = dish.build()
    ours = re.compile(r"/(subscription|provision)/v[0-9]+/|/sim/v0/")
    hosts = re.compile(r"(id|api(\.(shamrock|oak|sakura))?)\.wgtwo\.com")
    sandbox_hosts = re.compile(r"sandbox\.api(\.shamrock)?\.wgtwo\.com")

    def refuse(status: int, _detail: str, _path: str) -> Response:
        return wgtwo_errors.bare(status)

    return (  # the sandbox host has the same paths, and so goes first
        Site("wgtwo-sandbox", wgtwo.in_sandbox(api), "/wgtwo-sandbox", hosts=sandbox_hosts, refuse=refuse),
        Site("wgtwo", api, "/wgtwo", ours, hosts, refuse=refuse),
        Site(
            "dish",
            dish_api,
            "/dish",
            re.compile(r"/sps/|/oauth/token$"),
            refuse=lambda status, detail, _path: dish_errors.of_status(status, detail),
        ),
        # both have this path: the client id decides
        Site(
            "tokens",
            by_client(dish.knows, dish_api, otherwise=api),
            "/dish",
            re.compile(r"/oauth2/token$"),
            whole=False,
            refuse=refuse,
        ),
    )


def vendor_routes() -> Iterator[APIRoute]:
    """Every route that stands for documented operations."""
    for app in (wing.build(), keycloak.build(), wgtwo.build(), dish.build(), stn.build()):
        for route in app.routes:
            if isinstance(route, APIRoute) and route.operation_id not in dish.UNDOCUMENTED:
                yield route


def sections(route: APIRoute) -> list[str]:
    """The contract ids that a route answers for: its own, or all that share it."""
    shared: list[str] = (route.openapi_extra or {}).get("x-carrierbox-sections", [])
    return shared or [str(route.operation_id)]


def implemented_operations() -> set[str]:
    """The contract ids of all operations that the box answers, and of those that it sends."""
    answered = {section for route in vendor_routes() for section in sections(route)}
    return {section for section in answered if not section.startswith("keycloak-")} | dish.OUTGOING
