"""Where events happened and in what devices: a SIM that was elsewhere before registers there, and its session ends."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from carrierbox.carriers.wing.happenings import Happening
from carrierbox.carriers.wing.usage.records import places, registrations
from carrierbox.carriers.wing.usage.records.connections import Connections, is_in
from carrierbox.carriers.wing.usage.records.directory import Directory
from carrierbox.carriers.wing.usage.records.lines import Line, Place
from carrierbox.kernel import clock
from carrierbox.kernel.devices import Event
from carrierbox.kernel.identifiers import Imei, imeisv_of
from carrierbox.kernel.world import Box


class Whereabouts:
    """Where a batch's SIMs come to be."""

    def __init__(self, connections: Connections, directory: Directory, told: list[Happening]) -> None:
        self._connections = connections
        self._directory = directory
        self._told = told
        self._registered: dict[int, registrations.Registered] = {}

    def arrive(self, line: Line, event: Event, *, is_new: bool = False) -> Place:
        """Where an event happened and in what device; the SIM registers there if it was elsewhere."""
        said = event.country, event.plmn, event.rat, event.imei
        if line.place is not None and line.arrived == said and not is_new:
            return line.place
        known = line.registered
        country = event.country or line.home
        plmn = event.plmn or (known.plmn if known.plmn and known.country == country else places.network_in(country))
        rat_type = places.rat_type(event.rat) if event.rat else known.rat_type or places.EUTRAN
        imei = line.imei(event.imei)
        place = Place(plmn, country, rat_type, imeisv_of(Imei(imei)))
        if _is_past(line, event.at):
            return place
        if is_new or (plmn, country, rat_type, imei) != (known.plmn, known.country, known.rat_type, known.imei):
            self._register(line, event.at, place, imei)
        line.arrived, line.place = said, place
        return place

    def _register(self, line: Line, at: datetime, place: Place, imei: str) -> None:
        known = line.registered
        country_before, imei_before = known.country, known.imei
        if line.session is not None and not is_in(line.session, place):
            self._connections.end(line, at)
        known.enter(clock.text(at), place.plmn, place.country, place.rat_type)
        known.imei, known.apn = imei, self._directory.apn(line)
        self._registered[line.sim_id] = known
        zone = self._directory.zone(line, place.country)
        self._told.append(Happening("registration", line.sim_id, at, place.country, zone))
        if country_before not in {None, place.country}:
            moved = country_before, place.country
            self._told.append(Happening("country", line.sim_id, at, place.country, zone, *moved))
        if imei_before not in {None, imei}:
            self._told.append(Happening("imei", line.sim_id, at, place.country, zone, imei_before, imei))

    def write(self, box: Box) -> None:
        """Write the registrations."""
        registrations.put(box, self._registered.values())

    def followed(self) -> Iterable[Mapping[str, Any]]:
        """The registrations that were written."""
        for known in self._registered.values():
            yield {"registration": registrations.shown(known)}


def _is_past(line: Line, at: datetime) -> bool:
    """Whether something happened before what is known of the SIM by now."""
    if line.session is not None and at < line.session.reported_at:
        return True
    registered_at = max(line.registered.registered_3g_at or "", line.registered.registered_4g_at or "")
    return clock.text(at) < registered_at
