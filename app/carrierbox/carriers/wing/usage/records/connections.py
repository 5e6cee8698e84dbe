"""Which session the data of a SIM belongs to: the one under way, or a new one where that does not fit any more."""

from datetime import datetime

from carrierbox.carriers.wing.usage.records import places, sessions
from carrierbox.carriers.wing.usage.records.directory import Directory
from carrierbox.carriers.wing.usage.records.lines import Line, Place
from carrierbox.carriers.wing.usage.records.sessions import Book, Session
from carrierbox.carriers.wing.usage.records.tally import SESSIONS, Tally
from carrierbox.kernel.world import Box


class Connections:
    """The sessions of a batch's SIMs."""

    def __init__(self, box: Box, book: Book, directory: Directory, tally: Tally) -> None:
        self._box = box
        self._book = book
        self._directory = directory
        self._tally = tally

    def of(self, line: Line, at: datetime, place: Place, zone: str) -> Session:
        """The session that data belongs to.

        What comes in late and fits no session under way has one of its own, which is no longer than a moment.
        """
        session = line.session
        if session is not None:
            fits = session.zone == zone and session.account_id == line.account_id and is_in(session, place)
            if at < session.reported_at:
                return session if fits and at >= session.started_at else self._start(line, at, place, zone)
            if not fits or session.has_lapsed(at):
                self.end(line, at)
        if line.session is None:
            started = self._start(line, at, place, zone)
            if at < self._ended_at(line):
                return started
            line.session = started
        return line.session

    def end(self, line: Line, at: datetime) -> None:
        """End the session that a SIM has under way, if it has one."""
        if line.session is not None:
            line.ended_at = self._book.end(line.session, at)
            line.session = None

    def _ended_at(self, line: Line) -> datetime:
        """When the SIM's last session ended; long ago where it had none."""
        if line.ended_at is None:
            line.ended_at = sessions.last_end(self._box, line.sim_id)
        return line.ended_at

    def _start(self, line: Line, at: datetime, place: Place, zone: str) -> Session:
        drawn = sessions.draw(line.sim_id, at)
        dynamic = f"10.{drawn >> 8 & 0xFF}.{drawn >> 16 & 0xFF}.{(drawn >> 24 & 0xFF) % 254 + 1}"
        self._tally.amounts(line, at, zone, place.country)[SESSIONS] += 1
        return self._book.start(
            at,
            sim_id=line.sim_id,
            session_id=sessions.new_id(drawn, line.imsi, at),
            account_id=line.account_id,
            zone=zone,
            apn=self._directory.apn(line),
            pdp_address=line.addresses[0] if line.addresses else dynamic,
            is_static=bool(line.addresses),
            sgsn_address=places.nodes_of(place.plmn, place.country).address,
            location=places.location(place.plmn, place.rat_type, line.sim_id),
            plmn=place.plmn,
            country=place.country,
            rat_type=place.rat_type,
            imeisv=place.imeisv,
        )


def is_in(session: Session, place: Place) -> bool:
    """Whether a session is in that network and device."""
    return (
        session.plmn == place.plmn
        and session.imeisv == place.imeisv
        and session.country == place.country
        and session.rat_type == place.rat_type
    )
