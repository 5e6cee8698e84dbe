"""Where a batch of events is worked on: each SIM is read once, and all rows are written at the end.

Nothing is drawn by chance here: the same events leave the same rows, whenever they are taken and in however many parts.
"""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from datetime import datetime
from operator import attrgetter
from typing import Any

from carrierbox.carriers.wing import happenings
from carrierbox.carriers.wing.happenings import Happening
from carrierbox.carriers.wing.usage.records import lines
from carrierbox.carriers.wing.usage.records.connections import Connections
from carrierbox.carriers.wing.usage.records.counters import AMOUNTS
from carrierbox.carriers.wing.usage.records.directory import Directory
from carrierbox.carriers.wing.usage.records.lines import Line
from carrierbox.carriers.wing.usage.records.sessions import Book
from carrierbox.carriers.wing.usage.records.tally import DOWN, UP, Tally
from carrierbox.carriers.wing.usage.records.whereabouts import Whereabouts
from carrierbox.kernel import clock
from carrierbox.kernel.devices import Event, Kind
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
        self._book = Book(box)
        self._tally = Tally()
        self._directory = Directory(box)
        self._connections = Connections(box, self._book, self._directory, self._tally)
        self._whereabouts = Whereabouts(self._connections, self._directory, self._book.told)
        self._calls: list[tuple[Any, ...]] = []
        self._messages: list[tuple[Any, ...]] = []
        self._sent: list[Mapping[str, Any]] = []
        self._blocked: list[str] = []

    def attach(self, line: Line, event: Event) -> None:
        """It is on the network anew: the session from before is not there any more."""
        self._connections.end(line, event.at)
        self._whereabouts.arrive(line, event, is_new=True)

    def detach(self, line: Line, event: Event) -> None:
        """It is gone; where it was last is still known."""
        self._connections.end(line, event.at)

    def arrive(self, line: Line, event: Event) -> None:
        """It is somewhere else, or in another device."""
        self._whereabouts.arrive(line, event)

    def data(self, line: Line, event: Event) -> None:
        """It sends and receives data."""
        if line.is_data_blocked:
            self._connections.end(line, event.at)
            self._blocked.append("data")
            return
        at, place = event.at, self._whereabouts.arrive(line, event)
        zone = event.zone or self._directory.zone(line, place.country)
        session = self._connections.of(line, at, place, zone)
        self._book.report(session, at, event.up_bytes, event.down_bytes)
        amounts = self._tally.amounts(line, at, zone, place.country)
        amounts[UP] += event.up_bytes
        amounts[DOWN] += event.down_bytes
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
                self._connections.end(line, until)

    def break_policy(self, line: Line, event: Event) -> None:
        """The network kept it from something."""
        country = line.registered.country
        self._tell("sms-policy" if event.service == "sms" else "data-policy", line, event.at, country, None)

    def _count(self, line: Line, event: Event, what: str, amount: int) -> tuple[str, str]:
        """Count what is neither data nor a session, where it happened; answers the zone and the country."""
        country = self._whereabouts.arrive(line, event).country
        zone = event.zone or self._directory.zone(line, country)
        self._tally.amounts(line, event.at, zone, country)[AMOUNTS.index(what)] += amount
        return zone, country

    def _tell(self, kind: happenings.Kind, line: Line, at: datetime, country: str | None, zone: str | None) -> None:
        self._book.told.append(Happening(kind, line.sim_id, at, country, zone))

    def write(self) -> None:
        """Write all rows, then tell what happened."""
        self._whereabouts.write(self._box)
        self._book.write()
        self._box.world.store.fill(_INSERT_CALL, self._calls)
        self._sent = [dict(self._box.world.store.sql(_INSERT_SMS, row).fetchone()) for row in self._messages]
        self._tally.write(self._box)
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
        yield from self._whereabouts.followed()
        for service in self._blocked:
            yield {"blocked": service}


_CALL = ("sim_id", "account_id", "at", "direction", "seconds", "peer", "country", "zone")
_INSERT_CALL = f"INSERT INTO wing_call ({', '.join(_CALL)}) VALUES ({', '.join('?' * len(_CALL))})"

_INSERT_SMS = (
    "INSERT INTO wing_sms (sim_id, account_id, message_type, text, at, origination, destination, status)"
    " VALUES (?, ?, ?, ?, ?, ?, ?, 'Message Sent') RETURNING *"
)

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
