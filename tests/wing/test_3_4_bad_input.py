"""WING 3 and 4, what cannot be taken: each refusal names the field, and nothing has changed."""

import json
import re
from typing import Any

import httpx
import pytest

from carrierbox import contracts
from carrierbox.contracts import Operation

API = "/api/v1"
USERS = f"{API}/users/users/wdh-sitstg2/user"
JANE = "c74180f3-0042-4844-bf61-782e2ee8ef8b"
#: A name that is free, where the printed one is taken.
FREE = {
    "wing-3.3": {"username": "somebody", "email": "somebody@example.com"},
    "wing-3.18": {"username": "somebody", "email": "somebody@example.com"},
    "wing-3.13": {"name": "Some role"},
}
#: Mandatory as stated, and impossible to give.
NOT_YET = {("wing-3.8", "id")}

WRITES = [
    operation
    for operation in contracts.operations("wing")
    if operation.section[:2] in {"3.", "4."} and operation.request is not None and "graphql" not in operation.path
]


def mandatory(operation: Operation) -> list[str]:
    """The members that an operation's contract calls mandatory; ``*`` is all that its example shows."""
    assert operation.request is not None
    names = []
    for field in operation.request.fields:
        if field.get("required") is True:
            names += list(operation.request.example) if field["name"] == "*" else [field["name"]]
    return [name for name in dict.fromkeys(names) if (operation.id, name) not in NOT_YET]


MANDATORY = [(operation, name) for operation in WRITES for name in mandatory(operation)]


@pytest.fixture(scope="module")
def shared(control: httpx.Client) -> Any:
    """A world for the whole file: nothing here changes anything."""
    from tests.conftest import World

    made = control.post("/_box/worlds", json={"from": "default"}).json()
    world = World(made["name"], made["base_url"], control)
    yield world
    world.close()
    control.delete(f"/_box/worlds/{world.name}")


def send(operation: Operation, world: Any, body: Any) -> httpx.Response:
    values = {parameter["name"]: parameter["example"] for parameter in operation.path_params}
    path = operation.path.replace("{version}", "v1").format(**values)
    answer: httpx.Response = world.wing.request(operation.method, path, json=body)
    return answer


def good(operation: Operation) -> dict[str, Any]:
    assert operation.request is not None
    return {**operation.request.example, **FREE.get(operation.id, {})}


def everything(world: Any) -> list[Any]:
    """All that chapters 3 and 4 can change."""
    paths = (
        *(USERS, "/users/user-groups/wdh-sitstg2", "/users/roles/wdh-sitstg2/role", f"/users/users/{JANE}/groups"),
        *("/accounts/account", "/accounts/resources", "/accounts/address/3741/apnGroup"),
    )
    read = []
    for path in paths:
        answer = world.wing.get(path if path.startswith(API) else API + path, params={"size": 2000})
        assert 200 == answer.status_code, answer.text
        read.append(answer.json())
    return read


def fields(answer: httpx.Response) -> list[str]:
    """The fields that a refusal names."""
    assert 400 == answer.status_code, answer.text
    assert "application/problem+json" == answer.headers["content-type"]
    body = answer.json()
    assert "error.validation" == body["message"], body
    return [wrong["field"] for wrong in body["fieldErrors"]]


@pytest.mark.parametrize(("operation", "name"), MANDATORY, ids=lambda value: getattr(value, "id", value))
def test_without_a_mandatory_field_names_it_and_changes_nothing(operation: Operation, name: str, shared: Any) -> None:
    body = good(operation)
    before = everything(shared)
    del body[name]
    assert [name] == fields(send(operation, shared, body))
    assert [name] == fields(send(operation, shared, {**body, name: None}))
    assert before == everything(shared)


NOT_OURS = [(operation, name) for operation, name in MANDATORY if re.search("[A-Z]", name)]


@pytest.mark.parametrize(("operation", "name"), NOT_OURS, ids=lambda value: getattr(value, "id", value))
def test_a_mandatory_field_goes_by_the_documents_name_alone(operation: Operation, name: str, shared: Any) -> None:
    body = good(operation)
    body[re.sub("([A-Z])", r"_\1", name).lower()] = body.pop(name)
    assert [name] == fields(send(operation, shared, body))


