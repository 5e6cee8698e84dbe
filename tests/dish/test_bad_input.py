"""DISH: each length, pattern, range, value list and required field of the contract, broken in turn."""

import copy
import json
import re
from collections.abc import Iterator
from typing import Any

import pytest
from tests.dish.conftest import GPSI, ICCID, STOCK, Partner, refusal

from carrierbox import contracts
from carrierbox.carriers.dish.errors import HTTP, REFUSALS, of_status
from carrierbox.contracts import Operation

SENT = [
    operation
    for operation in contracts.operations("dish")
    if operation.request is not None and not operation.is_outgoing
]
#: Bodies that are taken in a fresh world, where the printed ones are not.
GOOD: dict[str, dict[str, Any]] = {
    "dish-activate-subscription": {"iccid": STOCK[0], "gpsi": "19459986899"},
    "dish-port-in-create": {"partnerTransactionId": "A1", "iccid": STOCK[0], "gpsi": "13035551111"},
    "dish-change-device": {"partnerTransactionId": "A1"},
    "dish-change-number": {"partnerTransactionId": "A1"},
    "dish-change-number-port-in": {"partnerTransactionId": "A1"},
}
#: Fields that the contract's notes free from what the table says.
TAKEN = {("dish-update-subscription-status", "gpsi", "number")}


def good(operation: Operation) -> dict[str, Any]:
    assert operation.request is not None
    return copy.deepcopy(operation.request.example) | GOOD.get(operation.id, {})


def broken(field: dict[str, Any]) -> Iterator[tuple[str, Any]]:
    """Values that a field does not take."""
    kind, name = field["type"], field["name"]
    if "string" in kind and "array" not in kind:
        yield from (("number", 12345678901234567890), ("object", {}), ("array", []), ("boolean", True))
    if kind == "number":
        yield from (("text", "1"), ("object", {}), ("boolean", True))
    if kind == "object":
        yield from (("text", "x"), ("array", []), ("number", 1))
    if kind.startswith("array"):
        yield from (("object", {}), ("number", 1), ("null inside", [None]))
        if name == "bucketRefId":
            yield from (("empty inside", [""]), ("number inside", [1000001]))
    if least_and_most := field.get("length"):
        least, most = least_and_most
        digits = "[0-9]" in field.get("pattern", "")
        yield "too short", ("1" if digits else "x") * (least - 1)
        yield "too long", ("1" if digits else "x") * (most + 1)
        if pattern := field.get("pattern"):
            length = least if digits else 3
            for text in (
                "a" * length,
                "+" + "1" * (length - 1),
                "1" * (length - 1) + "\n",
                "é" * length,
                "\u0661" * length,
            ):
                if not re.match(pattern.replace("$", r"\Z"), text, re.ASCII):
                    yield f"pattern {text!r}", text
    if "values" in field:
        yield from (("other value", "other"), ("lower case", field["values"][0].lower()), ("blank", ""))
    if bounds := field.get("range"):
        yield from (("below", bounds[0] - 1), ("above", bounds[1] + 1), ("fraction", bounds[0] + 0.5))


def place(body: dict[str, Any], path: str, value: Any) -> bool:
    """Put a value where a path like ``products[].action`` leads; answers whether there is such a place."""
    *way, last = path.replace("[]", ".0").split(".")
    here: Any = body
    for part in way:
        if part.isdigit():
            if not here:
                here.append({})
            here = here[0]
        else:
            here = here.setdefault(part, [] if f"{part}[]" in path else {})
    if value is None:
        if last not in here:
            return False
        del here[last]
    else:
        here[last] = value
    return True


CASES = [
    pytest.param(operation, field, value, id=f"{operation.id} {field['name']} {how}")
    for operation in SENT
    for field in (operation.request.fields if operation.request else ())
    for how, value in [*broken(dict(field)), *([("missing", None)] if field.get("required") else [])]
    if (operation.id, field["name"], how) not in TAKEN
    and not (operation.id == "dish-cancel-buckets" and how == "string")
]


