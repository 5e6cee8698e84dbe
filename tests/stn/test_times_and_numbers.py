"""How times and numbers are spelled. Pure: no box."""

import re
from contextlib import suppress
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from carrierbox.carriers.stn import numbers, times
from carrierbox.kernel.clock import BadTime

moments = st.integers(-600_000_000 * 10**6, 220_000_000_000 * 10**6).map(
    lambda microseconds: datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=microseconds)
)


@pytest.mark.parametrize(
    ("moment", "fresh", "read_back"),
    [
        ("2025-01-31T14:47:38.114601", "2025-01-31T15:47:38.1146010+01:00", "2025-01-31T15:47:38.115+01:00"),
        ("2025-01-30T14:57:19.930225", "2025-01-30T15:57:19.9302250+01:00", "2025-01-30T15:57:19.93+01:00"),
        ("2025-07-01T10:00:00", "2025-07-01T12:00:00.0000000+02:00", "2025-07-01T12:00:00+02:00"),
        ("2025-03-30T00:59:59.9", "2025-03-30T01:59:59.9000000+01:00", "2025-03-30T01:59:59.9+01:00"),
        ("2025-03-30T01:00:00.1", "2025-03-30T03:00:00.1000000+02:00", "2025-03-30T03:00:00.1+02:00"),
        ("2025-10-26T00:30:00", "2025-10-26T02:30:00.0000000+02:00", "2025-10-26T02:30:00+02:00"),
        ("2025-10-26T01:30:00", "2025-10-26T02:30:00.0000000+01:00", "2025-10-26T02:30:00+01:00"),
        ("2025-12-31T23:59:59.9996", "2026-01-01T00:59:59.9996000+01:00", "2026-01-01T01:00:00+01:00"),
    ],
)
def test_times_are_amsterdams_fresh_with_seven_digits_and_read_back_with_three_at_most(
    moment: str, fresh: str, read_back: str
) -> None:
    at = datetime.fromisoformat(moment).replace(tzinfo=UTC)
    assert fresh == times.fresh(at)
    assert read_back == times.read_back(times.stored(at))


@given(moments)
def test_what_is_written_is_read_as_it_was(moment: datetime) -> None:
    assert moment == times.read(times.fresh(moment))
    assert times.stored(moment) == times.read(times.read_back(times.stored(moment)))
    assert abs(times.stored(moment) - moment) <= timedelta(microseconds=500)
    assert times.day_of(moment) == times.whole(moment)[:10]


@given(st.text(max_size=40))
def test_any_text_is_read_as_a_time_or_refused(text: str) -> None:
    with suppress(BadTime):
        assert times.whole(times.read(text))


@given(moments)
def test_usage_is_billed_in_the_month_after_it(moment: datetime) -> None:
    local = moment.astimezone(times.AMSTERDAM)
    year, month = (local.year, local.month + 1) if local.month < 12 else (local.year + 1, 1)
    assert f"{year:04d}_{month:02d}" == times.billing_month(moment)


@given(st.integers(0, 99_999_999).map("{:08d}".format))
def test_every_spelling_of_a_dutch_mobile_number_is_the_same(subscriber: str) -> None:
    for spelling in ("06-{}", "06{}", "+316{}", "316{}", "00316{}"):
        assert f"06-{subscriber}" == numbers.read(spelling.format(subscriber))


@given(st.text(alphabet="0123456789+-#* 6", max_size=14))
def test_a_number_is_read_as_dutch_mobile_or_not_at_all(text: str) -> None:
    read = numbers.read(text)
    assert read is None or re.fullmatch(r"06-([0-9]{8}|[0-9#*]+)", read)
    assert read is None or read == numbers.read(read)
