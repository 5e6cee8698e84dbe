"""Bodies that cannot be taken: ServiceStack's three kinds of 400, and nothing changed."""

from typing import Any

import pytest
from tests.stn.conftest import CARDS, SUBSCRIPTION, Stn, refusal

from carrierbox import contracts

WRITES = [operation for operation in contracts.operations("stn") if operation.method == "POST"]
NAMES = [operation.name for operation in WRITES]
ESIM = {"eSim": True, "email": "a@example.com", "confirmationCode": "1234"}
MOVE = {"subscriptionId": SUBSCRIPTION, "newProviderEnvironment": ""}
PORT = {"phoneNumber": "06-39000001", "donorCustomerNumber": "DON1"}

pytestmark = pytest.mark.usefixtures("unchanged")


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{",
        b"null",
        b"[]",
        b'"text"',
        b"5",
        b"\xff\xfe",
        b"[" * 100_000,
        b'{"a": "\\ud800"}',
        b'{"a": ' + b"9" * 5000 + b"}",
    ],
    ids=["empty", "cut", "null", "list", "text", "number", "bytes", "deep", "half a character", "digits"],
)
def test_a_body_that_is_no_object_cannot_be_deserialized(name: str, content: bytes, stn: Stn) -> None:
    answer = stn.client.post(f"/api/{name}", content=content, headers={"Content-Type": "application/json"})
    told = refusal(answer, 400, "SerializationException")
    assert told["message"].startswith(
        "Could not deserialize 'application/json' request using STNPartnerAPIServiceStack"
    )
    assert f".{name}'\nError: " in told["message"]
    assert [] == told["errors"]


@pytest.mark.parametrize("operation", WRITES, ids=lambda operation: operation.name)
def test_a_missing_required_property_is_named(operation: contracts.Operation, stn: Stn) -> None:
    assert operation.request
    required = [field["name"] for field in operation.request.fields if field["required"] is True]
    answer = stn.ask(operation.name, {"id": "###eP7ds###WQJoIE"})
    if not required:
        refusal(answer, 400, "BadRequest")
        return
    told = refusal(answer, 400, "SerializationException")
    assert told["message"].endswith(f"was missing required properties, including the following: {', '.join(required)}")


def test_the_vendors_own_slip_is_refused_as_its_error_page_prints_it(stn: Stn) -> None:
    answer = stn.ask("CancelTerminateSubscription", {"id": "###eP7ds###WQJoIE", "note": "customer stays"})
    printed = contracts.document("stn")["errors"]["400"]["examples"][2]["body"]["responseStatus"]
    assert printed == refusal(answer, 400, "SerializationException")


@pytest.mark.parametrize(
    ("name", "body", "field", "code"),
    [
        ("CancelNewSubscription", {"activationId": ""}, "activationId", "NotEmpty"),
        ("CancelNewSubscription", {"activationId": None}, "activationId", "NotEmpty"),
        ("CancelNewSubscription", {"activationId": "x", "note": "x" * 165}, "note", "MaximumLength"),
        ("ChangeInPortSubscription", {"activationId": ""}, "activationId", "NotEmpty"),
        ("InPortSubscription", {**PORT, **ESIM, "phoneNumber": ""}, "phoneNumber", "NotEmpty"),
        ("InPortSubscription", {**PORT, **ESIM, "donorCustomerNumber": ""}, "donorCustomerNumber", "NotEmpty"),
        ("MoveEnvironmentSubscription", MOVE, "newProviderEnvironment", "NotEmpty"),
        (
            "MoveEnvironmentSubscription",
            {**MOVE, "newProviderEnvironment": None},
            "newProviderEnvironment",
            "NotEmpty",
        ),
        ("InPortSubscription", {**PORT, **ESIM, "note": "x" * 165}, "note", "MaximumLength"),
        ("InPortSubscription", {**PORT, **ESIM, "confirmationCode": "x" * 11}, "confirmationCode", "MaximumLength"),
        ("NewSubscription", {**ESIM, "confirmationCode": "x" * 11}, "confirmationCode", "MaximumLength"),
        (
            "NewSubscription",
            {"simCardNumber": CARDS[0], "referenceNumber": "x" * 16},
            "referenceNumber",
            "MaximumLength",
        ),
        (
            "SuspendSubscription",
            {"subscriptionId": SUBSCRIPTION, "referenceNumber": "{x}" * 6},
            "referenceNumber",
            "MaximumLength",
        ),
    ],
)
def test_a_rule_over_one_field_is_told_with_an_entry(
    name: str, body: dict[str, Any], field: str, code: str, stn: Stn
) -> None:
    told = refusal(stn.ask(name, body), 400, code)
    [entry] = told["errors"]
    assert ["errorCode", "fieldName", "message", "meta"] == list(entry)
    assert (code, field, told["message"]) == (entry["errorCode"], entry["fieldName"], entry["message"])
    assert all(isinstance(fact, str) for fact in entry["meta"].values())
    assert (body[field] or "") == entry["meta"]["PropertyValue"]


