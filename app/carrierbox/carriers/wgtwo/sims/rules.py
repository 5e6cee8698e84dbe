"""Bringing SIM cards to the platform. Source: contract `wgtwo.yaml`, wgtwo-sim-import."""

import json

from carrierbox.carriers.wgtwo.access.rules import tenants
from carrierbox.carriers.wgtwo.door import Caller
from carrierbox.carriers.wgtwo.errors import ImportOff, SimDiffers, UnknownTenant
from carrierbox.carriers.wgtwo.sims.schemas import Import
from carrierbox.kernel import clock
from carrierbox.kernel.world import Box


def import_sim(box: Box, caller: Caller, card: Import) -> None:
    """Bring a card to a tenant; one that is there with the same content stays as it is.

    Raises: UnknownTenant, ForeignTenant, ImportOff, SimDiffers.
    """
    if not caller.sandbox:
        tenant = tenants(box).get(card.bssid)
        if tenant is None:
            raise UnknownTenant(bssid=card.bssid)
        caller.check(card.bssid)
        if not tenant.imports_sims:
            raise ImportOff(bssid=card.bssid)
    content = {"bss": card.bssid, "imsis": json.dumps(card.imsis), "secrets": json.dumps(card.secrets)}
    present = box.sql(
        "SELECT bss, imsis, secrets FROM wgtwo_sim WHERE iccid = :iccid AND sandbox = :sandbox",
        iccid=card.iccid,
        sandbox=caller.sandbox,
    ).fetchone()
    if present is None:
        _check_imsis(box, caller, card)
        _add(box, caller, card, content)
    elif dict(present) != content:
        raise SimDiffers(what=f"ICCID {card.iccid}")


def _check_imsis(box: Box, caller: Caller, card: Import) -> None:
    for imsi in card.imsis:
        if box.sql(
            "SELECT 1 FROM wgtwo_imsi WHERE imsi = :imsi AND sandbox = :sandbox", imsi=imsi, sandbox=caller.sandbox
        ).fetchone():
            raise SimDiffers(what=f"IMSI {imsi}")


def _add(box: Box, caller: Caller, card: Import, content: dict[str, str]) -> None:
    added = box.sql(
        "INSERT INTO wgtwo_sim (sandbox, bss, iccid, imsis, secrets, created_at, modified_at)"
        " VALUES (:sandbox, :bss, :iccid, :imsis, :secrets, :now, :now)",
        sandbox=caller.sandbox,
        iccid=card.iccid,
        now=clock.text(box.now),
        **content,
    )
    for imsi in card.imsis:
        box.sql(
            "INSERT INTO wgtwo_imsi (imsi, sandbox, sim_id) VALUES (:imsi, :sandbox, :sim_id)",
            imsi=imsi,
            sandbox=caller.sandbox,
            sim_id=added.lastrowid,
        )
