"""What devices leave behind: their sessions, the records of each, calls, and the counters of each billing cycle.

All figures that any operation shows come from these rows, so that they agree.
"""

from datetime import datetime
from typing import Any

from sqlalchemy import Index, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from carrierbox.kernel.store import Moment

_NEVER_TWICE: dict[str, Any] = {"sqlite_autoincrement": True}


_UNDER_WAY = text("ended_at IS NULL")


class DataSession(SQLModel, table=True):
    """A data session of a SIM, under way or over; a SIM has one under way at most. Source: WING guide 5.5, 11.3."""

    __tablename__ = "wing_session"
    __table_args__ = (
        Index("wing_session_sim", "sim_id", "id"),
        Index("wing_session_running", "sim_id", unique=True, sqlite_where=_UNDER_WAY),
        Index("wing_session_lapse", "lapses_at", sqlite_where=_UNDER_WAY),
    )

    id: int | None = Field(default=None, primary_key=True)
    sim_id: int
    session_id: str  # Diameter: host;hex;start in Unix seconds as hex;IMSI-suffix
    account_id: int  # whose SIM it was
    started_at: datetime = Field(sa_type=Moment)
    ended_at: datetime | None = Field(default=None, sa_type=Moment)  # none: it is under way
    reported_at: datetime = Field(sa_type=Moment)  # the last record
    lapses_at: datetime | None = Field(default=None, sa_type=Moment)  # it ends then unless something comes; none: never
    records: int = 0  # how many it has, which numbers the next one
    plmn: str
    country: str  # ISO 3166
    zone: str
    rat_type: int  # as 3GPP numbers them: 6 is EUTRAN
    imeisv: str
    apn: str
    pdp_address: str
    is_static: bool = False  # the address is one of the SIM's own
    sgsn_address: str
    location: str  # 3GPP user location information, hex
    up_bytes: int = 0
    down_bytes: int = 0


class Cdr(SQLModel, table=True):
    """One record of a session: at its start, at each report, at its end. Source: WING guide 5.17.

    `up_bytes` and `down_bytes` are what was used since the record before, so that a session's records add up to it.
    """

    __tablename__ = "wing_cdr"
    __table_args__ = (Index("wing_cdr_sim", "sim_id", "opened_at"),)

    id: int | None = Field(default=None, primary_key=True)
    session_id: int  # the row's id
    sim_id: int
    record_type: str  # INITIATE_REQUEST, UPDATE_REQUEST, TERMINATE_REQUEST
    sequence: int
    opened_at: datetime = Field(sa_type=Moment)
    up_bytes: int = 0
    down_bytes: int = 0
    apn: str | None = None  # where it is not the session's
    modified_at: datetime | None = Field(default=None, sa_type=Moment)  # where that is not when it was opened


class Registration(SQLModel, table=True):
    """Where the network knows a SIM to be, and in what device. Source: WING guide 10.1.

    A SIM that is known nowhere now has no `plmn`; when it was last known, and its device, stay.
    """

    __tablename__ = "wing_registration"

    sim_id: int = Field(primary_key=True)
    imei: str | None = None  # 15 digits; as IMEISV the last one is the software's version, 01
    plmn: str | None = None
    country: str | None = None  # ISO 3166
    rat_type: int | None = None  # as 3GPP numbers them
    sgsn: str | None = None
    mme: str | None = None
    vlr: str | None = None
    location: str | None = None  # 3GPP user location information, hex
    address: str | None = None
    apn: str | None = None
    registered_3g_at: datetime | None = Field(default=None, sa_type=Moment)
    registered_4g_at: datetime | None = Field(default=None, sa_type=Moment)


class Call(SQLModel, table=True):
    """A voice call from or to a SIM."""

    __tablename__ = "wing_call"
    __table_args__ = (Index("wing_call_sim", "sim_id", "at"),)

    id: int | None = Field(default=None, primary_key=True)
    sim_id: int
    account_id: int  # whose SIM it was
    at: datetime = Field(sa_type=Moment)
    direction: str  # mo or mt
    seconds: int
    peer: str
    country: str
    zone: str


class Usage(SQLModel, table=True):
    """What a SIM used in a billing cycle, by where it was and to what account and rate plan it belonged then."""

    __tablename__ = "wing_usage"
    __table_args__ = (
        UniqueConstraint("sim_id", "cycle", "account_id", "rate_plan_id", "zone", "country"),
        Index("wing_usage_cycle", "cycle", "account_id", "rate_plan_id"),
        _NEVER_TWICE,
    )

    id: int | None = Field(default=None, primary_key=True)
    sim_id: int
    cycle: str  # the calendar month in UTC, as 2026-11
    account_id: int
    rate_plan_id: int
    zone: str
    country: str
    sessions: int = 0
    up_bytes: int = 0
    down_bytes: int = 0
    sms_mo: int = 0
    sms_mt: int = 0
    voice_mo: int = 0  # seconds
    voice_mt: int = 0


class ZoneCountry(SQLModel, table=True):
    """A country of a rating zone; ``*`` stands for those that are in no other zone of a plan."""

    __tablename__ = "wing_zone_country"

    realm: str = Field(primary_key=True)
    zone: str = Field(primary_key=True)
    country: str = Field(primary_key=True)  # ISO 3166


class Awaited(SQLModel, table=True):
    """A row of a fixture that is written when a world begins: its times are those of the billing cycle of then."""

    __tablename__ = "wing_awaited"

    id: int | None = Field(default=None, primary_key=True)
    section: str
    row: str  # JSON
