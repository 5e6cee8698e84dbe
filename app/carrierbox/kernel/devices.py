"""Simulated devices: attach, use data, send and receive, roam; on the world's clock.

What a device does by itself follows from its profile and its seed alone, day by day, so that nothing has to be kept or
run before somebody looks: a device's row says when it does something next, and it lives up to the present when its
carrier's usage is read (`settle`), or before anything about its SIM changes (`catch_up`). The carrier takes the events
and keeps records of its own.
"""

import asyncio
import json
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from math import ceil
from operator import attrgetter
from random import Random
from typing import Any, Literal, NamedTuple

from sqlalchemy import Index
from sqlmodel import Field, SQLModel

from carrierbox.kernel import clock, lifecycle, workflow
from carrierbox.kernel.clock import BadTime
from carrierbox.kernel.store import Moment
from carrierbox.kernel.world import Box, Cause, World

Kind = Literal["attach", "detach", "data", "sms-mo", "sms-mt", "voice", "imei-change", "location", "policy"]

DAY = timedelta(days=1)
#: How many devices live a day in one slice of settling, or fewer of them more days: some hundredths of a second.
SLICE_DEVICES = 50


class UnknownSim(Exception):
    """No carrier's SIM of that ICCID."""

    def __init__(self, iccid: str) -> None:
        super().__init__(f"no carrier here has a SIM with ICCID {iccid}")


class NoNetwork(Exception):
    """The SIM or its device may not use the network, or might not at the time in question."""


class UnknownNetwork(ValueError):
    """No network has that PLMN."""

    def __init__(self, plmn: str) -> None:
        super().__init__(f"no country's networks have PLMN {plmn}")


class UnknownRat(ValueError):
    """No radio technology of that name; *known* are those that there are."""

    def __init__(self, rat: str, known: Iterable[str]) -> None:
        super().__init__(f"there is no radio technology {rat!r}: write {', '.join(known)}")


class NoDevice(Exception):
    """There is no device in that SIM."""

    def __init__(self, iccid: str) -> None:
        super().__init__(f"there is no device in the SIM with ICCID {iccid}")


class Event(NamedTuple):
    """Something that a device does. A million of them are made in some seconds, so it is a tuple."""

    iccid: str
    at: datetime
    kind: Kind
    up_bytes: int = 0
    down_bytes: int = 0
    seconds: int = 0
    direction: Literal["mo", "mt"] | None = None
    peer: str | None = None
    text: str | None = None
    country: str | None = None  # ISO 3166; none: at home
    plmn: str | None = None
    zone: str | None = None
    rat: str | None = None
    imei: str | None = None
    service: str | None = None  # of a policy that was broken: data or sms


def by_itself(carrier: str) -> Cause:
    """Why devices do what nobody lets them do: their profile has it so."""
    return Cause("device", carrier)


def _nothing(_box: Box, _iccids: Collection[str] | None) -> bool:
    """Say that nothing ends by itself."""
    return False


def _nobody(_box: Box, _iccid: str) -> None:
    """Nobody wants to know."""


def _ever(_box: Box, _iccid: str) -> datetime | None:
    """Nobody knows of a beginning."""
    return None


@dataclass(frozen=True, slots=True)
class Network:
    """A carrier, as the devices in its SIMs see it."""

    carrier: str
    #: Whether the SIM of that ICCID may use the network now; none where it is not this carrier's.
    admits: Callable[[Box, str], bool | None]
    #: Takes events in order of time; answers what followed from them, to be read at once or not at all.
    takes: Callable[[Box, Sequence[Event]], Iterable[Mapping[str, Any]]]
    #: What the numbers begin with that its devices call; eight digits follow.
    calls: str
    #: Whom its devices write to and hear from by SMS, an application's short code; none: numbers as those they call.
    texts: str | None = None
    #: Ends what ends by itself when some devices, or any, have done nothing for long; answers whether there is more.
    rests: Callable[[Box, Collection[str] | None], bool] = _nothing
    #: Is told that a SIM has got a device, which lives from now on, or has lost it.
    given: Callable[[Box, str], None] = _nobody
    #: When the SIM was activated, before which it did not use the network; none where nobody knows.
    since: Callable[[Box, str], datetime | None] = _ever


