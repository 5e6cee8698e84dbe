"""SIMs as those see them who write down what their devices do: read once for many events."""

import json
from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any, NamedTuple

from carrierbox.carriers.wing.usage.records import places, registrations, sessions
from carrierbox.carriers.wing.usage.records.registrations import Registered
from carrierbox.carriers.wing.usage.records.sessions import Session
from carrierbox.kernel.identifiers import make_imei
from carrierbox.kernel.world import Box

#: The type of the devices that nobody said anything of.
_TAC = "35693803"

_COLUMNS = "id, realm, iccid, imsi, msisdn, account_id, rate_plan_id, apn_group_id, ip_addresses, data_blocked"


class Place(NamedTuple):
    """Where a SIM is and in what device: as long as that stays, so does its session."""

    plmn: str
    country: str
    rat_type: int
    imeisv: str


class Line:
    """A SIM: what it is, where the network knows it to be, and its running session."""

    __slots__ = (
        "account_id",
        "addresses",
        "apn_group_id",
        "arrived",
        "ended_at",
        "home",
        "imsi",
        "is_data_blocked",
        "msisdn",
        "place",
        "rate_plan_id",
        "realm",
        "registered",
        "session",
        "sim_id",
    )

    def __init__(self, row: Mapping[str, Any], registered: Registered | None, session: Session | None) -> None:
        self.sim_id: int = row["id"]
        self.realm: str = row["realm"]
        self.imsi: str = row["imsi"]
        self.msisdn: str = row["msisdn"]
        self.account_id: int = row["account_id"]
        self.rate_plan_id: int = row["rate_plan_id"]
        self.apn_group_id: int = row["apn_group_id"]
        self.addresses: list[str] = json.loads(row["ip_addresses"])
        self.is_data_blocked = bool(row["data_blocked"])
        self.home = places.home_of(self.imsi)
        self.registered = registered or Registered(self.sim_id)
        self.session = session
        #: When its last session ended, which is looked up when it is first needed.
        self.ended_at: datetime | None = None
        #: Where the last event had it and how that event said so, so that the like of it need not be looked at again.
        self.place: Place | None = None
        self.arrived: tuple[str | None, ...] | None = None

    def imei(self, said: str | None) -> str:
        """Its device: the one that is said, else the last one, else one that is made up."""
        return said or self.registered.imei or make_imei(_TAC, self.sim_id % 1_000_000)


def read(box: Box, iccids: Collection[str]) -> dict[str, Line]:
    """Some SIMs, by ICCID."""
    rows = box.sql(
        f"SELECT {_COLUMNS} FROM wing_sim WHERE iccid IN (SELECT value FROM json_each(:iccids))",
        iccids=json.dumps([*iccids]),
    ).fetchall()
    sims = [row["id"] for row in rows]
    known, running = registrations.known(box, sims), sessions.running(box, sims)
    return {row["iccid"]: Line(row, known.get(row["id"]), running.get(row["id"])) for row in rows}


def apn_of(box: Box, realm: str, apn_group_id: int) -> str:
    """The APN that SIMs of a group use: the group's first one; a word where it has none."""
    row = box.sql(
        "SELECT a.name FROM wing_apn_group_member m JOIN wing_resource r ON r.id = m.apn_id"
        " JOIN wing_catalogue a ON a.realm = :realm AND a.resource_type = 'APN' AND a.id = r.resource_id"
        " WHERE m.group_id = :group ORDER BY m.id LIMIT 1",
        realm=realm,
        group=apn_group_id,
    ).fetchone()
    return str(row["name"]) if row else "internet"
