"""What devices do in WING's SIMs is told to whoever listens: after it is written, in order of time."""

import asyncio
from collections.abc import Iterator, Sequence
from datetime import timedelta
from typing import Any

import pytest

from carrierbox import main
from carrierbox.carriers.wing import happenings
from carrierbox.carriers.wing.fleet import FLEET
from carrierbox.carriers.wing.happenings import Happening
from carrierbox.carriers.wing.usage import network
from carrierbox.carriers.wing.usage.network import NETWORK
from carrierbox.kernel import clock, devices
from carrierbox.kernel.lifecycle import StateName
from carrierbox.kernel.world import Box, Cause, Settings, World
from carrierbox.kernel.worlds import Origin, Worlds

ICCID, SIM_ID = "8955644099890137106", 615055


class Story:
    """A world, its devices, and what a listener heard."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.heard: list[Happening] = []
        self.written: list[int] = []

    def listen(self, box: Box, happened: Sequence[Happening]) -> None:
        mine = [each for each in happened if each.sim_id == SIM_ID and each.kind != "device"]
        if not mine:
            return
        self.heard += mine
        self.written.append(box.sql("SELECT count(*) FROM wing_cdr WHERE sim_id = :id", id=SIM_ID).fetchone()[0])

    def box(self) -> Any:
        return self.world.transaction(Cause("device", "test"))

    def happens(self, kind: Any, **facts: Any) -> list[str]:
        """Let something happen; answers the kinds of what was heard of it."""
        self.heard.clear()
        with self.box() as box:
            devices.happen(box, NETWORK, ICCID, kind, **facts)
        return [each.kind for each in self.heard]

    def later(self, **pause: float) -> None:
        self.world.clock.reach(self.world.clock.now() + timedelta(**pause))


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Worlds]:
    house = Worlds(tmp_path_factory.mktemp("data"), main.PARTS)
    house.start(Origin(sims=0), Settings())
    yield house
    house.close()


@pytest.fixture
def story(house: Worlds, monkeypatch: pytest.MonkeyPatch) -> Iterator[Story]:
    world = asyncio.run(house.create("story", source="default"))
    world.clock.freeze()
    world.clock.reach(clock.moment("2031-02-01T12:00:00Z"))
    told = Story(world)
    with told.box() as box:
        box.sql("DELETE FROM box_device")
    monkeypatch.setattr(happenings, "_listeners", [told.listen])
    yield told
    asyncio.run(house.drop("story"))


def test_data_tells_of_the_registration_the_session_and_the_bytes(story: Story) -> None:
    assert ["registration", "session-start", "data"] == story.happens("data", up_bytes=1, down_bytes=2)
    begun, used = story.heard[1:]
    assert ("GB", "Default Zone", 1, 2) == (used.country, used.zone, used.up_bytes, used.down_bytes)
    session_id = begun.after
    assert [2] == story.written
    assert ["data"] == story.happens("data", up_bytes=3, down_bytes=4)
    assert ["session-end"] == story.happens("detach")
    [ended] = story.heard
    assert (session_id, 4, 6) == (ended.before, ended.up_bytes, ended.down_bytes)


def test_moves_tell_the_country_and_another_device_its_imei(story: Story) -> None:
    story.happens("data", up_bytes=1, down_bytes=1)
    assert ["session-end", "registration", "country"] == story.happens("location", country="FR")
    assert ("GB", "FR", "Zone 1") == (story.heard[-1].before, story.heard[-1].after, story.heard[-1].zone)
    assert ["registration", "imei"] == story.happens("imei-change", imei="490154203237518")
    assert "490154203237518" == story.heard[-1].after
    assert story.heard[-1].before is not None
    assert [] == story.happens("location", country="FR")


@pytest.mark.parametrize(
    ("event", "told"),
    [
        ({"kind": "sms-mo"}, "sms-mo"),
        ({"kind": "sms-mt"}, "sms-mt"),
        ({"kind": "voice", "direction": "mt", "seconds": 3}, "voice"),
        ({"kind": "policy", "service": "data"}, "data-policy"),
        ({"kind": "policy", "service": "sms"}, "sms-policy"),
        ({"kind": "attach"}, "registration"),
    ],
)
def test_each_kind_is_told_by_its_name(event: dict[str, Any], told: str, story: Story) -> None:
    story.happens("attach")
    assert [told] == story.happens(**event)


def test_a_session_that_lapses_is_told_of_at_its_own_time(story: Story) -> None:
    story.happens("data", up_bytes=1, down_bytes=1)
    story.later(hours=20)
    story.heard.clear()
    asyncio.run(devices.settle(story.world, NETWORK))
    assert [("session-end", clock.moment("2031-02-01T20:00:00Z"))] == [(each.kind, each.at) for each in story.heard]


def test_the_end_of_a_suspended_sims_session_comes_before_the_state(story: Story) -> None:
    story.happens("data", up_bytes=1, down_bytes=1)
    story.heard.clear()
    with story.box() as box:
        FLEET.force(box, ICCID, StateName("SUSPENDED"))
    assert "session-end" == story.heard[0].kind


def test_a_blocked_sim_makes_no_data_and_loses_its_session(story: Story) -> None:
    story.happens("data", up_bytes=1, down_bytes=1)
    with story.box() as box:
        box.sql("UPDATE wing_sim SET data_blocked = 1 WHERE id = :id", id=SIM_ID)
    assert ["session-end"] == story.happens("data", up_bytes=5, down_bytes=5)
    assert ["sms-mo"] == story.happens("sms-mo")
    with story.box() as box:
        used = box.sql("SELECT sum(up_bytes + down_bytes), sum(sms_mo) FROM wing_usage WHERE sim_id = :id", id=SIM_ID)
        assert (2, 1) == tuple(used.fetchone())


def test_who_disconnects_a_sim_is_told_what_ended(story: Story) -> None:
    story.happens("data", up_bytes=1, down_bytes=1)
    with story.box() as box:
        [ended] = network.disconnect(box, SIM_ID)
        assert [] == network.disconnect(box, SIM_ID)
    assert ended == story.heard[-1].before


@pytest.mark.parametrize(("side", "is_known"), [("3G", True), ("4G", False), ("all", False)])
def test_cancelling_the_location_ends_the_session_and_what_the_nodes_of_that_side_know(
    side: Any, is_known: bool, story: Story
) -> None:
    story.happens("data", up_bytes=1, down_bytes=1)
    with story.box() as box:
        network.cancel_location(box, SIM_ID, side)
        known = box.sql("SELECT plmn, mme FROM wing_registration WHERE sim_id = :id", id=SIM_ID).fetchone()
    assert "session-end" == story.heard[-1].kind
    assert [is_known] * 2 == [fact is not None for fact in known]
    assert ("registration" in story.happens("sms-mt")) is not is_known


def test_many_devices_in_one_slice_are_told_in_order_of_time(story: Story) -> None:
    with story.box() as box:
        devices.give(box, NETWORK, ICCID, "tracker")
    story.later(days=3)
    story.heard.clear()
    asyncio.run(devices.settle(story.world, NETWORK))
    moments = [each.at for each in story.heard]
    assert len(moments) > 72
    assert sorted(moments) == moments