@dataclass(frozen=True, slots=True)
class Habit:
    """Something that a device does so many times a day, at least and at most so much of it (bytes, seconds)."""

    kind: Kind
    times_a_day: float
    least: int = 1
    most: int = 1
    direction: Literal["mo", "mt"] | None = None
    #: At even distances, as machines do; else by chance between these hours, as people do.
    is_regular: bool = False
    #: Most of it goes up, as with what films or measures; else most of it comes down.
    is_upload: bool = False
    hours: tuple[int, int] = (6, 23)


@dataclass(frozen=True, slots=True)
class Profile:
    """How a kind of device lives: its habits, and what share of its days it is abroad and where."""

    habits: tuple[Habit, ...] = ()
    abroad: float = 0.0
    countries: tuple[str, ...] = ()

    def times_a_day(self, kind: Kind) -> int:
        """How often it does something in a day at most."""
        return sum(ceil(habit.times_a_day) for habit in self.habits if habit.kind == kind)

    def most_a_day(self, kind: Kind) -> int:
        """How much of something it does in a day at most."""
        return sum(ceil(habit.times_a_day) * habit.most for habit in self.habits if habit.kind == kind)


PROFILES: Mapping[str, Profile] = {
    "phone": Profile(
        (
            Habit("data", 6, 200_000, 60_000_000),
            Habit("voice", 1.5, 15, 900, "mo"),
            Habit("voice", 1, 15, 900, "mt"),
            Habit("sms-mo", 0.5),
            Habit("sms-mt", 1),
        ),
        abroad=0.06,
        countries=("DE", "BE", "FR", "ES"),
    ),
    "meter": Profile((Habit("data", 4, 600, 4_000, is_regular=True),)),
    "tracker": Profile(
        (Habit("data", 24, 300, 3_000, is_regular=True), Habit("sms-mt", 0.1)), abroad=0.3, countries=("DE", "BE", "PL")
    ),
    "camera": Profile((Habit("data", 24, 1_000_000, 40_000_000, is_regular=True, is_upload=True),)),
    "idle": Profile(),
}


class Device(SQLModel, table=True):
    """The device in a SIM."""

    __tablename__ = "box_device"
    __table_args__ = (Index("box_device_next", "carrier", "next_at"),)

    iccid: str = Field(primary_key=True)
    carrier: str
    profile: str = "idle"
    seed: int
    is_attached: bool = True
    imei: str | None = None
    country: str | None = None  # where an event put it; until then it is where its profile takes it
    next_at: datetime | None = Field(default=None, sa_type=Moment)  # none: it does nothing by itself now


def give(box: Box, network: Network, iccid: str, profile: str) -> Mapping[str, Any]:
    """Put a device of that profile into a SIM, or let the one in it live so from now on, attached; answers its row.

    Raises: UnknownSim, ValueError for a profile that there is none of.
    """
    if profile not in PROFILES:
        raise ValueError(f"there is no profile {profile}; there are {', '.join(PROFILES)}")
    may_use = network.admits(box, iccid)
    if may_use is None:
        raise UnknownSim(iccid)
    catch_up(box, network, iccid)
    box.sql(
        "INSERT INTO box_device (iccid, carrier, profile, seed, is_attached)"
        " VALUES (:iccid, :carrier, :profile, :seed, 1)"
        " ON CONFLICT (iccid) DO UPDATE SET profile = excluded.profile, is_attached = 1",
        iccid=iccid,
        carrier=network.carrier,
        profile=profile,
        seed=box.rng().getrandbits(62),
    )
    _wake(box, iccid, may_use=may_use)
    network.given(box, iccid)
    given: Mapping[str, Any] = _row(box, iccid)
    return given


