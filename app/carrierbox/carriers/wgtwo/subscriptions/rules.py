"""Which subscriptions a caller sees, and which of their services work."""

import json
from typing import Literal

from carrierbox.carriers.wgtwo.access.rules import Tenant, tenants
from carrierbox.carriers.wgtwo.door import Caller
from carrierbox.carriers.wgtwo.errors import UnknownSubscription
from carrierbox.carriers.wgtwo.services import rules as services
from carrierbox.carriers.wgtwo.subscriptions.record import COLUMNS, Row
from carrierbox.carriers.wgtwo.subscriptions.tables import LIVE
from carrierbox.edge import Visit
from carrierbox.kernel.world import Box

#: The vendor's body lists what is stored; this header of the box's own, what of it has an effect.
WORKING = "X-Carrierbox-Working-Services"

_FROM = {
    "msisdn": "wgtwo_subscription s WHERE s.msisdn = :value AND s.sandbox = :sandbox",
    "imsi": "wgtwo_imsi i JOIN wgtwo_sim m ON m.id = i.sim_id JOIN wgtwo_subscription s ON s.id = m.subscription_id"
    " WHERE i.imsi = :value AND i.sandbox = :sandbox",
}


def one(box: Box, caller: Caller, name: Literal["msisdn", "imsi"], value: str) -> Row:
    """The subscription that has this number, or a SIM with this IMSI.

    Raises: UnknownSubscription, also for another tenant's.
    """
    row: Row | None = box.sql(
        f"SELECT {COLUMNS} FROM {_FROM[name]} AND s.{LIVE}", value=value, sandbox=caller.sandbox
    ).fetchone()
    if row is None or not caller.sees(row["bss"]):
        raise UnknownSubscription(name=name, value=value)
    return row


def mark_working(visit: Visit, row: Row) -> None:
    """Let the answer say which services work now: what they depend on is there, and nothing is blocked."""
    tenant = tenants(visit.box()).get(row["bss"], Tenant())
    names = services.working(json.loads(row["services"]), tenant.network_services) if row["state"] == "active" else []
    visit.mark(WORKING, ", ".join(names))