TYPED = [
    (operation, name)
    for operation in WRITES
    for name in (operation.request.example if operation.request else ())
    if operation.request and operation.request.example[name] is not None and name != "tenantId"
    if not (operation.id == "wing-4.4.4" and name in {"name", "type"})  # they come along and are not read
]


@pytest.mark.parametrize(("operation", "name"), TYPED, ids=lambda value: getattr(value, "id", value))
def test_a_value_of_another_type_is_refused_by_name(operation: Operation, name: str, shared: Any) -> None:
    before = everything(shared)
    for wrong in ({"a": [1]}, [{"b": {}}], 10**30, "\0"):
        body = {**good(operation), name: wrong}
        present = good(operation)[name]
        if isinstance(present, dict) and isinstance(wrong, dict):
            continue  # an object with members that nobody knows
        named = fields(send(operation, shared, body))
        assert all(each.split(".")[0] in {name, "body"} for each in named), named
    assert before == everything(shared)


@pytest.mark.parametrize("content", ["", "null", "[]", "7", '"text"', "{", "[" * 100_000, '{"a":' * 50_000, "\ud800"])
@pytest.mark.parametrize("operation", WRITES, ids=lambda operation: operation.id)
def test_a_body_that_is_no_object_is_400(operation: Operation, content: str, shared: Any) -> None:
    values = {parameter["name"]: parameter["example"] for parameter in operation.path_params}
    path = operation.path.replace("{version}", "v1").format(**values)
    answer = shared.wing.request(
        operation.method,
        path,
        content=content.encode(errors="surrogatepass"),
        headers={"Content-Type": "application/json"},
    )
    assert 400 == answer.status_code, answer.text
    assert "application/problem+json" == answer.headers["content-type"]


@pytest.mark.parametrize("operation", WRITES, ids=lambda operation: operation.id)
def test_a_body_of_another_type_is_415(operation: Operation, shared: Any) -> None:
    values = {parameter["name"]: parameter["example"] for parameter in operation.path_params}
    path = operation.path.replace("{version}", "v1").format(**values)
    answer = shared.wing.request(operation.method, path, content=json.dumps(good(operation)))
    assert 415 == answer.status_code, answer.text


GROUP = contracts.operation("wing-3.8")
ROLE = contracts.operation("wing-3.13")
NEWCOMER = {
    "username": "somebody", "firstName": "Some", "lastName": "Body", "userCategory": "ACCOUNT", "enabled": True,
    "defaultLanguage": "English", "email": "somebody@example.com", "emailVerified": True,
    "userGroupId": "6f0c6c0e-7a0b-4a52-9d0f-0d1d6c1b2a11",
}  # fmt: skip


