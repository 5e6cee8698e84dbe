"""kernel/devices: what a device does follows from its profile and seed, on the world's clock, while its SIM may."""

import asyncio
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from carrierbox.kernel import clock, devices, fixtures
from carrierbox.kernel.clock import BadTime
from carrierbox.kernel.devices import PROFILES, Event, Network, NoDevice, NoNetwork, UnknownNetwork, UnknownSim
from carrierbox.kernel.world import Box, Cause, Settings, World
from carrierbox.kernel.worlds import Origin, Worlds

MIDNIGHT = datetime(2026, 11, 23, tzinfo=UTC)
ICCID = "8931080000000000100"


class Toy:
    """A carrier that keeps what it takes."""

    def __init__(self) -> None:
        self.admitted = {ICCID: True}
        self.taken: list[Event] = []
        self.network = Network("toy", lambda _box, iccid: self.admitted.get(iccid), self.take, "316")

    def take(self, _box: Box, events: Sequence[Event]) -> list[Mapping[str, Any]]:
        assert sorted(event.at for event in events) == [event.at for event in events]
        self.taken += events
        return [{"kept": event.kind} for event in events]

    def used(self) -> list[Event]:
        """What counts as use: not that the device is there."""
        return [event for event in self.taken if event.kind not in {"attach", "detach"}]


@pytest.fixture
def toy() -> Toy:
    return Toy()


