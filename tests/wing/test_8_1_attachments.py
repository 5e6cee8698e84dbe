"""WING 8.1.5 and 8.1.6, the file of an order."""

from typing import Any

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.wing.ordering import Shop, done, fields

MEBIBYTE = 1024 * 1024
ROWS = b"iccid,state\r\n8955644099890700001,ACTIVE\r\n"
UPLOAD, DOWNLOAD = "/uploadAttachment/5651", "/downloadAttachment/5651"
SEEDED = b"iccid,apnGroup,ratePlan\r\n8955644099890700001,lab.B01wing,Nokia Rate plan for invoice testing\r\n"


@pytest.fixture
def shop(world: Any) -> Shop:
    shop = Shop(world)
    shop.headers = {}  # these sections do not ask for a tenant
    return shop


def upload(shop: Shop, content: bytes, name: str = "sims.csv", kind: str = "text/csv", part: str = "file") -> Any:
    return shop.call("POST", UPLOAD, files={part: (name, content, kind)})


def test_the_printed_order_has_its_file(shop: Shop) -> None:
    answer = shop.call("GET", DOWNLOAD)
    assert (200, SEEDED) == (answer.status_code, answer.content)
    assert ("text/csv", 'attachment; filename="SIM_BULK_CHANGE.csv"') == (
        answer.headers["content-type"], answer.headers["content-disposition"],
    )  # fmt: skip


@pytest.mark.parametrize(
    "content",
    [
        ROWS,
        b"one",
        b"\xef\xbb\xbficcid;state\r\n1;2",
        "größe,ü\n1,2\n".encode(),
        "größe,ü\n1,2\n".encode("latin-1"),
        b'a,"b ""c""\r\nd"\r\n\r\n\r\n',
        b"mac\rends\r",
        b"a\tb\n" * 100_000,
        b"--boundary\r\n--boundary--\r\n",
        bytes(range(0x20, 0x22)) + bytes(range(0x23, 0x7F)) + bytes(range(0x80, 0x100)),
    ],
    ids=range(10),
)
def test_a_file_comes_back_byte_for_byte(content: bytes, shop: Shop) -> None:
    order = done(upload(shop, content))
    assert "/simorder/sim/sims.csv_12252" == order["attachments"]
    assert content == shop.call("GET", DOWNLOAD).content
    assert order == done(shop.call("GET", "/orderDetails/5651"))


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    content=st.binary(min_size=1, max_size=300)
    | st.lists(st.lists(st.text(max_size=5), max_size=3)).map(lambda rows: "\n".join(map(",".join, rows)).encode())
)
def test_whatever_is_taken_comes_back_and_nothing_else_is_kept(content: bytes, shop: Shop) -> None:
    before = shop.call("GET", DOWNLOAD).content
    answer = upload(shop, content)
    assert answer.status_code in {200, 400}, answer.text
    assert (content if answer.status_code == 200 else before) == shop.call("GET", DOWNLOAD).content


def test_a_new_file_takes_the_old_ones_place(shop: Shop) -> None:
    paths = [done(upload(shop, ROWS + str(n).encode(), f"{n}.csv"))["attachments"] for n in range(3)]
    assert [f"/simorder/sim/{n}.csv_{12252 + n}" for n in range(3)] == paths
    assert ROWS + b"2" == shop.call("GET", DOWNLOAD).content


def test_each_order_has_its_own(shop: Shop) -> None:
    order = Shop(shop.world).order()
    assert 404 == shop.call("GET", f"/downloadAttachment/{order['id']}").status_code
    done(shop.call("POST", f"/uploadAttachment/{order['id']}", files={"file": ("a.csv", ROWS)}))
    assert (ROWS, SEEDED) == (
        shop.call("GET", f"/downloadAttachment/{order['id']}").content,
        shop.call("GET", DOWNLOAD).content,
    )


def test_it_goes_with_its_order(shop: Shop) -> None:
    done(shop.call("DELETE", "/deleteorder/5651"))
    assert 404 == shop.call("GET", DOWNLOAD).status_code
    assert 404 == upload(shop, ROWS).status_code


def test_an_order_that_is_over_still_takes_one(shop: Shop) -> None:
    order = Shop(shop.world).complete(productQty=1)
    changed = done(shop.call("POST", f"/uploadAttachment/{order['id']}", files={"file": ("a.csv", ROWS)}))
    assert {**order, "attachments": changed["attachments"]} == changed


def test_the_parts_other_name_and_a_bare_body_do_too(shop: Shop) -> None:
    assert "/simorder/sim/sims.csv_12252" == done(upload(shop, ROWS, part="File"))["attachments"]
    sent = shop.call("POST", UPLOAD, content=ROWS + b"bare", headers={"Content-Type": "text/csv; charset=utf-8"})
    assert "/simorder/sim/attachment.csv_12253" == done(sent)["attachments"]
    assert ROWS + b"bare" == shop.call("GET", DOWNLOAD).content


