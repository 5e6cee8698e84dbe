"""Puts the building together: the shell around the carriers, the Keycloak, the control API and the console."""

import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from fastapi import FastAPI
from fastapi.routing import APIRoute

from carrierbox import __version__, control, keycloak
from carrierbox.carriers import dish, stn, wgtwo, wing
from carrierbox.carriers.stn import errors as stn_errors
from carrierbox.carriers.wgtwo import errors as wgtwo_errors
from carrierbox.carriers.wing import errors as wing_errors
from carrierbox.carriers.wing.ordering.attachments import uploads
from carrierbox.console import Console
from carrierbox.control.wiring import Control
from carrierbox.edge import sections
from carrierbox.kernel import callbacks
from carrierbox.kernel.parts import Part
from carrierbox.kernel.snapshots import MOST_PACKED_BYTES
from carrierbox.kernel.tally import Tally
from carrierbox.kernel.worlds import Worlds
from carrierbox.shell import Shell, Site
from carrierbox.shell.clients import by_client
from carrierbox.shell.sites import NOTHING, CarrierSite

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
    tally = Tally()
    apis = (*_wing(), *_wgtwo_and_dish(), _stn())
    operations = {section for site in apis for route in _routes(site.app) for section in sections(route)}
    control_api = Control(
        worlds, __version__, control_key, fixtures or {}, operations=frozenset(operations | dish.OUTGOING), tally=tally
    )
    room = Site(
        "control",
        Console(control.build(control_api)),
        "/_box",
        uploads=re.compile(r"/worlds/[^/]+/snapshot"),
        most_upload=MOST_PACKED_BYTES,
    )
    translate = paths.translate if paths else None
    return Shell(worlds, (room, *apis), tally, plain_headers=plain_headers, translate=translate)


def _wing() -> tuple[CarrierSite, ...]:
    hosts = re.compile(r"([a-z0-9-]+\.)?nokiawing\.com")
    realms, api = keycloak.build(), wing.build()
    return (
        CarrierSite(
            "keycloak",
            realms,
            "/wing",
            re.compile(r"/uam/auth(/|$)"),
            hosts,
            whole=False,
            carrier="wing",
            find=realms.state.find,
            refuse=lambda status, detail, _path: keycloak.of_status(status, detail),
        ),
        CarrierSite(
            "wing",
            api,
            "/wing",
            re.compile(r"/api/v(v?[0-9][^/]*|ersion)/|/gateway/"),
            hosts,
            uploads=re.compile(r"/api/[^/]+/sim-ordering/uploadAttachment/[^/]+"),
            most_upload=uploads.MOST_BODY,
            carrier="wing",
            find=api.state.find,
            refuse=lambda status, detail, path: wing_errors.of_status(path, status, detail),
        ),
    )


def _wgtwo_and_dish() -> tuple[CarrierSite, ...]:
    api, dish_api = wgtwo.build(), dish.build()
    wgtwo_site = CarrierSite(
        "wgtwo",
        api,
        "/wgtwo",
        re.compile(r"/(subscription|provision)/v[0-9]+/|/sim/v0/"),
        re.compile(r"(id|api(\.(shamrock|oak|sakura))?)\.wgtwo\.com"),
        carrier="wgtwo",
        find=api.state.find,
        refuse=wgtwo_errors.before,
        tells_limit=True,
    )
    dish_site = CarrierSite(
        "dish",
        dish_api,
        "/dish",
        re.compile(r"/sps/|/oauth/token$"),
        carrier="dish",
        find=dish_api.state.find,
        refuse=dish.refusal,
    )
    sandbox = replace(
        wgtwo_site,
        name="wgtwo-sandbox",
        app=wgtwo.in_sandbox(api),
        prefix="/wgtwo-sandbox",
        paths=NOTHING,
        hosts=re.compile(r"sandbox\.api(\.shamrock)?\.wgtwo\.com"),
    )
    # both have this path: the client id decides
    tokens = replace(
        wgtwo_site,
        name="tokens",
        prefix="/dish",
        paths=re.compile(r"/oauth2/token$"),
        hosts=NOTHING,
        whole=False,
        among=by_client(dish.knows, dish_site, otherwise=wgtwo_site),
    )
    return sandbox, wgtwo_site, dish_site, tokens  # the sandbox's host has the same paths, and so goes first


def _stn() -> CarrierSite:
    api = stn.build()
    return CarrierSite(
        "stn",
        api,
        "/stn",
        re.compile(r"/api/[A-Za-z]+$"),
        carrier="stn",
        find=api.state.find,
        refuse=lambda status, detail, _path: stn_errors.plain(status, detail),
    )


def vendor_routes() -> Iterator[APIRoute]:
    """Every route that stands for documented operations."""
    undocumented = dish.UNDOCUMENTED | wing.UNDOCUMENTED
    for app in (wing.build(), keycloak.build(), wgtwo.build(), dish.build(), stn.build()):
        yield from (route for route in _routes(app) if route.operation_id not in undocumented)


def _routes(app: object) -> Iterator[APIRoute]:
    if isinstance(app, FastAPI):
        yield from (route for route in app.routes if isinstance(route, APIRoute))


def implemented_operations() -> set[str]:
    """The contract ids of all operations that the box answers, and of those that it sends."""
    answered = {section for route in vendor_routes() for section in sections(route)}
    return {section for section in answered if not section.startswith("keycloak-")} | dish.OUTGOING
