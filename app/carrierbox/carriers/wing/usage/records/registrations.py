"""Where the network knows a SIM to be, since when, and in what device. Source: WING guide 5.18, 10.1.

A SIM registers when its device attaches, is first heard of, or comes into another network, onto another radio
technology or into another device. It is known nowhere from when it may not use the network any more, and when 5.18 asks
for it, until its device is heard of again.
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from operator import attrgetter
from typing import Any, Literal

from carrierbox.carriers.wing.usage.records import places
from carrierbox.kernel.world import Box

Side = Literal["3G", "4G", "all"]


@dataclass(slots=True)
class Registered:
    """A row of the table."""

    sim_id: int
    imei: str | None = None
    plmn: str | None = None
    country: str | None = None
    rat_type: int | None = None
    sgsn: str | None = None
    mme: str | None = None
    vlr: str | None = None
    location: str | None = None
    address: str | None = None
    apn: str | None = None
    registered_3g_at: str | None = None
    registered_4g_at: str | None = None

    def enter(self, at: str, plmn: str, country: str, rat_type: int) -> None:
        """Be known in a network from now on."""
        nodes = places.nodes_of(plmn, country)
        self.plmn, self.country, self.rat_type = plmn, country, rat_type
        self.location, self.address = places.location(plmn, rat_type, self.sim_id), nodes.address
        if rat_type in places.BEFORE_4G:
            self.sgsn, self.vlr, self.mme, self.registered_3g_at = nodes.sgsn, nodes.vlr, None, at
        else:
            self.sgsn, self.vlr, self.mme, self.registered_4g_at = None, None, nodes.mme, at


_COLUMNS = tuple(field.name for field in fields(Registered))
_values = attrgetter(*_COLUMNS)
_PUT = f"INSERT OR REPLACE INTO wing_registration ({', '.join(_COLUMNS)}) VALUES ({', '.join('?' * len(_COLUMNS))})"


def known(box: Box, sims: Iterable[int]) -> Mapping[int, Registered]:
    """What is known of some SIMs, by SIM; those that never registered are left out."""
    rows: Iterable[Mapping[str, Any]] = box.sql(
        "SELECT * FROM wing_registration WHERE sim_id IN (SELECT value FROM json_each(:sims))", sims=json.dumps([*sims])
    )
    return {row["sim_id"]: Registered(**dict(row)) for row in rows}


def put(box: Box, registered: Iterable[Registered]) -> None:
    """Write what is known of SIMs."""
    box.world.store.fill(_PUT, map(_values, registered))


def cancel(box: Box, sim_id: int, side: Side = "all") -> None:
    """Let the network's nodes of a side forget a SIM; it is known nowhere when none is left."""
    if side != "4G":
        box.sql("UPDATE wing_registration SET sgsn = NULL, vlr = NULL WHERE sim_id = :id", id=sim_id)
    if side != "3G":
        box.sql("UPDATE wing_registration SET mme = NULL WHERE sim_id = :id", id=sim_id)
    box.sql(
        "UPDATE wing_registration SET plmn = NULL, country = NULL, rat_type = NULL, location = NULL, address = NULL,"
        " apn = NULL WHERE sim_id = :id AND sgsn IS NULL AND vlr IS NULL AND mme IS NULL",
        id=sim_id,
    )


def shown(registered: Registered) -> Mapping[str, Any]:
    """What is known of a SIM, by the table's names."""
    return dict(zip(_COLUMNS, _values(registered), strict=True))