@pytest.mark.parametrize(
    ("name", "kept", "header"),
    [
        ("a b.CSV", "a b.CSV", 'filename="a b.CSV"'),
        ("../../etc/x.csv", "x.csv", 'filename="x.csv"'),
        ("C:\\Users\\x.csv", "x.csv", 'filename="x.csv"'),
        ("größe.csv", "größe.csv", "filename=\"gr__e.csv\"; filename*=UTF-8''gr%C3%B6%C3%9Fe.csv"),
        ("export.txt", "export.txt", 'filename="export.txt"'),  # sent as text/csv
        ("export", "export", 'filename="export"'),
    ],
)
def test_a_file_keeps_its_name_without_its_folders(name: str, kept: str, header: str, shop: Shop) -> None:
    assert f"/simorder/sim/{kept}_12252" == done(upload(shop, ROWS, name))["attachments"]
    assert f"attachment; {header}" == shop.call("GET", DOWNLOAD).headers["content-disposition"]


def test_five_megabytes_are_taken_and_a_byte_more_is_not(shop: Shop) -> None:
    content = (ROWS * 200_000)[: 5 * MEBIBYTE - 1] + b"\n"
    assert 200 == upload(shop, content).status_code
    assert content == shop.call("GET", DOWNLOAD).content
    for larger in (content + b"x", content + b"x" * MEBIBYTE):
        refused(upload(shop, larger), 413)
        refused(shop.call("POST", UPLOAD, content=larger, headers={"Content-Type": "text/csv"}), 413)
    assert content == shop.call("GET", DOWNLOAD).content


def refused(answer: httpx.Response, status: int) -> None:
    assert (status, status) == (answer.status_code, answer.json()["status"]), answer.text
    assert "application/problem+json" == answer.headers["content-type"]


@pytest.mark.parametrize(
    ("content", "name", "kind"),
    [
        (b"", "a.csv", "text/csv"),
        (b" \r\n ", "a.csv", "text/csv"),
        (b"\x89PNG\r\n\x1a\n\0\0", "a.csv", "text/csv"),
        (b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n\x01", "a.csv", "text/csv"),
        (b"PK\x03\x04", "a.csv", "application/vnd.ms-excel"),
        ("a,b\n".encode("utf-16"), "a.csv", "text/csv"),
        (b"a,b\0\n", "a.csv", "text/csv"),
        (b'a,"open\r\n', "a.csv", "text/csv"),
        (b'a,"b"c\r\n', "a.csv", "text/csv"),
        (ROWS, "a.xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
        (b"{}", "a.json", "application/json"),
        (ROWS, f"{'x' * 200}.csv", "text/csv"),
    ],
    ids=range(12),
)
def test_what_is_no_csv_file_is_refused_and_the_old_one_stays(content: bytes, name: str, kind: str, shop: Shop) -> None:
    before = done(shop.call("GET", "/orderDetails/5651"))
    assert ["file"] == fields(upload(shop, content, name, kind))
    assert SEEDED == shop.call("GET", DOWNLOAD).content
    assert before == done(shop.call("GET", "/orderDetails/5651"))


@pytest.mark.parametrize(
    "sent",
    [
        {"files": {"other": ("a.csv", ROWS)}},
        {"files": {"file": (None, ROWS)}},
        {"files": [("file", ("a.csv", ROWS)), ("file", ("b.csv", ROWS))]},
        {"files": [("file", ("a.csv", ROWS)), ("File", ("b.csv", ROWS))]},
        {"content": b"", "headers": {"Content-Type": "text/csv"}},
    ],
    ids=["another part", "no file", "two", "two names", "empty"],
)
def test_a_form_without_one_file_is_refused(sent: dict[str, Any], shop: Shop) -> None:
    assert ["file"] == fields(shop.call("POST", UPLOAD, **sent))
    assert SEEDED == shop.call("GET", DOWNLOAD).content


@pytest.mark.parametrize(
    ("kind", "status"),
    [
        ("application/json", 415),
        ("text/plain", 415),
        ("application/x-www-form-urlencoded", 415),
        ("", 415),
        ("multipart/form-data", 400),  # without a boundary
        ("multipart/form-data; boundary=x", 400),
    ],
)
def test_a_body_of_another_kind_is_refused(kind: str, status: int, shop: Shop) -> None:
    refused(shop.call("POST", UPLOAD, content=ROWS, headers={"Content-Type": kind}), status)
    assert SEEDED == shop.call("GET", DOWNLOAD).content


def test_a_reader_may_download_and_not_upload(world: Any) -> None:
    reader = Shop(world, client=world.wing_as("sandbox-reader"))
    assert SEEDED == reader.call("GET", DOWNLOAD).content
    assert 403 == upload(reader, ROWS).status_code