def take_away(box: Box, network: Network, iccid: str) -> None:
    """Take the device out of a SIM; what it did stays.

    Raises: NoDevice.
    """
    catch_up(box, network, iccid)
    if not box.sql("DELETE FROM box_device WHERE iccid = :iccid", iccid=iccid).rowcount:
        raise NoDevice(iccid)
    network.given(box, iccid)


def catch_up(box: Box, network: Network, iccid: str) -> None:
    """Let a SIM's device do all that it does until now. To be called before anything about the SIM changes."""
    catch_up_all(box, network, [iccid])
    with box.because(by_itself(network.carrier)) as own:
        network.rests(own, [iccid])


def catch_up_all(box: Box, network: Network, iccids: Collection[str]) -> None:
    """Let the devices in some SIMs do all that they do until now."""
    while behind := _due(box, iccids, box.now):
        _live(box, network, behind, box.now)


def catch_up_some(box: Box, network: Network, iccids: Collection[str]) -> bool:
    """Let the devices in some SIMs live on, one slice of it; answers whether some of them are behind still.

    When none is, what lasts only while things happen has ended.
    """
    behind = _due(box, iccids, box.now)
    if behind and _live(box, network, behind, box.now):
        return True
    with box.because(by_itself(network.carrier)) as own:
        return network.rests(own, iccids)


def foresee(box: Box, network: Network, iccids: Collection[str], until: datetime) -> list[Event]:
    """What the devices in some SIMs will do by themselves until then, as things stand; nothing is done yet."""
    planned = [event for device in _due(box, iccids, until) for event in _plan(device, network, until)[0]]
    planned.sort(key=attrgetter("at"))
    return planned


def _due(box: Box, iccids: Collection[str], by: datetime) -> Sequence[Mapping[str, Any]]:
    """Of the devices in some SIMs those that do something by then."""
    find = "SELECT * FROM box_device WHERE iccid IN (SELECT value FROM json_each(:iccids)) AND next_at <= :by"
    due: Sequence[Mapping[str, Any]] = box.sql(find, iccids=json.dumps([*iccids]), by=clock.text(by)).fetchall()
    return due


def switch(box: Box, network: Network, iccid: str, *, may_use: bool) -> None:
    """Tell a SIM's device, which has caught up, that from now on the SIM may use the network, or may not."""
    _wake(box, iccid, may_use=may_use)
    if (device := _row(box, iccid)) is not None and device["is_attached"]:
        kind: Kind = "attach" if may_use else "detach"
        network.takes(box, [Event(iccid, box.now, kind, country=device["country"], imei=device["imei"])])


def move(box: Box, iccid: str, to: str) -> None:
    """Put the device of one SIM, which has caught up, into another; a device that was there goes."""
    if _row(box, iccid) is not None:
        box.sql("DELETE FROM box_device WHERE iccid = :iccid", iccid=to)
        box.sql("UPDATE box_device SET iccid = :to WHERE iccid = :iccid", to=to, iccid=iccid)


