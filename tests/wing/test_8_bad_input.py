"""WING 8, what cannot be taken: each refusal names what is wrong, and nothing has changed."""

import json
from typing import Any

import httpx
import pytest
from tests.conftest import World
from tests.wing.ordering import API, Shop, done, fields

from carrierbox import contracts
from carrierbox.contracts import Operation

OPERATIONS = [operation for operation in contracts.operations("wing") if operation.section.startswith("8.")]
WRITES = [each for each in OPERATIONS if each.request is not None and "multipart" not in each.request.content_type]
TENANTS = {"8.1": "7", "8.2": "1", "8.3": "1", "8.4": "1", "8.5": "1"}
#: What is free where the printed value is taken.
FREE = {"wing-8.2.1": {"accountId": 1}, "wing-8.5.1": {"accountId": 1}}
#: Members that come along and are not read: times and paths are the server's, and so is the id of a new row.
NOT_READ = ("Date", "Timestamp", "attachments")


@pytest.fixture(scope="module")
def shared(control: httpx.Client) -> Any:
    """A world for the whole file: nothing here changes anything."""
    made = control.post("/_box/worlds", json={"from": "default"}).json()
    world = World(made["name"], made["base_url"], control)
    yield world
    world.close()
    control.delete(f"/_box/worlds/{world.name}")


def everything(world: Any) -> list[Any]:
    """All that chapter 8 can change."""
    first, seventh = Shop(world, "1"), Shop(world, "7")
    products = ("product-account-assignments/10401", "product-account-assignments/9952", "simProducts/getProduct")
    paths = ("getAccountDefault/285", "simProducts/addUserGroup", *products)
    seen: list[Any] = [done(first.call("GET", f"/{path}")) for path in paths]
    seen += [done(seventh.call("GET", path)) for path in ("/orderDetails/5651", "/simProducts/getProduct")]
    seen.append(seventh.call("GET", "/downloadAttachment/5651").content)
    # a new order or default would be one of these
    seen += [seventh.call("GET", f"/orderDetails/{number}").status_code for number in (5650, 5652, 5653)]
    seen += [first.call("GET", f"/getAccountDefault/{number}").status_code for number in (1, 26)]
    sims = done(world.wing.get("/api/v1/subscription/sims", params={"accountId.in": "26,285,1", "size": 2000}))
    return [*seen, sims, seventh.mails(), world.clock()["pending"]]


def url(operation: Operation) -> str:
    values = {parameter["name"]: parameter["example"] for parameter in operation.path_params}
    return operation.path.replace("{version}", "v1").format(**values)


def send(operation: Operation, world: Any, **sent: Any) -> httpx.Response:
    headers = {"X-Tenant-Id": TENANTS[operation.section[:3]], **sent.pop("headers", {})}
    answer: httpx.Response = world.wing.request(operation.method, url(operation), headers=headers, **sent)
    return answer


def good(operation: Operation) -> Any:
    """The printed body, so that it could be taken; of a list its one object."""
    assert operation.request is not None
    example = operation.request.example
    return {**(example[0] if isinstance(example, list) else example), **FREE.get(operation.id, {})}


def body(operation: Operation, changed: Any) -> Any:
    """The body again, as the operation wants it; and the path of its members in a refusal."""
    assert operation.request is not None
    return [changed] if isinstance(operation.request.example, list) else changed


def prefix(operation: Operation) -> str:
    assert operation.request is not None
    return "0." if isinstance(operation.request.example, list) else ""


MANDATORY = [
    *((operation, field["name"]) for operation in WRITES for field in operation.request.fields  # type: ignore[union-attr]
      if field.get("required") is True),
    *((contracts.operation("wing-8.1.2"), name) for name in (
        "tenantId", "accountMasterId", "orderType", "productCatalogueId", "productQty", "orderStatus")),
    *((contracts.operation(f"wing-8.4.{n}"), name) for n in (1, 2) for name in ("email", "type")),
]  # fmt: skip