@pytest.mark.parametrize(
    ("section", "changes", "field"),
    [
        ("3.3", {"username": "JANEDOE01"}, "username"),
        ("3.3", {"email": "Jane.Doe@example.com"}, "email"),
        ("3.3", {"email": "nowhere"}, "email"),
        ("3.3", {"username": "with blank"}, "username"),
        ("3.3", {"userGroupId": "unknown"}, "userGroupId"),
        ("3.3", {"userCategory": "NOBODY"}, "userCategory"),
        ("3.4", {"username": "sandbox-admin"}, "username"),
        ("3.8", {"roleId": "unknown"}, "roleId"),
        ("3.8", {"userIds": ["unknown"]}, "userIds"),
        ("3.8", {"accountIds": ["999999"]}, "accountIds"),
        ("3.8", {"accountIds": ["9001"]}, "accountIds"),
        ("3.8", {"selectAllAccount": True}, "accountIds"),
        ("3.8", {"userGroupCategory": "GROUP"}, "userGroupCategory"),
        ("3.8", {"id": "6f0c6c0e-7a0b-4a52-9d0f-0d1d6c1b2a11"}, "id"),
        ("3.8", {"id": "../x"}, "id"),
        ("3.9", {"accountIds": [4376]}, "accountIds"),
        ("3.10", {"accountIds": ["x"]}, "accountIds.0"),
        ("3.10", {"accountIds": ["3921", "9001"]}, "accountIds"),
        ("3.13", {"name": "Fleet reader"}, "name"),
        ("3.13", {"name": "wing-admin"}, "name"),
        ("3.13", {"name": "offline_access"}, "name"),
        ("3.13", {"accountId": 9001}, "accountId"),
        ("3.13", {"roleCategory": "ACCOUNT_ADMIN"}, "roleCategory"),
        ("3.14", {"name": "Fleet admin"}, "roleCategory"),
        ("3.14", {"accountId": 9001}, "accountId"),
        ("3.19", {"userGroupId": "unknown"}, "userGroupId"),
        ("3.20", {"password": "not base64!"}, "password"),
        ("3.20", {"password": ""}, "password"),
        ("3.20", {"password": "/w=="}, "password"),
        ("4.2", {"tenantId": 30}, "tenantId"),
        ("4.2", {"billcycleId": 0}, "billcycleId"),
        ("4.3", {"accountType": "INDIVIDUAL"}, "accountType"),
        ("4.3", {"billingAccountId": 1}, "billingAccountId"),
        ("4.3", {"parentAccountId": 999999}, "parentAccountId"),
        ("4.3", {"parentAccountId": 9001}, "parentAccountId"),
        ("4.3", {"parentAccountId": 26, "tenantId": "21"}, "tenantId"),
        ("4.3", {"tenantId": "30"}, "tenantId"),
        ("4.3", {"address": {"city": 7}}, "address.city"),
        ("4.3", {"custFields": {"a": {"b": 1}}}, "custFields.a"),
        ("4.4.2", {"type": "Colour"}, "type"),
        ("4.4.4", {"id": 1554}, "id"),
        ("4.5", {"parentAccountId": 4376}, "parentAccountId"),
        ("4.5", {"id": 3921, "parentAccountId": 4376, "customFields": []}, "parentAccountId"),
        ("4.5", {"parentAccountId": 26}, "parentAccountId"),
        ("4.5", {"customFields": [{"id": 1, "value": "x"}]}, "customFields.0.id"),
        ("4.5", {"accountState": "SUSPENDED"}, "accountState"),
        ("4.8", {"expirationDate": "2022-05-01T00:00:00Z"}, "expirationDate"),
        ("4.8", {"effectiveDate": "yesterday"}, "effectiveDate"),
        ("4.8", {"tenantId": "1"}, "tenantId"),
        ("4.8", {"apns": []}, "apns"),
        ("4.8", {"resourceType": "RATE-PLAN"}, "resourceType"),
        ("4.11", {"resourceType": "APN"}, "resourceType"),
        ("4.11", {"resourceId": 1}, "resourceId"),
        ("4.11", {"expirationDate": "2022-05-01T00:00:00Z"}, "expirationDate"),
        ("4.13", {"accountMasterId": 3921}, "accountMasterId"),
        ("4.19", {"apnIds": [6477]}, "apnIds"),
        ("4.19", {"apnIds": [7123]}, "apnIds"),
        ("4.25", {"addAPN": [6477]}, "addAPN"),
        ("4.28", {"expirationDate": "2021-03-25T02:17:08.571Z"}, "expirationDate"),
        ("4.28", {"resourceType": "COLOUR"}, "resourceType"),
        ("4.32", {"msisdnPools": ["x"]}, "msisdnPools.0"),
    ],
)
def test_a_value_against_a_rule_is_refused_by_name(
    section: str, changes: dict[str, Any], field: str, shared: Any
) -> None:
    operation = contracts.operation(f"wing-{section}")
    before = everything(shared)
    assert [field] == fields(send(operation, shared, good(operation) | changes))
    assert before == everything(shared)


