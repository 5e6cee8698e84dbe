"""kernel/journal: the latest entries, within bounds, and what they cost to keep."""

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from carrierbox.kernel import journal
from carrierbox.kernel.journal import Entry, Journal

NOON = datetime(2026, 6, 1, 12, tzinfo=UTC)


def entry(body: bytes = b"") -> Entry:
    made = Entry("in", "wing", NOON, "GET", "/x", b"/x")
    made.asked = body
    return made


def numbers(kept: Journal) -> list[int]:
    return [each.number for each in kept.entries()]


@pytest.fixture
def kept() -> Iterator[Journal]:
    kept = Journal(5)
    yield kept
    kept.close()


def test_the_latest_are_kept_oldest_first(kept: Journal) -> None:
    for _ in range(8):
        kept.add(entry())
    assert [4, 5, 6, 7, 8] == numbers(kept)
    assert 5 == len(kept)


def test_numbers_go_on_after_it_was_emptied(kept: Journal) -> None:
    kept.add(entry())
    kept.clear()
    kept.add(entry())
    assert [2] == numbers(kept)


def test_it_knows_how_much_it_holds(kept: Journal) -> None:
    for _ in range(7):
        kept.add(entry(b"x" * 1000))
    assert sum(each.size for each in kept.entries()) == kept.bytes
    assert 5 * 1000 < kept.bytes < 5 * 3000
    kept.clear()
    assert 0 == kept.bytes


@pytest.mark.parametrize("close", [True, False])
def test_one_that_keeps_nothing_keeps_nothing(close: bool) -> None:
    kept = Journal(5 if close else 0)
    if close:
        kept.add(entry())
        kept.close()
    kept.add(entry())
    assert ([], 0) == (numbers(kept), kept.bytes)


def test_all_together_have_a_bound_and_the_longest_gives_way(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(journal, "MOST_BYTES", journal._shelf.bytes + 200_000)
    long, short = Journal(), Journal()
    for _ in range(20):
        short.add(entry(b"x" * 1000))
    for _ in range(1000):
        long.add(entry(b"x" * 1000))
    assert [*range(1, 21)] == numbers(short)
    assert 1000 == numbers(long)[-1]
    assert long.bytes + short.bytes <= 200_000
    assert 150_000 < long.bytes + short.bytes
    for each in (long, short):
        each.close()


def test_nothing_of_a_closed_one_counts() -> None:
    before = journal._shelf.bytes
    kept = Journal()
    kept.add(entry(b"x" * 1000))
    assert before < journal._shelf.bytes
    kept.close()
    assert before == journal._shelf.bytes


def test_what_lets_somebody_in_is_not_even_kept() -> None:
    packed = journal.packed(
        [
            (b"host", b"x"),
            (b"authorization", b"Bearer secret-1"),
            (b"cookie", b"a=secret-2"),
            (b"authorization", b"secret-3"),
            (b"stn-api-key", b"secret-4"),
            (b"accept", b"*/*"),
        ]
    )
    assert b"secret" not in packed
    lines = packed.split(b"\n")
    assert {b"host: x", b"accept: */*", b"authorization: Bearer [cut]", b"cookie: [cut]"} <= {*lines}
    assert 6 == len(lines)


def test_what_is_packed_can_be_unpacked() -> None:
    headers = journal.wired({"Content-Type": "text/plain; a: b", "X-Empty": "", "X-Name": "Zoë"})
    assert [(b"content-type", b"text/plain; a: b"), (b"x-empty", b""), (b"x-name", "Zoë".encode())] == headers
    assert headers == journal.unpacked(journal.packed(headers))
    assert [] == journal.unpacked(journal.packed([]))


def test_of_a_receivers_headers_a_part_is_kept() -> None:
    headers = journal.wired({f"x-{i}": "y" * 5000 for i in range(200)})
    assert (50, 1000) == (len(headers), len(headers[0][1]))