@pytest.mark.parametrize(("operation", "name"), MANDATORY, ids=lambda value: getattr(value, "id", value))
def test_without_a_mandatory_field_names_it_and_changes_nothing(operation: Operation, name: str, shared: Any) -> None:
    before = everything(shared)
    sent = good(operation)
    del sent[name]
    assert [prefix(operation) + name] == fields(send(operation, shared, json=body(operation, sent)))
    assert [prefix(operation) + name] == fields(send(operation, shared, json=body(operation, {**sent, name: None})))
    assert before == everything(shared)


TYPED = [
    (operation, name)
    for operation in WRITES
    for name in good(operation)
    if not name.endswith(NOT_READ) and (operation.id, name) not in {("wing-8.1.1", "trackingDetails")}
]


@pytest.mark.parametrize(("operation", "name"), TYPED, ids=lambda value: getattr(value, "id", value))
def test_a_value_of_another_type_is_refused_by_name(operation: Operation, name: str, shared: Any) -> None:
    before = everything(shared)
    for wrong in ({"a": [1]}, [{"b": {}}], 10**30, True, "\0", 1.5, "x" * 256):
        sent = {**good(operation), name: wrong}
        if isinstance(good(operation)[name], bool) and wrong is True:
            continue
        named = fields(send(operation, shared, json=body(operation, sent)))
        assert [prefix(operation) + name] == named, (wrong, named)
    assert before == everything(shared)


CONTENTS = ["", "null", "7", '"text"', "{", "[" * 100_000, '{"a":' * 50_000, '{"a": "\\ud800"}', "\ud800"]


@pytest.mark.parametrize("content", CONTENTS, ids=range(len(CONTENTS)))
@pytest.mark.parametrize("operation", WRITES, ids=lambda operation: operation.id)
def test_a_body_that_cannot_be_read_is_400(operation: Operation, content: str, shared: Any) -> None:
    answer = send(
        operation,
        shared,
        content=content.encode(errors="surrogatepass"),
        headers={"Content-Type": "application/json"},
    )
    assert 400 == answer.status_code, answer.text
    assert "application/problem+json" == answer.headers["content-type"]


@pytest.mark.parametrize("operation", WRITES, ids=lambda operation: operation.id)
def test_an_object_for_a_list_and_a_list_for_an_object_are_400(operation: Operation, shared: Any) -> None:
    before = everything(shared)
    answer = send(operation, shared, json=good(operation) if prefix(operation) else [good(operation)])
    assert (400, "JSON parse error") == (answer.status_code, answer.json()["detail"])
    assert before == everything(shared)


@pytest.mark.parametrize("operation", WRITES, ids=lambda operation: operation.id)
def test_a_body_of_another_type_is_415(operation: Operation, shared: Any) -> None:
    answer = send(operation, shared, content=json.dumps(body(operation, good(operation))))
    assert 415 == answer.status_code, answer.text


@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda operation: operation.id)
def test_the_tenant_is_asked_for_where_the_section_lists_it(operation: Operation, shared: Any) -> None:
    before = everything(shared)
    if operation.headers.get("X-Tenant-Id") == "required":
        answer = shared.wing.request(operation.method, url(operation), json={})
        assert 400 == answer.status_code, answer.text
        assert "Required request header 'X-Tenant-Id'" in answer.json()["detail"]
    for tenant in ("30", "77", "", "*", "string", "7,1"):
        answer = send(operation, shared, json={}, headers={"X-Tenant-Id": tenant})
        assert (403, "Access Denied") == (answer.status_code, answer.json()["detail"]), tenant
    # a tenant of the realm's, but not the one of the account that the call is about
    answer = send(operation, shared, json={}, headers={"X-Tenant-Id": "7", "Account-Context-Id": "3122"})
    assert 403 == answer.status_code
    assert before == everything(shared)


@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda operation: operation.id)
def test_the_account_is_asked_for_but_where_the_section_does_without(operation: Operation, shared: Any) -> None:
    if operation.headers["Account-Context-Id"] == "optional":
        return
    context = shared.wing.headers.pop("Account-Context-Id")
    try:
        answer = send(operation, shared)
    finally:
        shared.wing.headers["Account-Context-Id"] = context
    assert 400 == answer.status_code
    assert "Account-Context-Id" in answer.json()["detail"]