@pytest.fixture(scope="module")
def shared(module_partner: Partner) -> tuple[Partner, Any]:
    """One world for all: what is refused leaves it as it is."""
    return module_partner, module_partner.everything()


@pytest.mark.parametrize(("operation", "field", "value"), CASES)
def test_is_refused(operation: Operation, field: dict[str, Any], value: Any, shared: tuple[Partner, Any]) -> None:
    partner, _ = shared
    body = good(operation)
    if not place(body, field["name"], value):
        pytest.skip("the example does not have it")
    if operation.id == "dish-update-subscription-status" and field["name"] == "iccid":
        body["iccid"] = value
    answer = partner.api.request(operation.method, operation.path, json=body)
    said = refusal(answer, 400, "INVALID_REQUEST")
    assert said["errors"]
    named = field["name"].replace("[]", "[0]")
    assert all(each.keys() == {"field", "message"} for each in said["errors"])
    assert any(each["field"].startswith(named) for each in said["errors"]), said


def test_and_nothing_has_changed(shared: tuple[Partner, Any]) -> None:
    partner, before = shared
    assert before == partner.everything()


@pytest.mark.parametrize(
    ("path", "body", "field", "message"),
    [
        ("subscription-balance/balances", {"balances": [{"bucketRefId": "1000001", "balance": "1"}]},
         "balances[0].balance", "must be a number"),
        ("subscription-balance/balances", {"balances": [{"bucketRefId": "1000001", "balance": True}]},
         "balances[0].balance", "must be a number"),
        ("subscription-balance/balances", {"balances": [{"bucketRefId": "1000001", "balance": 1e300}]},
         "balances[0].balance", "must be at most 1000000000000000"),
        ("subscription-balance/cancelBuckets", {"bucketRefId": 7}, "bucketRefId", "must be an array or a string"),
        ("subscription/status", {"partnerTransactionId": "A", "action": "Suspend", "gpsi": 1.5},
         "gpsi", "must be a string or a whole number"),
        ("subscription/status", {"partnerTransactionId": "A", "action": "Suspend", "gpsi": []},
         "gpsi", "must be a string or a whole number"),
    ],
)  # fmt: skip
def test_what_may_be_written_in_two_ways_is_one_broken_field(
    path: str, body: dict[str, Any], field: str, message: str, shared: tuple[Partner, Any]
) -> None:
    answer = shared[0].api.post(f"/sps/v5/{path}", json={"gpsi": GPSI} | body)
    assert [{"field": field, "message": message}] == refusal(answer, 400, "INVALID_REQUEST")["errors"]


@pytest.mark.parametrize("operation", SENT, ids=lambda operation: operation.id)
@pytest.mark.parametrize(
    "body", [b"", b"{", b"[]", b'"text"', b"7", b"null", b"\xff\xfe", b'{"a": "\\ud800"}'], ids=repr
)
def test_a_body_that_is_no_object_is_refused(operation: Operation, body: bytes, shared: tuple[Partner, Any]) -> None:
    headers = {"Content-Type": "application/json"}
    answer = shared[0].api.request(operation.method, operation.path, content=body, headers=headers)
    assert "body" == refusal(answer, 400, "INVALID_REQUEST")["errors"][0]["field"] or body == b'{"a": "\\ud800"}'


@pytest.mark.parametrize("operation", SENT, ids=lambda operation: operation.id)
def test_a_body_that_does_not_say_that_it_is_json_is_refused(operation: Operation, shared: tuple[Partner, Any]) -> None:
    answer = shared[0].api.request(
        operation.method, operation.path, content=b"{}", headers={"Content-Type": "text/plain"}
    )
    refusal(answer, 415, "UNSUPPORTED_MEDIA_TYPE")


