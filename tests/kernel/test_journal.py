"""kernel/journal: the latest entries, within bounds, and what they cost to keep."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from carrierbox.kernel import journal
from carrierbox.kernel.journal import Entry, Journal

NOON = datetime(2026, 6, 1, 12, tzinfo=UTC)


def entry(body: bytes = b"", **facts: Any) -> Entry:
    usual: dict[str, Any] = {
        "direction": "in",
        "carrier": "wing",
        "moment": NOON,
        "method": "POST",
        "path": "/x",
        "address": "http://localhost:7462",
        "target": b"/wing/x",
        "query": b"a=b",
        "asked_headers": [(b"host", b"localhost:7462"), (b"authorization", b"Bearer [cut]")],
        "asked": body,
        "asked_bytes": len(body),
        "status": 200,
        "answer_headers": [(b"content-type", b"application/json")],
        "answer": b"{}",
        "answer_bytes": 2,
        "seconds": 0.001,
        "operation": "wing-5.7",
        "actor": "somebody",
        "request_id": "r-1",
        "fault": None,
        "error": None,
        "iccids": None,
    }
    return Entry(**usual | facts)


def add(kept: Journal, times: int = 1, body: bytes = b"") -> None:
    for _ in range(times):
        kept.add(NOON, entry(body).row())


def numbers(kept: Journal) -> list[int]:
    return [each.number for each in kept.kept().oldest_first()]


@pytest.fixture
def kept() -> Iterator[Journal]:
    kept = Journal(5)
    yield kept
    kept.close()


@given(st.integers(1, 40), st.lists(st.integers(1, 40), min_size=1, max_size=6), st.booleans())
def test_the_latest_are_kept(most: int, bursts: list[int], look: bool) -> None:
    kept, added = Journal(most), 0
    for burst in bursts:
        add(kept, burst)
        added += burst
        if look:
            numbers(kept)
    there = [*range(max(added - most, 0) + 1, added + 1)]
    assert there == numbers(kept)
    assert there[::-1] == [each.number for each in kept.kept().newest_first()]
    assert len(there) == len(kept)
    kept.close()


def test_an_entry_is_there_at_once(kept: Journal) -> None:
    for number in range(1, 40):
        add(kept)
        assert number == next(kept.kept().newest_first()).number


def test_what_was_held_at_a_moment_stays_readable(kept: Journal) -> None:
    add(kept, 3)
    held = kept.kept()
    add(kept, 30)
    kept.clear()
    assert [1, 2, 3] == [each.number for each in held.oldest_first()]


def test_journals_do_not_mix(kept: Journal) -> None:
    other = Journal()
    for _ in range(20):
        kept.add(NOON, entry(b"mine").row())
        other.add(NOON, entry(b"theirs").row())
    assert {b"mine"} == {each.asked for each in kept.kept().oldest_first()}
    assert {b"theirs"} == {each.asked for each in other.kept().oldest_first()}
    assert (5, 20) == (len(kept), len(other))
    other.close()


def test_numbers_go_on_after_it_was_emptied(kept: Journal) -> None:
    add(kept)
    kept.clear()
    assert [] == numbers(kept)
    add(kept)
    assert [2] == numbers(kept)


def test_it_knows_how_much_it_holds(kept: Journal) -> None:
    add(kept, 100, b"x" * 1000)
    assert sum(len(sheet) for _, sheet in kept.kept().sheets) <= kept.bytes
    assert 5 * 1000 < kept.bytes < 40 * 2000
    kept.clear()
    assert 0 == kept.bytes


@pytest.mark.parametrize("close", [True, False])
def test_one_that_keeps_nothing_keeps_nothing(close: bool) -> None:
    kept = Journal(5 if close else 0)
    add(kept)
    if close:
        kept.close()
    add(kept)
    assert ([], 0, 0) == (numbers(kept), kept.bytes, len(kept))


def test_all_together_have_a_bound_and_the_longest_gives_way(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(journal, "MOST_BYTES", journal._shelf.bytes + 200_000)
    long, short = Journal(), Journal()
    add(short, 20, b"x" * 1000)
    add(long, 1000, b"x" * 1000)
    assert [*range(1, 21)] == numbers(short)
    assert 1000 == numbers(long)[-1]
    journal._shelf.put_away()  # what waited was put away just now, by who looked
    assert 150_000 < long.bytes + short.bytes <= 200_000
    for each in (long, short):
        each.close()


def test_little_waits_to_be_put_away(kept: Journal) -> None:
    for _ in range(100):
        add(kept, 1, b"x" * 1000)
        assert len(kept._rows) < 16


def test_nothing_of_a_closed_one_counts() -> None:
    before = journal._shelf.bytes
    kept = Journal()
    add(kept, 20, b"x" * 1000)
    assert before < journal._shelf.bytes
    kept.close()
    assert before == journal._shelf.bytes


@given(
    st.builds(
        entry,
        st.binary(),
        moment=st.datetimes(timezones=st.just(UTC)),
        status=st.none() | st.integers(100, 599),
        path=st.text(),
        query=st.binary(),
        actor=st.none() | st.text(),
        iccids=st.none() | st.lists(st.text()).map(tuple),
        asked_headers=st.lists(st.tuples(st.binary(), st.binary())),
        seconds=st.floats(0, 1e6),
    )
)
def test_what_is_read_is_what_was_kept(written: Entry) -> None:
    kept = Journal()
    kept.add(written.moment, written.row())
    [read] = kept.kept().oldest_first()
    written.number = 1
    assert written == read
    kept.close()


def test_what_was_looked_up_is_remembered_as_long_as_it_is_there(kept: Journal) -> None:
    add(kept, 5)
    first, *_, last = kept.kept().oldest_first()
    assert kept.about(first) is None
    for each in (first, last):
        each.iccids = ("8955644500001089020",)
        kept.remember(each)
    assert [("8955644500001089020",), None] == [kept.about(each) for each in kept.kept().oldest_first()][:2]
    add(kept, 3)
    assert kept.about([*kept.kept().oldest_first()][1])
    add(kept, 20)
    for each in (first, last):
        each.iccids = None
        assert kept.about(each) is None
    first.iccids = ("1",)
    kept.remember(first)
    first.iccids = None
    assert kept.about(first) is None


def test_headers_that_are_texts_are_as_they_were_on_the_wire() -> None:
    assert [(b"content-type", b"text/plain"), (b"x-name", "Zoë".encode())] == journal.wired(
        {"Content-Type": "text/plain", "X-Name": "Zoë"}
    )


def test_an_entry_that_cannot_be_put_away_takes_none_with_it_that_comes_later(kept: Journal) -> None:
    kept.add(NOON, entry(actor=object()).row())
    with pytest.raises(ValueError, match="unmarshallable"):
        kept.put_away()
    add(kept, 40)
    assert 5 == len(numbers(kept))


def test_a_journal_that_cannot_put_away_holds_up_no_other(kept: Journal) -> None:
    other = Journal()
    kept.add(NOON, entry(actor=object()).row())
    with pytest.raises(ValueError, match="unmarshallable"):
        add(other, 15)
    add(other, 40)
    assert 40 <= len(other)
    other.close()