@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda operation: operation.id)
def test_a_reader_may_read_and_not_write(operation: Operation, shared: Any) -> None:
    before = everything(shared)
    reader = shared.wing_as("sandbox-reader")
    answer = reader.request(operation.method, url(operation), headers={"X-Tenant-Id": TENANTS[operation.section[:3]]})
    assert (200 if operation.method == "GET" else 403) == answer.status_code, answer.text
    assert before == everything(shared)


WITH_ID = [operation for operation in OPERATIONS if len(operation.path_params) > 1]


@pytest.mark.parametrize("number", ["abc", "1.5", "-1", "99999999999999999999", "%D9%A1", "1%00"])
@pytest.mark.parametrize("operation", WITH_ID, ids=lambda operation: operation.id)
def test_an_id_in_a_path_that_is_no_number_is_400(operation: Operation, number: str, shared: Any) -> None:
    answer = spoiled(operation, number, shared)
    assert 400 == answer.status_code, answer.text
    assert "is not a whole number" in answer.json()["detail"]


@pytest.mark.parametrize("operation", WITH_ID, ids=lambda operation: operation.id)
def test_an_id_of_nothing_is_404(operation: Operation, shared: Any) -> None:
    before = everything(shared)
    answer = spoiled(operation, "777777", shared)
    assert (404, "Not Found") == (answer.status_code, answer.json()["title"]), answer.text
    assert before == everything(shared)


def spoiled(operation: Operation, number: str, world: Any) -> httpx.Response:
    """Send an operation's request about another id."""
    path = url(operation).rsplit("/", 1)[0]
    sent: dict[str, Any] = {"params": {"trackingInfo": "x", "note": "x"}}
    if operation.id == "wing-8.1.5":
        sent["files"] = {"file": ("a.csv", b"a,b\r\n")}
    elif operation.request is not None:
        sent["json"] = {name: value for name, value in good(operation).items() if name != "id"}
    headers = {"X-Tenant-Id": TENANTS[operation.section[:3]]}
    answer: httpx.Response = world.wing.request(operation.method, f"{path}/{number}", headers=headers, **sent)
    return answer


