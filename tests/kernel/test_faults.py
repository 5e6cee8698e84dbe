"""kernel/faults: which rule applies to a request, and what it does to it."""

import re
from collections.abc import Collection, Iterable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from carrierbox.kernel import clock, faults, fixtures
from carrierbox.kernel.faults import Asked, Harm, TooManyFaults, UnknownFault
from carrierbox.kernel.world import Box, Cause, Settings, World
from carrierbox.kernel.worlds import Origin, Worlds

CAUSE = Cause("rule", "test")
SIMS = {"8955644500000000001": "8955644500000000001", "46700000001": "8955644500000000001", "46700000002": "other"}


@pytest.fixture
def world(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[World]:
    (tmp_path / "fixtures").mkdir()
    monkeypatch.setattr(fixtures, "folder", lambda: tmp_path / "fixtures")
    house = Worlds(tmp_path / "data", ())
    world = house.start(Origin(sims=0), Settings(seed=5))
    world.clock.freeze()
    yield world
    house.close()


def names(_box: Box, said: Collection[tuple[str, str]]) -> Iterable[tuple[str, str]]:
    return [(value, SIMS[value]) for _, value in said if value in SIMS]


def asked(path: str = "/sim/1", body: bytes = b"", **facts: Any) -> Asked:
    given = {"carrier": "wing", "operations": ["wing-5.8", "wing-5.19"], "method": "GET"} | facts
    return Asked(**given, path=path, query=b"", body=body, names=names)


def add(world: World, match: dict[str, str], do: dict[str, Any] | None = None, **when: Any) -> str:
    with world.transaction(CAUSE) as box:
        return faults.add(box, match, when, do or {"status": 503})


def listed(world: World, fault_id: str | None = None) -> list[dict[str, Any]]:
    with world.transaction(CAUSE) as box:
        return faults.listed(box, fault_id)


def test_without_a_rule_nothing_goes_wrong(world: World) -> None:
    assert [] == faults.rules(world)
    assert faults.apply(world, asked()) is None


@pytest.mark.parametrize(
    ("match", "fits"),
    [
        ({}, True),
        ({"carrier": "wing"}, True),
        ({"carrier": "dish"}, False),
        ({"operation": "wing-5.8"}, True),
        ({"operation": "wing-5.19"}, True),
        ({"operation": "wing-5.7"}, False),
        ({"method": "GET"}, True),
        ({"method": "POST"}, False),
        ({"path": "/sim/1"}, True),
        ({"path": "/sim/*"}, True),
        ({"path": "/sim"}, False),
        ({"path": "/s.m/1"}, False),
        ({"carrier": "wing", "operation": "wing-5.8", "method": "GET", "path": "*1"}, True),
        ({"carrier": "wing", "operation": "wing-5.8", "method": "GET", "path": "*2"}, False),
        ({"iccid": "8955644500000000001"}, False),
    ],
)
def test_a_rule_fits_all_that_it_says(world: World, match: dict[str, str], fits: bool) -> None:
    rule = add(world, match)
    harm = faults.apply(world, asked())
    assert (rule if fits else None) == (harm.by if harm else None)


@pytest.mark.parametrize(
    ("match", "path", "fits"),
    [
        ({"iccid": "8955644500000000001"}, "/sims/46700000001", True),
        ({"msisdn": "46700000001"}, "/sims/8955644500000000001", True),
        ({"iccid": "8955644500000000001", "msisdn": "46700000001"}, "/sims/46700000001", True),
        ({"iccid": "8955644500000000001", "msisdn": "46700000002"}, "/sims/46700000001", False),
        ({"msisdn": "46700000002"}, "/sims/46700000001", False),
        ({"msisdn": "46700000009"}, "/numbers/46700000009", True),
        ({"iccid": "8955644500000000001"}, "/sims", False),
    ],
)
def test_a_sim_is_known_by_any_of_its_identities(world: World, match: dict[str, str], path: str, fits: bool) -> None:
    add(world, match)
    assert fits == (faults.apply(world, asked(path)) is not None)
    assert fits == (faults.apply(world, asked(body=b'{"a": "%b"}' % path.rpartition("/")[2].encode())) is not None)


def test_what_a_request_is_about_is_looked_up_once_and_only_for_rules_that_ask(world: World) -> None:
    looked: list[int] = []

    def counted(box: Box, said: Collection[tuple[str, str]]) -> Iterable[tuple[str, str]]:
        looked.append(len(said))
        return names(box, said)

    for _ in range(3):
        add(world, {"iccid": "8955644500000000001", "operation": "wing-5.7"})
    add(world, {})
    request = Asked("wing", ["wing-5.8"], "GET", "/sims/46700000009", b"", b"", counted)
    assert faults.apply(world, request) is not None
    assert [] == looked


@settings(deadline=None, max_examples=20)
@given(st.integers(1, 5), st.integers(0, 10))
def test_a_rule_applies_exactly_so_many_times(tmp_path_factory: pytest.TempPathFactory, times: int, more: int) -> None:
    house = Worlds(tmp_path_factory.mktemp("data"), ())
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(fixtures, "folder", lambda: Path("/nonexistent"))
        world = house.start(Origin(sims=0), Settings())
    rule = add(world, {}, times=times)
    hits = [faults.apply(world, asked()) is not None for _ in range(times + more)]
    assert [True] * times + [False] * more == hits
    assert [times] == [each["applied"] for each in listed(world, rule)]
    house.close()


def test_a_rule_is_open_for_its_span_of_world_time(world: World) -> None:
    now = world.clock.now()
    begin, end = (now + timedelta(seconds=seconds) for seconds in (10, 20))
    add(world, {}, after=clock.text(begin), until=clock.text(end))
    open_at = []
    for seconds in range(0, 30, 5):
        world.clock.jump(now + timedelta(seconds=seconds))
        open_at.append(faults.apply(world, asked()) is not None)
    assert [False, False, True, True, False, False] == open_at


def test_requests_outside_of_its_span_do_not_count_for_chance(world: World) -> None:
    begin = world.clock.now() + timedelta(seconds=10)
    add(world, {}, after=clock.text(begin), share=0.5)
    for _ in range(7):
        assert faults.apply(world, asked()) is None
    assert 0 == world.store.sql("SELECT tried FROM box_fault").fetchone()[0]


@settings(deadline=None)
@given(st.integers(0, 2**63), st.text(max_size=20), st.floats(0.05, 0.95))
def test_chance_is_the_seeds_and_hits_the_share(seed: int, words: str, share: float) -> None:
    hits = [faults.falls(seed, words, trial, share) for trial in range(400)]
    assert hits == [faults.falls(seed, words, trial, share) for trial in range(400)]
    assert abs(sum(hits) / 400 - share) < 0.15
    assert not any(faults.falls(seed, words, trial, 0.0) for trial in range(20))
    assert all(faults.falls(seed, words, trial, 1.0) for trial in range(20))


@pytest.mark.parametrize(
    ("do", "harm"),
    [
        ({"status": 503}, Harm("r", status=503)),
        ({"status": 429, "retry_after": 5}, Harm("r", status=429, retry_after=5)),
        ({"latency_ms": 250}, Harm("r", wait_seconds=0.25)),
        ({"latency_ms": 250, "status": 500}, Harm("r", status=500, wait_seconds=0.25)),
        ({"hang": True}, Harm("r", status=504, wait_seconds=30)),
        ({"hang": "PT5S"}, Harm("r", status=504, wait_seconds=5)),
        ({"hang": 2, "latency_ms": 500, "status": 502}, Harm("r", status=502, wait_seconds=2.5)),
        ({"hang": 2, "reset": True}, Harm("r", wait_seconds=2, reset="before")),
        ({"reset": True}, Harm("r", reset="before")),
        ({"reset": "after"}, Harm("r", reset="after")),
        ({"truncate": True}, Harm("r", truncate=True)),
        ({"truncate": 0, "status": 500}, Harm("r", status=500, truncate=0)),
    ],
)
def test_a_rules_words_are_what_happens(do: dict[str, Any], harm: Harm) -> None:
    assert harm == faults.harm("r", do)


def test_there_is_room_for_so_many_rules(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    assert 1000 == faults.MOST_FAULTS
    monkeypatch.setattr(faults, "MOST_FAULTS", 3)
    made = [add(world, {}) for _ in range(3)]
    with pytest.raises(TooManyFaults):
        add(world, {})
    with world.transaction(CAUSE) as box:
        faults.drop(box, made[0])
    add(world, {})


def test_what_is_not_there_cannot_be_shown_or_dropped(world: World) -> None:
    with pytest.raises(UnknownFault):
        listed(world, "nothing")
    with world.transaction(CAUSE) as box, pytest.raises(UnknownFault):
        faults.drop(box, "nothing")


def test_a_rule_that_was_taken_back_with_its_transaction_never_applied(world: World) -> None:
    with pytest.raises(ZeroDivisionError), world.transaction(CAUSE) as box:  # noqa: PT012
        faults.add(box, {}, {}, {"status": 503})
        faults.rules(world)
        _ = 1 / 0
    assert faults.apply(world, asked()) is None


@pytest.mark.parametrize("text", ["0429", "10503", "x0504", "0429/", "a=0503&b", '"0504"'])
def test_what_may_be_magic_is_seen(text: str) -> None:
    assert faults.may_be_magic(text, b"", b"")
    assert faults.may_be_magic("", text.encode(), b"")
    assert faults.may_be_magic("", b"", text.encode())


@pytest.mark.parametrize("text", ["", "04290", "05030504x0", "0 4 2 9", "429", "0999", "0202"])
def test_what_is_not_magic_for_requests_is_not(text: str) -> None:
    is_magic = "0504x" in text
    assert is_magic == faults.may_be_magic(text, text.encode(), text.encode())


@given(st.text("ab/*", max_size=8), st.text("ab/", max_size=10))
def test_a_path_fits_where_stars_stand_for_anything(wanted: str, path: str) -> None:
    said_otherwise = ".*".join(re.escape(piece) for piece in wanted.split("*"))
    assert bool(re.fullmatch(said_otherwise, path)) == faults.path_fits(wanted, path)


@pytest.mark.parametrize("wanted", ["/" + "*a" * 900 + "b", "*" * 2000 + "b", "*a" * 999 + "*"])
def test_many_stars_are_no_trap(wanted: str) -> None:
    assert not faults.path_fits(wanted, "/" + "a" * 900)
