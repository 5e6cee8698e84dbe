"""kernel/throttle: a limit by seconds of world time."""

from datetime import UTC, datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from carrierbox.kernel.throttle import Throttle

NOON = datetime(2026, 6, 1, 12, tzinfo=UTC)


def at(seconds: float) -> datetime:
    return NOON + timedelta(seconds=seconds)


def test_a_second_begins_with_the_first_request_in_it() -> None:
    throttle = Throttle()
    moments = [0.9, 1.0, 1.89, 1.9, 1.95, 9.0]
    assert [False, False, True, False, False, False] == [
        throttle.take("wing", 2, at(moment)).is_exceeded for moment in moments
    ]


def test_it_says_what_is_left_and_for_how_long() -> None:
    throttle = Throttle()
    told = [throttle.take("wing", 2, at(moment)) for moment in (0, 0.5, 0.7)]
    assert [(2, 1, 1, False), (2, 0, 1, False), (2, 0, 1, True)] == [
        (each.limit, each.remaining, each.resets_in_seconds, each.is_exceeded) for each in told
    ]


def test_carriers_do_not_share_a_limit() -> None:
    throttle = Throttle()
    assert not throttle.take("wing", 1, NOON).is_exceeded
    assert not throttle.take("dish", 1, NOON).is_exceeded
    assert throttle.take("wing", 1, NOON).is_exceeded


def test_a_limit_that_is_lowered_holds_at_once() -> None:
    throttle = Throttle()
    assert [False] * 5 == [throttle.take("wing", 9, NOON).is_exceeded for _ in range(5)]
    assert throttle.take("wing", 5, NOON).is_exceeded
    assert not throttle.take("wing", 6, NOON).is_exceeded


@settings(deadline=None)
@given(st.lists(st.floats(0, 5), max_size=200), st.integers(1, 5))
def test_no_second_that_begins_with_a_request_takes_more_than_the_limit(gaps: list[float], limit: int) -> None:
    throttle, now = Throttle(), NOON
    start, taken = NOON, 0
    for gap in gaps:
        now += timedelta(seconds=gap)
        passed = not throttle.take("wing", limit, now).is_exceeded
        if now >= start + timedelta(seconds=1) or not taken:
            start, taken = now, 0
        taken += passed
        assert taken <= limit
        assert passed or taken == limit
