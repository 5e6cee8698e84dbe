"""Bad input: the vendor's minimal errors, and nothing changed."""

from typing import Any

import pytest
from tests.wgtwo.conftest import ICCID, MSISDN, NEW_ICCID, refused

from carrierbox import contracts

ANOTHER, ANOTHERS_ICCID = "4799990000", "2420198416000015803"
BY_ANY = ("block", "unblock", "terminate", "cancellocation")
POSTS = [
    operation.path
    for operation in contracts.operations("wgtwo")
    if operation.method == "POST" and not operation.path.startswith("/oauth2") and "alias_of" not in operation.raw
]
#: A body for each operation of v2 that would succeed.
GOOD: dict[str, dict[str, Any]] = {
    **{name: {"msisdn": MSISDN} for name in BY_ANY},
    "activate": {"bssid": "operator_name", "iccid": NEW_ICCID, "msisdn": "46737678299", "userid": "new"},
    "changesim": {"iccid": ICCID, "newIccid": NEW_ICCID},
    "changemsisdn": {"msisdn": MSISDN, "newMsisdn": "46727678209"},
    "disengagesim": {"msisdn": MSISDN, "iccid": ICCID},
    "update": {"msisdn": MSISDN, "services": {"delete": ["ROAMING"]}},
}


@pytest.fixture(autouse=True)
def _nothing_changes(wg: Any) -> Any:
    """Of all the tests below: whatever was there is there, and nothing else."""
    before = wg.rows()
    yield
    assert before == wg.rows()


@pytest.mark.parametrize("operation", BY_ANY)
@pytest.mark.parametrize("who", [{}, {"bssid": "operator_name"}, {"msisdn": None}, {"userid": "random-userid-123"}])
def test_no_identifier(wg: Any, operation: str, who: Any) -> None:
    refused(wg.ask(operation, **who), 400, "one of msisdn, iccid, imsi is required")


@pytest.mark.parametrize("operation", [*BY_ANY, "changemsisdn"])
@pytest.mark.parametrize(
    "who",
    [
        {"msisdn": MSISDN, "iccid": ANOTHERS_ICCID},
        {"msisdn": ANOTHER, "imsi": "242016000015721"},
        {"iccid": ICCID, "imsi": "242016000015801"},
        {"msisdn": MSISDN, "iccid": ICCID, "imsi": "242016000015801"},
    ],
)
def test_identifiers_that_disagree(wg: Any, operation: str, who: Any) -> None:
    refused(wg.ask(operation, **{**GOOD[operation], "msisdn": None, **who}), 400, "two subscriptions")


@pytest.mark.parametrize("operation", BY_ANY)
@pytest.mark.parametrize(
    "who",
    [
        {"msisdn": "46700000000"},
        {"iccid": "2420198416000099999"},
        {"iccid": NEW_ICCID},
        {"imsi": "242016000099999"},
        {"msisdn": MSISDN, "iccid": NEW_ICCID},
    ],
)
def test_an_identifier_that_leads_nowhere(wg: Any, operation: str, who: Any) -> None:
    refused(wg.ask(operation, **who), 404)


@pytest.mark.parametrize("name", ["NOPE", "roaming", "", "DATA_STATIC_IP", None, 5, ["ROAMING"]])
def test_an_unknown_service(wg: Any, name: Any) -> None:
    refused(wg.ask("update", msisdn=MSISDN, services={"add": [{"servicename": name}]}), 400)
    refused(wg.ask("update", msisdn=MSISDN, services={"delete": ["ROAMING", name]}), 400)
    refused(wg.ask("activate", **GOOD["activate"], services={"add": [{"servicename": name}]}), 400)


@pytest.mark.parametrize(
    "services", [[], "ROAMING", {"add": {}}, {"add": ["ROAMING"]}, {"add": [{}]}, {"delete": "ROAMING"}]
)
def test_services_of_the_wrong_shape(wg: Any, services: Any) -> None:
    refused(wg.ask("update", msisdn=MSISDN, services=services), 400, "services")


BAD_NUMBERS = [
    "+46737678218",
    "0046737678218",
    "abc",
    "",
    "4673 767",
    "46737678218\n",
    "123",
    "1" * 16,
    "\u0664\u0666\u0667\u0663\u0667\u0666\u0667\u0668",
    46737678218,
    True,
    [],
    {},
]


@pytest.mark.parametrize("number", BAD_NUMBERS, ids=repr)
def test_a_number_that_is_not_e164_digits(wg: Any, number: Any) -> None:
    for operation in [*BY_ANY, "update", "activate", "disengagesim", "changemsisdn"]:
        refused(wg.ask(operation, **{**GOOD[operation], "msisdn": number}), 400, "msisdn")
    refused(wg.ask("changemsisdn", msisdn=MSISDN, newMsisdn=number), 400, "newMsisdn")


@pytest.mark.parametrize(
    "iccid", ["abc", "", "24201984160000157", "2" * 21, 2420198416000015720, "242019841600001572x"], ids=repr
)
def test_an_iccid_that_is_not_19_or_20_digits(wg: Any, iccid: Any) -> None:
    for operation in [*BY_ANY, "activate", "disengagesim", "changesim"]:
        refused(wg.ask(operation, **{**GOOD[operation], "iccid": iccid}), 400, "iccid")


@pytest.mark.parametrize("operation", ["activate", "changesim", "disengagesim"])
@pytest.mark.parametrize("text", [5, "", [], {"a": 1}], ids=repr)
def test_a_text_that_is_none(wg: Any, operation: str, text: Any) -> None:
    field = "userid" if operation in {"activate", "disengagesim"} else "bssid"
    refused(wg.ask(operation, **{**GOOD[operation], field: text}), 400, field)


NO_OBJECTS: dict[str, bytes] = {
    "empty": b"",
    "cut": b'{"msisdn": ',
    "prose": b"please block 46737678218",
    "form": b"msisdn=46737678218",
    "null": b"null",
    "list": b"[]",
    "text": b'"46737678218"',
    "number": b"46737678218",
    "bytes": b"\xff\xfe",
    "deep": b"[" * 100_000,
    "half a character": b'{"msisdn": "46737678218", "bssid": "\\ud800", "userid": "\\ud800"}',
    "digits": b'{"msisdn": ' + b"9" * 5000 + b"}",
}


@pytest.mark.parametrize("content", NO_OBJECTS.values(), ids=NO_OBJECTS)
@pytest.mark.parametrize("path", POSTS)
def test_a_body_that_is_not_json_or_no_object(wg: Any, path: str, content: bytes) -> None:
    refused(wg.http.post(path, content=content, headers={"Content-Type": "application/json"}), 400)


def test_a_body_larger_than_any_operation_needs(wg: Any) -> None:
    refused(wg.http.post("/provision/v2/block", content=b"x" * 2_000_000), 413, "1 MiB")