@pytest.fixture
def world(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[World]:
    (folder := tmp_path / "none").mkdir()
    monkeypatch.setattr(fixtures, "folder", lambda: folder)
    house = Worlds(tmp_path / "data", ())
    world = house.start(Origin(sims=0), Settings())
    world.clock = clock.Clock(MIDNIGHT, clock.real_now(), "frozen")
    yield world
    house.close()


def at(world: World, moment: datetime) -> Any:
    """A transaction at that moment, which the clock shows."""
    world.clock.reach(moment)
    return world.transaction(Cause("device", "test"))


def give(world: World, toy: Toy, profile: str, iccid: str = ICCID) -> None:
    with world.transaction(Cause("device", "test")) as box:
        devices.give(box, toy.network, iccid, profile)


def live(world: World, toy: Toy, until: datetime) -> None:
    world.clock.reach(until)
    asyncio.run(devices.settle(world, toy.network))


def row(profile: str, seed: int = 1, country: str | None = None) -> dict[str, Any]:
    return {"iccid": ICCID, "profile": profile, "seed": seed, "country": country}


# ---------------------------------------------------------------------------------------------------------------- a day


@given(st.sampled_from(sorted(PROFILES)), st.integers(0, 2**62), st.dates(date(1970, 1, 1)))
def test_a_day_is_the_same_whenever_it_is_asked_and_in_order_of_time(profile: str, seed: int, on: date) -> None:
    midnight = datetime(on.year, on.month, on.day, tzinfo=UTC)
    events = devices.day(row(profile, seed), midnight, "316")
    assert events == devices.day(row(profile, seed), midnight, "316")
    assert sorted(event.at for event in events) == [event.at for event in events]
    assert all(midnight <= event.at < midnight + timedelta(days=1) for event in events)


def test_profiles_live_as_their_names_say() -> None:
    kinds: dict[str, Counter[str]] = {}
    for profile in PROFILES:
        days = [
            devices.day(row(profile, seed), MIDNIGHT + timedelta(days=number), "316")
            for seed in range(20)
            for number in range(30)
        ]
        kinds[profile] = Counter(event.kind for events in days for event in events)
    assert {} == kinds["idle"]
    assert {"data": 600 * 4} == kinds["meter"]
    assert {"data": 600 * 24} == kinds["camera"]
    assert 600 * 24 == kinds["tracker"]["data"]
    assert {"data", "voice", "sms-mo", "sms-mt", "location"} == kinds["phone"].keys()
    assert kinds["tracker"]["location"] > kinds["phone"]["location"] > 0


def test_a_camera_sends_more_than_it_receives_and_a_phone_the_other_way_round() -> None:
    for profile, sends_more in (("camera", True), ("phone", False)):
        used = [event for event in devices.day(row(profile), MIDNIGHT, "316") if event.kind == "data"]
        assert {sends_more} == {event.up_bytes > event.down_bytes for event in used}


def test_messages_go_to_and_come_from_the_networks_short_code_where_it_has_one() -> None:
    days = [devices.day(row("phone", seed), MIDNIGHT, "316", "1234") for seed in range(20)]
    peers = {event.kind: event.peer for events in days for event in events if event.peer}
    assert ("1234", "1234") == (peers["sms-mo"], peers["sms-mt"])
    assert str(peers["voice"]).startswith("316")


def test_a_device_that_roams_says_where_it_is_when_that_changes() -> None:
    where = None
    for number in range(365):
        events = devices.day(row("tracker", 5), MIDNIGHT + timedelta(days=number), "316")
        moved = [event.country for event in events if event.kind == "location"]
        today = {event.country for event in events if event.kind == "data"}
        assert 1 == len(today)
        if number:
            assert moved == ([] if {where} == today else [*today])
        [where] = today


# ------------------------------------------------------------------------------------------------------------ its clock


def test_nothing_happens_before_somebody_looks_and_all_of_it_then(world: World, toy: Toy) -> None:
    give(world, toy, "meter")
    toy.taken.clear()
    world.clock.reach(MIDNIGHT + timedelta(days=30))
    assert [] == toy.taken
    live(world, toy, MIDNIGHT + timedelta(days=30))
    assert 120 == len(toy.used())
    live(world, toy, MIDNIGHT + timedelta(days=30))
    assert 120 == len(toy.used())


@settings(max_examples=40, deadline=None)
@given(
    profile=st.sampled_from(["phone", "meter", "tracker"]),
    pauses=st.lists(st.integers(1, 200_000), min_size=1, max_size=10),
)
def test_a_life_in_pieces_is_the_life_in_one(profile: str, pauses: list[int], tmp_path_factory: Any) -> None:
    with pytest.MonkeyPatch.context() as patch:
        lives = []
        for steps in (pauses, [sum(pauses)]):
            folder = tmp_path_factory.mktemp("none")
            patch.setattr(fixtures, "folder", lambda folder=folder: folder)
            house = Worlds(tmp_path_factory.mktemp("data"), ())
            world = house.start(Origin(sims=0), Settings())
            world.clock = clock.Clock(MIDNIGHT, clock.real_now(), "frozen")
            toy = Toy()
            give(world, toy, profile)
            now = MIDNIGHT
            for seconds in steps:
                now += timedelta(seconds=seconds)
                live(world, toy, now)
            lives.append(toy.used())
            house.close()
        assert lives[0] == lives[1]
        assert all(event.at <= now for event in lives[0])


def test_a_sim_that_may_not_use_the_network_makes_no_events(world: World, toy: Toy) -> None:
    give(world, toy, "meter")
    with at(world, MIDNIGHT + timedelta(days=2)) as box:
        devices.catch_up(box, toy.network, ICCID)
        toy.admitted[ICCID] = False
        devices.switch(box, toy.network, ICCID, may_use=False)
    assert "detach" == toy.taken[-1].kind
    assert 8 == len(toy.used())
    live(world, toy, MIDNIGHT + timedelta(days=5))
    assert 8 == len(toy.used())
    toy.admitted[ICCID] = True
    with at(world, MIDNIGHT + timedelta(days=6)) as box:
        devices.catch_up(box, toy.network, ICCID)
        devices.switch(box, toy.network, ICCID, may_use=True)
    live(world, toy, MIDNIGHT + timedelta(days=7))
    assert 12 == len(toy.used())
    assert not [event for event in toy.used() if 2 < (event.at - MIDNIGHT) / timedelta(days=1) < 6]


def test_a_device_goes_with_its_sim_swap_and_goes_away(world: World, toy: Toy) -> None:
    toy.admitted["other"] = True
    give(world, toy, "meter")
    with at(world, MIDNIGHT + timedelta(days=1)) as box:
        devices.catch_up(box, toy.network, ICCID)
        devices.move(box, ICCID, "other")
    live(world, toy, MIDNIGHT + timedelta(days=2))
    assert {ICCID: 4, "other": 4} == Counter(event.iccid for event in toy.used())
    with at(world, MIDNIGHT + timedelta(days=3)) as box:
        devices.take_away(box, toy.network, "other")
        with pytest.raises(NoDevice):
            devices.take_away(box, toy.network, "other")
    live(world, toy, MIDNIGHT + timedelta(days=9))
    assert 12 == len(toy.used())


def test_one_sims_device_lives_on_without_the_others(world: World, toy: Toy) -> None:
    toy.admitted["other"] = True
    for iccid in toy.admitted:
        give(world, toy, "meter", iccid)
    world.clock.reach(MIDNIGHT + timedelta(days=3))
    asyncio.run(devices.settle(world, toy.network, ICCID))
    assert {ICCID: 12} == Counter(event.iccid for event in toy.used())
    with at(world, MIDNIGHT + timedelta(days=4)) as box:
        devices.catch_up_all(box, toy.network, ["other", ICCID, "nobody"])
    assert {ICCID: 16, "other": 16} == Counter(event.iccid for event in toy.used())


def test_living_in_slices_says_whether_some_are_behind_and_rests_when_none_is(world: World, toy: Toy) -> None:
    rests: list[str | None] = []
    network = replace(toy.network, rests=lambda _box, iccid: bool(rests.append(iccid)))  # type: ignore[func-returns-value]
    toy.admitted |= {f"{serial:019d}": True for serial in range(6)}
    for iccid in toy.admitted:
        give(world, toy, "meter", iccid)
    with at(world, MIDNIGHT + timedelta(hours=30)) as box:
        slices = 0
        while devices.live(box, network, most=3):
            assert [] == rests
            slices += 1
        assert [None] == rests
    assert 2 == slices
    assert len(toy.used()) >= 7 * 4


def test_others_get_their_turn_while_devices_live(world: World, toy: Toy) -> None:
    toy.admitted |= {f"{serial:019d}": True for serial in range(500)}
    for iccid in toy.admitted:
        give(world, toy, "tracker", iccid)
    world.clock.reach(MIDNIGHT + timedelta(days=10))
    turns = 0

    async def story() -> None:
        nonlocal turns
        living = asyncio.create_task(devices.settle(world, toy.network))
        while not living.done():
            turns += 1
            await asyncio.sleep(0)

    asyncio.run(story())
    assert turns > 20


# -------------------------------------------------------------------------------------------------------- single events


def test_an_event_happens_now_after_all_that_went_before(world: World, toy: Toy) -> None:
    give(world, toy, "meter")
    with at(world, MIDNIGHT + timedelta(hours=23)) as box:
        event, followed = devices.happen(box, toy.network, ICCID, "data", up_bytes=1, down_bytes=2)
    assert (MIDNIGHT + timedelta(hours=23), 1, 2) == (event.at, event.up_bytes, event.down_bytes)
    assert [{"kept": "data"}] == followed
    assert 4 <= len(toy.used())
    assert event == toy.taken[-1]


def test_where_it_was_put_it_stays_by_profile_and_by_event(world: World, toy: Toy) -> None:
    give(world, toy, "meter")
    with world.transaction(Cause("device", "test")) as box:
        devices.happen(box, toy.network, ICCID, "location", plmn="26201")
        assert "DE" == devices.happen(box, toy.network, ICCID, "sms-mo")[0].country
        assert "FR" == devices.happen(box, toy.network, ICCID, "data", country="FR")[0].country
    live(world, toy, MIDNIGHT + timedelta(days=1))
    assert {"DE"} == {event.country for event in toy.used()[3:]}


def test_a_detached_device_does_nothing_until_it_attaches(world: World, toy: Toy) -> None:
    give(world, toy, "meter")
    with world.transaction(Cause("device", "test")) as box:
        devices.happen(box, toy.network, ICCID, "detach")
        with pytest.raises(NoNetwork, match="detached"):
            devices.happen(box, toy.network, ICCID, "sms-mo")
    live(world, toy, MIDNIGHT + timedelta(days=1))
    assert [] == toy.used()
    with world.transaction(Cause("device", "test")) as box:
        devices.happen(box, toy.network, ICCID, "attach", imei="356938035643809")
        assert "356938035643809" == devices.happen(box, toy.network, ICCID, "sms-mo")[0].imei
    live(world, toy, MIDNIGHT + timedelta(days=2))
    assert 5 == len(toy.used())


def test_a_detached_device_that_is_given_a_profile_lives_by_it(world: World, toy: Toy) -> None:
    give(world, toy, "phone")
    with world.transaction(Cause("device", "test")) as box:
        devices.happen(box, toy.network, ICCID, "detach")
    give(world, toy, "meter")
    live(world, toy, MIDNIGHT + timedelta(days=1))
    assert 4 == len(toy.used())


def test_a_past_event_is_taken_back_to_the_last_change_of_the_sims_state(world: World, toy: Toy) -> None:
    with at(world, MIDNIGHT + timedelta(days=2)) as box:
        box.sql(
            "INSERT INTO box_timeline (carrier, iccid, before, after, at, cause, ref)"
            " VALUES ('toy', :iccid, 'OFF', 'ON', :at, 'request', '')",
            iccid=ICCID,
            at=clock.text(MIDNIGHT + timedelta(days=1)),
        )
        past = MIDNIGHT + timedelta(days=1, hours=1)
        assert past == devices.happen(box, toy.network, ICCID, "sms-mo", past)[0].at
        with pytest.raises(NoNetwork, match="changed"):
            devices.happen(box, toy.network, ICCID, "sms-mo", MIDNIGHT)
        with pytest.raises(BadTime):
            devices.happen(box, toy.network, ICCID, "sms-mo", box.now + timedelta(seconds=1))
    assert 1 == len(toy.taken)


def test_a_past_event_is_taken_back_to_when_the_sim_was_activated(world: World, toy: Toy) -> None:
    network = replace(toy.network, since=lambda _box, _iccid: MIDNIGHT + timedelta(days=1))
    with at(world, MIDNIGHT + timedelta(days=2)) as box:
        with pytest.raises(NoNetwork, match="activated"):
            devices.happen(box, network, ICCID, "sms-mo", MIDNIGHT + timedelta(hours=23))
        devices.happen(box, network, ICCID, "sms-mo", MIDNIGHT + timedelta(days=1))
    assert [MIDNIGHT + timedelta(days=1)] == [event.at for event in toy.taken]


def test_a_sim_that_is_unknown_or_may_not_is_refused(world: World, toy: Toy) -> None:
    toy.admitted["off"] = False
    with world.transaction(Cause("device", "test")) as box:
        with pytest.raises(UnknownSim):
            devices.happen(box, toy.network, "nobody", "attach")
        with pytest.raises(UnknownSim):
            devices.give(box, toy.network, "nobody", "phone")
        with pytest.raises(NoNetwork):
            devices.happen(box, toy.network, "off", "attach")
        assert devices.give(box, toy.network, "off", "phone")["next_at"] is None
    assert [] == toy.taken


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(plmn=st.from_regex(r"[0-9]{5,6}", fullmatch=True))
def test_any_plmn_has_a_country_or_is_unknown(plmn: str) -> None:
    try:
        country = devices.country_of(plmn)
    except UnknownNetwork:
        return
    assert len(country) == 2
    assert country.isupper()