@pytest.mark.parametrize(
    ("name", "body", "word"),
    [
        ("NewSubscription", {}, "simCardNumber"),
        ("NewSubscription", {"eSim": False}, "simCardNumber"),
        ("NewSubscription", {"eSim": True}, "Email address is required when activating an eSim"),
        ("NewSubscription", {"eSim": 1, "email": ""}, "Email address"),
        ("NewSubscription", {"eSim": True, "email": "a@example.com"}, "Confirmation code"),
        ("NewSubscription", {"simCardNumber": "8931080000000000001"}, "not found"),
        ("NewSubscription", {"simCardNumber": "89310836########76"}, "ACTIVATED"),
        ("NewSubscription", {"simCardNumber": CARDS[0], "stnCustomerId": "nobody"}, "nobody"),
        ("SimSwapSubscription", {"subscriptionId": SUBSCRIPTION}, "newSimCardNumber"),
        ("SimSwapSubscription", {"subscriptionId": SUBSCRIPTION, "eSim": True}, "Email address"),
        ("SimSwapSubscription", {"subscriptionId": SUBSCRIPTION, "newSimCardNumber": "89310836########76"}, "not FREE"),
        (
            "MoveEnvironmentSubscription",
            {"subscriptionId": SUBSCRIPTION, "newProviderEnvironment": "SP16001"},
            "already",
        ),
        ("InPortSubscription", {**PORT, **ESIM, "phoneNumber": "020-1234567"}, "not a Dutch mobile number"),
        ("InPortSubscription", {**PORT, **ESIM, "phoneNumber": "0612345678"}, "in use"),
        ("InPortSubscription", PORT, "simCardNumber"),
        ("InPortSubscription", {**PORT, "simCardNumber": "893####4077444062"}, "not FREE"),
        ("ChangeInPortSubscription", {"activationId": "x3#####2dFV###fLl"}, "portingWishDate"),
        ("ChangeInPortSubscription", {"activationId": "ACT12345", "donorCustomerNumber": "1"}, "OUTPORT"),
        ("ChangeInPortSubscription", {"activationId": "nobody", "donorCustomerNumber": "1"}, "not found"),
        ("CancelInPortSubscription", {"activationId": "x3#####2dFV###fLl"}, "INIT"),
        ("CancelInPortSubscription", {"activationId": "###gxhI5###Zvz9Js"}, "ACTIVATENEW"),
        ("CancelNewSubscription", {"activationId": "###WaEac###McgYzl"}, "SETSERVICES"),
        ("CancelPortingOutSubscription", {"activationId": "###eP7ds###WQJoIE"}, "TERMINATE"),
        ("CancelTerminateSubscription", {"activationId": "nobody"}, "not found"),
    ],
)
def test_a_rule_over_several_fields_is_a_bad_request(name: str, body: dict[str, Any], word: str, stn: Stn) -> None:
    told = refusal(stn.ask(name, body), 400, "BadRequest")
    assert word in told["message"]
    assert [] == told["errors"]


@pytest.mark.parametrize(
    ("name", "body"),
    [
        ("SetServicesSubscription", {"subscriptionId": SUBSCRIPTION, "services": []}),
        ("SetServicesSubscription", {"subscriptionId": SUBSCRIPTION, "services": "voiceMail"}),
        ("SetServicesSubscription", {"subscriptionId": SUBSCRIPTION, "services": None}),
        ("SetServicesSubscription", {"subscriptionId": 5, "services": {}}),
        ("SetServicesSubscription", {"phoneNumber": 612345678, "services": {}}),
        ("SetServicesSubscription", {"subscriptionId": SUBSCRIPTION, "services": {}, "referenceNumber": 5}),
        ("NewSubscription", {"simCardNumber": CARDS[0], "eSim": "true"}),
        ("NewSubscription", {"simCardNumber": CARDS[0], "eSim": 2}),
        ("NewSubscription", {"simCardNumber": CARDS[0], "subscriptionType": "SMS"}),
        ("NewSubscription", {"simCardNumber": CARDS[0], "providerEnvironment": "SP16003"}),
        ("NewSubscription", {"simCardNumber": CARDS[0], "accessType": ""}),
        ("NewSubscription", {"simCardNumber": CARDS[0], "wishDate": "tomorrow"}),
        ("NewSubscription", {"simCardNumber": CARDS[0], "wishDate": "2025-02-30"}),
        ("NewSubscription", {"simCardNumber": CARDS[0], "wishDate": "9999-12-31T23:59:59-12:00"}),
        ("NewSubscription", {"simCardNumber": CARDS[0], "wishDate": "0001-01-01T00:00:00+14:00"}),
        ("NewSubscription", {"simCardNumber": CARDS[0], "wishDate": 1735686000}),
        ("MoveEnvironmentSubscription", {"subscriptionId": SUBSCRIPTION, "newProviderEnvironment": "SP16003"}),
        ("TerminateSubscription", {"subscriptionId": SUBSCRIPTION, "wishDate": ""}),
    ],
    ids=str,
)
def test_a_value_of_another_kind_cannot_be_deserialized(name: str, body: dict[str, Any], stn: Stn) -> None:
    refusal(stn.ask(name, body), 400, "SerializationException")


def test_a_body_of_two_megabytes_is_413(stn: Stn) -> None:
    refusal(stn.ask("SuspendSubscription", {"subscriptionId": "x" * 2_000_000}), 413, "RequestEntityTooLarge")
