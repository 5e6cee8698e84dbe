"""Where a batch of events is worked on: each SIM is read once, and all rows are written at the end.

Nothing is drawn by chance here: the same events leave the same rows, whenever they are taken and in however many parts.
"""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from datetime import datetime
from operator import attrgetter
from typing import Any

from carrierbox.carriers.wing import happenings
from carrierbox.carriers.wing.happenings import Happening
from carrierbox.carriers.wing.usage.records import counters, lines, places, registrations, sessions, zones
from carrierbox.carriers.wing.usage.records.counters import AMOUNTS, Counter
from carrierbox.carriers.wing.usage.records.lines import Line, Place
from carrierbox.carriers.wing.usage.records.sessions import Session
from carrierbox.kernel import clock
from carrierbox.kernel.devices import Event, Kind
from carrierbox.kernel.identifiers import Imei, imeisv_of
from carrierbox.kernel.world import Box


def work(box: Box, events: Sequence[Event]) -> Iterable[Mapping[str, Any]]:
    """Write down what devices did, and tell it; answers the rows that were written, and what was not let through."""
    desk = _Desk(box, {event.iccid for event in events})
    for event in events:
        _TAKING[event.kind](desk, desk.lines[event.iccid], event)
    desk.write()
    return desk.followed()


def rehearse(box: Box, iccids: Collection[str], events: Sequence[Event], until: datetime) -> Sequence[Happening]:
    """What would be told of these SIMs, in order of time, did these events happen and nothing else until then.

    Nothing is written.
    """
    desk = _Desk(box, iccids)
    for event in events:
        _TAKING[event.kind](desk, desk.lines[event.iccid], event)
    desk.lapse(until)
    return desk.told()


def receive(box: Box, event: Event) -> None:
    """Let a message from an application, whose row is there already, count as received, and tell it."""
    desk = _Desk(box, {event.iccid})
    desk.receive(desk.lines[event.iccid], event)
    desk.write()