def test_a_group_of_sims_has_a_name_of_its_own_in_its_account(world: Any) -> None:
    here = {"Account-Context-Id": "6501"}
    body = {"name": "grptest12509", "description": "again"}
    assert ["name"] == fields(world.wing.post(f"{API}/accounts/groups", json=body, headers=here))
    assert (
        200 == world.wing.post(f"{API}/accounts/groups", json=body, headers={"Account-Context-Id": "3122"}).status_code
    )


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("GET", "/users/users/acme-iot/user", None),
        ("GET", "/users/users/nowhere/user", None),
        ("GET", f"/users/users/wdh-sitstg2/user/{JANE[:-1]}0", None),
        ("GET", "/users/users/wdh-sitstg2/user/2b7e4a3c-8d1f-4c56-9a0b-6f2d8e5c1a70", None),  # a service's account
        ("GET", "/users/users/wdh-sitstg2/user/e69a05b4-2f7c-4813-a5d9-3c8e1b40f705", None),  # acme's
        ("GET", "/users/users/unknown/groups", None),
        ("GET", "/users/user-groups/acme-iot", None),
        ("POST", "/users/user-groups/wdh-sitstg2/unknown/accounts", {"accountIds": []}),
        ("DELETE", "/users/users/wdh-sitstg2/user/unknown/delete-user", None),
        ("GET", "/accounts/account/999999", None),
        ("GET", "/accounts/account/9001", None),
        ("DELETE", "/accounts/account/999999", None),
        ("PATCH", "/accounts/account/4376/addresses", {"id": 1}),
        ("PATCH", "/accounts/account/9001/addresses", {"id": 1}),
        ("GET", "/accounts/account/9001/resources", None),
        ("PATCH", "/accounts/account/3741/resources", {"id": 7127, "isDefault": True}),
        ("POST", "/accounts/account/3741/resources", {"resourceType": "RATE-PLAN", "resourceId": 999}),
        ("POST", "/accounts/account/3741/resources", {"resourceType": "RATE-PLAN", "resourceId": 3000011}),  # acme's
        ("POST", "/accounts/account/3741/resources", {"resourceType": "SIM", "resourceId": 1169}),  # 3122's
        ("POST", "/accounts/assign_apn", {"accountId": 3741, "resourceType": "APN", "apns": [1]}),
        ("POST", "/accounts/assign_apn", {"accountId": 9001, "resourceType": "APN", "apns": [1094209]}),
        ("GET", "/accounts/address/9001/apnGroup", None),
        ("PUT", "/accounts/address/3741/apnGroup", {"id": 1673}),
        ("PATCH", "/accounts/address/3741/apnGroup/1673", {}),
        ("GET", "/accounts/resources/1", None),
        ("DELETE", "/accounts/resources/1", None),
        ("PUT", "/accounts/groups", {"id": 1}),
        ("DELETE", "/accounts/groups/5651/resource/3122", None),
        ("DELETE", "/accounts/accounts/customfield/1", None),
        ("PUT", "/accounts/accounts/customfield/updateAccountCustomField/1", {"value": ""}),
    ],
)
def test_what_is_not_there_or_is_another_tenants_is_the_same_404(
    method: str, path: str, body: Any, shared: Any
) -> None:
    answer = shared.wing.request(method, API + path, json=body)
    assert 404 == answer.status_code, answer.text
    assert "Not Found" == answer.json()["title"]


@pytest.mark.parametrize("number", ["abc", "1.5", "-1", "99999999999999999999", "%D9%A1", "1%00"])
@pytest.mark.parametrize("path", ["/accounts/account/{}", "/accounts/account/{}/resources", "/accounts/resources/{}"])
def test_an_id_in_a_path_that_is_no_number_is_400(path: str, number: str, shared: Any) -> None:
    assert 400 == shared.wing.get(API + path.format(number)).status_code


@pytest.mark.parametrize("path", ["/users/users", "/users/user-groups", "/users/roles"])
def test_a_category_that_is_none_is_400(path: str, shared: Any) -> None:
    assert 400 == shared.wing.get(f"{API}{path}/find-by-category/COLOUR").status_code
    assert 400 == shared.wing.get(f"{API}/users/service-permissions?roleCategory=COLOUR").status_code


@pytest.mark.parametrize(
    ("method", "path", "name"),
    [
        ("POST", "/api/v1/accounts/account", "account"),
        ("PATCH", "/api/v1/accounts/account/3921/addresses", "addresses"),
        ("PUT", "/api/v1/accounts/accounts/customfield/updateAccountCustomField/1551", "updateAccountCustomField"),
        ("PUT", "/api/v1/users/users/wdh-sitstg2/user/c74180f3-0042-4844-bf61-782e2ee8ef8b", "user"),
        ("POST", "/api/v1/users/users/wdh-sitstg2/user/c74180f3-0042-4844-bf61-782e2ee8ef8b/reset-password",
         "resetPassword"),
    ],
)  # fmt: skip
def test_the_object_of_a_refusal_is_the_last_word_of_the_path(method: str, path: str, name: str, shared: Any) -> None:
    answer = shared.wing.request(method, path, json={"isDefault": 7, "username": 7, "password": 7})
    assert 400 == answer.status_code, answer.text
    assert {name} == {wrong["objectName"] for wrong in answer.json()["fieldErrors"]}