@pytest.mark.parametrize(
    ("section", "changes", "field"),
    [
        ("8.1.1", {"tenantId": 1}, "tenantId"),
        ("8.1.1", {"tenantId": 30}, "tenantId"),
        ("8.1.1", {"accountMasterId": 285}, "accountMasterId"),  # another tenant's
        ("8.1.1", {"accountMasterId": 9002}, "accountMasterId"),  # another realm's
        ("8.1.1", {"accountMasterId": 777777}, "accountMasterId"),
        ("8.1.1", {"accountMasterId": 0}, "accountMasterId"),
        ("8.1.1", {"orderType": "ESIM"}, "orderType"),
        ("8.1.1", {"orderType": "sim"}, "orderType"),
        ("8.1.1", {"productCatalogueId": 10401}, "productCatalogueId"),  # another tenant's
        ("8.1.1", {"productCatalogueId": 777777}, "productCatalogueId"),
        ("8.1.1", {"productCatalogueId": 9501}, "productCatalogueId"),  # archived
        ("8.1.1", {"productQty": 0}, "productQty"),
        ("8.1.1", {"productQty": -12}, "productQty"),
        ("8.1.1", {"productQty": 100_001}, "productQty"),
        ("8.1.1", {"productQty": "12"}, "productQty"),
        ("8.1.1", {"orderStatus": "APPROVED"}, "orderStatus"),
        ("8.1.1", {"orderStatus": "submitted"}, "orderStatus"),
        ("8.1.1", {"orderStatus": ""}, "orderStatus"),
        ("8.1.1", {"orderApnGroup": "nowhere"}, "orderApnGroup"),
        ("8.1.1", {"orderApnGroup": "Trial"}, "orderApnGroup"),  # another account's
        ("8.1.1", {"orderNetworkProfile": "All services"}, "orderNetworkProfile"),  # not assigned to the account
        ("8.1.1", {"orderRoamingProfile": "allplmn"}, "orderRoamingProfile"),
        ("8.1.1", {"orderRatePlan": "IoT 1 GB"}, "orderRatePlan"),
        ("8.1.1", {"orderRatePlan": "7001"}, "orderRatePlan"),
        ("8.1.1", {"linkedOrderId": -1}, "linkedOrderId"),
        ("8.1.1", {"defaultOwnerDetails": "maybe"}, "defaultOwnerDetails"),
        ("8.1.2", {"id": 5650}, "id"),
        ("8.1.2", {"orderStatus": "COMPLETED"}, "orderStatus"),
        ("8.1.2", {"orderStatus": "DONE"}, "orderStatus"),
        ("8.1.2", {"orderStatus": "ON_HOLD"}, "orderStatus"),
        ("8.1.2", {"productQty": 0}, "productQty"),
        ("8.1.2", {"productCatalogueId": 9501}, "productCatalogueId"),
        ("8.1.2", {"orderStatus": "APPROVED", "orderRatePlan": "nowhere"}, "orderRatePlan"),
        ("8.1.2", {"accountMasterId": 285}, "accountMasterId"),
        ("8.1.2", {"tenantId": 21}, "tenantId"),
        ("8.2.1", {"tenantId": "7"}, "tenantId"),
        ("8.2.1", {"accountId": 26}, "accountId"),  # another tenant's
        ("8.2.1", {"accountId": 777777}, "accountId"),
        ("8.2.1", {"accountId": 285}, "accountId"),  # it has one
        ("8.3.1", {"id": 9952}, "id"),
        ("8.3.1", {"status": "APPROVED"}, "status"),
        ("8.3.1", {"status": "DELETED"}, "status"),
        ("8.3.1", {"tenantId": "7"}, "tenantId"),
        ("8.3.2", {"status": "DELETE"}, "status"),
        ("8.3.2", {"status": "draft"}, "status"),
        ("8.3.2", {"tenantId": "30"}, "tenantId"),
        ("8.4.1", {"tenantId": "7"}, "tenantId"),
        ("8.4.1", {"email": ""}, "email"),
        ("8.4.1", {"type": ""}, "type"),
        ("8.4.2", {"tenantId": 7}, "tenantId"),
        ("8.4.2", {"id": -1}, "id"),
        ("8.5.1", {"tenantId": 7}, "tenantId"),
        ("8.5.1", {"accountId": 26}, "accountId"),
        ("8.5.1", {"productId": 9951}, "productId"),  # another tenant's
        ("8.5.1", {"productId": 777777}, "productId"),
        ("8.5.1", {"accountId": 285}, "productId"),  # assigned already
        ("8.5.1", {"customerPrice": -1}, "customerPrice"),
        ("8.5.1", {"customerPrice": None, "defaultPrice": False}, "customerPrice"),
        ("8.5.1", {"moq": 0}, "moq"),
        ("8.5.2", {"id": 2}, "id"),
        ("8.5.2", {"accountId": 9002}, "accountId"),
        ("8.5.2", {"productId": 9951}, "productId"),
    ],
)
def test_a_value_against_a_rule_is_refused_by_name(
    section: str, changes: dict[str, Any], field: str, shared: Any
) -> None:
    operation = contracts.operation(f"wing-{section}")
    before = everything(shared)
    sent = body(operation, {**good(operation), **changes})
    assert [prefix(operation) + field] == fields(send(operation, shared, json=sent))
    assert before == everything(shared)


