"""WING 4.36, groups of SIMs by GraphQL, and the ways in which a query can be sent."""

from typing import Any

import pytest
from tests.wing.graphql_asking import PATH, fault, find

BY_ACCOUNT = 'query { accmgmt_tbl_groups (where: {account_master_id: {_eq: "6501"}}, limit: 1) { name id } }'
FOUND = {"data": {"accmgmt_tbl_groups": [{"name": "grptest12509", "id": 5651}]}}


@pytest.mark.parametrize("eq", ["_eq", "eq"])
@pytest.mark.parametrize("account", ["6501", '"6501"'])
def test_takes_numbers_in_quotation_marks_and_an_operator_without_underscore(
    eq: str, account: str, seeded: Any
) -> None:
    query = BY_ACCOUNT.replace("_eq", eq).replace('"6501"', account)
    assert FOUND == seeded.wing.post(PATH, json={"query": query}).json()


@pytest.mark.parametrize("method", ["GET", "POST"])
@pytest.mark.parametrize(
    "sent",
    [
        {"params": {"query": BY_ACCOUNT}},
        {"params": {"query": BY_ACCOUNT, "variables": "", "operationName": ""}},
        {"json": {"query": BY_ACCOUNT}},
        {"json": {"query": BY_ACCOUNT, "variables": None, "operationName": None}},
        {"content": BY_ACCOUNT},
    ],
    ids=["address", "address with empty rest", "JSON", "JSON with nulls", "bare"],
)
def test_is_asked_in_the_address_in_a_json_body_and_as_the_body(method: str, sent: dict[str, Any], seeded: Any) -> None:
    headers = {"Content-Type": "application/json"}
    answer = seeded.wing.request(method, PATH, headers=headers, **sent)
    assert (200, FOUND) == (answer.status_code, answer.json())


def test_takes_variables_and_operation_name_from_the_address(seeded: Any) -> None:
    query = "query Other { __typename } query Q($id: bigint!) { accmgmt_tbl_groups_by_pk(id: $id) { name } }"
    params = {"query": query, "variables": '{"id": "5651"}', "operationName": "Q"}
    answer = seeded.wing.get(PATH, params=params).json()
    assert {"data": {"accmgmt_tbl_groups_by_pk": {"name": "grptest12509"}}} == answer


def test_says_which_section_of_the_document_a_query_is(seeded: Any) -> None:
    by_section = {
        "wing-4.36": "{ accmgmt_tbl_groups { id } }",
        "wing-5.4.1": "{ restgw_tbl_subscriber_data_balance(limit: 1) { id } }",
        "wing-5.4.2": "{ rating_usage_accumulator(limit: 1) { id } }",
        "wing-5.4.3": "{ simlcmanagement_vw_subscription(limit: 1) { id } }",
        "wing-5.5": "{ simlcmanagement_subscription_identity(limit: 1) { id } }",
    }
    for section, query in by_section.items():
        answer = seeded.wing.post(PATH, json={"query": query})
        assert section == answer.headers["x-carrierbox-operation"]
    answer = seeded.wing.get(PATH, params={"query": by_section["wing-5.5"]})
    assert "wing-5.21" == answer.headers["x-carrierbox-operation"]


def test_a_group_that_was_made_is_found_and_one_that_was_deleted_is_not(world: Any) -> None:
    account = {"Account-Context-Id": "3921"}
    for name in ("a", "b", "c"):
        assert world.wing.post("/api/v1/accounts/groups", json={"name": name}, headers=account).is_success
    query = """query Q($names: [String!], $most: Int = 2) { accmgmt_tbl_groups(
        where: {_and: [{name: {_in: $names}}, {_not: {name: {_like: "b%"}}}]}, order_by: {name: desc}, limit: $most
    ) { id called: name } }"""
    rows = find(world, query, variables={"names": ["a", "b", "c"]}, operationName="Q")
    assert ["c", "a"] == [row["called"] for row in rows]
    assert world.wing.delete(f"/api/v1/accounts/groups/{rows[0]['id']}/resource/3921").is_success
    assert ["a"] == [
        row["called"] for row in find(world, query, variables={"names": ["a", "b", "c"]}, operationName="Q")
    ]


@pytest.mark.parametrize("content", [b"", b"null", b"[]", b"7", b'"x"', b"{}", b'{"query": 7}', b'{"query": null}'])
def test_without_a_query_says_so(content: bytes, seeded: Any) -> None:
    answer = seeded.wing.post(PATH, content=content)
    assert 200 == answer.status_code
    assert {
        "errors": [{"extensions": {"path": "$", "code": "parse-failed"}, "message": 'key "query" not present'}]
    } == answer.json()


@pytest.mark.parametrize("content", [b"{", b"query", b"\xff\xfe", b"\x00", b'{"query": "\xff"}'])
def test_a_body_that_is_neither_json_nor_a_query_is_no_query(content: bytes, seeded: Any) -> None:
    answer = seeded.wing.post(PATH, content=content)
    assert (200, "not a valid graphql query") == (answer.status_code, answer.json()["errors"][0]["message"])


@pytest.mark.parametrize(
    ("more", "path", "message"),
    [
        ({"variables": []}, "$.variables", "expected an object for type 'variables', but found a list"),
        ({"variables": "x"}, "$.variables", "expected an object for type 'variables', but found a string"),
        ({"operationName": 7}, "$.operationName", "expected a string for type 'String', but found a number"),
    ],
)
def test_refuses_variables_and_names_of_another_kind(
    more: dict[str, Any], path: str, message: str, seeded: Any
) -> None:
    assert ("validation-failed", path, message) == fault(seeded, BY_ACCOUNT, **more)


def test_refuses_variables_in_the_address_that_are_no_json(seeded: Any) -> None:
    answer = seeded.wing.get(PATH, params={"query": BY_ACCOUNT, "variables": "{"}).json()
    assert "expected an object for type 'variables', but found a string" == answer["errors"][0]["message"]


def test_a_reader_may_ask(world: Any) -> None:
    reader = world.wing_as("sandbox-reader", account="6501")
    assert 200 == reader.post(PATH, json={"query": BY_ACCOUNT}).status_code
