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
        "at": journal.microseconds(NOON),
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


def numbers(kept: Journal) -> list[int]:
    return [each.number for each in kept.kept()]


@pytest.fixture
def kept() -> Iterator[Journal]:
    kept = Journal(5)
    yield kept
    kept.close()


def test_the_latest_are_kept_oldest_first(kept: Journal) -> None:
    for _ in range(8):
        kept.add(entry().row())
    assert [4, 5, 6, 7, 8] == numbers(kept)
    assert 5 == len(kept)


def test_numbers_go_on_after_it_was_emptied(kept: Journal) -> None:
    kept.add(entry().row())
    kept.clear()
    kept.add(entry().row())
    assert [2] == numbers(kept)


def test_it_knows_how_much_it_holds(kept: Journal) -> None:
    for _ in range(7):
        kept.add(entry(b"x" * 1000).row())
    assert sum(len(each.content) for each in kept.kept()) <= kept.bytes
    assert 5 * 1000 < kept.bytes < 5 * 3000
    kept.clear()
    assert 0 == kept.bytes


@pytest.mark.parametrize("close", [True, False])
def test_one_that_keeps_nothing_keeps_nothing(close: bool) -> None:
    kept = Journal(5 if close else 0)
    if close:
        kept.add(entry().row())
        kept.close()
    kept.add(entry().row())
    assert ([], 0) == (numbers(kept), kept.bytes)


def test_all_together_have_a_bound_and_the_longest_gives_way(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(journal, "MOST_BYTES", journal._shelf.bytes + 200_000)
    long, short = Journal(), Journal()
    for _ in range(20):
        short.add(entry(b"x" * 1000).row())
    for _ in range(1000):
        long.add(entry(b"x" * 1000).row())
    assert [*range(1, 21)] == numbers(short)
    assert 1000 == numbers(long)[-1]
    assert long.bytes + short.bytes <= 200_000
    assert 150_000 < long.bytes + short.bytes
    for each in (long, short):
        each.close()


def test_nothing_of_a_closed_one_counts() -> None:
    before = journal._shelf.bytes
    kept = Journal()
    kept.add(entry(b"x" * 1000).row())
    assert before < journal._shelf.bytes
    kept.close()
    assert before == journal._shelf.bytes


@given(
    st.builds(
        entry,
        st.binary(),
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
    kept.add(written.row())
    [read] = kept.kept()
    written.number = 1
    assert written == read.read()
    assert NOON == read.read().moment
    kept.close()


def test_what_was_looked_up_is_remembered_as_long_as_it_is_there(kept: Journal) -> None:
    for _ in range(5):
        kept.add(entry().row())
    first, *_, last = (each.read() for each in kept.kept())
    assert kept.about(first) is None
    for each in (first, last):
        each.iccids = ("8955644500001089020",)
        kept.remember(each)
    assert ("8955644500001089020",) == kept.about(kept.kept()[0].read())
    kept.add(entry().row())
    assert kept.about(kept.kept()[-2].read())
    first.iccids = None
    assert kept.about(first) is None
    first.iccids = ("1",)
    kept.remember(first)
    first.iccids = None
    assert kept.about(first) is None


@given(st.datetimes(timezones=st.just(UTC)))
def test_a_moment_is_kept_to_the_microsecond(moment: datetime) -> None:
    assert moment == entry(at=journal.microseconds(moment)).moment


def test_headers_that_are_texts_are_as_they_were_on_the_wire() -> None:
    assert [(b"content-type", b"text/plain"), (b"x-name", "Zoë".encode())] == journal.wired(
        {"Content-Type": "text/plain", "X-Name": "Zoë"}
    )