def happen(
    box: Box, network: Network, iccid: str, kind: Kind, at: datetime | None = None, **facts: Any
) -> tuple[Event, list[Mapping[str, Any]]]:
    """Let one event happen, now or at a past time since which the SIM's state is what it is.

    Answers: the event, and what followed from it.
    Raises: UnknownSim, NoNetwork, UnknownNetwork, UnknownRat, BadTime for a time that is still to come.
    """
    may_use = network.admits(box, iccid)
    if may_use is None:
        raise UnknownSim(iccid)
    if not may_use:
        raise NoNetwork(f"the state of the SIM with ICCID {iccid} does not let it use the network")
    _check_time(box, network, iccid, at)
    catch_up(box, network, iccid)
    device = _row(box, iccid) or give(box, network, iccid, "idle")
    if not device["is_attached"] and kind not in {"attach", "imei-change"}:
        raise NoNetwork("the device is detached: let it attach first")
    if "plmn" in facts and "country" not in facts:
        facts["country"] = country_of(facts["plmn"])
    if kind in {"voice", "sms-mo", "sms-mt"} and "peer" not in facts:
        number = f"{network.calls}{box.rng().randrange(10_000_000, 60_000_000)}"
        facts["peer"] = number if kind == "voice" else network.texts or number
    event = Event(iccid, at or box.now, kind, country=device["country"], imei=device["imei"])._replace(**facts)
    if kind in {"attach", "detach", "imei-change", "location"}:
        box.sql(
            "UPDATE box_device SET is_attached = :is_attached, country = :country, imei = :imei WHERE iccid = :iccid",
            is_attached=device["is_attached"] if kind in {"imei-change", "location"} else kind == "attach",
            country=event.country,
            imei=event.imei,
            iccid=iccid,
        )
        _wake(box, iccid, may_use=True)
    return event, list(network.takes(box, [event]))


def _check_time(box: Box, network: Network, iccid: str, at: datetime | None) -> None:
    if at is None:
        return
    if at > box.now:
        raise BadTime(f"{clock.text(at)} is still to come: the world's clock shows {clock.text(box.now)}")
    changed = lifecycle.last_change(box, iccid)
    if changed is not None and at < changed:
        raise NoNetwork(f"the SIM's state has changed since then, at {clock.text(changed)}")
    since = network.since(box, iccid)  # of a seeded SIM, whose timeline is empty
    if since is not None and at < since:
        raise NoNetwork(f"the SIM with ICCID {iccid} was activated after that, at {clock.text(since)}")


@lru_cache(maxsize=1000)
def country_of(plmn: str) -> str:
    """The country of a network by its code's first three digits, as ISO 3166 has it.

    Raises: UnknownNetwork.
    """
    from stdnum import imsi

    try:
        return str(imsi.info(plmn.ljust(15, "0"))["cc"]).upper()
    except (KeyError, ValueError) as unknown:
        raise UnknownNetwork(plmn) from unknown


def _row(box: Box, iccid: str) -> Any:
    return box.sql("SELECT * FROM box_device WHERE iccid = :iccid", iccid=iccid).fetchone()


def _wake(box: Box, iccid: str, *, may_use: bool) -> None:
    """Let a device do from now on what its profile says, where it is attached and the SIM may use the network."""
    device = _row(box, iccid)
    if device is None:
        return
    lives = may_use and device["is_attached"] and PROFILES[device["profile"]].habits
    next_at = clock.text(box.now) if lives else None
    box.sql("UPDATE box_device SET next_at = :next_at WHERE iccid = :iccid", next_at=next_at, iccid=iccid)


async def settle(world: World, network: Network, iccid: str | None = None) -> None:
    """Let every device of a carrier, or the one in a SIM, do what it does until now, the loop going on meanwhile."""
    while True:
        await workflow.settle(world)
        async with world.settling:
            now = world.clock.now()
            until = min(now, world.next_due or now)  # work that falls due first may change what SIMs can do
            with world.transaction(by_itself(network.carrier), until) as box:
                are_behind = live(box, network, iccid=iccid)
        if not are_behind:
            return
        await asyncio.sleep(0)


def live(box: Box, network: Network, most: int = SLICE_DEVICES, iccid: str | None = None) -> bool:
    """Let so many of a carrier's devices that are behind live on for a day, or fewer for more; or the one in a SIM.

    Answers: whether some are behind still, or might be; when none is, what lasts only while things happen has ended.
    """
    behind = box.sql(
        f"SELECT * FROM box_device WHERE carrier = :carrier {'' if iccid is None else 'AND iccid = :iccid'}"
        " AND next_at <= :now ORDER BY next_at LIMIT :most",
        carrier=network.carrier,
        iccid=iccid,
        now=clock.text(box.now),
        most=most,
    ).fetchall()
    if behind and (_live(box, network, behind, box.now) or len(behind) == most):
        return True
    with box.because(by_itself(network.carrier)) as own:
        return network.rests(own, None if iccid is None else [iccid])


