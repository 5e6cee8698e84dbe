"""Opaque access tokens."""

import re
from datetime import timedelta

import pytest

from carrierbox.kernel import opaque
from carrierbox.kernel.tokens import BadToken, ExpiredToken
from carrierbox.kernel.world import Cause, Settings
from carrierbox.kernel.worlds import Origin, Worlds


@pytest.fixture
def world(tmp_path, monkeypatch):
    monkeypatch.setattr(Origin, "all_files", lambda origin: origin.files)
    worlds = Worlds(tmp_path, ())
    world = worlds.start(Origin(sims=0), Settings())
    world.clock.freeze()
    yield world
    worlds.close()


def issue(world, carrier="one", scopes=("read", "write"), seconds=60):
    with world.transaction(Cause("rule", "test")) as box:
        return opaque.issue(box, carrier, "somebody", scopes, seconds)


def read(world, token, carrier="one"):
    with world.transaction(Cause("rule", "test")) as box:
        return opaque.read(box, carrier, token)


def test_a_token_stands_for_a_client_and_its_scopes(world):
    token = issue(world)
    assert re.fullmatch(r"[\w-]{43}\.[\w-]{43}", token)
    assert opaque.Grant("somebody", frozenset({"read", "write"})) == read(world, token)
    assert frozenset() == read(world, issue(world, scopes=())).scopes


def test_no_two_are_alike(world):
    assert 100 == len({issue(world) for _ in range(100)})


def test_a_token_is_of_one_carrier(world):
    with pytest.raises(BadToken, match="not known"):
        read(world, issue(world), "another")


def test_it_expires_on_the_worlds_clock(world):
    token = issue(world, seconds=60)
    world.clock.jump(world.clock.now() + timedelta(seconds=59.9))
    read(world, token)
    world.clock.jump(world.clock.now() + timedelta(seconds=0.1))
    with pytest.raises(ExpiredToken):
        read(world, token)


def test_expired_ones_are_swept_out(world):
    old = issue(world, seconds=60)
    world.clock.jump(world.clock.now() + timedelta(seconds=60))
    issue(world)
    assert [1] == [row[0] for row in world.store.sql("SELECT count(*) FROM box_access_token")]
    with pytest.raises(BadToken, match="not known"):
        read(world, old)


def test_a_world_of_its_own_knows_none_of_a_carriers_tokens(world):
    one, another = issue(world, "one"), issue(world, "another")
    with world.transaction(Cause("rule", "test")) as box:
        opaque.make_own(box, "one")
    with pytest.raises(BadToken):
        read(world, one, "one")
    assert read(world, another, "another")