class _Desk:
    """A batch of events, the SIMs that they are about, and the rows that come of it."""

    def __init__(self, box: Box, iccids: Collection[str]) -> None:
        self._box = box
        self.lines = lines.read(box, iccids)
        self._book = sessions.Book(box)
        self._apns: dict[tuple[str, int], str] = {}
        self._zones: dict[tuple[str, int, str], str] = {}
        self._counted: dict[tuple[Line, int, int, str, str], list[int]] = {}
        self._registered: dict[int, registrations.Registered] = {}
        self._calls: list[tuple[Any, ...]] = []
        self._messages: list[tuple[Any, ...]] = []
        self._sent: list[Mapping[str, Any]] = []
        self._blocked: list[str] = []

    def attach(self, line: Line, event: Event) -> None:
        """It is on the network anew: the session from before is not there any more."""
        self._end(line, event.at)
        self._arrive(line, event, is_new=True)

    def detach(self, line: Line, event: Event) -> None:
        """It is gone; where it was last is still known."""
        self._end(line, event.at)

    def arrive(self, line: Line, event: Event) -> None:
        """It is somewhere else, or in another device."""
        self._arrive(line, event)

    def data(self, line: Line, event: Event) -> None:
        """It sends and receives data."""
        if line.is_data_blocked:
            self._end(line, event.at)
            self._blocked.append("data")
            return
        at, place = event.at, self._arrive(line, event)
        zone = event.zone or self._zone(line, place.country)
        session = self._session(line, at, place, zone)
        self._book.report(session, at, event.up_bytes, event.down_bytes)
        amounts = self._amounts(line, at, zone, place.country)
        amounts[_UP] += event.up_bytes
        amounts[_DOWN] += event.down_bytes
        if session is not line.session and session.ended_at is None:
            self._book.end(session, at)

    def receive(self, line: Line, event: Event) -> None:
        """It receives a message that is written down already."""
        zone, country = self._count(line, event, "sms_mt", 1)
        self._tell("sms-mt", line, event.at, country, zone)

    def message(self, line: Line, event: Event) -> None:
        """It sends or receives a message."""
        is_sent = event.kind == "sms-mo"
        zone, country = self._count(line, event, "sms_mo" if is_sent else "sms_mt", 1)
        peer = event.peer or ""
        kind = "MO/AT" if is_sent else "AO/MT"
        ends = (line.msisdn, peer) if is_sent else (peer, line.msisdn)
        self._messages.append((line.sim_id, line.account_id, kind, event.text or "", clock.text(event.at), *ends))
        self._tell("sms-mo" if is_sent else "sms-mt", line, event.at, country, zone)

    def call(self, line: Line, event: Event) -> None:
        """It calls or is called."""
        direction = event.direction or "mo"
        zone, country = self._count(line, event, f"voice_{direction}", event.seconds)
        at = clock.text(event.at)
        self._calls.append(
            (line.sim_id, line.account_id, at, direction, event.seconds, event.peer or "", country, zone)
        )
        self._tell("voice", line, event.at, country, zone)

    def lapse(self, until: datetime) -> None:
        """Nothing more happens until then: sessions end that lapse meanwhile."""
        for line in self.lines.values():
            if line.session is not None and line.session.has_lapsed(until):
                self._end(line, until)

    def break_policy(self, line: Line, event: Event) -> None:
        """The network kept it from something."""
        country = line.registered.country
        self._tell("sms-policy" if event.service == "sms" else "data-policy", line, event.at, country, None)

    def _arrive(self, line: Line, event: Event, *, is_new: bool = False) -> Place:
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
        if line.session is not None and not _is_in(line.session, place):
            self._end(line, at)
        known.enter(clock.text(at), place.plmn, place.country, place.rat_type)
        known.imei, known.apn = imei, self._apn(line)
        self._registered[line.sim_id] = known
        zone = self._zone(line, place.country)
        self._tell("registration", line, at, place.country, zone)
        if country_before not in {None, place.country}:
            self._tell("country", line, at, place.country, zone, country_before, place.country)
        if imei_before not in {None, imei}:
            self._tell("imei", line, at, place.country, zone, imei_before, imei)

    def _apn(self, line: Line) -> str:
        key = line.realm, line.apn_group_id
        if key not in self._apns:
            self._apns[key] = lines.apn_of(self._box, *key)
        return self._apns[key]

    def _zone(self, line: Line, country: str) -> str:
        key = line.realm, line.rate_plan_id, country
        if key not in self._zones:
            self._zones[key] = zones.of(self._box, *key)
        return self._zones[key]

    def _session(self, line: Line, at: datetime, place: Place, zone: str) -> Session:
        """The session that data belongs to: the one under way, or a new one.

        What comes in late and fits no session under way has one of its own, which is no longer than a moment.
        """
        session = line.session
        if session is not None:
            fits = session.zone == zone and session.account_id == line.account_id and _is_in(session, place)
            if at < session.reported_at:
                return session if fits and at >= session.started_at else self._start(line, at, place, zone)
            if not fits or session.has_lapsed(at):
                self._end(line, at)
        if line.session is None:
            started = self._start(line, at, place, zone)
            if at < self._ended_at(line):
                return started
            line.session = started
        return line.session

    def _ended_at(self, line: Line) -> datetime:
        """When the SIM's last session ended; long ago where it had none."""
        if line.ended_at is None:
            line.ended_at = sessions.last_end(self._box, line.sim_id)
        return line.ended_at

    def _start(self, line: Line, at: datetime, place: Place, zone: str) -> Session:
        drawn = sessions.draw(line.sim_id, at)
        dynamic = f"10.{drawn >> 8 & 0xFF}.{drawn >> 16 & 0xFF}.{(drawn >> 24 & 0xFF) % 254 + 1}"
        self._amounts(line, at, zone, place.country)[_SESSIONS] += 1
        return self._book.start(
            at,
            sim_id=line.sim_id,
            session_id=sessions.new_id(drawn, line.imsi, at),
            account_id=line.account_id,
            zone=zone,
            apn=self._apn(line),
            pdp_address=line.addresses[0] if line.addresses else dynamic,
            is_static=bool(line.addresses),
            sgsn_address=places.nodes_of(place.plmn, place.country).address,
            location=places.location(place.plmn, place.rat_type, line.sim_id),
            plmn=place.plmn,
            country=place.country,
            rat_type=place.rat_type,
            imeisv=place.imeisv,
        )

    def _end(self, line: Line, at: datetime) -> None:
        if line.session is not None:
            line.ended_at = self._book.end(line.session, at)
            line.session = None

    def _amounts(self, line: Line, at: datetime, zone: str, country: str) -> list[int]:
        key = line, at.year, at.month, zone, country
        amounts = self._counted.get(key)
        if amounts is None:
            amounts = self._counted[key] = [0] * len(AMOUNTS)
        return amounts

    def _count(self, line: Line, event: Event, what: str, amount: int) -> tuple[str, str]:
        """Count what is neither data nor a session, where it happened; answers the zone and the country."""
        country = self._arrive(line, event).country
        zone = event.zone or self._zone(line, country)
        self._amounts(line, event.at, zone, country)[AMOUNTS.index(what)] += amount
        return zone, country

    def _tell(  # noqa: PLR0913 - a happening has that many facts
        self,
        kind: happenings.Kind,
        line: Line,
        at: datetime,
        country: str | None,
        zone: str | None,
        before: str | None = None,
        after: str | None = None,
    ) -> None:
        self._book.told.append(Happening(kind, line.sim_id, at, country, zone, before, after))

    def write(self) -> None:
        """Write all rows, then tell what happened."""
        registrations.put(self._box, self._registered.values())
        self._book.write()
        self._box.world.store.fill(_INSERT_CALL, self._calls)
        self._sent = [dict(self._box.world.store.sql(_INSERT_SMS, row).fetchone()) for row in self._messages]
        counters.add(self._box, ((_counter(*key), amounts) for key, amounts in self._counted.items()))
        happenings.tell(self._box, self.told())

    def told(self) -> Sequence[Happening]:
        """What is to be told, in order of time."""
        return sorted(self._book.told, key=attrgetter("at"))

    def followed(self) -> Iterable[Mapping[str, Any]]:
        """The rows that were written, and what was not let through."""
        yield from self._book.followed()
        yield from ({"sms": sms} for sms in self._sent)
        for call in self._calls:
            yield {"call": dict(zip(_CALL, call, strict=True))}
        for known in self._registered.values():
            yield {"registration": registrations.shown(known)}
        for service in self._blocked:
            yield {"blocked": service}