def _live(box: Box, network: Network, devices: Sequence[Mapping[str, Any]], until: datetime) -> bool:
    """Let devices live on, some days each but not beyond *until*; the carrier takes what they do.

    Answers: whether one of them is behind still.
    """
    happened: list[Event] = []
    wakes = []
    days = max(1, SLICE_DEVICES // len(devices))
    for device in devices:
        planned, next_at = _plan(device, network, until, days)
        happened += planned
        wakes.append((clock.text(next_at), device["iccid"]))
    happened.sort(key=attrgetter("at"))
    with box.because(by_itself(network.carrier)) as own:
        network.takes(own, happened)
    box.world.store.fill("UPDATE box_device SET next_at = ? WHERE iccid = ?", wakes)
    return min(wakes)[0] <= clock.text(until)


def _plan(
    device: Mapping[str, Any], network: Network, until: datetime, days: int | None = None
) -> tuple[list[Event], datetime]:
    """What a device does next, of so many days but not beyond *until*; and when it goes on after that."""
    happens: list[Event] = []
    next_at = clock.moment(device["next_at"])
    while next_at <= until and days != 0:
        since, midnight = next_at, next_at.replace(hour=0, minute=0, second=0, microsecond=0)
        planned = day(device, midnight, network.calls, network.texts)
        happens += (event for event in planned if since <= event.at <= until)
        next_at = next((event.at for event in planned if event.at > until), midnight + DAY)
        days = None if days is None else days - 1
    return happens, next_at


def day(device: Mapping[str, Any], midnight: datetime, calls: str, texts: str | None = None) -> list[Event]:
    """All that a device does by itself on a day, in order of time: the same whenever it is asked.

    The day begins at *midnight* UTC. The device is where it was put, else where its profile takes it on that day.
    """
    life, seed, iccid, country = PROFILES[device["profile"]], device["seed"], device["iccid"], device["country"]
    date = midnight.toordinal()
    rng = Random(seed + date * 1_000_003)  # noqa: S311 - the world's seed, not secrecy
    events = []
    if country is None and life.abroad:
        country = _whereabouts(life, seed, date)
        if country != _whereabouts(life, seed, date - 1):
            events.append(Event(iccid, midnight, "location", country=country))
    for habit in life.habits:
        times = int(habit.times_a_day + rng.random())
        for i in range(times):
            at = midnight + timedelta(seconds=_second(habit, rng, i, times, seed))
            amount = int(habit.least * (habit.most / habit.least) ** rng.random())
            if habit.kind == "data":
                less, more = amount // 8, amount - amount // 8
                up, down = (more, less) if habit.is_upload else (less, more)
                events.append(Event(iccid, at, "data", up, down, country=country))
            else:
                peer = f"{calls}{rng.randrange(10_000_000, 60_000_000)}"
                seconds = amount if habit.kind == "voice" else 0
                peer = peer if habit.kind == "voice" else texts or peer
                events.append(Event(iccid, at, habit.kind, 0, 0, seconds, habit.direction, peer, country=country))
    events.sort(key=attrgetter("at"))
    return events


def _second(habit: Habit, rng: Random, i: int, times: int, seed: int) -> int:
    """When in the day a habit's *i*-th time is."""
    if habit.is_regular:
        span = 86_400 // times
        return i * span + seed % span
    first, last = habit.hours
    return int(3600 * (first + (last - first) * rng.random()))


def _whereabouts(life: Profile, seed: int, date: int) -> str | None:
    """The country that a device spends a day in; none: at home."""
    rng = Random(~seed - date * 1_000_003)  # noqa: S311 - the world's seed, not secrecy
    return rng.choice(life.countries) if rng.random() < life.abroad else None