@pytest.mark.parametrize("status", ["COMPLETED", "CANCELLED"])
def test_an_order_that_is_final_takes_no_other_value(status: str, world: Any) -> None:
    shop = Shop(world)
    order = shop.take(shop.order(productQty=2), *{"COMPLETED": ("APPROVED", "COMPLETED")}.get(status, (status,)))
    changes = {
        "productQty": 3, "orderComments": "late", "accountMasterId": 26, "orderRatePlan": None, "note": "other",
        "orderApnGroup": "nowhere",
    }  # fmt: skip
    for name, value in changes.items():
        if order[name] != value:
            assert [name] == fields(shop.update(order, **{name: value}))
    for other in {"SUBMITTED", "ONHOLD", "APPROVED", "COMPLETED", "CANCELLED"} - {status}:
        answer = shop.update(order, orderStatus=other)
        assert ["orderStatus"] == fields(answer)
        assert "final" in answer.json()["fieldErrors"][0]["message"]
    assert order == shop.read(order)
    assert (2 if status == "COMPLETED" else 0) == len(shop.sims(order))


def test_a_name_that_is_gone_when_the_sims_are_to_come_stops_them(world: Any) -> None:
    shop = Shop(world)
    order = shop.take(shop.order(productQty=2), "APPROVED")
    renamed = {"id": 3701, "apnGroupName": "another"}
    assert 200 == world.wing.put("/api/v1/accounts/address/26/apnGroup", json=renamed).status_code
    assert ["orderApnGroup"] == fields(shop.update(order, orderStatus="COMPLETED"))
    assert order == shop.read(order)
    assert [] == shop.sims(order)
    assert 2 == len(shop.sims(shop.take({**order, "orderApnGroup": "another"}, "COMPLETED")))


@pytest.mark.parametrize("path", ["orderTrackingDetails", "orderNoteDetails"])
@pytest.mark.parametrize(
    "sent",
    [
        {},
        {"params": {"other": "x"}},
        {"json": {}},
        {"json": []},
        {"json": {"trackingInfo": 7, "note": 7}},
        {"json": {"trackingInfo": None, "note": None}},
        {"content": b"{", "headers": {"Content-Type": "application/json"}},
        {"content": b"\xff", "headers": {"Content-Type": "application/x-www-form-urlencoded"}},
        {"params": {"trackingInfo": "x" * 256, "note": "x" * 256}},
        {"params": {"trackingInfo": "\0", "note": "\0"}},
        {"files": {"trackingInfo": ("a.csv", b"x"), "note": ("a.csv", b"x")}},
    ],
    ids=range(11),
)
def test_a_parameter_that_cannot_be_taken_is_named(path: str, sent: dict[str, Any], shared: Any) -> None:
    before = everything(shared)
    answer = Shop(shared).call("PUT", f"/{path}/5651", **sent)
    assert 400 == answer.status_code, answer.text
    assert ("trackingInfo" if path == "orderTrackingDetails" else "note") in answer.json()["detail"]
    assert before == everything(shared)


def test_more_entries_than_a_request_may_have_are_refused(shared: Any) -> None:
    before = everything(shared)
    many = [{"email": "a@example.com", "type": "orderSubmitted"}] * 1001
    answer = Shop(shared, "1").call("POST", "/simProducts/addUserGroup", json=many)
    assert 400 == answer.status_code
    assert before == everything(shared)


def test_one_bad_entry_keeps_the_others_out(shared: Any) -> None:
    before = everything(shared)
    entries = [{"email": "a@example.com", "type": "orderSubmitted"}, {"email": "b@example.com"}]
    assert ["1.type"] == fields(Shop(shared, "1").call("POST", "/simProducts/addUserGroup", json=entries))
    entries[1] |= {"type": "x", "tenantId": "7"}
    assert ["1.tenantId"] == fields(Shop(shared, "1").call("POST", "/simProducts/addUserGroup", json=entries))
    assert before == everything(shared)


@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda operation: operation.id)
def test_another_method_is_405_and_another_version_404(operation: Operation, shared: Any) -> None:
    wrong = shared.wing.patch(url(operation), json={})
    assert 405 == wrong.status_code, wrong.text
    other = url(operation).replace("/v1/", "/v2/")
    assert 404 == shared.wing.request(operation.method, other, headers={"X-Tenant-Id": "7"}).status_code


def test_without_a_token_nobody_is_let_in(shared: Any) -> None:
    assert 401 == shared.client().get(f"{API}/orderDetails/5651", headers={"Account-Context-Id": "*"}).status_code