DIGITS = {"iccid": (19, 20), "gpsi": (11, 15), "pei": (15, 17), "tac": (8, 16), "subscriberId": (1, 36)}
QUERIES = [
    pytest.param(operation, parameter["name"], value, id=f"{operation.id} {parameter['name']} {value[:12]!r}")
    for operation in contracts.operations("dish")
    for parameter in operation.query
    for least, most in [DIGITS[parameter["name"]]]
    for value in ("", "1" * (most + 1), *(() if least == 1 else ("1" * (least - 2), "a" * least, "1" * least + "\n")))
]


@pytest.mark.parametrize(("operation", "name", "value"), QUERIES)
def test_a_broken_criterion_is_refused(
    operation: Operation, name: str, value: str, shared: tuple[Partner, Any]
) -> None:
    answer = shared[0].api.request(operation.method, operation.path, params={name: value})
    assert name == refusal(answer, 400, "INVALID_REQUEST")["errors"][0]["field"]


@pytest.mark.parametrize(
    "operation", [each for each in contracts.operations("dish") if each.query], ids=lambda operation: operation.id
)
def test_a_query_without_any_criterion_is_refused(operation: Operation, shared: tuple[Partner, Any]) -> None:
    refusal(shared[0].api.get(operation.path), 400, "INVALID_REQUEST")


@pytest.mark.parametrize("transaction_id", ["x" * 37, "%0A", "a%0Ab"])
def test_a_transaction_id_that_none_can_be_is_refused(transaction_id: str, shared: tuple[Partner, Any]) -> None:
    answer = shared[0].api.get(f"/sps/v5/subscription/transactionStatus/{transaction_id}")
    refusal(answer, 400, "INVALID_REQUEST")


@pytest.mark.parametrize("node", ["", "9200001084640", "x" * 200])
def test_a_customer_id_of_another_length_is_refused(node: str, shared: tuple[Partner, Any]) -> None:
    answer = shared[0].api.get(
        "/sps/v5/subscription-profile", params={"iccid": ICCID}, headers={"wholesaleCustomerId": node}
    )
    assert "wholesaleCustomerId" == refusal(answer, 400, "INVALID_REQUEST")["errors"][0]["field"]


def test_paths_and_methods_that_are_not_there_have_the_vendors_body_too(shared: tuple[Partner, Any]) -> None:
    refusal(shared[0].api.get("/dish/sps/v5/nothing"), 404, "NOT_FOUND")
    refusal(shared[0].api.delete("/sps/v5/subscription/activate"), 405, "METHOD_NOT_ALLOWED")
    refusal(
        shared[0].api.post("/sps/v5/subscription/activate", json={"subscriberId": "x" * 1_100_000}),
        413,
        "INVALID_REQUEST",
    )


def test_the_vendors_own_examples_pass_for_all_their_oddities(partner: Partner) -> None:
    oddities = {"pei": "2288151828896431", "eSIMDeliveryMethod": "QR", "unknown": {"member": 1}}
    answer = partner.activate(billCycleStartDay=1.0, gpsiReservationId="GRID368599719", **oddities)
    assert 200 == answer.status_code, answer.text
    sample = contracts.operation("dish-update-subscription-status").request
    assert sample is not None
    assert isinstance(sample.example["gpsi"], int)
    assert "iccid" not in sample.example
    answer = partner.api.post("/sps/v5/subscription/status", json=sample.example)
    assert (200, {"status": "Success"}) == (answer.status_code, answer.json())
    partner.world.advance(until="idle")
    assert "Suspended" == partner.details()["status"]


def test_reason_codes_are_the_contracts() -> None:
    errors = contracts.document("dish")["errors"]
    codes = {code for _, code, _ in REFUSALS.values()} | {code for code, _ in HTTP.values()} | {"INVALID_REQUEST"}
    assert codes == set(errors["reason_codes"]["values"])
    for status in (400, 401, 409, 429, 500):
        assert errors["by_status"][status]["example"]["reasonCode"] == json.loads(of_status(status).body)["reasonCode"]
