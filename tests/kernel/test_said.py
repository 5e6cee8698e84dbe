"""kernel/said: what a request says, under which names."""

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from carrierbox.kernel import said

ICCID = "8955644500001089020"
LONG = "89019990000000020202"  # as a number it has more digits than 64 bits hold


@pytest.mark.parametrize(
    ("path", "query", "body", "pair"),
    [
        (f"/api/v1/subscription/sims/iccid/{ICCID}", b"", b"", ("iccid", ICCID)),
        ("/api/v1/subscription/sims/1169", b"", b"", ("sims", "1169")),
        ("/x", b"iccid.equals=8955644500001089020", b"", ("iccid", ICCID)),
        ("/x", b"imsi.in=1%2C2,%203", b"", ("imsi", "3")),
        ("/x", b"where=iccid+eq+'8955644500001089020'", b"", ("where", ICCID)),
        ("/x", b"phoneNumber=06-70000429", b"", ("phoneNumber", "06-70000429")),
        ("/x", b"msisdn=%2B46737678218", b"", ("msisdn", "46737678218")),
        ("/x", b"", b'{"iccid": "8955644500001089020"}', ("iccid", ICCID)),
        ("/x", b"", b'{"a": {"simIds": [7, [1169]]}}', ("simIds", "1169")),
        ("/x", b"", f'{{"iccid": {LONG}}}'.encode(), ("iccid", LONG)),
        ("/x", b"", b'{"query": "{sims(iccid: \\"8955644500001089020\\"){id}}"}', ("query", ICCID)),
        (
            "/x",
            b"",
            b'{"query": "{sims ( limit: 1, where: {_and: [{id: {_eq: \\"1169\\"}}]}){id}}"}',
            ("sims.id", "1169"),
        ),
        ("/x", b"", b"{sim_by_pk(id: 1169){id}}", ("sim_by_pk.id", "1169")),
        ("/x", b"query=%7Bsims(where:%7Bid:%7B_eq:$id%7D%7D)%7Bid%7D%7D", b"", ("sims.id", "$id")),
        ("/x", b"", b"iccid=8955644500001089020&x=1", ("iccid", ICCID)),
        ("/x", b"", b'--b\r\nname="f"\r\n\r\niccid\n8955644500001089020\n--b', ("", ICCID)),
        ("/x", b"", b'{"iccid": "8955644500001089020", "cut off', ("", ICCID)),
    ],
)
def test_a_value_is_said_under_its_name(path: str, query: bytes, body: bytes, pair: tuple[str, str]) -> None:
    assert pair in said.said(path, query, body)


def test_what_is_said_has_an_end() -> None:
    body = json.dumps([str(i) for i in range(10_000_000, 10_050_000)]).encode()
    assert len(said.said("/x", b"", body)) <= said.MOST_VALUES + 1


@settings(deadline=None)
@given(st.text(), st.binary(), st.binary() | st.text().map(lambda text: json.dumps([text]).encode()))
def test_whatever_comes_can_be_read(path: str, query: bytes, body: bytes) -> None:
    for name, value in said.said(path, query, body):
        assert isinstance(name, str)
        assert value


@pytest.mark.parametrize(
    "content",
    [
        b"[" * 100_000,
        b'{"a":' * 100_000,
        b"a=1&" * 20_000,
        b"\xff" * 100,
        b"a" * 500_000,
        b"a:" * 200_000,
        b"a(" * 200_000,
        b"( a " + b" " * 500_000,
    ],
)
def test_nothing_is_nested_or_repeated_too_much(content: bytes) -> None:
    said.said("/", content, content)