_SESSIONS, _UP, _DOWN = (AMOUNTS.index(name) for name in ("sessions", "up_bytes", "down_bytes"))
_CALL = ("sim_id", "account_id", "at", "direction", "seconds", "peer", "country", "zone")
_INSERT_CALL = f"INSERT INTO wing_call ({', '.join(_CALL)}) VALUES ({', '.join('?' * len(_CALL))})"

_INSERT_SMS = (
    "INSERT INTO wing_sms (sim_id, account_id, message_type, text, at, origination, destination, status)"
    " VALUES (?, ?, ?, ?, ?, ?, ?, 'Message Sent') RETURNING *"
)


def _counter(line: Line, year: int, month: int, zone: str, country: str) -> Counter:
    return Counter(line.sim_id, f"{year:04d}-{month:02d}", line.account_id, line.rate_plan_id, zone, country)


def _is_in(session: Session, place: Place) -> bool:
    return (
        session.plmn == place.plmn
        and session.imeisv == place.imeisv
        and session.country == place.country
        and session.rat_type == place.rat_type
    )


def _is_past(line: Line, at: datetime) -> bool:
    """Whether something happened before what is known of the SIM by now."""
    if line.session is not None and at < line.session.reported_at:
        return True
    registered_at = max(line.registered.registered_3g_at or "", line.registered.registered_4g_at or "")
    return clock.text(at) < registered_at


_TAKING: Mapping[Kind, Callable[[_Desk, Line, Event], None]] = {
    "attach": _Desk.attach,
    "detach": _Desk.detach,
    "location": _Desk.arrive,
    "imei-change": _Desk.arrive,
    "data": _Desk.data,
    "sms-mo": _Desk.message,
    "sms-mt": _Desk.message,
    "voice": _Desk.call,
    "policy": _Desk.break_policy,
}
